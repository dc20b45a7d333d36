"""A thief has the credentials of every service at once, for databases, buckets and OpenBao: no filed report opens."""

from __future__ import annotations

import base64
import io
import json
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest
from canaries import Search, words
from chassis.openbao import BadRequest, OpenBao, Refused, request
from chassis.settings import Secret
from chassis.testing.harness import eventually
from chassis.wrapper import NotWrapped, Wrapper
from contracts.encoding import from_b64u
from contracts.facts import Facts
from contracts.letters import Purpose
from contracts.sealed_files import CannotOpenFile, FileSecret, RangeReader
from contracts.vocabulary import Category, EvidenceKind, Route
from minio.error import S3Error
from population import PATIENCE_S
from psycopg import sql
from test_openbao_walls import Caller
from wbs_client import Filing, StoryDraft
from wbs_local import examples, walls
from wbs_local.launch import Running
from wbs_local.parts import openbao, postgres, seaweedfs
from wbs_local.system import System
from wbs_local.testing import await_keys

STORY = "Cerita rekaan pencuri: tiga belas karung semen tidak pernah sampai."
FACTS = Facts(category=Category.EMBEZZLEMENT, area="15.04.03", skpd="dpmd", period_from="2025-01", period_to="2025-06")
REPORTER = examples.reporter(61)
WRAPPED = re.compile(rb"wbs1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
SEALED_BY_OPENBAO = re.compile(rb"vault:v\d+:[A-Za-z0-9+/=]+")
BUCKETS = walls.buckets()


@dataclass(frozen=True)
class Thief:
    """What one sees with the credentials of all services."""

    system: System
    report_id: UUID
    callers: dict[str, Caller] = field(repr=False)

    def rows(self) -> Iterator[bytes]:
        """Each row of each table that a service's own role reads in its own database."""
        for database in walls.databases():
            password = self.system.keep_secret("postgres", f"password_of_{database.name}")
            with psycopg.connect(
                host=self.system.host,
                port=self.system.ports["postgres"],
                dbname=database.name,
                user=database.name,
                password=password,
                autocommit=True,
            ) as connection:
                yield from _rows(connection)

    def objects(self) -> Iterator[tuple[str, str, bytes]]:
        """Bucket, name and content of every object that a service reads."""
        for bucket in BUCKETS:
            for name, version in _names(self.system, bucket.name):
                for service, allowed in bucket.allow.items():
                    if "s3:GetObjectVersion" in allowed:
                        client = seaweedfs.connect(self.system, service)
                        with client.get_object(bucket.name, name, version_id=version) as answer:
                            yield bucket.name, name, answer.read()
                        break

    def letters(self) -> list[bytes]:
        """All that was wrapped for the report, out of its wrapper."""
        wrapper = Wrapper(_openbao(self.system, "intake"), lambda _: False)
        purposes = [*(purpose.value for purpose in Purpose), "facts", "receipt"]
        texts = {text.decode() for row in self.rows() for text in WRAPPED.findall(row)}
        found = []
        for text in sorted(texts):
            for purpose in purposes:
                try:
                    opened = wrapper.unwrap(self.report_id, purpose, text)
                except NotWrapped:
                    continue
                assert isinstance(opened, bytes)
                found.append(opened)
        return found


def _rows(connection: psycopg.Connection[Any]) -> Iterator[bytes]:
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'held', 'read')"
        " AND has_table_privilege(quote_ident(schemaname) || '.' || quote_ident(tablename), 'SELECT')"
    ).fetchall()
    for schema, name in tables:
        query = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(schema, name))
        with connection.cursor().copy(query) as rows:
            yield b"".join(bytes(row) for row in rows)


def _names(system: System, bucket: str) -> list[tuple[str, str | None]]:
    ops = seaweedfs.connect(system, seaweedfs.OPS)  # they stand in the events; listing is only quicker
    found = ops.list_objects(bucket, recursive=True, include_version=True)
    return [(str(each.object_name), each.version_id) for each in found if not each.is_delete_marker]


@pytest.fixture(scope="module")
def thief(running: Running) -> Thief:
    """Comes once a report with identity and evidence is filed everywhere."""
    system = running.system
    report_id = _file(system)
    eventually(lambda: _is_filed(system, report_id), PATIENCE_S)
    return Thief(system, report_id, {service: _caller(system, service) for service in walls.SERVICES})


def _file(system: System) -> UUID:
    filing = Filing(*await_keys(system, PATIENCE_S), Route.INSPEKTORAT)
    filing.open()
    filing.offer_identity(REPORTER.person, REPORTER.ktp_photo)
    for number in range(3):
        picture = io.BytesIO(examples.photo(f"CURIAN {number}"))
        filing.add_evidence(picture, EvidenceKind.PHOTO, f"curian {number}")
    filing.submit(StoryDraft(STORY), FACTS)
    return filing.report_id


def _is_filed(system: System, report_id: UUID) -> bool:
    with postgres.connect_as_superuser(system, "evidence") as connection:
        held = connection.execute("SELECT count(*) FROM held.uploads WHERE report_id = %s", (report_id,)).fetchone()
    with postgres.connect_as_superuser(system, "identity_vault") as connection:
        query = "SELECT count(*) FROM events WHERE originator_id = %s AND topic LIKE '%%Filed'"
        filed = connection.execute(query, (report_id,)).fetchone()
    return held == (0,) and filed != (0,)


def _credentials(system: System, service: str) -> dict[str, str]:
    return {name: system.keep_secret(f"{service}-worker", f"openbao_{name}") for name in ("role_id", "secret_id")}


def _openbao(system: System, service: str) -> OpenBao:
    found = _credentials(system, service)
    return OpenBao(openbao.url(system), Secret(found["role_id"]), Secret(found["secret_id"]))


def _caller(system: System, service: str) -> Caller:
    url = openbao.url(system)
    auth = request(url, None, "post", "auth/approle/login", _credentials(system, service))["auth"]
    return Caller(url, Secret(auth["client_token"]))


def test_the_thief_reads_no_word_of_the_reporter(thief: Thief) -> None:
    person = REPORTER.person
    search = Search([words("story", STORY), words("NIK", person.nik), words("name", person.full_name)])
    seen = [*thief.rows(), *(content for _, _, content in thief.objects()), *thief.letters()]

    assert len(seen) > 40
    assert {hit for each in seen for hit in search.in_bytes(each)} == set()


def test_no_service_and_not_all_together_open_a_letter(thief: Thief) -> None:
    letters = [json.loads(each) for each in thief.letters() if each.startswith(b"{") and b"recipients" in each]
    purposes = {json.loads(from_b64u(letter["protected"]))["purpose"] for letter in letters}
    wrapped_keys = {
        base64.b64encode(from_b64u(part["encrypted_key"])).decode()
        for letter in letters
        for part in letter["recipients"]
        if part["header"]["alg"] == "RSA-OAEP-256"
    }

    assert {"story", "identity-filed", "original-key", "copy-key"} <= purposes
    assert len(wrapped_keys) >= 8
    for service, call in thief.callers.items():
        for key in wrapped_keys:
            for path, more in DECRYPTING.items():
                may_call = (service, path) in OWN
                with pytest.raises(BadRequest if may_call else Refused):
                    call("post", path, {"ciphertext": f"vault:v1:{key}", **more})


DECRYPTING: dict[str, dict[str, str]] = {
    "letters/decrypt/casework": {},
    "letters/decrypt/super-admin": {"decision_id": "rev-1"},
    "letters/decrypt/overseer": {"decision_id": "dsc-1"},
    "identity-check/decrypt/identity-check": {},
    "evidence-drafts/decrypt/uploads": {"context": "AAAA"},
}
# These two services call for what isn't filed yet; of what is, they open nothing.
OWN = {
    ("identity-vault", "identity-check/decrypt/identity-check"),
    ("evidence", "evidence-drafts/decrypt/uploads"),
}


def test_filed_evidence_opens_by_no_key_that_a_service_still_has(thief: Thief) -> None:
    """What `evidence` keeps of drafts is asked for at OpenBao in every way that it can be bound."""
    texts = {text.decode() for row in thief.rows() for text in SEALED_BY_OPENBAO.findall(row)}
    owners = [str(thief.report_id), *(name for name, _ in _names(thief.system, "evidence-originals"))]
    keys = {bytes(32)}
    for text in texts:
        for owner in owners:
            for use in ("upload", "original", "copy", "comparing"):
                context = base64.b64encode(f"{owner}|{use}".encode()).decode()
                try:
                    bound = {"ciphertext": text, "context": context}
                    opened = thief.callers["evidence"]("post", "evidence-drafts/decrypt/uploads", bound)
                except BadRequest:
                    continue
                keys.add(base64.b64decode(opened["plaintext"]))

    sealed = [each for each in thief.objects() if each[0] in ("evidence-originals", "evidence-copies")]
    assert len(sealed) >= 6
    for bucket, name, content in sealed:
        for key in keys:
            with pytest.raises(CannotOpenFile):
                _open(content, key, f"{thief.report_id}|{name}|{bucket}")


def _open(content: bytes, key: bytes, context: str) -> bytes:
    reader = RangeReader(lambda at, length: content[at : at + length], len(content), FileSecret(key), context)
    return reader.read(0, 16)


SPOILING: list[tuple[str, str, dict[str, Any] | None]] = [
    ("delete", "reports/keys/{report}", None),
    ("post", "reports/keys/{report}/config", {"deletion_allowed": "true"}),
    ("post", "reports/keys/{report}/config", {"exportable": True}),
    ("post", "reports/keys/{report}/config", {"min_decryption_version": 2}),
    ("post", "reports/keys/{report}/rotate", {}),
    ("post", "reports/keys/{report}/trim", {"min_available_version": 1}),
    ("post", "reports/keys/{report}/soft-delete", {}),
    ("post", "reports/restore/{report}", {"backup": "AAAA", "force": True}),
    ("post", "identity/group/name/super-admin", {"member_entity_ids": []}),
    ("post", "identity/group/name/investigator", {"member_entity_ids": []}),
    ("post", "auth/staff/users/curian", {"password": "curian"}),
]


@pytest.mark.parametrize(("method", "path", "content"), SPOILING)
def test_no_report_s_key_is_touched_and_nobody_appointed(
    thief: Thief, method: str, path: str, content: dict[str, Any] | None
) -> None:
    filled = path.format(report=thief.report_id)

    for call in thief.callers.values():
        with pytest.raises(Refused):
            call(method, filled, content)

    assert thief.letters()


def test_no_service_removes_a_filed_original(thief: Thief) -> None:
    bucket, filed = "evidence-originals", _filed(thief)
    assert len(filed) == 3
    for name, version in filed:
        for service in walls.SERVICES:
            with pytest.raises(S3Error):
                seaweedfs.connect(thief.system, service).remove_object(bucket, name, version_id=version)

    assert _filed(thief) == filed


def _filed(thief: Thief) -> list[tuple[str, str | None]]:
    """Those of the report; of drafts others lie there, which `evidence` removes when they end."""
    with postgres.connect_as_superuser(thief.system, "evidence") as connection:
        query = "SELECT evidence_id::text FROM read.pieces WHERE report_id = %s AND is_filed"
        ids = {row[0] for row in connection.execute(query, (thief.report_id,)).fetchall()}
    return [each for each in _names(thief.system, "evidence-originals") if each[0] in ids]


INNER = ("seaweed_master_grpc", "seaweed_volume_grpc", "seaweed_filer_grpc", "s3_grpc")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"


@pytest.mark.parametrize("port", INNER)
@pytest.mark.parametrize("speaks", ["plain", "tls"])
def test_the_store_s_inner_ports_answer_nobody_without_a_certificate(running: Running, port: str, speaks: str) -> None:
    """By HTTP they are tried in test_s3_walls; these speak gRPC, among themselves only."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    answered = b""
    try:
        plain = socket.create_connection((running.system.host, running.system.ports[port]), timeout=10)
        with plain, plain if speaks == "plain" else context.wrap_socket(plain) as line:
            line.sendall(PREFACE)
            while chunk := line.recv(4096):
                answered += chunk
    except (ssl.SSLError, ConnectionError):
        pass

    assert b"SETTINGS" not in answered
    assert len(answered) < 64  # an alert of TLS at most, no frame of HTTP/2
