"""`python -m kpk_forwarder worker | send | migrate | rebuild | …`."""

import sys

from chassis.service import Service

from kpk_forwarder.bootstrap import SERVICE as NAME
from kpk_forwarder.bootstrap import bootstrap
from kpk_forwarder.published import publish
from kpk_forwarder.read_model import Deliveries
from kpk_forwarder.settings import ForwarderSettings
from kpk_forwarder.tables import TABLES

SERVICE = Service(
    name=NAME,
    settings=ForwarderSettings,
    tables=TABLES,
    bootstrap=bootstrap,
    worker="kpk_forwarder.worker:ForwarderWorker",
    publish=publish,
    projections=lambda _: (Deliveries(),),
    runners={"send": "kpk_forwarder.send:run"},
)

if __name__ == "__main__":
    sys.exit(SERVICE.main())
