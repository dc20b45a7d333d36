"""What KPK says is believed when KPK signed it, told on once, and never holds up what KPK says next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing.harness import eventually
from contracts.encoding import strict_json
from contracts.events.definition import ReportEvent
from contracts.events.forwarding import ConflictDeclared, KpkMessageReceived, KpkStatusReceived, LetterUnreadable
from contracts.events.identity import ReportErased
from contracts.key_pairs import SigningKey
from contracts.letters import Expected, Purpose, open_letter
from contracts.parcels import Statement, Unreadable
from contracts.vocabulary import ConflictSource, KpkStatus, LetterFault, Role, Route
from forwarder_tools import Line, Reporter
from kpk_receiver import REFERENCE

from contracts import parcels


def delivered(line: Line, route: Route = Route.KPK) -> Reporter:
    reporter = Reporter(route=route)
    line.tell(line.submission(reporter))
    if route is Route.KPK:
        line.delivered(reporter)
    return reporter


def statement(reporter: Reporter, **said: Any) -> Statement:
    return Statement(statement_id=uuid4(), report_id=reporter.report_id, kpk_reference=REFERENCE, **said)


def heard_up_to(line: Line, number: int) -> None:
    eventually(lambda: line.worker.rows("SELECT 1 FROM held.heard WHERE number >= %s", (number,)))


def passed_over(line: Line, number: int) -> str:
    """Why a statement was."""
    heard_up_to(line, number)
    logs = "".join(log.read_text() for log in line.worker.folder.glob("*send*.log"))
    (found,) = [
        each for each in logs.splitlines() if "statement_passed_over" in each and f'"number": {number},' in each
    ]
    return str(strict_json(found)["reason"])


def published(line: Line, reporter: Reporter) -> list[ReportEvent]:
    """All that KPK said about it, once a status said now has come through."""
    line.kpk.say(statement(reporter, status=KpkStatus.FINISHED))
    eventually(
        lambda: KpkStatus.FINISHED in [each.status for each in line.published.of(reporter.report_id, KpkStatusReceived)]
    )
    kinds = (KpkStatusReceived, KpkMessageReceived, ConflictDeclared, LetterUnreadable)
    found = [each for kind in kinds for each in line.published.of(reporter.report_id, kind)]
    return [each for each in found if getattr(each, "status", None) is not KpkStatus.FINISHED]


def test_a_status_is_told_on_under_kpks_reference(line: Line) -> None:
    reporter = delivered(line)

    line.kpk.say(statement(reporter, status=KpkStatus.IN_REVIEW))

    (status,) = eventually(lambda: line.published.of(reporter.report_id, KpkStatusReceived))
    assert (status.status, status.kpk_reference, status.route) == (KpkStatus.IN_REVIEW, REFERENCE, Route.KPK)


def test_a_letter_reaches_its_reporter_wrapped(line: Line) -> None:
    reporter = delivered(line)
    letter_id, letter = line.reply(reporter, "Mohon tambahan bukti.")

    line.kpk.say(statement(reporter, letter=strict_json(letter)))
    (message,) = eventually(lambda: line.published.of(reporter.report_id, KpkMessageReceived))

    purpose = Purpose.MESSAGE_TO_REPORTER
    unwrapped = line.wrapper.unwrap(reporter.report_id, purpose.value, message.text)
    expected = Expected(reporter.report_id, reporter.route, purpose, letter_id)
    opened = open_letter(unwrapped, expected, reporter.encryption, line.keys.verification_key)
    assert message.letter_id == letter_id
    assert opened.body.text == "Mohon tambahan bukti."


def test_a_conflict_and_an_unreadable_letter_are_told_on(line: Line) -> None:
    reporter, letter_id = delivered(line), uuid4()
    found = Unreadable(letter_id=letter_id, purpose=Purpose.STORY, fault=LetterFault.UNOPENABLE)

    line.kpk.say(statement(reporter, concerns=(Role.INSPEKTUR,)))
    line.kpk.say(statement(reporter, unreadable=found))

    (conflict,) = eventually(lambda: line.published.of(reporter.report_id, ConflictDeclared))
    (unreadable,) = eventually(lambda: line.published.of(reporter.report_id, LetterUnreadable))
    assert (conflict.declared_by, conflict.concerns) == (ConflictSource.KPK, (Role.INSPEKTUR,))
    assert (unreadable.letter_id, unreadable.fault) == (letter_id, LetterFault.UNOPENABLE)


def test_the_same_statement_under_two_numbers_is_told_once(line: Line) -> None:
    reporter = delivered(line)
    said = statement(reporter, status=KpkStatus.IN_HAND)

    line.kpk.say(said)
    line.kpk.say(said)

    assert len(published(line, reporter)) == 1


def test_after_a_restart_it_goes_on_where_it_was(line: Line) -> None:
    reporter = delivered(line)
    number = line.kpk.say(statement(reporter, status=KpkStatus.IN_REVIEW))
    heard_up_to(line, number)

    assert line.send._running[-1].stop() == 0
    line.kpk.say(statement(reporter, status=KpkStatus.IN_HAND))
    line.start("send")

    heard = published(line, reporter)
    assert [each.status for each in heard if isinstance(each, KpkStatusReceived)] == [
        KpkStatus.IN_REVIEW,
        KpkStatus.IN_HAND,
    ]
    assert len(heard) == 2


@pytest.mark.parametrize("signer", ["nobody", "intake", "nonsense"])
def test_what_kpk_didnt_sign_is_passed_over(line: Line, signer: str) -> None:
    reporter = delivered(line)
    said = statement(reporter, status=KpkStatus.RETURNED)
    texts = {
        "nobody": lambda: parcels.sign_statement(said, SigningKey.generate("kpk:sandbox-sig")),
        "intake": lambda: parcels.sign_statement(said, line.signer_of("intake")),
        "nonsense": lambda: "a.b.c",
    }

    number = line.kpk.say(texts[signer]())

    assert passed_over(line, number) == "ParcelRefused"
    assert published(line, reporter) == []


def test_what_says_two_things_is_passed_over(line: Line) -> None:
    reporter = delivered(line)

    number = line.kpk.say(statement(reporter, status=KpkStatus.RETURNED, concerns=(Role.IRBAN,)))

    assert passed_over(line, number) == "ParcelRefused"
    assert published(line, reporter) == []


def test_of_a_report_that_kpk_has_nothing_of_nothing_is_believed(line: Line) -> None:
    stranger, kept = Reporter(), delivered(line, Route.INSPEKTORAT)

    numbers = [line.kpk.say(statement(each, status=KpkStatus.IN_HAND)) for each in (stranger, kept)]

    assert [passed_over(line, each) for each in numbers] == ["UnknownReport"] * 2


def test_a_letter_about_another_report_or_of_another_purpose_is_passed_over(line: Line) -> None:
    reporter, other = delivered(line), Reporter()
    _, of_another = line.reply(other, "Bukan untuk Anda.")
    story = line.wrapper.unwrap(reporter.report_id, "story", line.submission(reporter).story)

    numbers = [line.kpk.say(statement(reporter, letter=strict_json(each))) for each in (of_another, story)]

    assert [passed_over(line, each) for each in numbers] == ["WrongReport", "WrongPurpose"]
    assert published(line, reporter) == []


def test_to_a_reporter_of_the_inspektorat_kpk_writes_no_letter(line: Line) -> None:
    reporter = delivered(line, Route.INSPEKTORAT)
    line.approve(reporter)
    line.delivered(reporter)
    _, letter = line.reply(replace(reporter, route=Route.KPK), "Dari KPK.")

    number = line.kpk.say(statement(reporter, letter=strict_json(letter)))

    assert passed_over(line, number) == "NoMailbox"


def test_of_an_erased_report_nothing_is_heard(line: Line) -> None:
    reporter = delivered(line)
    letter = strict_json(line.reply(reporter, "Terlambat.")[1])
    line.destroy_key(reporter.report_id)
    line.tell(ReportErased(report_id=reporter.report_id, route=reporter.route))

    number = line.kpk.say(statement(reporter, letter=letter))

    assert passed_over(line, number) == "UnknownReport"
