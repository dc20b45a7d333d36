"""The console's pages by themselves: what a look shows, and what is left of it where a decision lacked a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from chassis.clock import Clock
from chassis.service import Process
from chassis.settings import Profile
from chassis.sign_in import Staff, TwoPhases
from chassis.sign_in.sessions import StaffSession, Ticket
from chassis.telemetry import Metrics
from chassis.web import make_app
from contracts.letters import FiledIdentity, Person, ReporterKeys, SealedFile
from contracts.vocabulary import IdentityReason, ReviewVerdict
from flask import g, session
from flask.testing import FlaskClient
from identity_vault import pages
from identity_vault.application import Look, Reviewer, Reviews
from identity_vault.domain import ReasonMissing
from identity_vault.read_model import WaitingReport

from chassis import sign_in

REPORT = uuid4()
REVIEW = f"rev-{uuid4()}"
PERSON = Person(
    nik="1504034101800001",
    full_name="Nama Rekaan\u202egnatnib",
    birth_date=date(1980, 1, 2),
    sex="P",
    address="",
    phone="0800\x1b[31m",
    email="rekaan@contoh.invalid",
    occupation="contoh",
)


def identity() -> FiledIdentity:
    photo = SealedFile(
        bucket="b", object="o", version="1", sha256="0" * 64, key="k" * 43, context="c", media_type="image/jpeg"
    )
    keys = ReporterKeys(encryption={}, signing={})
    return FiledIdentity(offer_id=uuid4(), person=PERSON, ktp_photo=photo, reporter_keys=keys)


@dataclass
class Looks:
    """Reviews, without anything behind them."""

    reasons: tuple[IdentityReason, ...] = ()
    many_open_reports: int = 3
    decided: list[tuple[str, list[IdentityReason]]] = field(default_factory=list)

    def find_waiting(self, report_id: UUID) -> WaitingReport:
        return WaitingReport(report_id, datetime(2026, 5, 4, tzinfo=UTC), self.reasons, 1)

    def without_key(self, reports: list[WaitingReport]) -> set[UUID]:
        return set()

    def look_at(self, report_id: UUID, person: Reviewer) -> Look:
        return Look(REVIEW, self.find_waiting(report_id), identity(), None)

    def decide(
        self,
        report_id: UUID,
        review_id: str,
        verdict: ReviewVerdict,
        reasons: list[IdentityReason],
        person: Reviewer,
    ) -> None:
        if verdict is ReviewVerdict.DOUBTFUL and not reasons:
            raise ReasonMissing
        self.decided.append((review_id, reasons))


class NoDatabase:
    def execute(self, *_: object) -> None:
        return None


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.fixture
def browser(looks: Looks) -> FlaskClient:
    settings: Any = SimpleNamespace(profile=Profile.LOCAL)
    process = Process("web", settings, cast(Any, None), Metrics("identity-vault", Clock()))
    app = make_app("identity_vault", process, pages=True)
    sign_in.install(app, cast(TwoPhases, None), cast(Any, NoDatabase()), https=False)
    app.config["WTF_CSRF_ENABLED"] = False
    pages.install(app, cast(Reviews, looks))

    def known() -> None:
        assert isinstance(session, StaffSession)
        session.ticket = Ticket.new()
        g.staff = Staff("superadmin", "e", frozenset({"super-admin"}), cast(Any, None))

    app.before_request(known)
    return app.test_client()


def decide(browser: FlaskClient, *reasons: str) -> Any:
    form = {"review_id": REVIEW, "verdict": "meragukan", "reason": list(reasons)}
    return browser.post(f"/reports/{REPORT}/decisions", data=form)


def test_the_browser_itself_asks_for_a_reason(browser: FlaskClient) -> None:
    page = browser.post(f"/reports/{REPORT}/looks").text

    assert re.search(r'<select id="reason" name="reason" required>\s*<option value="">', page)
    assert " selected>" not in page


def test_no_doubt_is_chosen_beforehand_whatever_the_checks_found(browser: FlaskClient, looks: Looks) -> None:
    looks.reasons = (IdentityReason.REVIEW_ASKED, IdentityReason.NIK_REGION, IdentityReason.PHOTO_HARD_TO_READ)

    page = browser.post(f"/reports/{REPORT}/looks").text

    assert "Kode wilayah pada NIK tidak ada; Foto KTP kurang jelas" in page
    assert '<option value="nik_region">' in page
    assert not re.search(r"\b(selected|checked)\b", page)


def test_an_opening_is_asked_about_first_and_said_to_be_recorded(browser: FlaskClient) -> None:
    page = browser.get(f"/reports/{REPORT}").text

    assert "Catatannya tetap ada untuk seterusnya dan tidak dapat dihapus." in page
    assert re.search(rf'<form class="form" method="post" action="/reports/{REPORT}/looks">', page)
    assert "Ya, buka identitas" in page
    assert PERSON.nik not in page


@pytest.mark.parametrize("reasons", [(), ("",), ("review_asked",), ("none-of-ours",)])
def test_a_decision_that_lacks_a_reason_can_be_made_all_the_same(
    browser: FlaskClient, looks: Looks, reasons: tuple[str, ...]
) -> None:
    refused = decide(browser, *reasons)
    made = decide(browser, "photo_damaged", "", "photo_damaged", "nik_structure")

    assert refused.status_code == 422
    assert "pilih sedikitnya satu alasan" in refused.text
    assert f'name="review_id" value="{REVIEW}"' in refused.text
    assert PERSON.nik not in refused.text
    assert made.status_code == 302
    assert looks.decided == [(REVIEW, [IdentityReason.NIK_STRUCTURE, IdentityReason.PHOTO_DAMAGED])]


def test_what_a_reporter_wrote_turns_nothing_around(browser: FlaskClient) -> None:
    page = browser.post(f"/reports/{REPORT}/looks").text

    assert "<bdi>Nama Rekaan[U+202E]gnatnib</bdi>" in page
    assert "<bdi>0800[U+001B][31m</bdi>" in page
    assert "\u202e" not in page


def test_roles_are_words(browser: FlaskClient) -> None:
    assert '<span class="person-role">Super Admin</span>' in browser.post(f"/reports/{REPORT}/looks").text
