"""What the tests of kpk-forwarder share: reports as the other services tell of them, and the service's processes."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from chassis.openbao import OpenBao
from chassis.settings import Secret
from chassis.testing.harness import Running, ServiceUnderTest, eventually
from chassis.testing.published import Published
from chassis.wrapper import Wrapper
from contracts.encoding import canonical, sha256
from contracts.events import FORWARDING, INTAKE, Event
from contracts.events.cases import ForwardingApproved
from contracts.events.definition import ReportEvent
from contracts.events.evidence import CopyFiled, EvidenceFiled
from contracts.events.identity import IdentityHandedOver
from contracts.events.intake import MessageFromReporter, ReportSubmitted
from contracts.facts import Facts
from contracts.key_pairs import EncryptionKey, PublicKey, Signer, SigningKey
from contracts.keys import KeySet, verify_key_set
from contracts.letters import (
    About,
    Expected,
    FiledIdentity,
    FileKey,
    Message,
    Opened,
    Person,
    Purpose,
    ReporterKeys,
    SealedFile,
    Story,
)
from contracts.schema import from_json, to_json
from contracts.sealed import Sealed
from contracts.sealed_files import FileSecret, SealingReader
from contracts.vocabulary import Category, IdentityLevel, LossBand, Route
from kpk_receiver import Kpk
from wbs_local import services, tls
from wbs_local.ceremony.desk import Desk
from wbs_local.parts import openbao, seaweedfs
from wbs_local.system import System

from contracts import letters

E = TypeVar("E", bound=ReportEvent)
FACTS = Facts(
    category=Category.VILLAGE_FUND,
    area="15.04.03",
    skpd="dpmd",
    period_from="2025-01",
    period_to="2025-06",
    loss=LossBand.UNKNOWN,
)
PERSON = {
    "nik": "1504031201850001",
    "full_name": "Rahmat Hidayat",
    "birth_date": "1985-01-12",
    "sex": "L",
    "address": "Muara Bulian",
    "phone": "0812",
    "email": "",
    "occupation": "Petani",
}


@dataclass(frozen=True)
class Reporter:
    """A report and its reporter's own keys."""

    route: Route = Route.KPK
    report_id: UUID = field(default_factory=uuid4)
    signing: SigningKey = field(default_factory=lambda: SigningKey.generate("reporter-sig"))
    encryption: EncryptionKey = field(default_factory=lambda: EncryptionKey.generate("reporter-enc"))

    @property
    def keys(self) -> ReporterKeys:
        return ReporterKeys(encryption=self.encryption.public.jwk, signing=self.signing.public.jwk)


class Line:
    """kpk-forwarder's processes, KPK, and the other services' parts played by the test with their own credentials."""

    def __init__(self, system: System, worker: ServiceUnderTest, folder: Path) -> None:
        self.system, self.worker, self.folder = system, worker, folder
        self.kpk = self._make_kpk()
        self.send = replace(worker, environment=self._environment_of_send(), _running=[])
        self.published = Published(FORWARDING, worker.writers[INTAKE])
        self.desk = Desk(system)

    def start(self, command: str) -> Running:
        hands = self.send if command == "send" else self.worker
        running = hands.start(command)
        eventually(lambda: f"{command}_started" in running.lines or running.process.poll() is not None)
        assert running.process.poll() is None, running.lines
        return running

    # ---- KPK and the way to it ----

    @cached_property
    def other_authority(self) -> str:
        return tls.make_authority("nobody's").certificate

    def _make_kpk(self) -> Kpk:
        authority = tls.make_authority("KPK of the tests")
        server, client = (tls.issue(authority, name) for name in ("kpk", "wbs-batanghari"))
        (self.folder / "ca.pem").write_text(authority.certificate)
        for name, text in (("server.crt", server.certificate), ("server.key", server.key)):
            (self.folder / name).write_text(text)
        self._client = client
        certificate, key, ca = (self.folder / name for name in ("server.crt", "server.key", "ca.pem"))
        return Kpk(certificate, key, ca, self.kpk_signing_key, self.keys.verification_key)

    def _environment_of_send(self) -> dict[str, str]:
        """Its secrets, with the certificate of this KPK beside them."""
        secrets = self.folder / "secrets"
        secrets.mkdir(mode=0o700)
        given = {each.name: each.read_text() for each in self.system.secrets_of("kpk-forwarder-send").iterdir()}
        own = {"kpk_client.crt": self._client.certificate, "kpk_client.key": self._client.key}
        for name, text in {**given, **own}.items():
            (secrets / name).touch(mode=0o600)
            (secrets / name).write_text(text)
        return {
            **services.environment(self.system, "kpk-forwarder-send"),
            "WBS_SECRETS": str(secrets),
            "WBS_KPK_URL": self.kpk.url,
            "WBS_KPK_CA_FILE": str(self.folder / "ca.pem"),
            "WBS_KPK_POLL": "0.2",
            "WBS_FIRST_WAIT": "0.2",
            "WBS_LONGEST_WAIT": "0.5",
        }

    def _kpk_jwk(self, name: str) -> tuple[str, dict[str, Any]]:
        jwk = json.loads(self.system.keep_secret("kpk-sandbox", name))
        return jwk.pop("kid"), jwk

    @cached_property
    def kpk_signing_key(self) -> SigningKey:
        return SigningKey.from_jwk(*self._kpk_jwk("signing_key.jwk"))

    @cached_property
    def kpk_encryption_key(self) -> EncryptionKey:
        return EncryptionKey.from_jwk(*self._kpk_jwk("encryption_key.jwk"))

    @cached_property
    def keys(self) -> KeySet:
        fingerprint = (self.system.public / "fingerprint").read_text()
        return verify_key_set((self.system.public / "people-keys.jws").read_text(), fingerprint)

    # ---- as the other services ----

    def openbao_as(self, process: str) -> OpenBao:
        credentials = (Secret(self.system.keep_secret(process, f"openbao_{name}")) for name in ("role_id", "secret_id"))
        return OpenBao(openbao.url(self.system), *credentials)

    @cached_property
    def wrapper(self) -> Wrapper:
        return Wrapper(self.openbao_as("intake-worker"), lambda _: False)

    def signer_of(self, service: str) -> Signer:
        return self.openbao_as(f"{service}-worker").signer(service)

    def tell(self, event: Event, event_id: UUID | None = None) -> UUID:
        event_id = event_id or uuid4()
        self.worker.send((event, event_id))
        eventually(lambda: self.worker.has_handled(event_id))
        return event_id

    def destroy_key(self, report_id: UUID) -> None:
        """As two people erase a report."""
        key = f"reports/keys/{report_id}"
        self.desk.act("superadmin", "pengawas1", "post", f"{key}/config", {"deletion_allowed": "true"})
        self.desk.act("superadmin", "pengawas1", "delete", key)

    def wrapped(self, reporter: Reporter, purpose: str, plain: bytes) -> Sealed:
        return Sealed(self.wrapper.wrap(reporter.report_id, purpose, plain))

    def letter(self, reporter: Reporter, body: Any, purpose: Purpose, signer: Signer, letter_id: UUID) -> bytes:
        """The innermost layer: for KPK the outer one is peeled."""
        about = About(reporter.report_id, reporter.route, purpose, letter_id)
        known: dict[str, Any] = {**self.keys.recipients(), "reporter": [reporter.encryption.public]}
        innermost = len(letters.layers(purpose, reporter.route)) - 1
        return letters.seal_letter(body, about, known, signer, innermost)

    def submission(
        self, reporter: Reporter, *evidence_ids: UUID, text: str = "Dana desa.", **more: Any
    ) -> ReportSubmitted:
        """Makes the report's key."""
        self.wrapper.make_key(reporter.report_id)
        story = Story(text=text, answers={}, evidence=(), reporter_keys=reporter.keys)
        facts = None if reporter.route is Route.KPK else self.wrapped(reporter, "facts", canonical(to_json(FACTS)))
        letter = self.letter(reporter, story, Purpose.STORY, reporter.signing, uuid4())
        return ReportSubmitted(
            report_id=reporter.report_id,
            route=reporter.route,
            offer_id=uuid4(),
            evidence_ids=evidence_ids,
            originals_to_kpk=True,
            identity_level=IdentityLevel.NOT_YET_CHECKED,
            facts=facts,
            story=self.wrapped(reporter, "story", letter),
            receipt=Sealed("wrapped"),
            leaf="0" * 64,
        )

    def approve(self, reporter: Reporter) -> None:
        self.tell(ForwardingApproved(report_id=reporter.report_id, route=reporter.route))

    def message(self, reporter: Reporter, text: str) -> MessageFromReporter:
        letter_id, purpose = uuid4(), Purpose.MESSAGE_FROM_REPORTER
        letter = self.letter(reporter, Message(text=text), purpose, reporter.signing, letter_id)
        return MessageFromReporter(
            report_id=reporter.report_id,
            route=reporter.route,
            letter_id=letter_id,
            text=self.wrapped(reporter, purpose.value, letter),
            batch_id=None,
            evidence_ids=(),
            leaf="0" * 64,
        )

    def original(self, reporter: Reporter, evidence_id: UUID, plain: bytes) -> EvidenceFiled:
        place, key = self._piece(reporter, evidence_id, plain, "evidence-originals", Purpose.ORIGINAL_KEY_FOR_KPK)
        return EvidenceFiled(
            report_id=reporter.report_id,
            route=reporter.route,
            evidence_id=evidence_id,
            original_key=None,
            original_key_for_kpk=key,
            **place,
        )

    def copy(self, reporter: Reporter, evidence_id: UUID, plain: bytes) -> CopyFiled:
        place, key = self._piece(reporter, evidence_id, plain, "evidence-copies", Purpose.COPY_KEY)
        return CopyFiled(
            report_id=reporter.report_id, route=reporter.route, evidence_id=evidence_id, copy_key=key, **place
        )

    def _piece(
        self, reporter: Reporter, evidence_id: UUID, plain: bytes, bucket: str, purpose: Purpose
    ) -> tuple[dict[str, str], Sealed]:
        file = self._sealed_file(bucket, str(evidence_id), plain, "evidence")
        body = FileKey(evidence_id=evidence_id, file=file)
        letter = self.letter(reporter, body, purpose, self.signer_of("evidence"), uuid4())
        place = {"object": file.object, "version": file.version, "sha256": file.sha256}
        return place, self.wrapped(reporter, purpose.value, letter)

    def _sealed_file(self, bucket: str, name: str, plain: bytes, service: str) -> SealedFile:
        secret = FileSecret.generate()
        sealed = SealingReader(io.BytesIO(plain), secret, "context").read()
        return SealedFile(
            bucket=bucket,
            object=name,
            version=self.put(bucket, name, sealed, service),
            sha256=sha256(sealed).hex(),
            key=secret.text(),
            context="context",
            media_type="image/jpeg",
        )

    def put(self, bucket: str, name: str, content: bytes, service: str) -> str:
        client = seaweedfs.connect(self.system, service)
        written = client.put_object(bucket, name, io.BytesIO(content), len(content))
        return seaweedfs.versions(self.system).told(bucket, name, str(written.version_id))

    def identity(self, reporter: Reporter, photo: bytes) -> IdentityHandedOver:
        """As identity-vault hands it over: the wrapped letter, a line feed, the sealed photo."""
        secret, purpose = FileSecret.generate(), Purpose.IDENTITY_FOR_KPK
        sealed = SealingReader(io.BytesIO(photo), secret, "context").read()
        file = SealedFile(
            bucket="identity-photos",
            object="o",
            version="1",
            sha256=sha256(sealed).hex(),
            key=secret.text(),
            context="context",
            media_type="image/jpeg",
        )
        body = FiledIdentity(offer_id=uuid4(), person=_person(), ktp_photo=file, reporter_keys=reporter.keys)
        letter = self.letter(reporter, body, purpose, self.signer_of("identity-vault"), uuid4())
        content = self.wrapped(reporter, purpose.value, letter).encode() + b"\n" + sealed
        name = uuid4().hex
        return IdentityHandedOver(
            report_id=reporter.report_id,
            route=reporter.route,
            disclosure_id=None,
            object=name,
            version=self.put("identity-for-kpk", name, content, "identity-vault"),
            sha256=sha256(content).hex(),
        )

    # ---- as KPK and as the reporter ----

    def opened_by_kpk(self, reporter: Reporter, purpose: Purpose, letter: bytes) -> Opened:
        layer = len(letters.layers(purpose, reporter.route)) - 1
        expected = Expected(reporter.report_id, reporter.route, purpose, layer=layer)

        def writers(kid: str) -> PublicKey | None:
            return reporter.signing.public if kid == "reporter-sig" else self.keys.verification_key(kid)

        return letters.open_letter(letter, expected, self.kpk_encryption_key, writers)

    def reply(self, reporter: Reporter, text: str, signer: Signer | None = None) -> tuple[UUID, bytes]:
        """A letter of KPK to the reporter."""
        letter_id = uuid4()
        signer = signer or self.kpk_signing_key
        return letter_id, self.letter(reporter, Message(text=text), Purpose.MESSAGE_TO_REPORTER, signer, letter_id)

    # ---- what stands where ----

    def waiting(self, reporter: Reporter) -> list[Any]:
        return self.worker.rows("SELECT * FROM held.parcels WHERE report_id = %s", (reporter.report_id,))

    def delivered(self, reporter: Reporter) -> None:
        """Waits until nothing of the report is left to send."""
        eventually(lambda: not self.waiting(reporter) and self.kpk.of(reporter.report_id))

    def lines_of(self, reporter: Reporter) -> list[dict[str, Any]]:
        found = [line for log in self.worker.folder.glob("*.log") for line in log.read_text().splitlines()]
        return [json.loads(line) for line in found if str(reporter.report_id) in line]


def _person() -> Person:
    return from_json(Person, PERSON)


def file_of(size: int) -> bytes:
    return os.urandom(size)


__all__ = ["FACTS", "Line", "Reporter", "file_of"]
