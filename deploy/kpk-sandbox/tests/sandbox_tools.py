"""What the tests of KPK's sandbox share: the sandbox as a process, a forwarder that signs, and reports to send."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import requests
from chassis.testing.harness import eventually
from contracts.encoding import b64u, canonical, sha256
from contracts.facts import Facts
from contracts.key_pairs import EncryptionKey, PublicKey, SigningKey
from contracts.keys import KeyList, ListedKey, Status, Use, sign_key_set, thumbprint
from contracts.letters import (
    About,
    EvidenceNote,
    FiledIdentity,
    FileKey,
    Message,
    Person,
    Purpose,
    ReporterKeys,
    SealedFile,
    Story,
    seal_letter,
)
from contracts.parcels import Item, ItemKind, Manifest, parcel_id, sign_manifest
from contracts.receipts import ReporterSecrets
from contracts.schema import to_json
from contracts.sealed_files import FileSecret, SealingReader
from contracts.vocabulary import Category, EvidenceKind, Ground, Notice, ParcelKind, Route
from cryptography.hazmat.primitives.asymmetric import rsa
from wbs_local import tls
from wbs_local.system import free_ports

HOUR = "2026-07-01T09:00:00Z"
OCTETS = "application/offset+octet-stream"
FACTS = Facts(category=Category.VILLAGE_FUND, area="15.04.03", skpd="dpmd", period_from="2025-01", period_to="2025-06")
PERSON = Person(
    nik="1504011708850003",
    full_name="Siti Rekaan",
    birth_date=date(1985, 8, 17),
    sex="P",
    address="Jalan Contoh 1",
    phone="081200000000",
    email="siti@example.org",
    occupation="Guru",
)


def _casework() -> PublicKey:
    numbers = rsa.generate_private_key(65537, 3072).public_key().public_numbers()
    return PublicKey("casework:v1", {"kty": "RSA", "n": b64u(numbers.n.to_bytes(384)), "e": "AQAB"})


@dataclass(frozen=True)
class Everybody:
    """The keys of all who write to KPK or are written to."""

    kpk: EncryptionKey = field(default_factory=lambda: EncryptionKey.generate("kpk:sandbox-enc"))
    kpk_signer: SigningKey = field(default_factory=lambda: SigningKey.generate("kpk:sandbox-sig"))
    forwarder: SigningKey = field(default_factory=lambda: SigningKey.generate("kpk-forwarder:v1"))
    evidence: SigningKey = field(default_factory=lambda: SigningKey.generate("evidence:v1"))
    vault: SigningKey = field(default_factory=lambda: SigningKey.generate("identity-vault:v1"))
    people_keys: SigningKey = field(default_factory=lambda: SigningKey.generate("people-keys:v1"))
    casework: PublicKey = field(default_factory=_casework)

    @property
    def fingerprint(self) -> str:
        return thumbprint(self.people_keys.public.jwk)

    def key_set(self) -> str:
        signing = (self.kpk_signer, self.forwarder, self.evidence, self.vault)
        listed = [(self.kpk.public, Use.ENCRYPTION), (self.casework, Use.ENCRYPTION)]
        listed += [(key.public, Use.SIGNING) for key in signing]
        keys = tuple(ListedKey(kid=key.kid, use=use, status=Status.ACTIVE, jwk=key.jwk) for key, use in listed)
        key_list = KeyList(version=1, issued=datetime.now(UTC), keys=keys)
        return sign_key_set(key_list, self.people_keys, self.people_keys.public)

    def writers(self, kid: str) -> PublicKey | None:
        return self.kpk_signer.public if kid == self.kpk_signer.kid else None


@dataclass(frozen=True)
class Parcel:
    """A parcel ready to send: its manifest and the bytes of its items by their hash."""

    manifest: Manifest
    contents: Mapping[str, bytes] = field(repr=False)


@dataclass
class Report:
    """An invented report, and the parcels that it is sent in."""

    people: Everybody
    route: Route = Route.KPK
    report_id: UUID = field(default_factory=uuid4)
    reporter: ReporterSecrets = field(default_factory=ReporterSecrets.generate)
    evidence_ids: tuple[UUID, ...] = field(default_factory=lambda: (uuid4(), uuid4()))

    @property
    def reporter_keys(self) -> ReporterKeys:
        return ReporterKeys(encryption=self.reporter.encryption.public.jwk, signing=self.reporter.signing.public.jwk)

    def story(self, text: str = "Jalan desa dibayar dua kali.") -> Parcel:
        names = zip(self.evidence_ids, ("Papan proyek", "Kuitansi batu"), strict=True)
        notes = tuple(
            EvidenceNote(evidence_id=each, kind=EvidenceKind.PHOTO, name=name, description=f"{name}, difoto sendiri")
            for each, name in names
        )
        body = Story(text=text, answers={"who": "Kepala desa"}, evidence=notes, reporter_keys=self.reporter_keys)
        letter = self._letter(body, Purpose.STORY, self.reporter.signing)
        facts = [canonical(to_json(FACTS))] if self.route is Route.INSPEKTORAT else []
        return self.parcel(
            ParcelKind.REPORT,
            (Purpose.STORY, letter),
            facts=facts,
            ground=Ground.ROUTE if self.route is Route.KPK else Ground.APPROVED,
            evidence_ids=self.evidence_ids,
        )

    def original(self, number: int, plain: bytes, media_type: str = "image/jpeg", tampered: bool = False) -> Parcel:
        evidence_id = self.evidence_ids[number]
        file, sealed = _sealed(plain, media_type)
        body = FileKey(evidence_id=evidence_id, file=file)
        letter = self._letter(body, Purpose.ORIGINAL_KEY_FOR_KPK, self.people.evidence)
        if tampered:
            sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
        return self.parcel(
            ParcelKind.ORIGINAL,
            (Purpose.ORIGINAL_KEY_FOR_KPK, letter),
            sealed,
            about=str(evidence_id),
            evidence_id=evidence_id,
        )

    def copy(self, number: int, plain: bytes) -> Parcel:
        evidence_id = self.evidence_ids[number]
        file, sealed = _sealed(plain, "image/jpeg")
        letter = self._letter(FileKey(evidence_id=evidence_id, file=file), Purpose.COPY_KEY, self.people.evidence)
        about = {"about": str(evidence_id), "evidence_id": evidence_id}
        return self.parcel(ParcelKind.COPY, (Purpose.COPY_KEY, letter), sealed, **about)

    def identity(self, photo: bytes, reporter_keys: ReporterKeys | None = None) -> Parcel:
        file, sealed = _sealed(photo, "image/jpeg")
        keys = reporter_keys or self.reporter_keys
        body = FiledIdentity(offer_id=uuid4(), person=PERSON, ktp_photo=file, reporter_keys=keys)
        letter = self._letter(body, Purpose.IDENTITY_FOR_KPK, self.people.vault)
        return self.parcel(ParcelKind.IDENTITY, (Purpose.IDENTITY_FOR_KPK, letter), sealed)

    def message(self, text: str, signer: SigningKey | None = None) -> Parcel:
        letter = self._letter(Message(text=text), Purpose.MESSAGE_FROM_REPORTER, signer or self.reporter.signing)
        return self.parcel(ParcelKind.MESSAGE, (Purpose.MESSAGE_FROM_REPORTER, letter), about=str(uuid4()))

    def withdrawal(self) -> Parcel:
        return self.parcel(ParcelKind.NOTICE, None, about="withdrawn", notice=Notice.WITHDRAWN)

    def parcel(
        self,
        kind: ParcelKind,
        letter: tuple[Purpose, bytes] | None,
        sealed: bytes | None = None,
        facts: list[bytes] | None = None,
        about: str = "",
        **members: Any,
    ) -> Parcel:
        parts = [(ItemKind.LETTER, letter[1], letter[0])] if letter else []
        contents = [*parts, *((ItemKind.FILE, each, None) for each in [sealed] if each)]
        contents += [(ItemKind.FACTS, each, None) for each in facts or []]
        items = tuple(
            Item(kind=kind, sha256=sha256(data).hex(), size=len(data), purpose=purpose)
            for kind, data, purpose in contents
        )
        manifest = Manifest(
            parcel_id=parcel_id(self.report_id, kind, about),
            report_id=self.report_id,
            route=self.route,
            kind=kind,
            hour=HOUR,
            items=items,
            **members,
        )
        return Parcel(manifest, {item.sha256: data for item, (_, data, _) in zip(items, contents, strict=True)})

    def _letter(self, body: object, purpose: Purpose, signer: SigningKey) -> bytes:
        known = {
            "kpk": (self.people.kpk.public,),
            "casework": (self.people.casework,),
            "reporter": (self.reporter.encryption.public,),
        }
        return seal_letter(body, About(self.report_id, self.route, purpose, uuid4()), known, signer)


def _sealed(plain: bytes, media_type: str) -> tuple[SealedFile, bytes]:
    secret, context = FileSecret.generate(), "a test's file"
    reader = SealingReader(io.BytesIO(plain), secret, context)
    sealed = reader.read()
    file = SealedFile(
        bucket="originals",
        object="o",
        version="v",
        sha256=reader.sha256,
        key=secret.text(),
        context=context,
        media_type=media_type,
    )
    return file, sealed


@dataclass
class Sandbox:
    """KPK's sandbox as a process of its own, with its folders and certificates."""

    people: Everybody
    folder: Path
    ports: Mapping[str, int]
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def set_up(cls, people: Everybody, folder: Path) -> Sandbox:
        authority = tls.make_authority("KPK")
        (folder / "secrets").mkdir(parents=True)
        for name in ("server", "client"):
            issued = tls.issue(authority, name)
            (folder / "secrets" / f"{name}.crt").write_text(issued.certificate)
            (folder / "secrets" / f"{name}.key").write_text(issued.key)
        (folder / "ca.pem").write_text(authority.certificate)
        (folder / "people-keys.jws").write_text(people.key_set())
        for file, key in (("encryption_key", people.kpk), ("signing_key", people.kpk_signer)):
            (folder / "secrets" / f"{file}.jwk").write_text(json.dumps({"kid": key.kid, **key.private_jwk()}))
        return cls(people, folder, free_ports(("api", "pages")))

    @property
    def api(self) -> str:
        return f"https://127.0.0.1:{self.ports['api']}/api/v1"

    @property
    def pages(self) -> str:
        return f"http://127.0.0.1:{self.ports['pages']}"

    def officer(self) -> requests.Session:
        """A browser's session on the pages."""
        session = requests.Session()
        session.trust_env = False
        return session

    def client(self) -> requests.Session:
        """A session with the client certificate that was agreed on."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.folder / "ca.pem")
        session.cert = (str(self.folder / "secrets/client.crt"), str(self.folder / "secrets/client.key"))
        return session

    def start(self) -> None:
        environment = {
            "KPK_SECRETS": str(self.folder / "secrets"),
            "KPK_DATA": str(self.folder / "data"),
            "KPK_KEYS_FILE": str(self.folder / "people-keys.jws"),
            "KPK_KEYS_FINGERPRINT": self.people.fingerprint,
            "KPK_CLIENT_CA": str(self.folder / "ca.pem"),
            "KPK_HOST": "127.0.0.1",
            "KPK_API_PORT": str(self.ports["api"]),
            "KPK_PAGES_PORT": str(self.ports["pages"]),
            "KPK_GRAIN": "5",
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kpk_sandbox"], env={**os.environ, **environment}, stdout=log, stderr=log
            )
        eventually(self._answers)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def _answers(self) -> bool:
        try:
            return self.officer().get(self.pages).ok
        except requests.ConnectionError:
            return False

    # -- what a forwarder does

    def announce(self, parcel: Parcel, signer: SigningKey | None = None) -> requests.Response:
        text = sign_manifest(parcel.manifest, signer or self.people.forwarder)
        return self.client().put(self._parcel(parcel), json={"manifest": text})

    def append(self, parcel: Parcel, digest: str, data: bytes | Iterator[bytes], offset: int = 0) -> requests.Response:
        headers = {"Upload-Offset": str(offset), "Content-Type": OCTETS}
        return self.client().patch(f"{self._parcel(parcel)}/items/{digest}", data=data, headers=headers)

    def offset(self, parcel: Parcel, digest: str) -> int:
        answer = self.client().head(f"{self._parcel(parcel)}/items/{digest}")
        return int(answer.headers["Upload-Offset"])

    def send(self, *parcels: Parcel) -> list[str]:
        """Send parcels whole; gives their receipts."""
        return [self._send(parcel) for parcel in parcels]

    def statements(self, after: int = 0) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = self.client().get(f"{self.api}/statements?after={after}").json()["statements"]
        return found

    def _send(self, parcel: Parcel) -> str:
        for digest in self.announce(parcel).json()["missing"]:
            assert self.append(parcel, digest, parcel.contents[digest]).status_code == 204
        receipt: str = self.announce(parcel).json()["receipt"]
        return receipt

    def _parcel(self, parcel: Parcel) -> str:
        return f"{self.api}/parcels/{parcel.manifest.parcel_id}"

    # -- what an officer does

    def page(self, path: str, language: str = "id") -> str:
        answer = self.officer().get(f"{self.pages}{path}", headers={"Accept-Language": language})
        assert answer.ok
        return answer.text

    def fill_in(self, report: Report, form: str, **fields: object) -> None:
        """Send a form of the report's page, with its token."""
        page = f"{self.pages}/reports/{report.report_id}"
        with self.officer() as officer:
            token = officer.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
            answer = officer.post(f"{page}/{form}", data={"csrf_token": token, **fields})
            assert answer.ok, answer.text

    @contextmanager
    def faulty(self, **plan: object) -> Iterator[None]:
        """With a fault on demand, until the end of the block."""
        self.officer().put(f"{self.pages}/faults", json=plan).raise_for_status()
        yield
        self.officer().put(f"{self.pages}/faults", json={}).raise_for_status()
