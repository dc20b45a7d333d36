"""Upload tokens: only intake makes them, they say whose draft it is, and they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from contracts.key_pairs import SigningKey
from contracts.upload_tokens import TokenExpired, TokenRefused, UploadToken, issue, verify
from contracts.vocabulary import Route

HOUR = datetime(2026, 3, 2, 10, tzinfo=UTC)
TOKEN = UploadToken(UUID("6f1c3f7e-8a9b-4f5e-9d55-0a2f1f0a7c11"), Route.KPK, HOUR)


def test_a_token_says_whose_draft_it_is() -> None:
    key = SigningKey.generate("intake:v1")

    verified = verify(issue(TOKEN, key), {"intake:v1": key.public}.get, HOUR - timedelta(seconds=1))

    assert verified == TOKEN


def test_a_token_for_late_evidence_says_which_batch() -> None:
    key = SigningKey.generate("intake:v1")
    late = UploadToken(TOKEN.report_id, TOKEN.route, HOUR, batch_id=UUID("0d0f2a52-3f0c-4f53-9d3c-6a5d6f0f6a01"))

    assert verify(issue(late, key), {"intake:v1": key.public}.get, HOUR - timedelta(seconds=1)) == late


def test_a_token_ends_at_its_hour() -> None:
    key = SigningKey.generate("intake:v1")

    with pytest.raises(TokenExpired):
        verify(issue(TOKEN, key), {"intake:v1": key.public}.get, HOUR)


def test_a_token_of_another_service_is_refused() -> None:
    key = SigningKey.generate("evidence:v1")

    with pytest.raises(TokenRefused):
        verify(issue(TOKEN, key), {"evidence:v1": key.public}.get, HOUR - timedelta(hours=1))


@pytest.mark.parametrize("text", ["", "a.b.c", "é", "eyJhbGciOiJub25lIn0..", "x" * 5000])
def test_what_is_no_token_is_refused(text: str) -> None:
    key = SigningKey.generate("intake:v1")

    with pytest.raises(TokenRefused):
        verify(text, {"intake:v1": key.public}.get, HOUR)
