"""Filing: what a report names is locked and its keys go to their readers, whatever the checks say, in any order."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import permutations
from uuid import UUID, uuid4

import evidence_files as files
import pytest
from chassis.openbao import BadRequest
from chassis.testing.harness import eventually
from contracts.events.evidence import EvidenceFiled, EvidenceReceived
from contracts.events.identity import ReportErased
from contracts.events.intake import DraftExpired, EvidenceExpired, MessageFromReporter
from contracts.letters import Expected, Purpose
from contracts.sealed import Sealed
from contracts.vocabulary import EvidenceKind, Route
from evidence.application import Body, Holder
from evidence.domain import NoMoreUploads
from evidence.draft_keys import DraftKeys, Use
from evidence_tools import Draft, Line
from minio.error import S3Error
from wbs_local.parts import seaweedfs

from contracts import letters

REVIEW = {"decision_id": "dsc-rekaan"}


def received(line: Line, draft: Draft, evidence_id: UUID) -> EvidenceReceived:
    return eventually(
        lambda: [e for e in line.published.of(draft.report_id, EvidenceReceived) if e.evidence_id == evidence_id]
    )[0]


def message(draft: Draft, batch_id: UUID, *named: UUID) -> MessageFromReporter:
    return MessageFromReporter(
        report_id=draft.report_id,
        route=draft.route,
        letter_id=uuid4(),
        text=Sealed("wrapped"),
        batch_id=batch_id,
        evidence_ids=named,
        leaf="0" * 64,
    )


def has_keys(line: Line, evidence_id: UUID) -> bool:
    return line.worker.rows("SELECT 1 FROM held.uploads WHERE id = %s", (evidence_id,)) != []


def upload_late(line: Line, draft: Draft, batch_id: UUID, content: bytes) -> UUID:
    """As the holder of a token of the batch does."""
    holder, file = Holder(draft.report_id, draft.route, batch_id, draft.expires), io.BytesIO(content)
    uploads = line.application.uploads
    upload = uploads.announce(holder, EvidenceKind.PHOTO, len(content))
    return uploads.append(holder, upload.id, 0, Body(file.read, len(content))).id


def test_an_original_opens_to_casework_through_the_super_admin_and_to_kpk(line: Line) -> None:
    draft, content = Draft(), files.photo(21)
    evidence_id = line.upload(draft, content)
    assert line.verdict(draft, evidence_id) is None

    line.submit(draft, evidence_id)

    event = line.filed(draft, evidence_id)
    outer = line.letter(draft, Purpose.ORIGINAL_KEY, event.original_key)
    verifying = line.keys().verification_key
    expected = Expected(draft.report_id, draft.route, Purpose.ORIGINAL_KEY)
    super_admin = line.desk.person("superadmin").opener("super-admin", **REVIEW)
    inner = letters.enclosed_letter(letters.open_letter(outer, expected, super_admin, verifying))
    opened = letters.open_letter(
        inner,
        Expected(draft.report_id, draft.route, Purpose.ORIGINAL_KEY, layer=1),
        line.desk.person("pemeriksa1").opener("casework"),
        verifying,
    )
    assert line.content(opened.body.file) == content
    assert opened.body.file.media_type == "image/jpeg"
    assert (event.object, event.version, event.sha256) == (
        opened.body.file.object,
        opened.body.file.version,
        opened.body.file.sha256,
    )
    assert line.opened_by_kpk(draft, Purpose.ORIGINAL_KEY_FOR_KPK, event.original_key_for_kpk)[0] == content
    assert event.sha256 == received(line, draft, evidence_id).sha256


def test_an_investigator_opens_the_clean_copy(line: Line) -> None:
    draft = Draft()
    evidence_id = line.upload(draft, files.photo(22))
    line.submit(draft, evidence_id)

    event = line.copy_filed(draft, evidence_id)

    investigator = line.desk.person("pemeriksa1").opener("casework")
    content, media_type = line.opened(draft, Purpose.COPY_KEY, event.copy_key, investigator)
    assert media_type == "image/jpeg"
    assert content == line.opened_by_kpk(draft, Purpose.COPY_KEY, event.copy_key)[0]


def test_a_reporter_may_keep_originals_from_kpk(line: Line) -> None:
    draft = Draft()
    evidence_id = line.upload(draft, files.photo(23))

    received(line, draft, evidence_id)
    line.submit(draft, evidence_id, originals_to_kpk=False)

    event = line.filed(draft, evidence_id)
    assert event.original_key_for_kpk is None
    assert event.original_key is not None
    assert line.copy_filed(draft, evidence_id)


def test_in_route_kpk_nobody_else_has_a_key(line: Line) -> None:
    draft, content = Draft(route=Route.KPK), files.photo(24)
    evidence_id = line.upload(draft, content)

    received(line, draft, evidence_id)
    line.submit(draft, evidence_id)

    event, copy = line.filed(draft, evidence_id), line.copy_filed(draft, evidence_id)
    assert event.original_key is None
    assert line.opened_by_kpk(draft, Purpose.ORIGINAL_KEY_FOR_KPK, event.original_key_for_kpk)[0] == content
    for purpose, wrapped in (
        (Purpose.ORIGINAL_KEY_FOR_KPK, event.original_key_for_kpk),
        (Purpose.COPY_KEY, copy.copy_key),
    ):
        kids = letters.read_header(line.letter(draft, purpose, wrapped)).to
        assert {letters.owner_of(kid) for kid in kids} == {"kpk"}


def test_a_filed_original_is_locked_against_everybody(line: Line) -> None:
    draft = Draft()
    evidence_id = line.upload(draft, files.photo(25))
    received(line, draft, evidence_id)

    line.submit(draft, evidence_id)

    event, ops = line.filed(draft, evidence_id), seaweedfs.connect(line.system, seaweedfs.OPS)
    version = seaweedfs.versions(line.system).in_store("evidence-originals", event.object, event.version)
    lock = ops.get_object_retention("evidence-originals", event.object, version_id=version)
    assert lock.mode == "COMPLIANCE"
    assert lock.retain_until_date - datetime.now(UTC) > timedelta(hours=23)
    for user in ("evidence", seaweedfs.OPS):
        with pytest.raises(S3Error):
            seaweedfs.connect(line.system, user).remove_object("evidence-originals", event.object, version)


def test_a_bad_piece_is_filed_all_the_same_without_a_copy(line: Line) -> None:
    draft = Draft()
    evidence_id = line.upload(draft, files.EICAR)
    assert line.verdict(draft, evidence_id) is not None

    line.submit(draft, evidence_id)

    event = line.filed(draft, evidence_id)
    opened = line.opened_by_kpk(draft, Purpose.ORIGINAL_KEY_FOR_KPK, event.original_key_for_kpk)
    assert opened == (files.EICAR, "application/octet-stream")
    assert eventually(lambda: not has_keys(line, evidence_id))


def test_a_piece_whose_check_is_not_done_is_filed_at_once_and_its_copy_follows(line: Line) -> None:
    draft, long_film = Draft(), files.pdf(seed=40, pages=12)
    evidence_id = line.upload(draft, long_film)
    received(line, draft, evidence_id)
    state = line.pieces(draft)[evidence_id]["state"]

    line.submit(draft, evidence_id)

    filed = line.filed(draft, evidence_id)
    copied = line.copy_filed(draft, evidence_id)
    assert state == "received"
    assert line.opened_by_kpk(draft, Purpose.ORIGINAL_KEY_FOR_KPK, filed.original_key_for_kpk)[0] == long_film
    assert line.opened_by_kpk(draft, Purpose.COPY_KEY, copied.copy_key)[1] == "application/pdf"
    assert eventually(lambda: not has_keys(line, evidence_id))


def test_with_the_filing_the_drafts_keys_and_segments_are_gone(line: Line) -> None:
    draft = Draft()
    evidence_id = line.upload(draft, files.photo(26))
    assert line.verdict(draft, evidence_id) is None

    line.submit(draft, evidence_id)

    line.copy_filed(draft, evidence_id)
    assert eventually(lambda: not has_keys(line, evidence_id))
    assert line.worker.rows("SELECT 1 FROM held.segments WHERE upload_id = %s", (evidence_id,)) == []
    assert line.worker.rows("SELECT 1 FROM held.drafts WHERE report_id = %s", (draft.report_id,)) == []
    assert eventually(lambda: not line.objects("evidence-uploads", f"{evidence_id}/"))
    assert line.pieces(draft)[evidence_id]["state"] == "cleared"


def test_what_a_report_does_not_name_is_removed(line: Line) -> None:
    draft = Draft()
    named, left_out = line.upload(draft, files.photo(27)), line.upload(draft, files.photo(28))
    half = UUID(line.announce(draft, 1000).headers["Location"].rpartition("/")[2])
    line.patch(draft, half, 0, b"x" * 400)
    assert line.verdict(draft, named) is None
    assert line.verdict(draft, left_out) is None

    line.submit(draft, named)

    line.filed(draft, named)
    assert list(line.pieces(draft)) == [named]
    assert eventually(lambda: not [place for place in all_objects(line, left_out, half) if place])
    assert len(line.objects("evidence-originals", str(named))) == 1


def all_objects(line: Line, *evidence_ids: UUID) -> list[str]:
    buckets = ("evidence-uploads", "evidence-originals", "evidence-copies")
    return [name for bucket in buckets for each in evidence_ids for name in line.objects(bucket, str(each))]


def test_an_expired_draft_is_removed_after_a_time(line: Line) -> None:
    draft = Draft()
    evidence_id = line.upload(draft, files.photo(29))
    assert line.verdict(draft, evidence_id) is None

    line.tell(DraftExpired(report_id=draft.report_id, route=draft.route))
    still_there = has_keys(line, evidence_id)
    # Compared with a time that is rounded down: now would not be due yet.
    due = "UPDATE held.drafts SET remove_after = now() - interval '1 hour' WHERE report_id = %s RETURNING 1"
    line.worker.rows(due, (draft.report_id,))
    line.restart("worker")  # its timers run at once

    assert still_there
    assert eventually(lambda: not has_keys(line, evidence_id))
    assert eventually(lambda: not all_objects(line, evidence_id))


@pytest.mark.parametrize("order", list(permutations(("received", "submitted", "expired"))))
def test_a_submission_beats_an_expiry_and_a_late_receipt_in_any_order(line: Line, order: tuple[str, ...]) -> None:
    draft, content = Draft(), files.png(30)
    upload_id = UUID(line.announce(draft, len(content)).headers["Location"].rpartition("/")[2])
    happen = {
        "received": lambda: (
            line.patch(draft, upload_id, 0, content).status_code == HTTPStatus.NO_CONTENT
            and received(line, draft, upload_id)
        ),
        "submitted": lambda: line.submit(draft, upload_id),
        "expired": lambda: line.tell(DraftExpired(report_id=draft.report_id, route=draft.route)),
    }

    outcomes = [happen[what]() for what in order]

    assert all(outcomes)
    event = line.filed(draft, upload_id)
    assert line.opened_by_kpk(draft, Purpose.ORIGINAL_KEY_FOR_KPK, event.original_key_for_kpk)[0] == content
    assert line.copy_filed(draft, upload_id)
    assert eventually(lambda: not has_keys(line, upload_id))
    assert line.worker.rows("SELECT 1 FROM held.drafts WHERE report_id = %s", (draft.report_id,)) == []


def test_late_evidence_is_filed_by_the_message_that_names_it(line: Line) -> None:
    draft, batch_id, later = Draft(), uuid4(), uuid4()
    line.submit(draft)
    batches = ((31, later), (32, batch_id), (33, batch_id))
    other, left_out, named = (upload_late(line, draft, batch, files.photo(number)) for number, batch in batches)
    for each in (other, left_out, named):
        assert line.verdict(draft, each) is None

    line.tell(message(draft, batch_id, named))

    line.copy_filed(draft, named)
    assert received(line, draft, named).batch_id == batch_id
    assert has_keys(line, other)
    with pytest.raises(NoMoreUploads):
        upload_late(line, draft, batch_id, files.photo(37))
    assert eventually(lambda: not all_objects(line, left_out))
    line.tell(EvidenceExpired(report_id=draft.report_id, route=draft.route, batch_id=later))
    assert eventually(lambda: not all_objects(line, other))
    assert [each.evidence_id for each in line.published.of(draft.report_id, EvidenceFiled)] == [named]


def test_an_erasure_that_is_told_while_the_key_is_there_takes_nothing_away_and_is_parked(line: Line) -> None:
    draft = Draft()
    filed = line.upload(draft, files.photo(39))
    assert line.verdict(draft, filed) is None
    line.submit(draft, filed)
    line.copy_filed(draft, filed)

    line.worker.send((ReportErased(report_id=draft.report_id, route=draft.route), uuid4()))

    (parked,) = eventually(lambda: line.worker.dead_letters(draft.report_id))
    assert parked["reason"] == "not_understood: its key is still there"
    assert line.objects("evidence-copies", str(filed))
    line.destroy_key(draft.report_id)
    line.replay_dead_letters()
    assert line.worker.dead_letters(draft.report_id) == []
    assert eventually(lambda: not line.objects("evidence-copies", str(filed)))


def test_an_erased_report_loses_its_keys_and_copies_and_files_nothing_more(line: Line) -> None:
    draft = Draft()
    filed, waiting = line.upload(draft, files.photo(34)), line.upload(draft, files.photo(35))
    assert line.verdict(draft, waiting) is None
    line.submit(draft, filed)
    line.copy_filed(draft, filed)

    line.destroy_key(draft.report_id)
    line.tell(ReportErased(report_id=draft.report_id, route=draft.route))
    line.tell(message(draft, uuid4(), waiting))

    assert not has_keys(line, waiting)
    assert eventually(lambda: not line.objects("evidence-copies", str(filed)))
    assert eventually(
        lambda: not line.worker.rows("SELECT 1 FROM held.jobs WHERE input->>'report_id' = %s", (str(draft.report_id),))
    )
    assert len(line.published.of(draft.report_id, EvidenceFiled)) == 1


def test_draft_keys_are_wrapped_anew_each_day_and_old_wrappings_are_dead(line: Line) -> None:
    draft, content = Draft(), files.photo(36)
    evidence_id = line.upload(draft, content)
    assert line.verdict(draft, evidence_id) is None
    rotate, tomorrow = line.application.removing.rotate_keys, datetime.now(UTC) + timedelta(days=1, hours=1)
    old = wrapped_key(line, evidence_id)

    not_yet = rotate()
    rotated = [rotate(now) for now in (tomorrow, tomorrow)]

    assert not not_yet
    assert rotated == [True, True]
    assert wrapped_key(line, evidence_id) != old
    with pytest.raises(BadRequest):
        DraftKeys(line.openbao_as("evidence-worker")).unwrap(evidence_id, Use.ORIGINAL, old)
    line.submit(draft, evidence_id)
    event = line.filed(draft, evidence_id)
    assert line.opened_by_kpk(draft, Purpose.ORIGINAL_KEY_FOR_KPK, event.original_key_for_kpk)[0] == content


def wrapped_key(line: Line, evidence_id: UUID) -> str:
    (row,) = line.worker.rows("SELECT original_key FROM held.uploads WHERE id = %s", (evidence_id,))
    return str(row["original_key"])
