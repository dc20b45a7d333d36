"""kpk-forwarder's use cases: what other services tell, what is sent to KPK, and what KPK says."""

from dataclasses import dataclass

from kpk_forwarder.application.hearing import Hearing
from kpk_forwarder.application.listening import Listening
from kpk_forwarder.application.packing import Packer
from kpk_forwarder.application.sending import Sending, Stopped


@dataclass(frozen=True)
class Forwarder:
    """The worker's use cases."""

    hearing: Hearing


@dataclass(frozen=True)
class Post:
    """The use cases of the process `send`."""

    sending: Sending
    listening: Listening


__all__ = ["Forwarder", "Hearing", "Listening", "Packer", "Post", "Sending", "Stopped"]
