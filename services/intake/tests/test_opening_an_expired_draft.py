"""A draft that expires while the same opening comes again: its id is taken, as for whoever comes a moment later."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from chassis.clock import Clock
from chassis.store import VersionConflict
from chassis.web import Problem
from contracts.key_pairs import SigningKey
from contracts.vocabulary import Route
from intake.application import Drafts, Opening
from intake.domain import Report
from intake.problems import told

OPENING = Opening(uuid4(), Route.INSPEKTORAT, "hash", {}, {}, "locked")
SIGNING = SigningKey.generate("intake:v1")
OPENBAO: Any = SimpleNamespace(signer=lambda _: SIGNING)


class Store:
    """Where the draft's mailbox is still read, and the draft itself when it has just expired."""

    def __init__(self) -> None:
        self.spent: list[str] = []
        self._report = Report.open_draft(OPENING.report_id, OPENING.route)
        self._report.expire()

    def row(self, *_: object) -> dict[str, object]:
        return {"locator_hash": "hash", "encryption": {}, "signing": {}, "locked_keys": "locked"}

    def find(self, *_: object) -> Report:
        return self._report

    def save(self, *reports: Report, also: tuple[Any, ...]) -> None:
        if reports:
            raise VersionConflict  # the id has a history
        self.spent += [statement.params[0] for statement in also]


def test_a_draft_that_expires_between_two_looks_leaves_its_id_taken_for_a_solved_challenge() -> None:
    store: Any = Store()
    drafts = Drafts(store, OPENBAO, Clock(), timedelta(days=7), timedelta(days=1), "")

    with pytest.raises(Problem) as refused, told():
        drafts.open_draft(OPENING, lambda: "nonce")

    assert (refused.value.status, refused.value.type) == (409, "report-id-taken")
    assert store.spent == ["nonce"]
