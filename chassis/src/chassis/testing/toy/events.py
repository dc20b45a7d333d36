"""What the toy service and the one before it tell each other."""

from dataclasses import dataclass
from uuid import UUID

from contracts.events.definition import SOURCES, Event, define

ORDERS, LEDGER = "wbs.toy-orders.v1", "wbs.toy.v1"
SOURCES.update({ORDERS: "toy-orders", LEDGER: "toy"})


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    order_id: UUID
    item: str
    amount: int
    note: str | None = None  # wrapped under the order's key

    @property
    def subject(self) -> str:
        return str(self.order_id)


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Event):
    order_id: UUID

    @property
    def subject(self) -> str:
        return str(self.order_id)


@dataclass(frozen=True, kw_only=True)
class PageOpened(Event):
    order_id: UUID
    amount: int

    @property
    def subject(self) -> str:
        return str(self.order_id)


define(ORDERS, OrderPlaced)
define(ORDERS, OrderCancelled)
define(LEDGER, PageOpened)
