"""`python -m evidence web | worker | check | migrate | rebuild | …`."""

import sys

from chassis.service import Process, Service

from evidence import check
from evidence.api import create_app
from evidence.application import Evidence
from evidence.bootstrap import bootstrap, make_clamav
from evidence.published import publish
from evidence.read_model import Pieces
from evidence.settings import EvidenceSettings
from evidence.tables import TABLES
from evidence.worker import EvidenceWorker


def run_checks(process: Process[EvidenceSettings], evidence: Evidence) -> int:
    """Its jobs stream files through: they have a runner of their own."""
    return check.run(process, evidence, make_clamav(process.settings).answers)


SERVICE = Service(
    name="evidence",
    settings=EvidenceSettings,
    tables=TABLES,
    bootstrap=bootstrap,
    worker=EvidenceWorker,
    publish=publish,
    create_app=create_app,
    projections=lambda _: (Pieces(),),
    runners={"check": run_checks},
)

if __name__ == "__main__":
    sys.exit(SERVICE.main())
