"""What an attacker or a faulty line makes of a text: JSON or a JWS with parts changed, raw bytes."""

import json
from collections.abc import Iterator
from typing import Any

from contracts.encoding import b64u, from_b64u
from hypothesis import strategies as st

ODD = [
    None, True, False, 0, -1, 1.5, 2**64, "", "A", "AA", "A" * 10_000, "a\u0000b", "\u202ex", "é", "\ud800",
    [], {}, [[]], {"kid": "kpk:2026"}, {"crv": "P-256", "kty": "EC", "x": "AA", "y": "AA"},
    "casework:v1", "kpk", "inspektorat", "ES256", "none", "dir", "ECDH-ES", "RSA-OAEP", "RSA-OAEP-256", "A128GCM",
    "3f0c6f53-0d2e-4c53-9a43-5a4b7f7d2d0a", "0" * 32, "1e9999",
]  # fmt: skip
Path = tuple[Any, ...]

odd = st.sampled_from(ODD) | st.text(max_size=40) | st.integers() | st.binary(max_size=60).map(b64u)


def places(content: Any, at: Path = ()) -> Iterator[Path]:
    """Each place of a JSON value, the whole of it first."""
    yield at
    members = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, value in members:
        yield from places(value, (*at, name))


def put(content: Any, at: Path, change: Any) -> Any:
    """A copy in which `change(what is there)` stands at that place; `...` takes it out."""
    if not at:
        return change(content)
    name, rest = at[0], at[1:]
    copy = dict(content) if isinstance(content, dict) else list(content)
    value = put(copy[name], rest, change)
    if value is ...:
        del copy[name]
    else:
        copy[name] = value
    return copy


@st.composite
def changed_json(draw: st.DrawFn, content: Any, others: tuple[Any, ...] = ()) -> Any:
    """With one to three changes; of `others` (like `content`) whole members are taken."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.sampled_from(list(places(content))[1:] or [()]))
        kind = draw(st.sampled_from(["odd", "gone", "twice", "more", "turned", "other", "nested"]))
        other = draw(st.sampled_from(others)) if others else None
        content = put(content, at, lambda old, kind=kind, at=at, other=other: _made(draw, kind, old, at, other))
        if content is ... or not isinstance(content, dict | list):
            return None if content is ... else content
    return content


def _made(draw: st.DrawFn, kind: str, old: Any, at: Path, other: Any) -> Any:
    if kind == "gone" and at:
        return ...
    if kind == "twice":
        return [*old, *old] if isinstance(old, list) else f"{old}{old}" if isinstance(old, str) else [old, old]
    if kind == "more":
        return {**old, draw(st.text(max_size=8)): draw(odd)} if isinstance(old, dict) else draw(odd)
    if kind == "turned" and isinstance(old, str) and old:
        where = draw(st.integers(0, len(old) - 1))
        return old[:where] + draw(st.sampled_from("AZaz09-_=./ ")) + old[where + 1 :]
    if kind == "other" and other is not None:
        for name in at:
            try:
                other = other[name]
            except (KeyError, IndexError, TypeError):
                return draw(odd)
        return other
    if kind == "nested":
        return json.loads("[" * 200 + "]" * 200)
    return draw(odd)


@st.composite
def changed_bytes(draw: st.DrawFn, raw: bytes) -> bytes:
    """Cut, with bytes put in, turned or doubled."""
    at, end = sorted((draw(st.integers(0, len(raw))), draw(st.integers(0, len(raw)))))
    return draw(
        st.sampled_from(
            [
                raw[:at],
                raw[at:],
                raw[:at] + raw[end:],
                raw[:end] + raw[at:],
                raw[:at] + draw(st.binary(min_size=1, max_size=8)) + raw[at:],
                raw[:at] + bytes([draw(st.integers(0, 255))]) + raw[at + 1 :],
            ]
        )
    )


def written(content: Any) -> bytes:
    """As somebody who doesn't care would write it: lone surrogates too."""
    return json.dumps(content).encode()


@st.composite
def changed_letter(draw: st.DrawFn, raw: bytes, others: tuple[bytes, ...]) -> bytes:
    """Outside, in the protected header (written anew), or in its bytes."""
    kind = draw(st.sampled_from(["outside", "header", "bytes", "exchanged"]))
    try:
        jwe = json.loads(raw)
        head = json.loads(from_b64u(jwe["protected"]))
    except (ValueError, KeyError, TypeError):
        kind = "bytes"
    if kind == "outside":
        return written(draw(changed_json(jwe, tuple(_read(each) for each in others))))
    if kind == "header":
        return written({**jwe, "protected": b64u(written(draw(changed_json(head))))})
    if kind == "exchanged":
        other = _read(draw(st.sampled_from(others)))
        names = draw(st.sets(st.sampled_from(sorted(jwe)), min_size=1))
        return written({**jwe, **{name: other[name] for name in names if isinstance(other, dict) and name in other}})
    return draw(changed_bytes(raw))


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return {}


@st.composite
def changed_jws(draw: st.DrawFn, text: str, others: tuple[str, ...]) -> str:
    """A compact JWS with its header or payload written anew, parts of another, or its characters changed."""
    kind = draw(st.sampled_from(["header", "payload", "signature", "other", "text"]))
    parts = text.split(".")
    if kind in ("header", "payload"):
        which = ("header", "payload").index(kind)
        parts[which] = b64u(written(draw(changed_json(json.loads(from_b64u(parts[which]))))))
    elif kind == "signature":
        parts[2] = b64u(draw(st.binary(min_size=60, max_size=70)))
    elif kind == "other":
        other = draw(st.sampled_from(others)).split(".")
        which = draw(st.integers(0, 2))
        parts[which] = other[which]
    else:
        return draw(changed_bytes(text.encode())).decode("latin-1")
    return ".".join(parts)
