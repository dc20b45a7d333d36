"""KPK's end in a whole system: it lets kpk-forwarder in and nobody else, and its authority can sign nothing more."""

from __future__ import annotations

import pytest
import requests
from wbs_local.launch import Running
from wbs_local.parts import kpk_sandbox
from wbs_local.system import System


def client(system: System, owner: str | None) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = str(system.public / "kpk-ca.pem")
    if owner:
        folder = system.secrets_of(owner)
        session.cert = (str(folder / "kpk_client.crt"), str(folder / "kpk_client.key"))
    return session


def statements(system: System) -> str:
    return f"https://{system.host}:{system.ports['kpk_sandbox']}/api/v1/statements"


def test_the_forwarder_is_let_in_and_the_pages_are_there(running: Running) -> None:
    system = running.system

    answer = client(system, kpk_sandbox.SENDER).get(statements(system))
    page = client(system, None).get(f"http://{system.host}:{system.ports['kpk_sandbox_pages']}/")

    assert answer.status_code == 200
    assert "Kotak pasir" in page.text


def test_nobody_is_let_in_without_the_forwarders_certificate(running: Running) -> None:
    with pytest.raises((requests.exceptions.SSLError, requests.ConnectionError)):
        client(running.system, None).get(statements(running.system))


def test_the_authority_can_sign_no_more(running: Running) -> None:
    keys = [path for path in (running.system.root / "secrets").rglob("*.key") if "kpk" in str(path)]

    assert sorted(path.name for path in keys) == ["kpk_client.key", "server.key"]
