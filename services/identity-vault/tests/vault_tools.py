"""What the tests of identity-vault share: invented reporters, their offers, and a vault on real parts."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from chassis.openbao import OpenBao
from chassis.service import Process
from chassis.settings import Secret
from chassis.store import Cause, EventStore
from chassis.telemetry import Metrics
from chassis.testing.harness import ServiceUnderTest, eventually
from chassis.wrapper import Wrapper
from contracts.events import IDENTITY, INTAKE, Event
from contracts.events.intake import DraftExpired, IdentityOffered, ReportSubmitted
from contracts.key_pairs import SigningKey
from contracts.keys import KeySet, verify_check_keys, verify_key_set
from contracts.letters import About, OfferedIdentity, Person, Purpose, ReporterKeys, seal_letter
from contracts.receipts import ReporterSecrets
from contracts.sealed import Sealed
from contracts.vocabulary import IdentityLevel, Route
from identity_vault.application import IdentityVault
from identity_vault.application.filing import Filer
from identity_vault.bootstrap import bootstrap
from identity_vault.check_keys import CHECK_KEYS_ID, CheckKeys
from identity_vault.domain import Identity, Offer
from identity_vault.held_offers import HeldOffer
from identity_vault.object_store import VaultObjects
from identity_vault.read_model import Waiting
from identity_vault.sealing import Sealer
from identity_vault.settings import IdentityVaultSettings
from identity_vault.verdicts import Verdict
from minio import Minio
from wbs_local import services
from wbs_local.ceremony.desk import Desk
from wbs_local.drawn_cards import Card
from wbs_local.parts import kafka, openbao, seaweedfs
from wbs_local.system import System

PROCESSES = ("worker", "check", "web")


def person_of(card: Card, **other: Any) -> Person:
    """The holder of an invented card; `other`: what they say that differs."""
    given = {"nik": card.nik, "full_name": card.full_name, "birth_date": card.birth_date, "sex": card.sex}
    contact = {"address": "Jalan Rekaan 1", "phone": "0800000000", "email": "rekaan@contoh.invalid"}
    return Person(**{**given, **contact, "occupation": "contoh", **other})


@dataclass(frozen=True)
class Reporter:
    """A device with its keys, and the report that it makes."""

    report_id: UUID = field(default_factory=uuid4)
    route: Route = Route.INSPEKTORAT
    secrets: ReporterSecrets = field(default_factory=ReporterSecrets.generate, repr=False)

    @property
    def keys(self) -> ReporterKeys:
        return ReporterKeys(encryption=self.secrets.encryption.public.jwk, signing=self.secrets.signing.public.jwk)

    def submission(self, offer_id: UUID) -> ReportSubmitted:
        return ReportSubmitted(
            report_id=self.report_id,
            route=self.route,
            offer_id=offer_id,
            evidence_ids=(),
            originals_to_kpk=True,
            identity_level=IdentityLevel.NOT_YET_CHECKED,
            facts=None if self.route is Route.KPK else Sealed("x"),
            story=Sealed("x"),
            receipt=Sealed("x"),
            leaf="00" * 32,
        )

    def expiry(self) -> DraftExpired:
        return DraftExpired(report_id=self.report_id, route=self.route)


class Vault:
    """identity-vault's processes on the tests' system, intake's part played by the test with intake's credentials."""

    def __init__(self, system: System, processes: Mapping[str, ServiceUnderTest]) -> None:
        self.system = system
        self.worker, self.check, self.web = (processes[name] for name in PROCESSES)
        self.settings = IdentityVaultSettings.load("identity-vault", self.worker.environment)
        self.store = EventStore.open(self.settings, (Waiting(),))
        self.process = Process("test", self.settings, self.store, Metrics("identity-vault", self.settings.clock))
        self.application: IdentityVault = bootstrap(self.process)
        self.s3: Minio = seaweedfs.connect(system, "ops")

    @property
    def keys(self) -> KeySet:
        return verify_key_set(self.settings.keys_file.read_text(), self.settings.keys_fingerprint)

    def identity(self, report_id: UUID) -> Identity:
        return self.store.load(Identity, report_id)

    def check_keys(self) -> str:
        """The list that was published last."""
        found = self.store.find(CheckKeys, CHECK_KEYS_ID)
        assert found is not None
        events = [each.event for each in self.store.notifications(limit=10_000)]
        return [each.check_keys for each in events if isinstance(each, CheckKeys.Published)][-1]

    def seal(
        self,
        reporter: Reporter,
        person: Person,
        photo: bytes,
        offer_id: UUID,
        signer: SigningKey | None = None,
        keys: ReporterKeys | None = None,
    ) -> bytes:
        body = OfferedIdentity(person=person, ktp_photo=photo, reporter_keys=keys or reporter.keys)
        about = About(reporter.report_id, reporter.route, Purpose.IDENTITY_OFFER, offer_id)
        known = verify_check_keys(self.check_keys(), self.keys)
        return seal_letter(body, about, known, signer or reporter.secrets.signing)

    def put(self, reporter: Reporter, letter: bytes, offer_id: UUID, review: bool = False) -> IdentityOffered:
        """As intake does: the letter into the inbox, by intake's own credentials."""
        name = f"{reporter.report_id}/{offer_id}"
        stored = seaweedfs.connect(self.system, "intake").put_object(
            "identity-inbox", name, io.BytesIO(letter), len(letter)
        )
        return IdentityOffered(
            report_id=reporter.report_id,
            route=reporter.route,
            offer_id=offer_id,
            object=name,
            version=seaweedfs.versions(self.system).told("identity-inbox", name, str(stored.version_id)),
            review_asked=review,
        )

    def offer(self, reporter: Reporter, person: Person, photo: bytes, review: bool = False) -> UUID:
        offer_id = uuid4()
        self.tell(self.put(reporter, self.seal(reporter, person, photo, offer_id), offer_id, review))
        return offer_id

    def tell(self, *events: Event) -> None:
        self.worker.send(*((event, uuid4()) for event in events))

    def submit(self, reporter: Reporter, offer_id: UUID) -> None:
        self.make_key(reporter)
        self.tell(reporter.submission(offer_id))

    def make_key(self, reporter: Reporter) -> None:
        """As intake does at submission."""
        self.wrapper("intake-worker").make_key(reporter.report_id)

    def destroy_key(self, reporter: Reporter) -> None:
        """As two people do."""
        desk, key = Desk(self.system), f"reports/keys/{reporter.report_id}"
        desk.act("superadmin", "pengawas1", "post", f"{key}/config", {"deletion_allowed": "true"})
        desk.act("superadmin", "pengawas1", "delete", key)

    def hold(self, reporter: Reporter, person: Person, photo: bytes, verdict: Verdict) -> HeldOffer:
        """A checked offer of a draft, without the check."""
        held = self.sealed(reporter, person, photo, verdict)
        identity = Identity.begin(reporter.report_id, reporter.route)
        identity.receive_offer(held.offer_id, Offer("object", "1", review_asked=False))
        identity.conclude(held.offer_id, verdict)
        self.store.save(identity, also=(held.insertion(),))
        return held

    def sealed(self, reporter: Reporter, person: Person, photo: bytes, verdict: Verdict) -> HeldOffer:
        body = OfferedIdentity(person=person, ktp_photo=photo, reporter_keys=reporter.keys)
        sealer = Sealer(OpenBao.of(self.settings), self.keys, VaultObjects(self.settings))
        return sealer.seal(reporter.report_id, reporter.route, uuid4(), body, verdict)

    @property
    def filer(self) -> Filer:
        wrapper = self.wrapper("identity-vault-worker")
        objects = VaultObjects(self.settings)
        return Filer(wrapper, objects, self.settings.clock, self.settings.photo_days, self.process.metrics)

    def file(self, reporter: Reporter, offer_id: UUID) -> None:
        """The submission, handled in this process."""
        self.make_key(reporter)
        self.application.filing.submit(reporter.submission(offer_id), Cause(INTAKE, uuid4()))

    def keys_missed(self, where: str) -> float:
        """How often a report's key was missing, as is told to operators."""
        name = "wbs_identity_vault_failures_total"
        registry = self.process.metrics.registry
        return registry.get_sample_value(name, {"where": where, "error": "KeyMissing"}) or 0.0

    def checked(self, reporter: Reporter, offer_id: UUID) -> tuple[str, set[str]]:
        """Waits for the verdict: outcome and reasons."""
        eventually(lambda: offer_id in self._verdicts(reporter))
        verdict = self._verdicts(reporter)[offer_id]
        return verdict.outcome.value, {reason.value for reason in verdict.reasons}

    def _verdicts(self, reporter: Reporter) -> Mapping[UUID, Any]:
        found = self.store.find(Identity, reporter.report_id)
        return found.verdicts if found else {}

    def wrapper(self, process: str) -> Wrapper:
        role_id, secret_id = (
            Secret(self.system.keep_secret(process, f"openbao_{name}")) for name in ("role_id", "secret_id")
        )
        return Wrapper(OpenBao(openbao.url(self.system), role_id, secret_id), lambda _: False)

    def inbox_of(self, reporter: Reporter) -> list[str]:
        """Every version and marker that lies in the inbox below the report."""
        found = self.s3.list_objects(
            "identity-inbox", prefix=f"{reporter.report_id}/", recursive=True, include_version=True
        )
        return [str(each.object_name) for each in found]

    def events_of(self, reporter: Reporter) -> list[Any]:
        return [
            each.event
            for each in self.store.notifications(limit=10_000)
            if each.event.originator_id == reporter.report_id
        ]


def service_under_test(system: System, process: str, folder: Any) -> ServiceUnderTest:
    return ServiceUnderTest(
        package="identity_vault",
        database="identity_vault",
        environment=services.environment(system, f"identity-vault-{process}"),
        admin={
            "host": system.host,
            "port": system.ports["postgres"],
            "user": "postgres",
            "password": system.keep_secret("postgres", "superuser_password"),
        },
        writers={IDENTITY: kafka.login_of(system, "identity-vault"), INTAKE: kafka.login_of(system, "intake")},
        folder=folder,
    )
