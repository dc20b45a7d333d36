"""Parcels get to KPK whole and once, whatever breaks on the way; what can't be sent holds up nobody else."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing.harness import eventually
from contracts.encoding import canonical
from contracts.events.cases import CaseClosed, CaseStatusChanged, ConflictDeclared, DeadlineMissed, ForwardingApproved
from contracts.events.definition import ReportEvent
from contracts.events.evidence import EvidenceFiled, EvidenceQuarantined
from contracts.events.forwarding import DeliveryFailed, ReportDelivered
from contracts.events.identity import ReportErased
from contracts.events.intake import ObjectionRaised, ReportKeyLost, ReportWithdrawn
from contracts.key_pairs import SigningKey
from contracts.letters import Expected as ExpectedLetter
from contracts.letters import Purpose, open_introduction
from contracts.parcels import ItemKind, Receipt
from contracts.schema import to_json
from contracts.sealed import Sealed
from contracts.sealed_files import FileSecret, RangeReader
from contracts.vocabulary import (
    CaseOutcome,
    CaseStatus,
    ConflictSource,
    Deadline,
    DeliveryFault,
    Ground,
    Notice,
    ParcelKind,
    QuarantineReason,
    Role,
    Route,
)
from forwarder_tools import FACTS, Line, Reporter, file_of
from kpk_receiver import REFERENCE, Received, kinds

from contracts import parcels

MEGABYTE = 1 << 20


def of_the_inspektorat() -> Reporter:
    return Reporter(route=Route.INSPEKTORAT)


def told(reporter: Reporter) -> dict[str, Any]:
    return {"report_id": reporter.report_id, "route": reporter.route}


def received(line: Line, reporter: Reporter, kind: ParcelKind, about: str = "") -> Received:
    """Waits for it to be whole."""
    parcel = eventually(lambda: line.kpk.parcel(reporter.report_id, kind, about))
    eventually(lambda: parcel.receipt)
    return parcel


def item(parcel: Received, kind: ItemKind) -> bytes:
    (found,) = (each for each in parcel.manifest.items if each.kind is kind)
    return bytes(parcel.items[found.sha256])


def plain_of(line: Line, reporter: Reporter, purpose: Purpose, parcel: Received) -> bytes:
    """What KPK makes of a letter with the file beside it."""
    body = line.opened_by_kpk(reporter, purpose, item(parcel, ItemKind.LETTER)).body
    file = body.ktp_photo if purpose is Purpose.IDENTITY_FOR_KPK else body.file
    sealed = item(parcel, ItemKind.FILE)
    reader = RangeReader(
        lambda at, length: sealed[at : at + length], len(sealed), FileSecret.from_text(file.key), file.context
    )
    return reader.read(0, reader.size)


def faults_told(line: Line, reporter: Reporter) -> list[DeliveryFault]:
    return [each.reason for each in line.published.of(reporter.report_id, DeliveryFailed)]


# ---- what gets there ----


def test_a_report_of_route_kpk_gets_there_whole_with_identity_and_evidence(line: Line) -> None:
    reporter, piece, photo, original, copy = Reporter(), uuid4(), file_of(3000), file_of(5000), file_of(4000)

    line.tell(line.submission(reporter, piece, text="Proyek fiktif."))
    line.tell(line.identity(reporter, photo))
    line.tell(line.original(reporter, piece, original))
    line.tell(line.copy(reporter, piece, copy))
    line.delivered(reporter)

    report = received(line, reporter, ParcelKind.REPORT)
    expected = ExpectedLetter(reporter.report_id, Route.KPK, Purpose.STORY)
    story = open_introduction(item(report, ItemKind.LETTER), expected, line.kpk_encryption_key).body
    (identity,) = (each for each in line.kpk.of(reporter.report_id) if each.manifest.kind is ParcelKind.IDENTITY)
    at_kpk = {
        kind: plain_of(line, reporter, purpose, received(line, reporter, kind, str(piece)))
        for kind, purpose in (
            (ParcelKind.ORIGINAL, Purpose.ORIGINAL_KEY_FOR_KPK),
            (ParcelKind.COPY, Purpose.COPY_KEY),
        )
    }
    assert kinds(line.kpk.of(reporter.report_id))[0] is ParcelKind.REPORT
    assert (report.manifest.ground, report.manifest.evidence_ids) == (Ground.ROUTE, (piece,))
    assert [each.kind for each in report.manifest.items] == [ItemKind.LETTER]
    assert story.text == "Proyek fiktif."
    assert plain_of(line, reporter, Purpose.IDENTITY_FOR_KPK, identity) == photo
    assert at_kpk == {ParcelKind.ORIGINAL: original, ParcelKind.COPY: copy}


def test_a_receipt_is_published_for_each_parcel_and_complete_is_said_with_the_last_that_was_owed(line: Line) -> None:
    reporter, piece = Reporter(), uuid4()

    line.tell(line.submission(reporter, piece))
    line.tell(line.identity(reporter, file_of(1000)))
    eventually(lambda: len(line.published.of(reporter.report_id, ReportDelivered)) == 2)
    line.tell(line.original(reporter, piece, file_of(1000)))
    eventually(lambda: len(line.published.of(reporter.report_id, ReportDelivered)) == 3)

    said = line.published.of(reporter.report_id, ReportDelivered)
    receipts = [parcels.verify_receipt(each.receipt, line.keys.verification_key) for each in said]
    assert [each.complete for each in said] == [False, False, True]
    assert {each.kpk_reference for each in said} == {REFERENCE}
    assert [each.manifest_sha256 for each in said] == [each.manifest_sha256 for each in receipts]
    assert [each.parcel_id for each in said] == [each.parcel_id for each in receipts]


def test_a_report_of_the_inspektorat_goes_when_the_inspektur_approves_with_all_that_was_collected(line: Line) -> None:
    reporter, piece = of_the_inspektorat(), uuid4()
    line.tell(line.submission(reporter, piece))
    line.tell(line.original(reporter, piece, file_of(2000)))
    line.tell(line.copy(reporter, piece, file_of(1000)))
    message = line.message(reporter, "Ada lagi.")
    line.tell(message)
    line.tell(EvidenceQuarantined(evidence_id=piece, reason=QuarantineReason.INFECTED, **told(reporter)))
    before = line.waiting(reporter)

    line.tell(ForwardingApproved(**told(reporter)))
    line.delivered(reporter)

    report = received(line, reporter, ParcelKind.REPORT)
    letter = item(received(line, reporter, ParcelKind.MESSAGE, str(message.letter_id)), ItemKind.LETTER)
    notice = received(line, reporter, ParcelKind.NOTICE, f"evidence_quarantined/{piece}").manifest
    assert before == []
    assert report.manifest.ground is Ground.APPROVED
    assert item(report, ItemKind.FACTS) == canonical(to_json(FACTS))
    assert line.opened_by_kpk(reporter, Purpose.MESSAGE_FROM_REPORTER, letter).body.text == "Ada lagi."
    assert (notice.notice, notice.evidence_id) == (Notice.EVIDENCE_QUARANTINED, piece)
    assert len(line.kpk.of(reporter.report_id)) == 5


def test_an_identity_that_an_overseer_peeled_goes_to_kpk(line: Line) -> None:
    reporter, photo = of_the_inspektorat(), file_of(3000)
    line.tell(line.submission(reporter))
    line.tell(ForwardingApproved(**told(reporter)))

    line.tell(line.identity(reporter, photo))
    line.delivered(reporter)

    (identity,) = (each for each in line.kpk.of(reporter.report_id) if each.manifest.kind is ParcelKind.IDENTITY)
    assert plain_of(line, reporter, Purpose.IDENTITY_FOR_KPK, identity) == photo


@pytest.mark.parametrize(
    ("event_class", "more", "ground"),
    [
        (DeadlineMissed, {"deadline": Deadline.REVIEW, "escalates_to_kpk": True}, Ground.DEADLINE),
        (ObjectionRaised, {}, Ground.OBJECTION),
        (ConflictDeclared, {"declared_by": ConflictSource.READER, "concerns": (Role.IRBAN,)}, Ground.CONFLICT),
        (CaseClosed, {"outcome": CaseOutcome.FORWARDED_TO_KPK, "rejection": None}, Ground.CLOSED),
    ],
)
def test_nobody_at_the_inspektorat_can_keep_a_report(
    line: Line, event_class: type[ReportEvent], more: dict[str, Any], ground: Ground
) -> None:
    reporter = of_the_inspektorat()
    line.tell(line.submission(reporter))

    line.tell(event_class(**told(reporter), **more))
    line.delivered(reporter)

    assert received(line, reporter, ParcelKind.REPORT).manifest.ground is ground


def test_a_deadline_that_doesnt_escalate_and_a_closing_send_nothing_yet_are_remembered(line: Line) -> None:
    reporter = of_the_inspektorat()
    line.tell(line.submission(reporter))
    line.tell(DeadlineMissed(deadline=Deadline.REVIEW, escalates_to_kpk=False, **told(reporter)))
    closing = line.tell(CaseClosed(outcome=CaseOutcome.NOT_PROVEN, rejection=None, **told(reporter)))
    before = line.waiting(reporter)

    line.tell(ObjectionRaised(**told(reporter)))
    line.delivered(reporter)

    notice = received(line, reporter, ParcelKind.NOTICE, str(closing)).manifest
    assert before == []
    assert (notice.notice, notice.status, notice.outcome) == (
        Notice.CLOSED,
        CaseStatus.FINISHED,
        CaseOutcome.NOT_PROVEN,
    )


def test_what_happens_later_is_told_to_kpk(line: Line) -> None:
    reporter = of_the_inspektorat()
    line.tell(line.submission(reporter))
    line.tell(ForwardingApproved(**told(reporter)))
    line.delivered(reporter)

    status = CaseStatusChanged(
        status=CaseStatus.REVIEW,
        letter_id=None,
        note_to_reporter=None,
        **told(reporter),
    )
    events = {line.tell(status): Notice.STATUS, line.tell(ObjectionRaised(**told(reporter))): Notice.OBJECTION}
    line.tell(ReportWithdrawn(**told(reporter)))
    line.delivered(reporter)

    notices = {received(line, reporter, ParcelKind.NOTICE, str(each)).manifest.notice for each in events}
    assert notices == {Notice.STATUS, Notice.OBJECTION}
    assert received(line, reporter, ParcelKind.NOTICE, "withdrawn").manifest.notice is Notice.WITHDRAWN


def test_a_lost_key_is_told_to_kpk_also_of_a_report_that_it_has_not_and_nothing_else_is(line: Line) -> None:
    reporter = of_the_inspektorat()
    line.tell(line.submission(reporter))

    line.tell(ReportKeyLost(**told(reporter)))

    assert received(line, reporter, ParcelKind.NOTICE, "key_lost").manifest.notice is Notice.KEY_LOST
    eventually(lambda: line.waiting(reporter) == [])
    assert line.kpk.parcel(reporter.report_id, ParcelKind.REPORT) is None


def test_a_lost_key_is_told_though_the_report_that_goes_first_cannot_be_packed(line: Line) -> None:
    reporter = Reporter()
    line.tell(replace(line.submission(reporter), story=Sealed("wbs1.bm9pc2U.bm9pc2U")))

    line.tell(ReportKeyLost(**told(reporter)))

    assert received(line, reporter, ParcelKind.NOTICE, "key_lost").manifest.notice is Notice.KEY_LOST
    eventually(lambda: [row["kind"] for row in line.waiting(reporter)] == ["report"])


# ---- what breaks on the way ----


def test_a_file_goes_on_where_the_connection_broke(line: Line) -> None:
    reporter, piece, size = Reporter(), uuid4(), 9 * MEGABYTE
    line.tell(line.submission(reporter, piece))
    line.delivered(reporter)
    line.kpk.faults.cut_at[reporter.report_id] = 5 * MEGABYTE

    line.tell(line.original(reporter, piece, file_of(size)))
    parcel = received(line, reporter, ParcelKind.ORIGINAL, str(piece))

    file = next(each for each in parcel.manifest.items if each.kind is ItemKind.FILE)
    pieces = [(offset, length) for sha256, offset, length in parcel.pieces if sha256 == file.sha256]
    assert pieces == [
        (0, 4 * MEGABYTE),
        (4 * MEGABYTE, MEGABYTE),
        (5 * MEGABYTE, 4 * MEGABYTE),
        (9 * MEGABYTE, file.size - 9 * MEGABYTE),
    ]
    assert eventually(lambda: faults_told(line, reporter)) == [DeliveryFault.UNREACHABLE]
    assert len(set(parcel.announced)) == 1


def test_while_kpk_cant_the_others_get_through_and_it_is_said_once(line: Line) -> None:
    reporter, other = Reporter(), Reporter()
    line.kpk.faults.closed.add(reporter.report_id)
    line.tell(line.submission(reporter))
    eventually(lambda: line.kpk.tries.count(reporter.report_id) >= 4)

    line.tell(line.submission(other))
    line.delivered(other)
    waiting = line.waiting(reporter)
    line.kpk.faults.closed.discard(reporter.report_id)
    line.delivered(reporter)
    eventually(lambda: line.published.of(reporter.report_id, ReportDelivered))

    assert len(waiting) == 1
    assert faults_told(line, reporter) == [DeliveryFault.UNREACHABLE]


def forged(_: Line, receipt: Receipt) -> str:
    return parcels.sign_receipt(receipt, SigningKey.generate("kpk:sandbox-sig"))


def for_another_parcel(line: Line, receipt: Receipt) -> str:
    return parcels.sign_receipt(replace(receipt, parcel_id=uuid4()), line.kpk.signer)


def for_another_manifest(line: Line, receipt: Receipt) -> str:
    return parcels.sign_receipt(replace(receipt, manifest_sha256="0" * 64), line.kpk.signer)


def nonsense(_: Line, receipt: Receipt) -> str:
    return "no receipt"


@pytest.mark.parametrize("wrong", [forged, for_another_parcel, for_another_manifest, nonsense])
def test_a_receipt_that_isnt_for_it_doesnt_count(line: Line, wrong: Callable[[Line, Receipt], str]) -> None:
    reporter = Reporter()
    line.kpk.faults.receipts[reporter.report_id] = lambda receipt: wrong(line, receipt)

    line.tell(line.submission(reporter))
    line.delivered(reporter)
    (delivered,) = eventually(lambda: line.published.of(reporter.report_id, ReportDelivered))

    report = received(line, reporter, ParcelKind.REPORT)
    assert faults_told(line, reporter) == [DeliveryFault.RECEIPT_INVALID]
    assert delivered.receipt == report.receipt
    assert len(set(report.announced)) == 1


def test_what_arrives_changed_is_sent_anew(line: Line) -> None:
    reporter, piece, content = Reporter(), uuid4(), file_of(2000)
    line.tell(line.submission(reporter, piece))
    line.delivered(reporter)
    line.kpk.faults.spoilt.add(reporter.report_id)

    line.tell(line.original(reporter, piece, content))
    parcel = received(line, reporter, ParcelKind.ORIGINAL, str(piece))

    assert plain_of(line, reporter, Purpose.ORIGINAL_KEY_FOR_KPK, parcel) == content
    assert eventually(lambda: faults_told(line, reporter)) == [DeliveryFault.REFUSED]


def of_something_else(event: EvidenceFiled) -> EvidenceFiled:
    return replace(event, sha256="0" * 64)


def that_isnt_there(event: EvidenceFiled) -> EvidenceFiled:
    return replace(event, object=str(uuid4()))


def with_the_copys_key(event: EvidenceFiled) -> EvidenceFiled:
    return replace(event, original_key_for_kpk=Sealed("wrapped"))


@pytest.mark.parametrize("changed", [of_something_else, that_isnt_there, with_the_copys_key])
def test_a_piece_that_isnt_what_it_must_be_is_told_and_holds_up_nothing_else(
    line: Line, changed: Callable[[EvidenceFiled], EvidenceFiled]
) -> None:
    reporter, piece = Reporter(), uuid4()
    line.tell(line.submission(reporter, piece))

    line.tell(changed(line.original(reporter, piece, file_of(1000))))
    failed = eventually(lambda: line.published.of(reporter.report_id, DeliveryFailed))
    message = line.message(reporter, "Masih di sana?")
    line.tell(message)

    received(line, reporter, ParcelKind.MESSAGE, str(message.letter_id))
    assert [(each.parcel, each.reason) for each in failed] == [(ParcelKind.ORIGINAL, DeliveryFault.CONTENT_MISSING)]
    assert eventually(lambda: [row["kind"] for row in line.waiting(reporter)] == ["original"])
    assert "parcel_content_missing" in {each["event"] for each in line.lines_of(reporter)}
    line.destroy_key(reporter.report_id)
    line.tell(ReportErased(**told(reporter)))


def test_a_story_that_is_no_letter_to_kpk_is_never_sent(line: Line) -> None:
    reporter = Reporter()
    submission = line.submission(reporter)
    text = line.wrapped(reporter, Purpose.STORY.value, b'{"text": "not sealed"}')

    line.tell(replace(submission, story=text))
    eventually(lambda: faults_told(line, reporter) == [DeliveryFault.CONTENT_MISSING])

    assert line.kpk.parcel(reporter.report_id, ParcelKind.REPORT) is None
    line.destroy_key(reporter.report_id)
    line.tell(ReportErased(**told(reporter)))


def test_a_reports_missing_key_is_an_alarm_and_its_erasure_none(line: Line) -> None:
    """Nobody made this key."""
    reporter, other = Reporter(), Reporter()
    submission = line.submission(other)

    line.tell(replace(submission, report_id=reporter.report_id))
    eventually(lambda: faults_told(line, reporter) == [DeliveryFault.CONTENT_MISSING])
    alarms = {each.get("error") for each in line.lines_of(reporter)}
    line.tell(ReportErased(**told(reporter)))

    assert "KeyMissing" in alarms
    assert line.waiting(reporter) == []


def test_of_an_erased_report_nothing_is_sent_any_more(line: Line) -> None:
    reporter = Reporter()
    submission = line.submission(reporter)
    line.destroy_key(reporter.report_id)

    line.tell(ReportErased(**told(reporter)))
    line.tell(submission)

    assert line.waiting(reporter) == []
    assert line.kpk.parcel(reporter.report_id, ParcelKind.REPORT) is None


# ---- the process ----


@pytest.fixture
def no_send(line: Line) -> Iterator[Line]:
    """The line, with `send` stopped; running again afterwards."""
    assert line.send._running[-1].stop() == 0
    yield line
    if line.send._running[-1].process.poll() is not None:
        line.start("send")


def test_killed_between_upload_and_receipt_it_sends_the_same_manifest_and_no_byte_twice(no_send: Line) -> None:
    line, reporter = no_send, Reporter()
    line.kpk.faults.no_receipt.add(reporter.report_id)
    line.tell(line.submission(reporter))
    first = line.start("send")
    parcel = eventually(lambda: line.kpk.parcel(reporter.report_id, ParcelKind.REPORT))
    eventually(lambda: reporter.report_id not in line.kpk.faults.no_receipt)
    line.kpk.faults.closed.add(reporter.report_id)
    first.process.kill()
    first.process.wait()
    line.send._running.pop()

    line.worker.rows("UPDATE held.parcels SET free_at = now() RETURNING 1")  # as if the lease had run out
    line.kpk.faults.closed.discard(reporter.report_id)
    line.start("send")
    line.delivered(reporter)

    assert len(set(parcel.announced)) == 1
    assert sum(length for _, _, length in parcel.pieces) == parcel.manifest.items[0].size
    assert len(eventually(lambda: line.published.of(reporter.report_id, ReportDelivered))) == 1


def test_a_stop_in_the_middle_of_a_file_gives_it_back_at_once(no_send: Line) -> None:
    line, reporter, piece = no_send, Reporter(), uuid4()
    line.tell(line.submission(reporter, piece))
    line.tell(line.original(reporter, piece, file_of(24 * MEGABYTE)))
    first = line.start("send")
    parcel = eventually(lambda: line.kpk.parcel(reporter.report_id, ParcelKind.ORIGINAL, str(piece)))

    code = first.stop()
    rows = [row for row in line.waiting(reporter) if row["kind"] == "original"]
    line.start("send")
    line.delivered(reporter)

    assert code == 0
    assert all(row["free_at"] is None and row["attempts"] == 0 for row in rows)
    assert sum(length for _, _, length in parcel.pieces) == sum(each.size for each in parcel.manifest.items)


def test_it_is_ready_and_shows_its_failures_while_kpk_is_away(no_send: Line) -> None:
    line, reporter = no_send, Reporter()
    away = replace(line.send, environment={**line.send.environment, "WBS_KPK_URL": "https://127.0.0.1:1"})
    port = line.send.environment["WBS_METRICS_PORT"]

    def fetch(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            content: bytes = answer.read()
        return content.decode()

    line.tell(line.submission(reporter))
    running = away.start("send")
    eventually(lambda: faults_told(line, reporter) == [DeliveryFault.UNREACHABLE])
    ready, metrics = fetch("/readyz"), fetch("/metrics")
    waits = eventually(lambda: "parcels_waiting 0.0" not in fetch("/metrics"))
    code = running.stop()
    line.start("send")
    line.delivered(reporter)

    assert (ready, code, waits) == ('{"down": []}', 0, True)
    assert 'wbs_kpk_forwarder_failures_total{error="unreachable",where="send"}' in metrics
    waited = re.search(r"^wbs_kpk_forwarder_parcel_waiting_seconds (\S+)$", metrics, re.MULTILINE)
    assert waited is not None
    assert float(waited[1]) == 0 or float(waited[1]) >= 60


def test_while_the_object_store_is_away_only_what_lies_there_waits(no_send: Line) -> None:
    line, reporter, other, piece = no_send, Reporter(), Reporter(), uuid4()
    away = replace(line.send, environment={**line.send.environment, "WBS_S3_ENDPOINT": "127.0.0.1:1"})
    needs_it = {"identity", "original"}
    line.tell(line.submission(reporter, piece))
    line.tell(line.identity(reporter, file_of(1000)))
    line.tell(line.original(reporter, piece, file_of(1000)))

    def tried() -> set[str]:
        return {row["kind"] for row in line.waiting(reporter) if row["attempts"] >= 2}

    running = away.start("send")
    eventually(lambda: tried() == needs_it or running.process.poll() is not None)
    message = line.message(reporter, "Masih di sana?")
    line.tell(message)
    line.tell(line.submission(other))
    line.delivered(other)
    received(line, reporter, ParcelKind.MESSAGE, str(message.letter_id))
    waiting = {row["kind"] for row in eventually(lambda: line.waiting(reporter))}
    with urllib.request.urlopen(f"http://127.0.0.1:{line.send.environment['WBS_METRICS_PORT']}/metrics") as answer:
        metrics = answer.read().decode()
    code = running.stop()
    line.start("send")
    line.delivered(reporter)

    assert (code, waiting) == (0, needs_it)
    assert 'wbs_kpk_forwarder_dependency_retries_total{what="object store"}' in metrics
    assert {each["reason"] for each in line.lines_of(reporter) if each["event"] == "parcel_put_off"} == {
        "ObjectStoreDown"
    }
    assert faults_told(line, reporter) == []


@pytest.mark.parametrize("missing", ["kpk_client.crt", "kpk_client.key"])
def test_without_its_certificate_it_doesnt_start(no_send: Line, missing: str) -> None:
    kept = no_send.folder / "secrets" / missing
    away = kept.rename(kept.with_suffix(".away"))

    code = no_send.send.run("send")
    away.rename(kept)

    assert code == 2


def test_it_speaks_to_kpk_by_tls_only(no_send: Line) -> None:
    plain = {**no_send.send.environment, "WBS_KPK_URL": no_send.kpk.url.replace("https", "http")}

    assert replace(no_send.send, environment=plain).run("send") == 2


def test_it_trusts_no_other_authority_than_kpks(no_send: Line) -> None:
    line, reporter = no_send, Reporter()
    other = {**line.send.environment, "WBS_KPK_CA_FILE": str(line.folder / "other-ca.pem")}
    (line.folder / "other-ca.pem").write_text(line.other_authority)
    line.tell(line.submission(reporter))

    running = replace(line.send, environment=other).start("send")
    eventually(lambda: faults_told(line, reporter) == [DeliveryFault.UNREACHABLE])
    tries = line.kpk.tries.count(reporter.report_id)
    running.stop()
    line.start("send")
    line.delivered(reporter)

    assert tries == 0


def test_nothing_plain_of_a_report_lies_in_the_store_or_the_logs(line: Line) -> None:
    reporter, canary = of_the_inspektorat(), f"kenari-{uuid4().hex[:12]}"
    submission = line.submission(reporter, text=canary)
    facts = canonical(to_json(replace(FACTS, skpd=canary)))
    line.tell(replace(submission, facts=line.wrapped(reporter, "facts", facts)))
    line.tell(ForwardingApproved(**told(reporter)))
    line.delivered(reporter)

    tables = line.worker.rows(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('public', 'held', 'read')"
    )
    stored = "".join(
        row["row"]
        for table in tables
        for row in line.worker.rows(f"SELECT t::text AS row FROM {table['name']} t")  # noqa: S608
    )
    states = line.worker.rows("SELECT convert_from(state, 'UTF8') AS state FROM events")
    logs = "".join(log.read_text() for log in line.worker.folder.glob("*.log"))
    assert canary.encode() in item(received(line, reporter, ParcelKind.REPORT), ItemKind.FACTS)
    assert str(reporter.report_id) in stored
    assert canary not in stored + logs + "".join(row["state"] for row in states)
