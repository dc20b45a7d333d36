"""Deliveries and their parcels as operators count them: no content, and no time finer than an hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.clock import Clock
from chassis.store import Event, EventStore, Statement

from kpk_forwarder.domain import Delivery, events


class Deliveries:
    """The projection."""

    ignored = (events.Submitted, events.OriginalFiled, events.CopyFiled)

    def statements(self, event: Event) -> Iterable[Statement]:
        report_id = event.originator_id
        match event:
            case Delivery.Begun():
                yield Statement(
                    "INSERT INTO read.deliveries (report_id, route) VALUES (%s, %s)", (report_id, event.route)
                )
            case events.Started():
                yield Statement(
                    "UPDATE read.deliveries SET ground = %s WHERE report_id = %s", (event.ground, report_id)
                )
            case events.ParcelDue():
                yield Statement(
                    "INSERT INTO read.parcels (parcel_id, report_id, kind, hour) VALUES (%s, %s, %s, %s)",
                    (event.parcel_id, report_id, event.kind, event.timestamp),
                )
            case events.ParcelDelivered():
                yield Statement(
                    "UPDATE read.parcels SET is_delivered = true, fault = NULL WHERE parcel_id = %s",
                    (event.parcel_id,),
                )
                yield Statement(
                    "UPDATE read.deliveries SET is_complete = %s WHERE report_id = %s", (event.is_complete, report_id)
                )
            case events.ParcelFailed():
                yield Statement(
                    "UPDATE read.parcels SET fault = %s WHERE parcel_id = %s", (event.reason, event.parcel_id)
                )
            case events.Erased():
                yield Statement("DELETE FROM read.parcels WHERE report_id = %s AND NOT is_delivered", (report_id,))


@dataclass(frozen=True)
class Owed:
    """Parcels that wait since an hour that is over; `waited` since that hour's end, so it is the least it can be."""

    parcels: int
    waited: timedelta


def owed(store: EventStore, clock: Clock, now: datetime) -> Owed:
    """What became due in the hour that runs isn't counted yet: a count that moves would time a filing."""
    row = store.row(
        "SELECT count(*) AS parcels, min(hour) AS oldest FROM read.parcels WHERE NOT is_delivered AND hour < %s",
        (clock.round_down(now),),
    )
    if row is None or row["oldest"] is None:
        return Owed(0, timedelta())
    return Owed(row["parcels"], now - row["oldest"] - timedelta(seconds=clock.grain))
