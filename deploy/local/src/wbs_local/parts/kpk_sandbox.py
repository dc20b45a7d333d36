"""KPK's receiving end, the one stand-in of the system: a process of its own, reached over mutual TLS."""

from __future__ import annotations

import sys
from pathlib import Path

from wbs_local import tls
from wbs_local.system import Program, System

NAME = "kpk-sandbox"
SENDER = "kpk-forwarder-send"


def prepare(system: System) -> Program:
    """It starts with the services: whom to trust it reads from the key set, which the ceremony makes."""
    if not _authority_file(system).exists():
        _agree_on_certificates(system)
    fingerprint = system.public / "fingerprint"
    ports = system.ports
    return Program(
        name=NAME,
        command=(sys.executable, "-m", "kpk_sandbox"),
        ready=ports["kpk_sandbox"],
        environment={
            "KPK_SECRETS": str(system.secrets_of(NAME)),
            "KPK_DATA": str(system.data_of(NAME)),
            "KPK_KEYS_FILE": str(system.public / "people-keys.jws"),
            "KPK_KEYS_FINGERPRINT": fingerprint.read_text().strip() if fingerprint.exists() else "",
            "KPK_CLIENT_CA": str(_authority_file(system)),
            "KPK_HOST": system.host,
            "KPK_API_PORT": str(ports["kpk_sandbox"]),
            "KPK_PAGES_PORT": str(ports["kpk_sandbox_pages"]),
            "KPK_GRAIN": str(system.grain),
            "PYTHONUNBUFFERED": "1",
        },
        priority=40,
        secrets=NAME,
        data=NAME,
    )


def _authority_file(system: System) -> Path:
    return system.public / "kpk-ca.pem"


def _agree_on_certificates(system: System) -> None:
    """An authority for these two certificates only; its key is kept nowhere. Its own goes last: then all is there."""
    authority = tls.make_authority("KPK of this system")
    server, client = tls.issue(authority, NAME), tls.issue(authority, SENDER)
    for owner, name, value in (
        (NAME, "server.crt", server.certificate),
        (NAME, "server.key", server.key),
        (SENDER, "kpk_client.crt", client.certificate),
        (SENDER, "kpk_client.key", client.key),
    ):
        system.keep_secret(owner, name, value)
    _authority_file(system).write_text(authority.certificate)
