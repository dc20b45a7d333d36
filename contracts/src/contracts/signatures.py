"""Signed texts: compact JWS (RFC 7515) with ES256, whose `typ` says what it is, so that none passes for another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.encoding import b64u, canonical, from_b64u, strict_json
from contracts.key_pairs import BadKey, PublicKey, Signer, signature_holds

Writers = Callable[[str], PublicKey | None]  # kid -> the key that verifies it, if it is known


class BadSignature(Exception):
    """Not a signed text of the expected type, by a key that we don't know, or changed since."""


@dataclass(frozen=True)
class Verified:
    kid: str
    payload: bytes


def sign_text(payload: bytes, signer: Signer, typ: str, jwk: Mapping[str, str] | None = None) -> str:
    """Sign; `jwk` puts the signing key itself into the header, for readers who pin its fingerprint."""
    embedded = {"jwk": dict(jwk)} if jwk else {}
    header = b64u(canonical({"alg": "ES256", "kid": signer.kid, "typ": typ, **embedded}))
    message = f"{header}.{b64u(payload)}"
    return f"{message}.{b64u(signer.sign(message.encode()))}"


def verify_text(text: str, writers: Writers, typ: str) -> Verified:
    """Verify; BadSignature unless the header is exactly alg, kid and this typ, and the kid's key has signed."""
    header, payload, _ = _parts(text)
    if set(header) != {"alg", "kid", "typ"}:
        raise BadSignature("the header has other members")
    key = writers(_kid(header))
    if key is None:
        raise BadSignature("signed by a key that is not known")
    return _verified(text, header, payload, key, typ)


def verify_embedded(text: str, trusted: Callable[[PublicKey], bool], typ: str) -> Verified:
    """Verify by the key in the header, once `trusted` has accepted that key (a pinned fingerprint)."""
    header, payload, _ = _parts(text)
    if set(header) != {"alg", "kid", "typ", "jwk"} or not isinstance(header["jwk"], dict):
        raise BadSignature("the header has other members")
    try:
        key = PublicKey(_kid(header), header["jwk"])
    except BadKey as error:
        raise BadSignature("the header's key is none") from error
    if not trusted(key):
        raise BadSignature("signed by a key that is not trusted")
    return _verified(text, header, payload, key, typ)


def unverified_payload(text: str) -> bytes:
    """Give the payload without verifying: only for a text that brings its own key (a story), verified right after."""
    return _parts(text)[1]


def _parts(text: str) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        head, payload, signature = text.split(".")
        header = strict_json(from_b64u(head))
        if not isinstance(header, dict):
            raise ValueError("no header")
        return header, from_b64u(payload), from_b64u(signature)
    except ValueError as error:
        raise BadSignature("not a signed text") from error


def _kid(header: Mapping[str, Any]) -> str:
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise BadSignature("no kid")
    return kid


def _verified(text: str, header: Mapping[str, Any], payload: bytes, key: PublicKey, typ: str) -> Verified:
    if header["alg"] != "ES256" or header["typ"] != typ:
        raise BadSignature("another kind of text")
    message, _, signature = text.rpartition(".")
    if not signature_holds(key, message.encode(), from_b64u(signature)):
        raise BadSignature("the signature does not stand")
    return Verified(key.kid, payload)
