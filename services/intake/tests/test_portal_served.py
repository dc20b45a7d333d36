"""How the reporter's page is served: all of its code is named by hash, and it may speak to intake and evidence only."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from chassis.settings import Profile
from flask import Flask
from flask.testing import FlaskClient
from intake.portal import serve_portal
from intake.settings import IntakeSettings

FINGERPRINT = "A" * 43
NAMED = re.compile(r'(?:src|href)="(/assets/[^"]+)" integrity="sha384-([^"]+)"')


def client_of(uploads_url: str) -> FlaskClient:
    settings = IntakeSettings(
        service="intake",
        profile=Profile.LOCAL,
        secrets=Path("none"),
        postgres_host="none",
        postgres_port=0,
        kafka_bootstrap="none",
        openbao_url="none",
        s3_endpoint="none",
        keys_file=Path("none"),
        keys_fingerprint=FINGERPRINT,
        uploads_url=uploads_url,
    )
    app = Flask("intake")
    serve_portal(app, settings)
    return app.test_client()


@pytest.fixture
def client() -> FlaskClient:
    return client_of("https://bukti.example.go.id/api/v1/uploads")


def test_the_page_names_the_hashes_of_all_of_its_code(client: FlaskClient) -> None:
    page = client.get("/").text

    named = NAMED.findall(page)

    assert sorted(Path(path).suffix for path, _ in named) == [".css", ".js"]
    for path, integrity in named:
        content = client.get(path).data
        assert base64.b64encode(hashlib.sha384(content).digest()).decode() == integrity
        assert gzip.decompress(client.get(path, headers={"Accept-Encoding": "gzip, br"}).data) == content
    assert len(re.findall(r"<script|<style|style=|<link rel=.stylesheet", page)) == len(named)


def test_the_page_shows_the_fingerprint_that_posters_show(client: FlaskClient) -> None:
    assert f'<meta name="wbs-fingerprint" content="{FINGERPRINT}">' in client.get("/").text


def test_the_page_may_speak_to_intake_and_evidence_only(client: FlaskClient) -> None:
    apart, together = client.get("/"), client_of("/api/v1/uploads").get("/")

    assert "connect-src 'self' https://bukti.example.go.id;" in apart.headers["Content-Security-Policy"]
    assert "connect-src 'self';" in together.headers["Content-Security-Policy"]
    assert "unsafe" not in apart.headers["Content-Security-Policy"]
    assert apart.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "..%2findex.html"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == HTTPStatus.NOT_FOUND
