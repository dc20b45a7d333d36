"""What KPK says of its own accord: where a report stands, a letter to its reporter, a conflict. Each is signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import uuid4

from contracts.encoding import strict_json
from contracts.key_pairs import PublicKey
from contracts.letters import About, Message, Purpose, ReporterKeys, seal_letter
from contracts.parcels import Statement, sign_statement
from contracts.vocabulary import KpkStatus, Role, Route

from kpk_sandbox.keys import Keys
from kpk_sandbox.store import Report, Store


class NotOurs(Exception):
    """In route inspektorat only the Inspektorat writes to the reporter."""


class Speaking:
    def __init__(self, store: Store, keys: Keys, hour: Callable[[], str]) -> None:
        self._store, self._keys, self._hour = store, keys, hour

    def set_status(self, report: Report, status: KpkStatus) -> None:
        self._say(replace(_about(report), status=status))

    def declare_conflict(self, report: Report, concerns: Sequence[Role]) -> None:
        self._say(replace(_about(report), concerns=tuple(concerns)))

    def write(self, report: Report, reporter: ReporterKeys, text: str) -> None:
        """A letter that only the reporter opens; KPK keeps a copy sealed to itself. LetterTooLarge, NotOurs."""
        if report.route is not Route.KPK:
            raise NotOurs
        about = About(report.report_id, report.route, Purpose.MESSAGE_TO_REPORTER, uuid4())
        known = {"reporter": (PublicKey("reporter-enc", reporter.encryption),)}
        letter = seal_letter(Message(text=text), about, known, self._keys.signing)
        self._say(replace(_about(report), letter=strict_json(letter)), self._keys.seal_own(text))

    def _say(self, statement: Statement, own_copy: str | None = None) -> None:
        self._store.say(statement, sign_statement(statement, self._keys.signing), own_copy, self._hour())


def _about(report: Report) -> Statement:
    return Statement(statement_id=uuid4(), report_id=report.report_id, kpk_reference=report.kpk_reference)
