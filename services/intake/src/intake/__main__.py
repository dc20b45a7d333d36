"""`python -m intake web | worker | migrate | rebuild | …`."""

import sys

from chassis.service import Service

from intake.bootstrap import bootstrap
from intake.published import publish
from intake.read_model import PublicLog, StatusPages
from intake.settings import IntakeSettings
from intake.tables import TABLES

SERVICE = Service(
    name="intake",
    settings=IntakeSettings,
    tables=TABLES,
    bootstrap=bootstrap,
    worker="intake.worker:IntakeWorker",
    publish=publish,
    create_app="intake.api:create_app",
    projections=lambda _: (StatusPages(), PublicLog()),
    tasks={"check-keys": "intake.check_keys:run"},
    before_worker=lambda intake: intake.restoring.take_back(),
)

if __name__ == "__main__":
    sys.exit(SERVICE.main())
