"""`python -m case_management web | worker | migrate | rebuild | …`."""

import sys

from chassis.service import Service
from chassis.settings import Settings

from case_management.bootstrap import bootstrap, projections
from case_management.published import publish
from case_management.tables import TABLES

SERVICE = Service(
    name="case-management",
    settings=Settings,
    tables=TABLES,
    bootstrap=bootstrap,
    worker="case_management.worker:CaseManagementWorker",
    publish=publish,
    create_app="case_management.web:create_app",
    projections=projections,
)

if __name__ == "__main__":
    sys.exit(SERVICE.main())
