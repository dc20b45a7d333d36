"""The Super Admin's look: at submitted reports only, with their own token, under a review id that OpenBao logs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from chassis.object_store import ObjectMissing, ObjectStore, StoredObject
from chassis.store import EventStore, retry_on_conflict
from chassis.telemetry import Metrics, Unreadable
from chassis.wrapper import Erased, KeyMissing, Wrapper
from contracts.encoding import sha256
from contracts.keys import KeySet
from contracts.letters import Expected, FiledIdentity, LetterError, Purpose, SealedFile
from contracts.sealed_files import CannotOpenFile, FileSecret, RangeReader
from contracts.vocabulary import IdentityReason, LetterFault, ReviewVerdict, Route

from chassis import openbao
from contracts import letters
from identity_vault import held_offers, read_model
from identity_vault.domain import Identity, NotWaiting
from identity_vault.read_model import WaitingReport

SUPER_ADMIN = "super-admin"


@dataclass(frozen=True)
class Reviewer:
    """The signed-in Super Admin; `openbao` calls with their own token."""

    user: str
    openbao: openbao.Person = field(repr=False)


@dataclass(frozen=True)
class Look:
    """`identity` is None where there is none to see: its letter never opened, or `fault` says what is wrong with the
    one to the Super Admin. `photo` is re-made from pixels; None where it does not decode."""

    review_id: str
    report: WaitingReport
    identity: FiledIdentity | None = field(repr=False)
    photo: bytes | None = field(repr=False)
    fault: LetterFault | None = None


class Reviews:
    """`remake`: the photo from its pixels alone, made by a limited child process: what a stranger sent is not decoded
    where a person's token is, neither here nor in their browser."""

    def __init__(
        self,
        store: EventStore,
        wrapper: Wrapper,
        objects: ObjectStore,
        keys: KeySet,
        remake: Callable[[bytes], bytes],
        many: int,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._wrapper = wrapper
        self._objects = objects
        self._keys = keys
        self._remake = remake
        self.many_open_reports = many
        self._alarm = Unreadable("look", metrics.failures)
        self._told: set[UUID] = set()

    def list_waiting(self, after: UUID | None = None) -> Sequence[WaitingReport]:
        return read_model.list_waiting(self._store, after)

    def without_key(self, reports: Sequence[WaitingReport]) -> set[UUID]:
        """Those that nobody can open, since their key is lost: they wait until it is brought back, or two people erase
        the report. Operators are told of each, once in the life of a process."""
        lost = {each.report_id for each in reports if not self._wrapper.has_key(each.report_id)}
        for report_id in lost - self._told:
            self._tell_lost(KeyMissing(report_id))
        return lost

    def find_waiting(self, report_id: UUID) -> WaitingReport:
        """Raises NotWaiting."""
        report = read_model.find_waiting(self._store, report_id)
        if report is None:
            raise NotWaiting
        return report

    def look_at(self, report_id: UUID, person: Reviewer) -> Look:
        """Raises NotWaiting, or KeyMissing after the alarm. The look is written down before anything is opened."""
        report = self.find_waiting(report_id)
        review_id = f"rev-{uuid4()}"
        offer_id = self._begin(report_id, review_id, person)
        wrapped = held_offers.review_letter(self._store, report_id, offer_id)
        if wrapped is None:
            return Look(review_id, report, None, None)
        try:
            raw = self._wrapper.unwrap(report_id, Purpose.IDENTITY_REVIEW.value, wrapped)
        except KeyMissing as missing:
            self._tell_lost(missing)
            raise
        if isinstance(raw, Erased):
            raise NotWaiting
        return self._opened(review_id, report, raw, person)

    def _tell_lost(self, missing: KeyMissing) -> None:
        self._told.add(missing.report_id)
        self._alarm.tell(missing.report_id, missing)

    @retry_on_conflict
    def decide(
        self,
        report_id: UUID,
        review_id: str,
        verdict: ReviewVerdict,
        reasons: Sequence[IdentityReason],
        person: Reviewer,
    ) -> None:
        """Raises NotWaiting, NotLookedAt or ReasonMissing. The letter to the Super Admin goes with the decision."""
        identity = self._store.find(Identity, report_id)
        if identity is None:
            raise NotWaiting
        identity.decide(review_id, verdict, reasons, person.user)
        self._store.save(identity, also=(held_offers.remove_review(report_id),))

    @retry_on_conflict
    def _begin(self, report_id: UUID, review_id: str, person: Reviewer) -> UUID:
        identity = self._store.load(Identity, report_id)
        identity.begin_look(review_id, person.user)
        self._store.save(identity)
        return identity.looks[review_id].offer_id

    def _opened(self, review_id: str, report: WaitingReport, raw: bytes, person: Reviewer) -> Look:
        expected = Expected(report.report_id, Route.INSPEKTORAT, Purpose.IDENTITY_REVIEW)
        try:
            version = int(letters.read_header(raw).to[0].rpartition(":v")[2])
            opener = person.openbao.opener(SUPER_ADMIN, version, decision_id=review_id)
            body = letters.open_letter(raw, expected, opener, self._keys.verification_key).body
        except LetterError as error:
            return Look(review_id, report, None, None, error.fault)
        return Look(review_id, report, body, self._photo(body.ktp_photo))

    def _photo(self, file: SealedFile) -> bytes | None:
        try:
            sealed = self._objects.get(StoredObject(file.bucket, file.object, file.version))
            if sha256(sealed).hex() != file.sha256:
                return None
            secret = FileSecret.from_text(file.key)
            reader = RangeReader(lambda at, length: sealed[at : at + length], len(sealed), secret, file.context)
            return self._remake(reader.read(0, reader.size)) or None
        except (ObjectMissing, CannotOpenFile):
            return None
