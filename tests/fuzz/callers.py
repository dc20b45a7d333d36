"""Calls of the public API as schemathesis makes them, with something real put in here and there."""

from __future__ import annotations

import copy
import hashlib
import uuid
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from there import KIND, There, facts

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TUS_BYTES = "application/offset+octet-stream"
ODD = [None, 0, -1, 2**63, 1e308, "", "A", [], {}, "\u0000", "\u202e", "é", "x" * 70_000, str(uuid.UUID(int=0))]
HEADERS = [
    "",
    "1",
    "-1",
    "9999999999999999",
    "99999999999999999999",
    "x",
    "1.0",
    "٣",
    "Bearer ",
    "sha1 x",
    "kind",
    "a b,c",
]


@schemathesis.serializer(TUS_BYTES)
def _as_it_is(_: Any, value: Any) -> dict[str, Any]:
    return {"data": value if isinstance(value, bytes) else str(value).encode(errors="replace")}


class Calls:
    """Sends cases and checks their answers; counts them by operation and status."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._session = requests.Session()
        self.counted: Counter[tuple[str, int]] = Counter()

    def send(self, case: Any) -> Any:
        return self.checked(case, case.call(base_url=self.address, session=self._session, allow_redirects=False))

    def checked(self, case: Any, answer: Any) -> Any:
        self.counted[case.operation.label, answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        return answer

    def announce(self, headers: Mapping[str, str]) -> str:
        """An upload for one call to be about, of the draft whose token stands there."""
        answer = requests.post(f"{self.address}/api/v1/uploads", headers=dict(headers), timeout=30)
        answer.raise_for_status()
        return answer.headers["Location"].rpartition("/")[2]

    def share_of_successes(self, label: str) -> float:
        answers = {status: count for (each, status), count in self.counted.items() if each == label}
        return sum(count for status, count in answers.items() if status < 300) / sum(answers.values())

    def __len__(self) -> int:
        return self.counted.total()


def dress(draw: Callable[[Any], Any], case: Any, there: There) -> None:
    """Puts real ids, tokens, letters and receipts into a case, each by chance, so that what lies behind them is met."""
    body = case.body if isinstance(case.body, dict) else None
    real = _real(draw, there)
    for name in list(case.path_parameters or {}):
        if name in real and draw(st.booleans()):
            case.path_parameters[name] = str(real[name])
    case.headers.update(_headers(draw, there, real))
    if body is None:
        return
    if draw(st.booleans()):
        body.update({name: copy.deepcopy(value) for name, value in real.items() if name in body})
    if draw(st.integers(0, 3)) == 0 and body:
        name = draw(st.sampled_from(sorted(body)))
        body[name] = draw(st.sampled_from(ODD)) if draw(st.booleans()) else _turned(draw, body[name])


def dress_rightly(draw: Callable[[Any], Any], case: Any, there: There) -> None:
    """All that is real of one draft and one report, so that what an operation does is met, not its refusals alone."""
    draft, filed = (one_of[draw(st.integers(0, 1))] for one_of in (there.drafts, there.filed))
    letter = {
        "PUT /api/v1/reports/{report_id}/identity": draft.offer,
        "POST /api/v1/receipts/identity": filed.offer,
    }.get(case.operation.label, filed.message)
    whose = {"report_id": str(draft.report_id), "locator": filed.locator, "leaf": filed.leaf, "letter": letter}
    real = {**_real(draw, there), **draft.opening, **whose, "first": there.log_size}
    for given in (case.path_parameters, case.query, case.body):
        if isinstance(given, dict):
            given.update({name: copy.deepcopy(value) for name, value in real.items() if name in given})
    if case.operation.label == "POST /api/v1/reports":
        case.body = dict(draft.opening)
    case.headers.update(_right_headers(draft.token, draft.key))


def _turned(draw: Callable[[Any], Any], value: Any) -> Any:
    """With one member of a letter changed."""
    if not isinstance(value, dict) or not value:
        return draw(st.sampled_from(ODD))
    name = draw(st.sampled_from(sorted(value)))
    return {**value, name: draw(st.sampled_from(ODD))}


def _real(draw: Callable[[Any], Any], there: There) -> dict[str, Any]:
    # Numbers are drawn, not things: a failing example shows no letters, and what is there may grow.
    draft, filed = (one_of[draw(st.integers(0, 1))] for one_of in (there.drafts, there.filed))
    is_draft = draw(st.booleans())
    return {
        **draft.opening,
        "report_id": str(draft.report_id if is_draft else filed.report_id),
        "upload_id": there.uploads[-1 - draw(st.integers(0, 19)) % len(there.uploads)],
        "leaf": filed.leaf,
        "locator": filed.locator,
        "letter": (draft.offer, filed.message, filed.offer)[draw(st.integers(0, 2))],
        "story": draft.story,
        "offer_id": str(uuid.uuid4()),
        "evidence_ids": [str(each) for each in draft.pieces],
        "facts": (facts(), None)[draw(st.integers(0, 1))],
        "batch_id": str(filed.batch_id),
        "token": draft.token if is_draft else filed.batch_token,
        "key": draft.key,
    }


def _headers(draw: Callable[[Any], Any], there: There, real: dict[str, Any]) -> dict[str, str]:
    """Those that the line asks for, right mostly."""
    right = draw(st.sampled_from([True, True, True, False]))
    tokens = [*there.tokens, "x", real["token"][:-2]]
    token = real["token"] if right else tokens[draw(st.integers(0, len(tokens) - 1))]
    found = {
        **_right_headers(token, (real["key"], str(uuid.uuid4()))[draw(st.integers(0, 1))]),
        "Upload-Length": draw(st.sampled_from(["0", "1", "1000", "2048", str(1 << 31)])),
        "Upload-Offset": draw(st.sampled_from(["0", "500", "1000", "1"])),
        "Accept-Language": draw(st.sampled_from(["id", "en", "*", "x;q=z", "en;q=0"])),
    }
    if not right:
        found[draw(st.sampled_from(sorted(found)))] = draw(
            st.sampled_from([each for each in HEADERS if each.isascii()])
        )
    return {name: value for name, value in found.items() if draw(st.integers(0, 9))}


def _right_headers(token: str, key: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": key,
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "2048",
        "Upload-Metadata": KIND,
        "Upload-Offset": "0",
    }


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    return f"{algorithm} {b64encode(digest).decode()}"
