"""Upload tokens: JWTs (RFC 7519) by which `intake` lets the holder of a draft call it, and `evidence` take uploads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from contracts.encoding import canonical, strict_json
from contracts.key_pairs import Signer
from contracts.signatures import BadSignature, Writers, sign_text, verify_text
from contracts.vocabulary import Route

TYP = "wbs-upload+jwt"
ISSUER = "intake"


class TokenRefused(Exception):
    """Not one of intake's tokens."""


class TokenExpired(TokenRefused):
    pass


@dataclass(frozen=True)
class UploadToken:
    """`expires` is a whole hour, so that a token doesn't tell when its draft was opened.

    `batch_id`: the token is for a batch of late evidence of a submitted report, and for nothing else.
    """

    report_id: UUID
    route: Route
    expires: datetime
    batch_id: UUID | None = None


def issue(token: UploadToken, signer: Signer) -> str:
    claims = {
        "iss": ISSUER,
        "sub": str(token.report_id),
        "route": token.route.value,
        "exp": int(token.expires.timestamp()),
        **({"batch": str(token.batch_id)} if token.batch_id else {}),
    }
    return sign_text(canonical(claims), signer, TYP)


def verify(text: str, writers: Writers, now: datetime) -> UploadToken:
    """TokenRefused unless intake signed it; TokenExpired after its hour."""
    try:
        verified = verify_text(text, writers, TYP)
        claims = strict_json(verified.payload)
        expires = datetime.fromtimestamp(claims["exp"], UTC)
        batch_id = UUID(claims["batch"]) if "batch" in claims else None
        token = UploadToken(UUID(claims["sub"]), Route(claims["route"]), expires, batch_id)
    except (BadSignature, ValueError, KeyError, TypeError, AttributeError):
        raise TokenRefused from None
    if claims.get("iss") != ISSUER or not verified.kid.startswith(f"{ISSUER}:"):
        raise TokenRefused
    if now >= token.expires:
        raise TokenExpired
    return token
