"""A browser at the console, and what waits there."""

from __future__ import annotations

import re

from contracts.letters import Person
from contracts.vocabulary import IdentityReason
from flask.testing import FlaskClient
from identity_vault.verdicts import Verdict, unsure
from vault_tools import Reporter, Vault, person_of
from wbs_local.ceremony.desk import Desk
from wbs_local.drawn_cards import draw, invent
from werkzeug.test import TestResponse

CARD = invent(41)
PHOTO = draw(CARD, 41)
PERSON = person_of(CARD, full_name="Pelapor Rekaan Empat Satu")
UNSURE = unsure(IdentityReason.NAME_OTHER_ON_PHOTO)


class Console:
    """A browser at the console."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.client.environ_base["HTTP_ACCEPT"] = "text/html"

    def post(self, path: str, **form: str | list[str]) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page())
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **form})

    def page(self) -> str:
        return self.client.get("/", follow_redirects=True).text

    def sign_in(self, desk: Desk, user: str) -> None:
        self.post("/sign-in", user=user, password=desk.password(user).reveal())
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/sign-in/code").text)
        assert token is not None
        self.client.post("/sign-in/code", data={"csrf_token": token[1], "code": desk.code(user)})


def waiting(vault: Vault, photo: bytes = PHOTO, verdict: Verdict = UNSURE, person: Person = PERSON) -> Reporter:
    reporter = Reporter()
    held = vault.hold(reporter, person, photo, verdict)
    vault.file(reporter, held.offer_id)
    return reporter


def look_at(console: Console, reporter: Reporter) -> TestResponse:
    return console.post(f"/reports/{reporter.report_id}/looks")


def review_id(page: TestResponse) -> str:
    found = re.search(r'name="review_id" value="(rev-[0-9a-f-]+)"', page.text)
    assert found is not None
    return found[1]
