"""What the sandbox says is hostile until it is one of the few things that it may say."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from contracts.vocabulary import QuarantineReason
from evidence.inside import kinds, media_types
from evidence.inside.frames import HEADER, Kind, write
from evidence.sandbox import Examination, SandboxEnded, Verdict


def said(content: bytes) -> Verdict:
    out = io.BytesIO()
    write(out, Kind.VERDICT, content)
    out.seek(0)
    return Examination(out).verdict()


def verdict(**said_so: Any) -> bytes:
    return json.dumps({"reason": None, "media_type": None, "copy_media_type": None} | said_so).encode()


@pytest.mark.parametrize("media_type", sorted(media_types.COPIES))
def test_the_media_types_of_copies_are_believed(media_type: str) -> None:
    assert said(verdict(media_type=media_type, copy_media_type=media_type)) == Verdict(None, media_type, media_type)


def test_every_type_that_is_accepted_is_one_that_may_be_said() -> None:
    assert {each.media_type for each in kinds.ACCEPTED} == media_types.ACCEPTED


def test_a_reason_is_believed() -> None:
    assert said(verdict(reason="damaged")) == Verdict(QuarantineReason.DAMAGED)


STRANGE = ["text/html", "image/svg+xml", "image/jpeg\r\nX-Evil: 1", "IMAGE/JPEG", "", 5, True, ["image/jpeg"], {"a": 1}]


@pytest.mark.parametrize("strange", STRANGE, ids=str)
@pytest.mark.parametrize("member", ["media_type", "copy_media_type"])
def test_no_other_media_type_is(member: str, strange: object) -> None:
    with pytest.raises(SandboxEnded):
        said(verdict(**{member: strange}))


def test_a_copy_is_of_no_type_that_no_copy_has() -> None:
    with pytest.raises(SandboxEnded):
        said(verdict(media_type=media_types.DOCX, copy_media_type=media_types.DOCX))


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b"[" * 100_000, b"\xff", verdict(reason=["damaged"])])
def test_nonsense_is_no_verdict(content: bytes) -> None:
    with pytest.raises(SandboxEnded):
        said(content)


def test_a_frame_that_says_it_is_too_long_or_breaks_off_ends_it() -> None:
    for frame in (HEADER.pack(b"V", 1 << 40), HEADER.pack(b"V", 100) + b"short", b"?"):
        with pytest.raises(SandboxEnded):
            Examination(io.BytesIO(frame))
