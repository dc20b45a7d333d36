"""`python -m chassis.testing.toy worker | migrate | …`"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from contracts.events import Envelope
from flask import Flask

from chassis.consume import HandedIn, consume, every
from chassis.openbao import OpenBao
from chassis.service import Process, Service
from chassis.settings import Settings
from chassis.store import Cause, Event, EventStore, Statement, Tables, retry_on_conflict
from chassis.testing.toy.domain import Page
from chassis.testing.toy.events import OrderCancelled, OrderPlaced, PageOpened
from chassis.web import make_app
from chassis.wrapper import Erased, Wrapper

TABLES = Tables(
    held=(
        "CREATE TABLE IF NOT EXISTS held.ticks (number bigint GENERATED ALWAYS AS IDENTITY)",
        "CREATE TABLE IF NOT EXISTS held.erased (id uuid PRIMARY KEY)",
    ),
    read=(
        "CREATE UNLOGGED TABLE read.pages"
        " (id uuid PRIMARY KEY, item text NOT NULL, amount bigint NOT NULL, open boolean NOT NULL)",
    ),
)


class Pages:
    """All pages, for lists."""

    ignored = ()

    def statements(self, event: Event) -> Iterable[Statement]:
        match event:
            case Page.Opened():
                row = (event.originator_id, event.item, event.amount)
                yield Statement("INSERT INTO read.pages VALUES (%s, %s, %s, true)", row, expect_rows=1)
            case Page.Raised():
                raised = (event.amount, event.originator_id)
                yield Statement("UPDATE read.pages SET amount = amount + %s WHERE id = %s", raised, expect_rows=1)
            case Page.Closed():
                yield Statement(
                    "UPDATE read.pages SET open = false WHERE id = %s", (event.originator_id,), expect_rows=1
                )


class Bookkeeping:
    """The toy's use cases."""

    def __init__(self, store: EventStore, wrapper: Wrapper) -> None:
        self._store, self._wrapper = store, wrapper

    @retry_on_conflict
    def open_page(self, order: OrderPlaced, cause: Cause) -> None:
        page = self._store.find(Page, order.order_id)
        if page is None:
            page = Page.open(order.order_id, self._item(order), order.amount)
        else:
            page.raise_amount(order.amount)
        self._store.save(page, cause=cause)

    def _item(self, order: OrderPlaced) -> str:
        if order.note is None:
            return order.item
        note = self._wrapper.unwrap(order.order_id, "note", order.note)
        return "erased" if isinstance(note, Erased) else note.decode()

    @retry_on_conflict
    def close_page(self, order: OrderCancelled, cause: Cause) -> None:
        page = self._store.find(Page, order.order_id)
        if page is not None and page.is_open:
            page.close()
        self._store.save(*filter(None, [page]), cause=cause)

    def tick(self) -> None:
        self._store.execute(Statement("INSERT INTO held.ticks DEFAULT VALUES"))


class Worker:
    name = "toy"
    application: Bookkeeping = HandedIn()

    @consume(OrderPlaced)
    def on_order_placed(self, envelope: Envelope[OrderPlaced], cause: Cause) -> None:
        self.application.open_page(envelope.data, cause)

    @consume(OrderCancelled)
    def on_order_cancelled(self, envelope: Envelope[OrderCancelled], cause: Cause) -> None:
        self.application.close_page(envelope.data, cause)

    @every(0.2)
    def tick(self) -> None:
        self.application.tick()


def publish(event: Event) -> Any | None:
    return PageOpened(order_id=event.originator_id, amount=event.amount) if isinstance(event, Page.Opened) else None


def bootstrap(process: Process[Settings]) -> Bookkeeping:
    def is_erased(order_id: UUID) -> bool:
        return process.store.row("SELECT 1 FROM held.erased WHERE id = %s", (order_id,)) is not None

    return Bookkeeping(process.store, Wrapper(OpenBao.of(process.settings), is_erased))


def create_app(process: Process[Settings], _: Bookkeeping) -> Flask:
    return make_app("chassis.testing.toy", process, pages=True)


SERVICE = Service(
    name="toy",
    settings=Settings,
    tables=TABLES,
    bootstrap=bootstrap,
    worker="chassis.testing.toy.__main__:Worker",
    publish=publish,
    create_app="chassis.testing.toy.__main__:create_app",
    projections=lambda _: (Pages(),),
)

if __name__ == "__main__":
    sys.exit(SERVICE.main())
