"""`python -m identity_vault web | worker | check | migrate | rebuild | …`."""

import sys

from chassis.service import Service

from identity_vault.bootstrap import bootstrap
from identity_vault.published import publish
from identity_vault.read_model import Waiting
from identity_vault.settings import IdentityVaultSettings
from identity_vault.tables import TABLES

SERVICE = Service(
    name="identity-vault",
    settings=IdentityVaultSettings,
    tables=TABLES,
    bootstrap=bootstrap,
    worker="identity_vault.worker:IdentityVaultWorker",
    publish=publish,
    create_app="identity_vault.web:create_app",
    checks="identity_vault.bootstrap:checks",
    projections=lambda _: (Waiting(),),
)

if __name__ == "__main__":
    sys.exit(SERVICE.main())
