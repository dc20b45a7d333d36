"""What the tests of evidence share: invented reporters, their files, and the service's processes on real parts."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import requests
from chassis.openbao import OpenBao
from chassis.service import Process
from chassis.settings import Secret
from chassis.store import EventStore
from chassis.telemetry import Metrics
from chassis.testing.harness import ServiceUnderTest, eventually
from chassis.testing.published import Published
from chassis.wrapper import Wrapper
from contracts.events import EVIDENCE, INTAKE, Event
from contracts.events.definition import ReportEvent
from contracts.events.evidence import CopyFiled, EvidenceCleared, EvidenceFiled, EvidenceQuarantined
from contracts.events.intake import ReportSubmitted
from contracts.key_pairs import EncryptionKey, Opener
from contracts.keys import KeySet, verify_key_set
from contracts.letters import Expected, FileKey, Purpose, SealedFile
from contracts.sealed import Sealed
from contracts.sealed_files import FileSecret, RangeReader
from contracts.upload_tokens import UploadToken
from contracts.vocabulary import EvidenceKind, IdentityLevel, QuarantineReason, Route
from evidence.application import Evidence
from evidence.bootstrap import bootstrap
from evidence.read_model import Pieces
from evidence.settings import EvidenceSettings
from wbs_client.public_api import PublicApi
from wbs_client.uploads import Upload, Uploads
from wbs_local import services
from wbs_local.ceremony.desk import Desk
from wbs_local.parts import openbao, seaweedfs
from wbs_local.system import System

from contracts import letters, upload_tokens

E = TypeVar("E", bound=ReportEvent)
TUS = {"Tus-Resumable": "1.0.0"}
OCTETS = "application/offset+octet-stream"
KINDS = ("web", "worker", "check")


@dataclass(frozen=True)
class Draft:
    """A reporter's draft, as its upload token names it."""

    report_id: UUID = field(default_factory=uuid4)
    route: Route = Route.INSPEKTORAT
    expires: datetime = field(
        default_factory=lambda: datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=7)
    )

    def submission(self, *named: UUID, originals_to_kpk: bool = True) -> ReportSubmitted:
        return ReportSubmitted(
            report_id=self.report_id,
            route=self.route,
            offer_id=uuid4(),
            evidence_ids=named,
            originals_to_kpk=originals_to_kpk,
            identity_level=IdentityLevel.NOT_YET_CHECKED,
            facts=None if self.route is Route.KPK else Sealed("wrapped"),
            story=Sealed("wrapped"),
            receipt=Sealed("wrapped"),
            leaf="0" * 64,
        )


class Line:
    """evidence's processes, with intake's and readers' parts played by the test with their own credentials."""

    def __init__(self, system: System, hands: dict[str, ServiceUnderTest]) -> None:
        self.system = system
        self.hands = hands
        self.worker, self.check, self.web = (hands[kind] for kind in ("worker", "check", "web"))
        self.url = f"http://{system.host}:{system.ports['evidence']}/api/v1"
        self.uploads_url = f"{self.url}/uploads"
        self.published = Published(EVIDENCE, self.worker.writers[INTAKE])
        self.desk = Desk(system)

    def start(self, kind: str) -> None:
        running = self.hands[kind].start(kind)
        if kind == "web":
            eventually(self._answers)
        else:
            eventually(lambda: f"{kind}_started" in running.lines or running.process.poll() is not None)
        assert running.process.poll() is None, running.lines

    @cached_property
    def application(self) -> Evidence:
        """The use cases in the test's own process, with the worker's credentials."""
        settings = EvidenceSettings.load("evidence", self.worker.environment)
        process = Process(
            "worker", settings, EventStore.open(settings, (Pieces(),)), Metrics("evidence", settings.clock)
        )
        return bootstrap(process)

    def restart(self, kind: str) -> None:
        assert self.hands[kind]._running[-1].stop() == 0
        self.start(kind)

    def replay_dead_letters(self) -> None:
        """Its exit code says whether any is left, e.g. of other tests."""
        replaying = self.worker.start("replay-dead-letters")
        replaying.exit_code()
        self.worker._running.remove(replaying)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/../../readyz", timeout=5).ok
        except requests.ConnectionError:
            return False

    def openbao_as(self, process: str) -> OpenBao:
        credentials = (Secret(self.system.keep_secret(process, f"openbao_{name}")) for name in ("role_id", "secret_id"))
        return OpenBao(openbao.url(self.system), *credentials)

    # ---- as intake ----

    def token(self, draft: Draft) -> str:
        token = UploadToken(draft.report_id, draft.route, draft.expires)
        return upload_tokens.issue(token, self.openbao_as("intake-web").signer("intake"))

    def headers(self, draft: Draft, **more: str) -> dict[str, str]:
        given = {name.replace("_", "-"): value for name, value in more.items()}
        return {**TUS, "Authorization": f"Bearer {self.token(draft)}", **given}

    def submit(self, draft: Draft, *named: UUID, originals_to_kpk: bool = True) -> UUID:
        """Makes the report's key and tells; gives the event's id once it was handled."""
        Wrapper(self.openbao_as("intake-web"), lambda _: False).make_key(draft.report_id)
        return self.tell(draft.submission(*named, originals_to_kpk=originals_to_kpk))

    def tell(self, event: Event) -> UUID:
        event_id = uuid4()
        self.worker.send((event, event_id))
        eventually(lambda: self.worker.has_handled(event_id))
        return event_id

    def destroy_key(self, report_id: UUID) -> None:
        """As two people erase a report."""
        key = f"reports/keys/{report_id}"
        self.desk.act("superadmin", "pengawas1", "post", f"{key}/config", {"deletion_allowed": "true"})
        self.desk.act("superadmin", "pengawas1", "delete", key)

    # ---- as the reporter's client ----

    def client(self, draft: Draft) -> Uploads:
        return Uploads(self.uploads_url, self.token(draft), PublicApi(self.url))

    def upload(self, draft: Draft, content: bytes, kind: EvidenceKind = EvidenceKind.DOCUMENT) -> UUID:
        client, file = self.client(draft), io.BytesIO(content)
        upload = client.begin(file, kind)
        client.go_on(upload, file)
        return upload.evidence_id

    def announce(self, draft: Draft, size: int, **more: str) -> requests.Response:
        headers = self.headers(draft, Upload_Length=str(size), Upload_Metadata="kind Zm90bw==")
        return requests.post(self.uploads_url, headers={**headers, **more}, timeout=30)

    def patch(self, draft: Draft, upload_id: UUID, at: int, content: Any, **more: str) -> requests.Response:
        headers = self.headers(draft, Upload_Offset=str(at), Content_Type=OCTETS, **more)
        return requests.patch(f"{self.uploads_url}/{upload_id}", data=content, headers=headers, timeout=60)

    def head(self, draft: Draft, upload_id: UUID) -> requests.Response:
        return requests.head(f"{self.uploads_url}/{upload_id}", headers=self.headers(draft), timeout=30)

    def pieces(self, draft: Draft) -> dict[UUID, dict[str, Any]]:
        answer = requests.get(f"{self.url}/reports/{draft.report_id}/evidence", headers=self.headers(draft), timeout=30)
        answer.raise_for_status()
        return {UUID(each["evidence_id"]): each for each in answer.json()}

    # ---- what became of it ----

    def verdict(self, draft: Draft, evidence_id: UUID) -> QuarantineReason | None:
        """Waits for the verdict; None: cleared."""

        def judged() -> list[EvidenceCleared | EvidenceQuarantined]:
            cleared = self.published.of(draft.report_id, EvidenceCleared)
            quarantined = self.published.of(draft.report_id, EvidenceQuarantined)
            found: list[EvidenceCleared | EvidenceQuarantined] = [*cleared, *quarantined]
            return [each for each in found if each.evidence_id == evidence_id]

        verdict = eventually(judged)[0]
        return verdict.reason if isinstance(verdict, EvidenceQuarantined) else None

    def filed(self, draft: Draft, evidence_id: UUID) -> EvidenceFiled:
        return self._of(draft, evidence_id, EvidenceFiled)

    def copy_filed(self, draft: Draft, evidence_id: UUID) -> CopyFiled:
        return self._of(draft, evidence_id, CopyFiled)

    def _of(self, draft: Draft, evidence_id: UUID, event_class: type[Any]) -> Any:
        return eventually(
            lambda: [
                each for each in self.published.of(draft.report_id, event_class) if each.evidence_id == evidence_id
            ]
        )[0]

    def copy_of(self, draft: Draft, content: bytes, kind: EvidenceKind = EvidenceKind.DOCUMENT) -> tuple[bytes, str]:
        """Takes a file through to its clean copy, as KPK opens it; the copy and its media type."""
        evidence_id = self.upload(draft, content, kind)
        self.submit(draft, evidence_id)
        event = self.copy_filed(draft, evidence_id)
        return self.opened_by_kpk(draft, Purpose.COPY_KEY, event.copy_key)

    # ---- as readers ----

    def keys(self) -> KeySet:
        fingerprint = (self.system.public / "fingerprint").read_text()
        return verify_key_set((self.system.public / "people-keys.jws").read_text(), fingerprint)

    def letter(self, draft: Draft, purpose: Purpose, wrapped: str) -> bytes:
        """Unwrapped as case-management does."""
        wrapper = Wrapper(self.openbao_as("case-management-web"), lambda _: False)
        letter = wrapper.unwrap(draft.report_id, purpose.value, wrapped)
        assert isinstance(letter, bytes)
        return letter

    def opened_by_kpk(self, draft: Draft, purpose: Purpose, wrapped: str) -> tuple[bytes, str]:
        jwk = json.loads(self.system.keep_secret("kpk-sandbox", "encryption_key.jwk"))
        return self.opened(draft, purpose, wrapped, EncryptionKey.from_jwk(jwk.pop("kid"), jwk))

    def opened(self, draft: Draft, purpose: Purpose, wrapped: str, opener: Opener) -> tuple[bytes, str]:
        """The file that a key letter opens, and its media type."""
        expected = Expected(draft.report_id, draft.route, purpose)
        letter = self.letter(draft, purpose, wrapped)
        body = letters.open_letter(letter, expected, opener, self.keys().verification_key).body
        assert isinstance(body, FileKey)
        return self.content(body.file), body.file.media_type

    def content(self, file: SealedFile) -> bytes:
        """Opened as case-management does, range by range."""
        client = seaweedfs.connect(self.system, "case-management")
        version = seaweedfs.versions(self.system).in_store(file.bucket, file.object, file.version)
        name = {"bucket_name": file.bucket, "object_name": file.object, "version_id": version}

        def read(offset: int, length: int) -> bytes:
            with client.get_object(**name, offset=offset, length=length) as answer:
                return answer.read()

        with client.get_object(**name, offset=0, length=1) as answer:
            size = int(answer.headers["Content-Range"].rpartition("/")[2])
        reader = RangeReader(read, size, FileSecret.from_text(file.key), file.context)
        return reader.read(0, reader.size)

    def objects(self, bucket: str, prefix: str) -> list[str]:
        """Names of all versions there, as an administrator sees them."""
        ops = seaweedfs.connect(self.system, seaweedfs.OPS)
        return [each.object_name for each in ops.list_objects(bucket, prefix, recursive=True, include_version=True)]


def make_hands(system: System, like: ServiceUnderTest, folder: Path) -> dict[str, ServiceUnderTest]:
    """Each process of evidence with its own environment and secrets."""
    return {
        kind: ServiceUnderTest(
            package="evidence",
            database="evidence",
            environment=services.environment(system, f"evidence-{kind}"),
            admin=like.admin,
            writers=like.writers,
            folder=folder,
        )
        for kind in KINDS
    }


def broken_off(content: bytes) -> Iterator[bytes]:
    yield content
    raise ConnectionAbortedError


__all__ = ["OCTETS", "TUS", "Draft", "Line", "Upload", "broken_off", "make_hands"]
