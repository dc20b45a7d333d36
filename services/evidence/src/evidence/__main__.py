"""`python -m evidence web | worker | check | migrate | rebuild | …`."""

import sys
from dataclasses import dataclass

from chassis.service import Service

from evidence import check
from evidence.api import create_app
from evidence.bootstrap import bootstrap, make_clamav
from evidence.published import publish
from evidence.read_model import Pieces
from evidence.settings import EvidenceSettings
from evidence.tables import TABLES
from evidence.worker import EvidenceWorker


@dataclass(frozen=True)
class EvidenceService(Service[EvidenceSettings]):
    def _check(self, settings: EvidenceSettings) -> int:
        """Its jobs stream files through: they have a runner of their own."""
        process = self._process("check", settings)
        return check.run(process, self.bootstrap(process), make_clamav(settings).answers)


SERVICE = EvidenceService(
    name="evidence",
    settings=EvidenceSettings,
    tables=TABLES,
    bootstrap=bootstrap,
    worker=EvidenceWorker,
    publish=publish,
    create_app=create_app,
    projections=lambda _: (Pieces(),),
)

if __name__ == "__main__":
    sys.exit(SERVICE.main())
