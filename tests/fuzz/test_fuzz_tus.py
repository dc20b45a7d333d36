"""Uploads by clients that get everything wrong: what was sent rightly counts, and no more."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from callers import TUS_BYTES, checksum
from chassis.testing.harness import eventually
from hypothesis import given, settings
from hypothesis import strategies as st
from there import KIND, Maker, There, address_of
from wbs_local.launch import Running

SIZE = 100_000
VERSION = {"Tus-Resumable": "1.0.0"}
DOCUMENTED = {204, 400, 401, 404, 409, 412, 413, 415, 460}
SEQUENCES = settings(max_examples=settings().max_examples // 2)


@dataclass
class Client:
    """Whose upload is at `received`, by its own count."""

    url: str
    token: str
    session: requests.Session
    path: str = ""
    received: int = 0

    def announce(self, size: int = SIZE) -> None:
        headers = {"Upload-Length": str(size), "Upload-Metadata": KIND}
        answer = self.call("POST", "/api/v1/uploads", headers)
        assert answer.status_code == 201, answer.text
        self.path = answer.headers["Location"]
        self.path = self.path[self.path.index("/api/") :]

    def call(self, method: str, path: str, headers: dict[str, str], content: Any = None) -> requests.Response:
        # A connection each: a server may close one that was idle for a while, which says nothing about the call.
        sent = {**VERSION, "Authorization": f"Bearer {self.token}", "Connection": "close", **headers}
        return self.session.request(method, f"{self.url}{path}", headers=sent, data=content, timeout=30)

    def append(self, content: Any, offset: int, **more: str) -> requests.Response:
        headers = {"Upload-Offset": str(offset), "Content-Type": TUS_BYTES}
        return self.call("PATCH", self.path, {**headers, **more}, content)

    def is_at(self) -> int:
        answer = self.call("HEAD", self.path, {})
        assert answer.status_code == 200
        assert answer.headers["Upload-Length"] == str(SIZE)
        return int(answer.headers["Upload-Offset"])


@pytest.fixture(scope="module")
def there(running: Running) -> There:
    return Maker(running).make()


def append_rightly(draw: Any, client: Client) -> None:
    content = b"r" * draw(st.integers(0, 300))
    sums = (
        {} if draw(st.booleans()) else {"Upload-Checksum": checksum(content, draw(st.sampled_from(["sha1", "sha256"])))}
    )
    chunked = draw(st.booleans())
    answer = client.append(iter([content]) if chunked and content else content, client.received, **sums)
    assert answer.status_code == 204, answer.text
    client.received += len(content)


def append_wrongly(draw: Any, client: Client) -> None:
    """Wrong in one thing: nothing of it counts."""
    offset, content, more = client.received, b"w" * 50, dict[str, str]()
    match draw(st.integers(0, 6)):
        case 0:
            offset = draw(st.integers(0, 2 * SIZE).filter(lambda each: each != client.received))
        case 1:
            more["Upload-Offset"] = draw(st.sampled_from(["", "-1", "x", "1e3", "9" * 17, "0x0", "1 2"]))
        case 2:
            content = b"w" * (SIZE + 1 - client.received)
        case 3:
            more["Upload-Checksum"] = checksum(b"other")
        case 4:
            more["Upload-Checksum"] = draw(
                st.sampled_from(["", "md5 AAAA", "sha256", "sha256 %", "sha256 AAAA", "crc"])
            )
        case 5:
            more["Content-Type"] = draw(st.sampled_from(["", "text/plain", "application/json", f"{TUS_BYTES}; x=y"]))
        case _:
            more["Tus-Resumable"] = draw(st.sampled_from(["", "0.2.2", "2.0.0"]))
    answer = client.append(content, offset, **more)
    assert answer.status_code in DOCUMENTED - {204}, answer.status_code


def race(draw: Any, client: Client) -> None:
    """Two at the same place: one of them counts."""
    contents = [b"a" * draw(st.integers(1, 200)), b"b" * draw(st.integers(1, 200))]
    with ThreadPoolExecutor(2) as both:
        others = [Client(client.url, client.token, requests.Session(), client.path) for _ in contents]
        sent = [
            both.submit(each.append, content, client.received) for each, content in zip(others, contents, strict=True)
        ]
        codes = [each.result().status_code for each in sent]
    assert sorted(codes) == [204, 409]
    client.received += len(contents[codes.index(204)])


def as_a_stranger(draw: Any, client: Client) -> None:
    token = draw(st.sampled_from(["", "x", client.token[:-4], client.token + "A"]))
    stranger = Client(client.url, token, client.session, client.path)
    for answer in (stranger.append(b"s", client.received), stranger.call("DELETE", client.path, {})):
        assert answer.status_code == 401


def elsewhere(draw: Any, client: Client) -> None:
    """Another upload's name, another method, an override that isn't one."""
    path = draw(
        st.sampled_from([f"/api/v1/uploads/{uuid.uuid4()}", "/api/v1/uploads/x", "/api/v1/uploads", client.path])
    )
    method = draw(st.sampled_from(["PUT", "POST", "GET", "TRACE", "PATCH"]))
    headers = {
        "X-HTTP-Method-Override": draw(st.sampled_from(["GET", "PUT", "patch", "x", "PATCH"])),
        "Upload-Offset": "x",
    }
    answer = client.call(method, path, headers, b"e")
    assert answer.status_code in {400, 404, 405, 412, 415}, answer.status_code


ACTS = (append_rightly, append_rightly, append_wrongly, append_wrongly, race, as_a_stranger, elsewhere)


def test_what_was_sent_rightly_counts_and_no_more(running: Running, there: There) -> None:
    url = address_of(running, "evidence")

    @SEQUENCES
    @given(st.data())
    def keeps_count(data: st.DataObject) -> None:
        there.drafts[0].make_room(url)
        client = Client(url, there.drafts[0].token, requests.Session())
        client.announce()
        for _ in range(data.draw(st.integers(1, 6))):
            data.draw(st.sampled_from(ACTS))(data.draw, client)
            assert client.is_at() == client.received
        assert client.call("DELETE", client.path, {}).status_code == 204
        assert client.call("HEAD", client.path, {}).status_code == 404

    keeps_count()


def test_the_services_are_as_they_were(running: Running, there: There) -> None:
    """After all of it a file goes up as ever."""
    client = Client(address_of(running, "evidence"), there.drafts[1].token, requests.Session())
    client.announce(10)

    assert client.append(b"0123456789", 0).status_code == 204

    path = f"/api/v1/reports/{there.drafts[1].report_id}/evidence"
    evidence_id = client.path.rpartition("/")[2]
    eventually(lambda: evidence_id in client.call("GET", path, {}).text, 240)
    assert client.append(b"", 10).status_code in {204, 409, 413}
