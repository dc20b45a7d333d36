"""Uploads by tus 1.0, with tuspy and by hand: whole, in pieces, broken off, damaged, too long, by strangers."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
import requests
from chassis.testing.harness import eventually
from contracts.events.evidence import EvidenceReceived
from contracts.events.intake import DraftExpired
from contracts.vocabulary import EvidenceKind
from evidence.application import Body, Broken, Checksum, Holder, TooLong
from evidence_tools import OCTETS, TUS, Draft, Line
from openapi_spec_validator import validate
from tusclient.client import TusClient
from wbs_local.parts import postgres

MEGABYTE = 1 << 20


def received(line: Line, draft: Draft, evidence_id: UUID) -> EvidenceReceived:
    return eventually(
        lambda: [e for e in line.published.of(draft.report_id, EvidenceReceived) if e.evidence_id == evidence_id]
    )[0]


def id_of(answer: requests.Response) -> UUID:
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    return UUID(answer.headers["Location"].rpartition("/")[2])


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def problem(answer: requests.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    return answer.status_code, answer.json()["type"].removeprefix("urn:wbs:problem:")


def test_a_server_tells_what_of_tus_it_understands(line: Line) -> None:
    answer = requests.options(line.uploads_url, timeout=30)

    assert answer.status_code == HTTPStatus.NO_CONTENT
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,checksum,expiration,termination"
    assert answer.headers["Tus-Max-Size"] == str(1 << 30)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_a_file_sent_by_the_reference_client_is_received(line: Line) -> None:
    draft, content = Draft(), os.urandom(9 * MEGABYTE)

    evidence_id = line.upload(draft, content, EvidenceKind.LETTER)

    event = received(line, draft, evidence_id)
    assert (event.kind, event.route, event.batch_id) == (EvidenceKind.LETTER, draft.route, None)
    assert eventually(lambda: line.pieces(draft)[evidence_id]["state"] == "quarantined")


def test_a_file_sent_by_tuspy_in_one_request_is_received(line: Line) -> None:
    draft = Draft()
    client = TusClient(line.uploads_url, headers={"Authorization": f"Bearer {line.token(draft)}"})

    uploader = client.uploader(file_stream=io.BytesIO(os.urandom(200_000)), metadata={"kind": "video", "filename": "a"})
    uploader.upload()

    assert received(line, draft, UUID(str(uploader.url).rpartition("/")[2])).kind is EvidenceKind.VIDEO


def test_an_upload_that_broke_off_goes_on_where_it_stood(line: Line) -> None:
    draft, content = Draft(), os.urandom(9 * MEGABYTE)
    client, file = line.client(draft), io.BytesIO(content)
    upload = client.begin(file, EvidenceKind.PHOTO)

    client.go_on(upload, file, stop_at=5 * MEGABYTE)
    stood = line.head(draft, upload.evidence_id)
    client.go_on(upload, file)

    assert (stood.headers["Upload-Offset"], stood.headers["Upload-Length"]) == (str(5 * MEGABYTE), str(len(content)))
    assert received(line, draft, upload.evidence_id)


def test_an_announcement_that_is_repeated_is_one_upload(line: Line) -> None:
    draft, content, repeated = Draft(), os.urandom(1000), {"Idempotency-Key": str(uuid4())}

    with ThreadPoolExecutor() as several:
        tries = [several.submit(line.announce, draft, len(content), **repeated) for _ in range(4)]
        upload_ids = {id_of(each.result()) for each in tries}
    (upload_id,) = upload_ids
    sent = line.patch(draft, upload_id, 0, content)
    late = line.announce(draft, len(content), **repeated)

    assert sent.status_code == HTTPStatus.NO_CONTENT
    assert (id_of(late), late.headers["Upload-Offset"]) == (upload_id, str(len(content)))
    assert received(line, draft, upload_id)
    assert set(line.pieces(draft)) == upload_ids
    assert id_of(line.announce(draft, len(content))) != upload_id
    assert id_of(line.announce(Draft(), len(content), **repeated)) != upload_id
    assert problem(line.announce(draft, len(content) + 1, **repeated)) == (422, "idempotency-key-reused")
    assert problem(line.announce(draft, 1, **{"Idempotency-Key": "guessable"})) == (400, "header-invalid")


def test_what_came_before_a_broken_connection_stays(line: Line) -> None:
    draft, content = Draft(), os.urandom(8 * MEGABYTE)
    upload_id = id_of(line.announce(draft, len(content)))
    headers = line.headers(draft, Upload_Offset="0", Content_Type=OCTETS, Content_Length=str(len(content)))
    head = f"PATCH /api/v1/uploads/{upload_id} HTTP/1.1\r\nHost: x\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    with socket.create_connection((line.system.host, line.system.ports["evidence"])) as connection:
        connection.sendall(f"{head}\r\n".encode() + content[:6_000_000])

    at = eventually(lambda: stands_still_at(line, draft, upload_id, 6_000_000))
    assert line.patch(draft, upload_id, at, content[at:]).status_code == HTTPStatus.NO_CONTENT
    assert received(line, draft, upload_id)


def stands_still_at(line: Line, draft: Draft, upload_id: UUID, offset: int) -> int:
    """The offset once all that was sent has been kept; 0 before."""
    return offset if line.head(draft, upload_id).headers["Upload-Offset"] == str(offset) else 0


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_with_a_right_checksum_are_kept_and_with_a_wrong_one_left_out(line: Line, algorithm: str) -> None:
    draft, content = Draft(), os.urandom(5 * MEGABYTE)
    upload_id = id_of(line.announce(draft, len(content)))
    first, second = content[: 3 * MEGABYTE], content[3 * MEGABYTE :]

    right = line.patch(draft, upload_id, 0, first, Upload_Checksum=checksum(first, algorithm))
    wrong = line.patch(draft, upload_id, len(first), second, Upload_Checksum=checksum(first, algorithm))
    stood = line.head(draft, upload_id).headers["Upload-Offset"]
    again = line.patch(draft, upload_id, len(first), second, Upload_Checksum=checksum(second, algorithm))

    assert (right.status_code, right.headers["Upload-Offset"]) == (HTTPStatus.NO_CONTENT, str(len(first)))
    assert problem(wrong) == (460, "checksum-differs")
    assert stood == str(len(first))
    assert again.status_code == HTTPStatus.NO_CONTENT
    assert received(line, draft, upload_id)


def test_an_upload_longer_than_announced_is_refused_and_loses_nothing(line: Line) -> None:
    draft, content = Draft(), os.urandom(1000)
    other = line.upload(draft, os.urandom(1000))
    upload_id = id_of(line.announce(draft, len(content)))
    line.patch(draft, upload_id, 0, content[:400])

    longer = line.patch(draft, upload_id, 400, content[400:] + b"more")
    endless = line.patch(draft, upload_id, 400, iter([content[400:], b"more"]))
    stood = line.head(draft, upload_id).headers["Upload-Offset"]
    rest = line.patch(draft, upload_id, 400, content[400:])

    assert problem(longer) == (413, "longer-than-announced")
    assert endless.status_code in (411, 413)
    assert stood == "400"
    assert rest.status_code == HTTPStatus.NO_CONTENT
    assert received(line, draft, upload_id)
    assert received(line, draft, other)


@pytest.mark.parametrize("with_checksum", [True, False])
def test_a_broken_body_that_is_too_long_makes_no_upload_larger_than_announced(line: Line, with_checksum: bool) -> None:
    draft, uploads = Draft(), line.application.uploads
    holder = Holder(draft.report_id, draft.route, None, draft.expires)
    upload = uploads.announce(holder, EvidenceKind.PHOTO, 1000)
    pieces = iter([b"x" * 1001])

    def read(_: int) -> bytes:
        for piece in pieces:
            return piece
        raise Broken

    with pytest.raises(TooLong):
        uploads.append(holder, upload.id, 0, Body(read, None, Checksum("sha256", b"") if with_checksum else None))

    assert line.head(draft, upload.id).headers["Upload-Offset"] == "0"
    assert line.patch(draft, upload.id, 0, b"x" * 1000).status_code == HTTPStatus.NO_CONTENT
    assert received(line, draft, upload.id)


@pytest.mark.parametrize("count", ["400", "1001"])
def test_an_upload_that_can_not_become_whole_is_dropped_with_its_token(line: Line, count: str) -> None:
    draft = Draft()
    upload_id = id_of(line.announce(draft, 1000))
    change = "UPDATE held.uploads SET received = %s, expires = now() - interval '1 day' WHERE id = %s RETURNING 1"
    assert line.worker.rows(change, (count, upload_id))

    line.application.removing.drop_expired()

    assert line.head(draft, upload_id).status_code == HTTPStatus.NOT_FOUND


def test_of_two_requests_for_the_same_bytes_one_counts(line: Line) -> None:
    draft, content = Draft(), os.urandom(2 * MEGABYTE)
    upload_id = id_of(line.announce(draft, len(content)))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: line.patch(draft, upload_id, 0, content).status_code, range(4)))

    assert sorted(answers) == [HTTPStatus.NO_CONTENT] + [HTTPStatus.CONFLICT] * 3
    assert received(line, draft, upload_id)


def test_an_upload_that_was_given_up_is_gone(line: Line) -> None:
    draft = Draft()
    upload_id = id_of(line.announce(draft, 1000))
    line.patch(draft, upload_id, 0, os.urandom(400))

    given_up = requests.delete(f"{line.uploads_url}/{upload_id}", headers=line.headers(draft), timeout=30)

    assert given_up.status_code == HTTPStatus.NO_CONTENT
    assert line.head(draft, upload_id).status_code == HTTPStatus.NOT_FOUND
    assert problem(line.patch(draft, upload_id, 400, b"x" * 600)) == (404, "no-such-upload")
    assert eventually(lambda: not line.objects("evidence-uploads", f"{upload_id}/"))


def test_of_two_who_give_up_an_upload_at_once_the_later_finds_it_gone(line: Line) -> None:
    draft = Draft()
    upload_id = id_of(line.announce(draft, 1000))
    waiting = (  # for the row: one for who has it locked, the next for its turn
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = 'evidence' AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple')"
    )

    def give_up(_: int) -> requests.Response:
        return requests.delete(f"{line.uploads_url}/{upload_id}", headers=line.headers(draft), timeout=30)

    # Both have found it before either of them can delete it.
    gate, watch = (postgres.connect_as_superuser(line.system, "evidence") for _ in range(2))
    with gate, watch, ThreadPoolExecutor(2) as pool:
        with gate.transaction():
            gate.execute("SELECT 1 FROM held.uploads WHERE id = %s FOR UPDATE", (upload_id,))
            answers = [pool.submit(give_up, number) for number in range(2)]
            eventually(lambda: watch.execute(waiting).fetchall()[0][0] == len(answers))
        told = sorted((answer.result() for answer in answers), key=lambda answer: answer.status_code)

    assert [answer.status_code for answer in told] == [204, 404]
    assert problem(told[1]) == (404, "no-such-upload")


def test_a_piece_that_was_received_is_not_given_up(line: Line) -> None:
    draft = Draft()
    evidence_id = line.upload(draft, os.urandom(1000))
    received(line, draft, evidence_id)

    answer = requests.delete(f"{line.uploads_url}/{evidence_id}", headers=line.headers(draft), timeout=30)

    assert problem(answer) == (409, "already-received")


def test_another_reports_token_finds_nothing_just_as_where_nothing_is(line: Line) -> None:
    draft, other = Draft(), Draft()
    upload_id = id_of(line.announce(draft, 1000))
    url = f"{line.uploads_url}/{upload_id}"

    patched, given_up = (
        line.patch(other, upload_id, 0, b"x" * 1000),
        requests.delete(url, headers=line.headers(other), timeout=30),
    )
    none = requests.patch(url, data=b"x", headers={**TUS, "Upload-Offset": "0", "Content-Type": OCTETS}, timeout=30)
    shown = requests.get(f"{line.url}/reports/{draft.report_id}/evidence", headers=line.headers(other), timeout=30)
    nowhere = line.patch(other, uuid4(), 0, b"x" * 1000)

    assert problem(none) == (401, "token-refused")
    assert problem(patched) == problem(given_up) == problem(nowhere) == (404, "no-such-upload")
    assert line.head(other, upload_id).status_code == HTTPStatus.NOT_FOUND
    assert shown.status_code == HTTPStatus.UNAUTHORIZED
    assert line.head(draft, upload_id).headers["Upload-Offset"] == "0"


def test_an_expired_token_is_refused(line: Line) -> None:
    draft = Draft()
    upload_id = id_of(line.announce(draft, 1000))
    expired = replace(draft, expires=draft.expires - timedelta(days=8))

    assert problem(line.announce(expired, 1000)) == (401, "token-expired")
    assert problem(line.patch(expired, upload_id, 0, b"x" * 1000)) == (401, "token-expired")


def test_uploads_that_nobody_can_go_on_with_are_dropped(line: Line) -> None:
    draft = Draft()
    upload_id = id_of(line.announce(draft, 1000))
    line.patch(draft, upload_id, 0, os.urandom(400))

    line.worker.rows(
        "UPDATE held.uploads SET expires = now() - interval '1 day' WHERE id = %s RETURNING id", (upload_id,)
    )
    line.restart("worker")  # its timers run at once

    assert eventually(lambda: line.head(draft, upload_id).status_code == HTTPStatus.NOT_FOUND)
    assert eventually(lambda: not line.objects("evidence-uploads", f"{upload_id}/"))


def test_an_expired_draft_takes_no_more(line: Line) -> None:
    draft = Draft()
    line.upload(draft, os.urandom(1000))

    line.tell(DraftExpired(report_id=draft.report_id, route=draft.route))

    assert problem(line.announce(draft, 1000)) == (409, "no-more-uploads")


def test_a_submitted_report_takes_no_more_by_the_drafts_token(line: Line) -> None:
    draft = Draft()
    evidence_id = line.upload(draft, os.urandom(1000))
    received(line, draft, evidence_id)

    line.submit(draft, evidence_id)

    assert problem(line.announce(draft, 1000)) == (409, "no-more-uploads")


def test_a_draft_takes_as_many_pieces_as_the_limit_says(line: Line) -> None:
    draft = Draft()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: line.announce(draft, 1).status_code, range(53)))

    assert answers.count(HTTPStatus.CREATED) == 50
    assert problem(line.announce(draft, 1)) == (413, "draft-full")


def test_a_draft_takes_as_many_bytes_as_the_limit_says(line: Line) -> None:
    draft, gibibyte = Draft(), 1 << 30

    answers = [line.announce(draft, gibibyte).status_code for _ in range(4)]

    assert answers == [HTTPStatus.CREATED] * 4
    assert problem(line.announce(draft, 1)) == (413, "draft-full")
    assert problem(line.announce(Draft(), gibibyte + 1)) == (413, "file-too-large")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"Tus-Resumable": "0.2.2"}, (412, "header-invalid")),
        ({"Upload-Length": "-1"}, (400, "header-invalid")),
        ({"Upload-Length": "viel"}, (400, "header-invalid")),
        ({"Upload-Length": "0"}, (422, "file-empty")),
        ({"Upload-Metadata": "filename YS5qcGc="}, (400, "header-invalid")),
        ({"Upload-Metadata": "kind bm9uZQ=="}, (400, "header-invalid")),
        ({"Upload-Metadata": "kind ***"}, (400, "header-invalid")),
        ({"Authorization": "Bearer none"}, (401, "token-refused")),
    ],
)
def test_an_announcement_that_is_wrong_is_told_so(line: Line, change: dict[str, str], told: tuple[int, str]) -> None:
    assert problem(line.announce(Draft(), 1000, **change)) == told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"Tus-Resumable": ""}, (412, "header-invalid")),
        ({"Content-Type": "application/octet-stream"}, (415, "header-invalid")),
        ({"Upload-Offset": "x"}, (400, "header-invalid")),
        ({"Upload-Offset": "1"}, (409, "offset-differs")),
        ({"Upload-Checksum": "md5 eA=="}, (400, "header-invalid")),
        ({"Upload-Checksum": "sha1 ???"}, (400, "header-invalid")),
    ],
)
def test_bytes_that_are_sent_wrongly_are_told_so(line: Line, change: dict[str, str], told: tuple[int, str]) -> None:
    draft = Draft()
    upload_id = id_of(line.announce(draft, 1000))
    headers = {**line.headers(draft, Upload_Offset="0", Content_Type=OCTETS), **change}

    answer = requests.patch(f"{line.uploads_url}/{upload_id}", data=b"x", headers=headers, timeout=30)

    assert problem(answer) == told
    assert line.head(draft, upload_id).headers["Upload-Offset"] == "0"


def test_problems_are_told_in_the_readers_language(line: Line) -> None:
    told = {
        language: line.announce(Draft(), 0, **{"Accept-Language": language}).json()["title"]
        for language in ("id", "en")
    }

    assert told == {"id": "Berkas kosong", "en": "The file is empty"}


def test_a_client_behind_a_narrow_proxy_may_override_the_method(line: Line) -> None:
    draft = Draft()
    upload_id = id_of(line.announce(draft, 4))
    headers = line.headers(draft, Upload_Offset="0", Content_Type=OCTETS, X_HTTP_Method_Override="PATCH")

    answer = requests.post(f"{line.uploads_url}/{upload_id}", data=b"abcd", headers=headers, timeout=30)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (HTTPStatus.NO_CONTENT, "4")


def test_an_upload_that_does_not_exist_is_not_found(line: Line) -> None:
    assert line.head(Draft(), uuid4()).status_code == HTTPStatus.NOT_FOUND


def test_the_api_is_documented_as_openapi(line: Line) -> None:
    document = requests.get(f"{line.url}/openapi.json", timeout=30).json()

    validate(document)
    assert set(document["paths"]["/api/v1/uploads/{upload_id}"]) >= {"head", "patch", "delete"}
