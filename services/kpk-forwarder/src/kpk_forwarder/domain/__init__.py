"""The delivery of one report to KPK; pure of I/O, and of every plain word of the report."""

from kpk_forwarder.domain import events
from kpk_forwarder.domain.collected import Collected, Filed, Parcel, Told
from kpk_forwarder.domain.delivery import KEY_LOST, Delivery

__all__ = ["KEY_LOST", "Collected", "Delivery", "Filed", "Parcel", "Told", "events"]
