"""`python -m evidence web | worker | check | migrate | rebuild | …`."""

import sys

from chassis.service import Service

from evidence.bootstrap import bootstrap
from evidence.published import publish
from evidence.read_model import Pieces
from evidence.settings import EvidenceSettings
from evidence.tables import TABLES

SERVICE = Service(
    name="evidence",
    settings=EvidenceSettings,
    tables=TABLES,
    bootstrap=bootstrap,
    worker="evidence.worker:EvidenceWorker",
    publish=publish,
    create_app="evidence.api:create_app",
    projections=lambda _: (Pieces(),),
    runners={"check": "evidence.check:run"},  # its jobs stream files through
)

if __name__ == "__main__":
    sys.exit(SERVICE.main())
