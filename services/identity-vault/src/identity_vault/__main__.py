"""`python -m identity_vault web | worker | check | migrate | rebuild | …`."""

import sys

from chassis.service import Service

from identity_vault.bootstrap import bootstrap, checks
from identity_vault.published import publish
from identity_vault.read_model import Waiting
from identity_vault.settings import IdentityVaultSettings
from identity_vault.tables import TABLES
from identity_vault.web import create_app
from identity_vault.worker import IdentityVaultWorker

SERVICE = Service(
    name="identity-vault",
    settings=IdentityVaultSettings,
    tables=TABLES,
    bootstrap=bootstrap,
    worker=IdentityVaultWorker,
    publish=publish,
    create_app=create_app,
    checks=checks,
    projections=lambda _: (Waiting(),),
)

if __name__ == "__main__":
    sys.exit(SERVICE.main())
