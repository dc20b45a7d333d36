"""Uploads where the service stalls, fails or hangs up: no call waits for ever, and what broke off is gone on with."""

from __future__ import annotations

import hashlib
import io
import itertools
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.vocabulary import EvidenceKind
from wbs_client import Problem, PublicApi, Unreachable
from wbs_client.evidence import Pieces
from wbs_client.uploads import FIRST_PIECE, QUICK_S, SLOW_S, Uploads

CONTENT = bytes(FIRST_PIECE) + b"the second piece"
PHOTO = EvidenceKind.PHOTO
Fault = Callable[["Handler"], None]


class Evidence:
    """Uploads by tus, in memory. `faults` come over the next PATCHes, one each, before anything of them is kept."""

    def __init__(self) -> None:
        self.url = ""
        self.names: dict[str, str] = {}  # by the key of the announcement
        self.lost_announcements = 0  # so many come whose answer gets lost
        self.files: dict[str, bytearray] = {}
        self.lengths: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.pieces: list[int] = []
        self.over = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Evidence

    def do_POST(self) -> None:
        name = self.service.names.setdefault(self.headers["Idempotency-Key"], str(uuid4()))
        self.service.files.setdefault(name, bytearray())
        self.service.lengths[name] = self.headers["Upload-Length"]
        if self.service.lost_announcements:
            self.service.lost_announcements -= 1
            self.close_connection = True
            return
        self.answer(201, Location=f"/uploads/{name}")

    def do_HEAD(self) -> None:
        name = self.path.rpartition("/")[2]
        if name not in self.service.files:
            return self.answer(404)
        return self.answer(200, Upload_Offset=str(len(self.service.files[name])))

    def do_PATCH(self) -> None:
        if self.service.faults:
            return self.service.faults.pop(0)(self)
        kept, piece = self.service.files[self.path.rpartition("/")[2]], self.body()
        self.service.pieces.append(len(piece))
        if self.headers["Upload-Offset"] != str(len(kept)):
            return self.answer(409)
        assert self.headers["Upload-Checksum"] == f"sha256 {b64encode(hashlib.sha256(piece).digest()).decode()}"
        kept += piece
        return self.answer(204, Upload_Offset=str(len(kept)))

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": "0", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def stall(handler: Handler) -> None:
    handler.service.over.wait()
    handler.close_connection = True


def hang_up(handler: Handler) -> None:
    handler.body()
    handler.close_connection = True


def fail(handler: Handler) -> None:
    handler.body()
    handler.answer(500)


def lose_the_answer(handler: Handler) -> None:
    handler.service.files[handler.path.rpartition("/")[2]] += handler.body()
    handler.close_connection = True


def refuse(handler: Handler) -> None:
    handler.body()
    handler.answer(413)


@pytest.fixture
def evidence() -> Iterator[Evidence]:
    service = Evidence()
    handler = type("_Handler", (Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    service.url = f"http://127.0.0.1:{server.server_port}/uploads"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        service.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def uploads(service: Evidence, patience_s: float = 20.0) -> Uploads:
    return Uploads(service.url, "token", PublicApi("http://unused.invalid", patience_s=patience_s, timeout_s=1.0))


def kept(service: Evidence, evidence_id: UUID) -> bytes:
    return bytes(service.files[str(evidence_id)])


@pytest.mark.parametrize("fault", [stall, hang_up, fail, lose_the_answer])
def test_an_upload_goes_on_by_itself_once_the_service_is_back(evidence: Evidence, fault: Fault) -> None:
    evidence.faults = [fault]

    evidence_id = Pieces(uploads(evidence)).add(io.BytesIO(CONTENT), PHOTO, "Foto")

    assert kept(evidence, evidence_id) == CONTENT
    assert evidence.lengths[str(evidence_id)] == str(len(CONTENT))


def test_a_file_whose_announcements_lost_their_answers_is_there_once(evidence: Evidence) -> None:
    evidence.lost_announcements = 2

    evidence_id = Pieces(uploads(evidence)).add(io.BytesIO(CONTENT), PHOTO, "Foto")

    assert evidence.lost_announcements == 0
    assert set(evidence.files) == {str(evidence_id)}
    assert kept(evidence, evidence_id) == CONTENT


def test_a_service_that_stalls_is_unreachable_and_the_upload_resumes(evidence: Evidence) -> None:
    client, file = uploads(evidence, patience_s=0.1), io.BytesIO(CONTENT)
    upload = client.begin(file, PHOTO)
    client.go_on(upload, file, stop_at=FIRST_PIECE)
    evidence.faults = [stall] * 5

    with pytest.raises(Unreachable):
        client.go_on(upload, file)
    evidence.faults = []
    client.go_on(upload, file)

    assert kept(evidence, upload.evidence_id) == CONTENT
    assert sum(evidence.pieces) == len(CONTENT)


@pytest.mark.parametrize(
    ("took_s", "sizes"),
    [
        (QUICK_S / 2, [FIRST_PIECE, 2 * FIRST_PIECE, 4 * FIRST_PIECE, 5 * FIRST_PIECE]),
        (2 * QUICK_S, [FIRST_PIECE] * 12),
        (2 * SLOW_S, [FIRST_PIECE // smaller for smaller in (1, 2, 4, 8, 16, 16)]),
    ],
    ids=["quick", "middling", "slow"],
)
def test_pieces_grow_on_a_quick_line_and_shrink_on_a_slow_one(
    evidence: Evidence, took_s: float, sizes: list[int]
) -> None:
    clock = itertools.count(step=took_s)
    client = Uploads(evidence.url, "token", PublicApi("http://unused.invalid"), now=lambda: next(clock))
    file = io.BytesIO(bytes(sum(sizes)))

    client.send(client.begin(file, PHOTO), file)

    assert evidence.pieces[: len(sizes)] == sizes


def test_a_piece_that_broke_off_is_sent_again_as_a_smaller_one(evidence: Evidence) -> None:
    evidence.faults = [stall]

    Pieces(uploads(evidence)).add(io.BytesIO(CONTENT), PHOTO, "Foto")

    assert evidence.pieces[0] == FIRST_PIECE // 2


def test_a_piece_added_again_after_a_failure_is_the_same_one_and_counts_once(evidence: Evidence) -> None:
    pieces = Pieces(uploads(evidence, patience_s=0.1))
    evidence.faults = [stall] * 5
    with pytest.raises(Unreachable):
        pieces.add(io.BytesIO(CONTENT), PHOTO, "Foto")
    begun = pieces.notes
    evidence.faults = []

    other = pieces.add(io.BytesIO(b"another file"), PHOTO, "Foto")
    evidence_id = pieces.add(io.BytesIO(CONTENT), PHOTO, "Foto")

    assert begun == ()
    assert [note.evidence_id for note in pieces.notes] == [other, evidence_id]
    assert (kept(evidence, other), kept(evidence, evidence_id)) == (b"another file", CONTENT)
    assert len(evidence.files) == 2


def test_a_piece_that_is_refused_on_its_way_is_not_named(evidence: Evidence) -> None:
    pieces = Pieces(uploads(evidence))
    evidence.faults = [refuse]

    with pytest.raises(Problem) as refused:
        pieces.add(io.BytesIO(CONTENT), PHOTO, "Foto")

    assert refused.value.status == 413
    assert pieces.notes == ()


def test_a_piece_that_was_dropped_is_not_named(evidence: Evidence) -> None:
    pieces = Pieces(uploads(evidence))
    dropped, stays = (pieces.add(io.BytesIO(text), PHOTO, "Foto") for text in (b"one", b"two"))

    pieces.drop(dropped)

    assert [note.evidence_id for note in pieces.notes] == [stays]


def test_where_something_else_answers_the_service_is_unreachable(evidence: Evidence) -> None:
    elsewhere = Uploads(f"{evidence.url}/gone", "token", PublicApi("http://unused.invalid", patience_s=0.1))
    evidence.faults = [lambda handler: handler.answer(200)]
    upload = elsewhere.begin(io.BytesIO(b"x"), PHOTO)

    with pytest.raises(Unreachable):
        elsewhere.go_on(upload, io.BytesIO(b"x"))
