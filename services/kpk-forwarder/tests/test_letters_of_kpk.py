"""JSON of KPK's that has no canonical form: passed over like any other, and the next statement is heard."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from chassis.clock import Clock
from chassis.telemetry import Metrics
from contracts.encoding import canonical, strict_json
from contracts.key_pairs import SigningKey
from contracts.parcels import STATEMENT_TYPE, Statement
from contracts.schema import to_json
from contracts.signatures import sign_text
from contracts.vocabulary import Ground, KpkStatus, Route
from kpk_forwarder.application.listening import Listening
from kpk_forwarder.domain import Delivery
from kpk_forwarder.kpk import Stated
from structlog.testing import capture_logs

SIGNER = SigningKey.generate("kpk:sandbox-sig")
REPORT = uuid4()
STATUS = Statement(statement_id=uuid4(), report_id=REPORT, kpk_reference="KPK-1", status=KpkStatus.IN_REVIEW)


class Store:
    """Has one delivery, and keeps how far KPK was heard."""

    def __init__(self) -> None:
        self.delivery = Delivery.begin(REPORT, Route.KPK)
        self.delivery.start(Ground.ROUTE)
        self.told: list[str] = []
        self.heard = 0

    def row(self, *_: Any) -> dict[str, int]:
        return {"number": self.heard}

    def find(self, *_: Any) -> Delivery:
        return self.delivery

    def save(self, delivery: Delivery, also: Any, **_: Any) -> None:
        self.told += [type(event).__name__ for event in delivery.collect_events()]
        self.execute(*also)

    def execute(self, statement: Any) -> None:
        self.heard = max(self.heard, statement.params[0])


@pytest.mark.parametrize("letter", [{"protected": 1.5}, {"protected": "\ud800"}, {"pr\u00f6t": "x"}, {}])
def test_a_letter_without_canonical_form_does_not_end_the_listening(letter: dict[str, Any]) -> None:
    members = {**strict_json(canonical(to_json(STATUS))), "statement_id": str(uuid4()), "status": None}
    odd = sign_text(json.dumps({**members, "letter": letter}).encode(), SIGNER, STATEMENT_TYPE)
    good = sign_text(canonical(to_json(STATUS)), SIGNER, STATEMENT_TYPE)
    said = [Stated(number=1, statement=odd), Stated(number=2, statement=good)]
    store, keys = Store(), SimpleNamespace(verification_key=lambda _: SIGNER.public, listed=SimpleNamespace(keys=()))
    store.delivery.collect_events()
    listening = Listening(store, SimpleNamespace(), keys, Metrics("kpk-forwarder", Clock()))  # type: ignore[arg-type]
    kpk: Any = SimpleNamespace(statements=lambda after: [each for each in said if each.number > after])

    with capture_logs() as lines:
        listening.listen(kpk, lambda: None)

    assert [line["event"] for line in lines] == ["statement_passed_over"]
    assert (len(store.told), store.heard) == (1, 2)
