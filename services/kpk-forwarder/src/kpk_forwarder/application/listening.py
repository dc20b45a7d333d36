"""What KPK says of its own accord: verified, believed once, and told on; what can't be believed is passed over."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid5

from chassis.store import AlreadyHandled, Cause, EventStore, retry_on_conflict
from chassis.telemetry import Metrics, log
from chassis.wrapper import KeyMissing, ReportIsErased, Wrapper
from contracts.keys import KeySet
from contracts.letters import Expected, LetterError, Purpose, canonical_letter, check_letter
from contracts.parcels import ParcelRefused, Statement
from contracts.vocabulary import Route

from contracts import parcels
from kpk_forwarder import held
from kpk_forwarder.application.packing import accepted_keys
from kpk_forwarder.domain import Delivery
from kpk_forwarder.kpk import Kpk, Stated

KPK = "kpk.statements"  # stands where a topic's name stands


class UnknownReport(Exception):
    """KPK speaks of a report that it doesn't get from us."""


class NoMailbox(Exception):
    """At the Inspektorat's reports it isn't KPK that writes to the reporter."""


class Listening:
    def __init__(self, store: EventStore, wrapper: Wrapper, keys: KeySet, metrics: Metrics) -> None:
        self._store = store
        self._wrapper = wrapper
        self._keys = keys
        self._known = accepted_keys(keys)
        self._metrics = metrics

    def listen(self, kpk: Kpk, go_on: Callable[[], None]) -> None:
        """All that KPK has said since the last time. `go_on` is asked before each statement: Stopped."""
        after = held.heard(self._store)
        while new := [each for each in kpk.statements(after) if each.number > after]:
            for each in new:
                go_on()
                self._take(each)
            after = max(each.number for each in new)

    def _take(self, stated: Stated) -> None:
        """One that can't be taken never holds up the others; its number stays in the log, so that it can be asked for
        again."""
        try:
            self._hear(stated)
        except AlreadyHandled:
            self._store.execute(held.heard_up_to(stated.number))
        except (ParcelRefused, UnknownReport, NoMailbox, LetterError, KeyMissing, ReportIsErased) as reason:
            log.error("statement_passed_over", number=stated.number, reason=type(reason).__name__)
            self._metrics.failures.labels("listen", type(reason).__name__).inc()
            self._store.execute(held.heard_up_to(stated.number))

    @retry_on_conflict
    def _hear(self, stated: Stated) -> None:
        statement = parcels.verify_statement(stated.statement, self._keys.verification_key)
        delivery = self._store.find(Delivery, statement.report_id)
        if delivery is None or delivery.ground is None or delivery.is_erased:
            raise UnknownReport
        self._change(delivery, statement)
        # An id that no event has: KPK could choose one of ours, and that event would count as handled.
        cause = Cause(KPK, uuid5(statement.statement_id, KPK))
        self._store.save(delivery, cause=cause, also=(held.heard_up_to(stated.number),))

    def _change(self, delivery: Delivery, statement: Statement) -> None:
        if statement.status is not None:
            delivery.hear_status(statement.status, statement.kpk_reference)
        if statement.letter is not None:
            self._hear_letter(delivery, canonical_letter(statement.letter))
        if statement.concerns:
            delivery.hear_conflict(statement.concerns)
        if (found := statement.unreadable) is not None:
            delivery.hear_unreadable(found.letter_id, found.purpose, found.fault)

    def _hear_letter(self, delivery: Delivery, letter: bytes) -> None:
        """Only its reporter can open it: here it is checked from outside, and wrapped."""
        if delivery.route is not Route.KPK:
            raise NoMailbox
        purpose = Purpose.MESSAGE_TO_REPORTER
        header = check_letter(letter, Expected(delivery.id, delivery.route, purpose), self._known)
        wrapped = self._wrapper.wrap(delivery.id, purpose.value, letter)
        delivery.hear_message(header.about.letter_id, wrapped)
