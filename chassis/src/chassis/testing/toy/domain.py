"""The toy's one aggregate."""

from uuid import UUID

from eventsourcing.domain import event

from chassis.store import Aggregate


class Page(Aggregate):
    class Opened(Aggregate.Created):
        item: str
        amount: int

    class Raised(Aggregate.Event):
        amount: int

    class Closed(Aggregate.Event):
        pass

    @classmethod
    def open(cls, order_id: UUID, item: str, amount: int) -> "Page":
        return cls._create(cls.Opened, id=order_id, item=item, amount=amount)

    def __init__(self, item: str, amount: int) -> None:
        self.item, self.amount, self.is_open = item, amount, True

    @event(Raised)
    def raise_amount(self, amount: int) -> None:
        self.amount += amount

    @event(Closed)
    def close(self) -> None:
        self.is_open = False
