"""The console: only the Super Admin gets in, sees once what waits, and decides."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from console_tools import PERSON, PHOTO, UNSURE, Console, look_at, review_id, waiting
from contracts.letters import Purpose
from contracts.vocabulary import IdentityOutcome, Route
from flask import Flask
from identity_vault.domain import Identity
from identity_vault.shown_once import LIFE_S, ShownOnce
from identity_vault.verdicts import Verdict, unreadable
from vault_tools import Reporter, Vault, person_of
from wbs_local.ceremony.desk import Desk
from wbs_local.drawn_cards import draw_bomb, invent


def test_who_is_not_signed_in_is_led_to_the_sign_in(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/", headers={"Accept": "text/html"}).headers["Location"].startswith("/sign-in")
    assert client.post(f"/reports/{uuid4()}/looks").status_code in (400, 401)


@pytest.mark.parametrize("user", ["inspektur", "irban1", "pengawas1"])
def test_nobody_else_gets_in(app: Flask, desk: Desk, vault: Vault, user: str) -> None:
    reporter = waiting(vault)
    console = Console(app.test_client())
    console.sign_in(desk, user)

    answer = console.client.get("/")

    assert answer.status_code == 403
    assert str(reporter.report_id) not in answer.text
    assert f"Anda masuk sebagai {user}" in answer.text
    assert "Halaman ini untuk: Super Admin." in answer.text


def test_an_investigator_cannot_even_sign_in_here(app: Flask, desk: Desk) -> None:
    console = Console(app.test_client())

    password = desk.password("pemeriksa1").reveal()
    answer, unknown = (console.post("/sign-in", user=user, password=password) for user in ("pemeriksa1", "tidakada99"))

    assert answer.status_code == unknown.status_code == 401
    assert "atau akun Anda masuk di halaman lain" in answer.text
    assert "Inspektur masuk di halaman kasus." in answer.text
    shown, to_nobody = (re.sub(r'value="[^"]*"', "", page.text) for page in (answer, unknown))
    assert shown == to_nobody


def test_only_submitted_reports_that_are_unsure_are_listed(vault: Vault, super_admin: Console) -> None:
    listed, draft, sure, at_kpk = waiting(vault), Reporter(), Reporter(), Reporter(route=Route.KPK)
    vault.hold(draft, PERSON, PHOTO, UNSURE)
    consistent = vault.hold(sure, PERSON, PHOTO, Verdict(IdentityOutcome.CONSISTENT))
    vault.file(sure, consistent.offer_id)
    handed = vault.hold(at_kpk, PERSON, PHOTO, UNSURE)
    vault.file(at_kpk, handed.offer_id)

    page = super_admin.page()

    assert str(listed.report_id) in page
    assert not any(str(each.report_id) in page for each in (draft, sure, at_kpk))
    assert PERSON.full_name not in page


def test_a_look_shows_the_data_and_the_photo_once(vault: Vault, super_admin: Console, app: Flask) -> None:
    reporter = waiting(vault)

    page = look_at(super_admin, reporter)
    source = re.search(r'src="(/photos/[^"]+)"', page.text)
    assert source is not None
    photo = super_admin.client.get(source[1])
    again = super_admin.client.get(source[1])

    assert PERSON.full_name in page.text
    assert PERSON.nik in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "data:" not in page.headers["Content-Security-Policy"]
    assert (photo.status_code, photo.mimetype, photo.data[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert photo.headers["Cache-Control"] == "no-store"
    assert again.status_code == 404
    (begun,) = [each for each in vault.events_of(reporter) if isinstance(each, Identity.LookBegun)]
    assert (begun.review_id, begun.by) == (review_id(page), "superadmin")


def test_the_list_opens_nothing_and_neither_does_the_question_before_a_look(vault: Vault, super_admin: Console) -> None:
    reporter = waiting(vault, person=person_of(invent(44)))
    ask = f"/reports/{reporter.report_id}"

    listed, asked = super_admin.page(), super_admin.client.get(ask)
    looked = look_at(super_admin, reporter)
    super_admin.post(f"{ask}/decisions", review_id=review_id(looked), verdict="petugas")

    assert f'href="{ask}"' in listed
    assert f"{ask}/looks" not in listed
    assert f'action="{ask}/looks"' in asked.text
    assert len([each for each in vault.events_of(reporter) if isinstance(each, Identity.LookBegun)]) == 1
    assert super_admin.client.get(ask).status_code == 409


def test_a_look_stands_in_the_audit_log_under_its_review_id(vault: Vault, super_admin: Console) -> None:
    page = look_at(super_admin, waiting(vault))

    logged = (vault.system.data_of("openbao") / "audit" / "first.jsonl").read_text()

    assert f'"decision_id":"{review_id(page)}"' in logged


def test_a_decision_is_recorded_and_the_letter_is_gone(vault: Vault, super_admin: Console) -> None:
    reporter = waiting(vault)
    page = look_at(super_admin, reporter)

    answer = super_admin.post(f"/reports/{reporter.report_id}/decisions", review_id=review_id(page), verdict="petugas")

    assert answer.status_code == 302
    (decided,) = [each for each in vault.events_of(reporter) if isinstance(each, Identity.Reviewed)]
    assert (decided.verdict, decided.reasons, decided.by) == ("petugas", [], "superadmin")
    assert vault.worker.rows("SELECT 1 FROM held.reviews WHERE report_id = %s", (reporter.report_id,)) == []
    assert str(reporter.report_id) not in super_admin.page()
    assert look_at(super_admin, reporter).status_code == 409


@pytest.mark.parametrize("without", [[], "review_asked"])
def test_a_doubt_without_a_reason_that_the_reporter_can_mend_can_still_be_decided(
    vault: Vault, super_admin: Console, without: str | list[str]
) -> None:
    """The look was shown once; nothing of the identity is shown again, and its review id still holds."""
    reporter = waiting(vault)
    looked = look_at(super_admin, reporter)
    path = f"/reports/{reporter.report_id}/decisions"
    doubt = {"review_id": review_id(looked), "verdict": "meragukan"}

    refused = super_admin.post(path, **doubt, reason=without)
    decided = super_admin.post(path, **doubt, reason=["photo_hard_to_read", "nik_structure", "photo_hard_to_read"])

    assert re.search(r'<select id="reason" name="reason" required>\s*<option value="">', looked.text)
    assert refused.status_code == 422
    assert review_id(refused) == review_id(looked)
    assert "pilih sedikitnya satu alasan" in refused.text
    assert not any(each in refused.text for each in (PERSON.nik, PERSON.full_name, "/photos/"))
    assert decided.status_code == 302
    (told,) = [each for each in vault.events_of(reporter) if isinstance(each, Identity.Reviewed)]
    assert sorted(told.reasons) == ["nik_structure", "photo_hard_to_read"]


def test_a_decision_without_a_look_is_refused(vault: Vault, super_admin: Console) -> None:
    reporter = waiting(vault)

    answer = super_admin.post(f"/reports/{reporter.report_id}/decisions", review_id=f"rev-{uuid4()}", verdict="petugas")

    assert answer.status_code == 409


def test_a_photo_that_does_not_decode_is_never_shown(vault: Vault, super_admin: Console) -> None:
    page = look_at(super_admin, waiting(vault, draw_bomb()))

    assert page.status_code == 200
    assert "/photos/" not in page.text
    assert "tidak dapat ditampilkan" in page.text


def test_an_identity_that_never_opened_can_only_be_found_doubtful(vault: Vault, super_admin: Console) -> None:
    reporter = Reporter()
    held = vault.hold(reporter, PERSON, PHOTO, unreadable())
    vault.worker.rows("DELETE FROM held.offers WHERE report_id = %s RETURNING offer_id", (reporter.report_id,))
    vault.file(reporter, held.offer_id)

    page = look_at(super_admin, reporter)

    assert 'value="petugas"' not in page.text
    assert 'value="meragukan"' in page.text


def test_many_open_reports_of_one_nik_are_a_flag(vault: Vault, super_admin: Console) -> None:
    card = invent(42)
    reporters = [Reporter() for _ in range(3)]
    for reporter in reporters:
        held = vault.hold(reporter, person_of(card), PHOTO, UNSURE)
        vault.file(reporter, held.offer_id)

    page = super_admin.page()

    assert page.count("3 laporan terbuka dari NIK yang sama") == 3
    assert card.nik not in page


def test_the_console_speaks_english(super_admin: Console) -> None:
    page = super_admin.client.get("/", headers={"Accept-Language": "en"}).text

    assert "Identities that wait" in page


def test_a_filed_review_letter_opens_for_the_super_admin_alone(vault: Vault) -> None:
    reporter = waiting(vault)
    (row,) = vault.worker.rows("SELECT letter FROM held.reviews WHERE report_id = %s", (reporter.report_id,))

    letter = vault.wrapper("identity-vault-worker").unwrap(
        reporter.report_id, Purpose.IDENTITY_REVIEW.value, row["letter"]
    )

    assert isinstance(letter, bytes)
    assert b'"kid":"super-admin:v1"' in letter
    assert PERSON.nik.encode() not in letter


def test_a_photo_is_shown_to_the_session_that_looked_and_for_a_moment() -> None:
    now = [0.0]
    shown = ShownOnce(lambda: now[0])
    stolen, late, good = (shown.keep("mine", b"photo") for _ in range(3))

    assert shown.take("another", stolen) is None
    assert shown.take("mine", stolen) is None
    assert shown.take("mine", good) == b"photo"
    now[0] = LIFE_S + 1
    assert shown.take("mine", late) is None
