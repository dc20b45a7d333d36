"""Sends one parcel: the same manifest each time, items from where KPK has them, until KPK's receipt is in our hands."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from uuid import UUID

from chassis.clock import Clock
from chassis.store import EventStore, retry_on_conflict
from chassis.telemetry import Metrics, Unreadable, log
from chassis.wrapper import KeyMissing, ReportIsErased
from contracts.key_pairs import Signer
from contracts.keys import KeySet
from contracts.leaves import as_hour
from contracts.parcels import Item, Manifest, ParcelRefused
from contracts.vocabulary import DeliveryFault, ParcelKind

from contracts import parcels
from kpk_forwarder import held
from kpk_forwarder.application.packing import ContentMissing, Packer, Part
from kpk_forwarder.domain import Delivery, Parcel, Told
from kpk_forwarder.held import ToSend
from kpk_forwarder.kpk import Kpk, KpkRefused, KpkUnreachable

PIECE = 4 << 20  # bytes of a file in memory at a time
LONGEST_RECEIPT = 8192  # what an event takes
MOST_DOUBLINGS = 20


class Stopped(Exception):
    """This process is to stop; the parcel is nobody's fault."""


class Sending:
    """`first_wait` and `longest_wait`: seconds after the first failed attempt, and at most."""

    def __init__(
        self,
        store: EventStore,
        packer: Packer,
        signer: Callable[[], Signer],
        keys: KeySet,
        clock: Clock,
        metrics: Metrics,
        first_wait: float,
        longest_wait: float,
    ) -> None:
        self._store = store
        self._packer = packer
        self._signer = signer
        self._keys = keys
        self._clock = clock
        self._metrics = metrics
        self._alarm = Unreadable("send", metrics.failures, "parcel_content_missing")
        self._first_wait = first_wait
        self._longest_wait = longest_wait

    def send(self, row: ToSend, kpk: Kpk, go_on: Callable[[], None]) -> None:
        """Returns when it is delivered, put off, or nobody's any more. `go_on` is asked before each piece: Stopped."""
        try:
            self._send(row, kpk, go_on)
        except ReportIsErased:
            self._store.execute(row.done)
        except KpkUnreachable as unreachable:
            self._put_off(row, DeliveryFault.UNREACHABLE, unreachable.retry_after)
        except KpkRefused as refused:
            log.error("kpk_refused", report_id=str(row.report_id), status=refused.status)
            self._put_off(row, DeliveryFault.REFUSED)
        except ParcelRefused:
            log.error("receipt_invalid", report_id=str(row.report_id))
            self._put_off(row, DeliveryFault.RECEIPT_INVALID)
        except (ContentMissing, KeyMissing) as missing:
            self._alarm.tell(row.report_id, missing)
            self._put_off(row, DeliveryFault.CONTENT_MISSING)

    def _send(self, row: ToSend, kpk: Kpk, go_on: Callable[[], None]) -> None:
        delivery = self._store.load(Delivery, row.report_id)
        parcel = delivery.parcels[row.parcel_id]
        if parcel not in delivery.owed:
            self._store.execute(row.done)
            return
        parts = self._packer.pack(delivery, parcel)
        text = row.manifest or self._signed(delivery, parcel, parts)
        manifest = self._kept(text, parts)
        receipt = self._deliver(parcel.id, text, parts, kpk, go_on)
        self._conclude(row, manifest, text, receipt)

    # ---- the manifest ----

    def _signed(self, delivery: Delivery, parcel: Parcel, parts: Sequence[Part]) -> str:
        """Signed once, and kept before KPK first sees it."""
        items = tuple(part.item for part in parts)
        manifest = _manifest(delivery, parcel, items, as_hour(self._clock.hour()))
        text = parcels.sign_manifest(manifest, self._signer())
        self._store.execute(held.keep_manifest(parcel.id, text))
        return text

    def _kept(self, text: str, parts: Sequence[Part]) -> Manifest:
        """ContentMissing: what lies there isn't what was announced."""
        manifest = parcels.verify_manifest(text, self._keys.verification_key)
        if manifest.items != tuple(part.item for part in parts):
            raise ContentMissing
        return manifest

    # ---- the way there ----

    def _deliver(self, parcel_id: UUID, text: str, parts: Sequence[Part], kpk: Kpk, go_on: Callable[[], None]) -> str:
        """KPK's receipt, unverified."""
        go_on()
        announced = kpk.announce(parcel_id, text)
        if announced.receipt is None:
            for part in parts:
                if part.item.sha256 in announced.missing:
                    self._upload(parcel_id, part, kpk, go_on)
            announced = kpk.announce(parcel_id, text)
        if announced.receipt is None:
            raise KpkUnreachable  # it has everything that it asked for, and says neither yes nor no
        return announced.receipt

    def _upload(self, parcel_id: UUID, part: Part, kpk: Kpk, go_on: Callable[[], None]) -> None:
        """From where KPK has it, a piece at a time."""
        item = part.item
        offset = kpk.offset(parcel_id, item.sha256)
        while offset < item.size:
            go_on()
            piece = part.read(offset, min(PIECE, item.size - offset))
            if not piece:
                raise ContentMissing
            offset = self._append(parcel_id, part, offset, piece, kpk)
            self._store.execute(held.renewal(parcel_id))

    def _append(self, parcel_id: UUID, part: Part, offset: int, piece: bytes, kpk: Kpk) -> int:
        try:
            after = kpk.append(parcel_id, part.item.sha256, offset, piece)
        except KpkRefused as refused:
            if refused.problem == "hash-differs" and not _is_intact(part):
                raise ContentMissing from None  # it isn't the way there that spoils it
            raise
        if after != offset + len(piece):
            raise KpkUnreachable
        return after

    # ---- what became of it ----

    @retry_on_conflict
    def _conclude(self, row: ToSend, manifest: Manifest, text: str, receipt_text: str) -> None:
        receipt = parcels.verify_receipt(receipt_text, self._keys.verification_key)
        if not parcels.is_for(receipt, text, manifest) or len(receipt_text) > LONGEST_RECEIPT:
            raise ParcelRefused("a receipt for something else")
        delivery = self._store.load(Delivery, row.report_id)
        delivery.deliver(row.parcel_id, receipt.kpk_reference, receipt.manifest_sha256, receipt_text)
        self._store.save(delivery, also=(row.done,))
        self._metrics.jobs_done.inc(manifest.kind.value, "delivered")

    @retry_on_conflict
    def _put_off(self, row: ToSend, reason: DeliveryFault, at_least: float | None = None) -> None:
        """Tried again, for ever; what others are told of it is the reason, once."""
        self._metrics.failures.labels("send", reason.value).inc()
        log.warning("parcel_put_off", report_id=str(row.report_id), reason=reason.value)
        delivery = self._store.load(Delivery, row.report_id)
        delivery.fail(row.parcel_id, reason)
        self._store.save(delivery, also=(held.put_off(row.parcel_id, self.wait(row.attempts, at_least)),))

    def wait(self, attempts: int, at_least: float | None = None) -> float:
        """Seconds; doubled with each failure in a row, with jitter, so that KPK isn't met by all at once."""
        longest = min(self._first_wait * float(2 ** min(attempts, MOST_DOUBLINGS)), self._longest_wait)
        wait = longest * random.uniform(0.5, 1.0)  # noqa: S311  # nothing secret
        return min(max(wait, at_least or 0.0), self._longest_wait)


def _manifest(delivery: Delivery, parcel: Parcel, items: tuple[Item, ...], hour: str) -> Manifest:
    known, is_report = delivery.collected, parcel.kind is ParcelKind.REPORT
    told = known.notices[parcel.about] if parcel.kind is ParcelKind.NOTICE else None
    return Manifest(
        parcel_id=parcel.id,
        report_id=delivery.id,
        route=delivery.route,
        kind=parcel.kind,
        hour=hour,
        items=items,
        ground=delivery.ground if is_report else None,
        evidence_ids=known.evidence_ids if is_report else (),
        evidence_id=_evidence_id(parcel, told),
        notice=told.notice if told else None,
        status=told.status if told else None,
        outcome=told.outcome if told else None,
    )


def _evidence_id(parcel: Parcel, told: Told | None) -> UUID | None:
    if parcel.kind in (ParcelKind.ORIGINAL, ParcelKind.COPY):
        return UUID(parcel.about)
    return told.evidence_id if told else None


def _is_intact(part: Part) -> bool:
    digest, offset = hashlib.sha256(), 0
    while offset < part.item.size:
        piece = part.read(offset, min(PIECE, part.item.size - offset))
        digest.update(piece)
        offset += len(piece)
    return digest.hexdigest() == part.item.sha256
