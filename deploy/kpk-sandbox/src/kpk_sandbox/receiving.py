"""Takes parcels: the manifest first, then the items' bytes, and gives a signed receipt once all is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from contracts.parcels import (
    Item,
    Manifest,
    ParcelRefused,
    Receipt,
    manifest_hash,
    sign_receipt,
    verify_manifest,
)

from kpk_sandbox import shapes
from kpk_sandbox.examining import Examining
from kpk_sandbox.items import Appending, ItemFiles
from kpk_sandbox.keys import Keys
from kpk_sandbox.store import Parcel, Report, Store


class ManifestRefused(Exception):
    """Not signed by kpk-forwarder, or not what a parcel of its kind holds, or of another route than its report."""


class ParcelDiffers(Exception):
    """Another manifest came under this id before; that one stays."""


class NoSuchItem(Exception):
    """No such parcel was announced, or it has no such item."""


@dataclass(frozen=True)
class Answer:
    """`missing`: hashes of the items that aren't whole yet; `receipt` (a JWS) once none is."""

    missing: tuple[str, ...]
    receipt: str | None


class Receiving:
    def __init__(
        self, store: Store, items: ItemFiles, keys: Keys, examining: Examining, hour: Callable[[], str]
    ) -> None:
        self._store, self._items, self._keys, self._examining, self._hour = store, items, keys, examining, hour

    def announce(self, parcel_id: UUID, text: str) -> Answer:
        """What of the parcel is missing, or its receipt: the same one however often it is asked for."""
        manifest = self._verified(parcel_id, text)
        report = self._store.open_report(manifest, int(self._hour()[:4]))
        if report.route is not manifest.route:
            raise ManifestRefused
        parcel = self._store.keep(manifest, text, self._hour())
        # Packed and signed anew at a later hour, it is still the same parcel: the first manifest stays.
        if parcel.manifest != replace(manifest, hour=parcel.manifest.hour):
            raise ParcelDiffers
        missing = [item.sha256 for item in parcel.manifest.items if not self._items.is_whole(parcel_id, item)]
        if missing:
            return Answer(tuple(missing), None)
        receipt = parcel.receipt or self._give_receipt(report, parcel)
        self._examining.examine(report)
        return Answer((), receipt)

    def offset(self, parcel_id: UUID, digest: str) -> int:
        return self._items.offset(parcel_id, self._item(parcel_id, digest))

    @contextmanager
    def appending(self, parcel_id: UUID, digest: str, offset: int) -> Iterator[Appending]:
        """NoSuchItem, OffsetDiffers; HashDiffers at the end."""
        with self._items.appending(parcel_id, self._item(parcel_id, digest), offset) as appending:
            yield appending

    def size(self, parcel_id: UUID, digest: str) -> int:
        return self._item(parcel_id, digest).size

    def receipt_for(self, report: Report, manifest: Manifest, text: str) -> Receipt:
        return Receipt(
            kpk_reference=report.kpk_reference,
            report_id=report.report_id,
            parcel_id=manifest.parcel_id,
            kind=manifest.kind,
            manifest_sha256=manifest_hash(text),
            items=tuple(item.sha256 for item in manifest.items),
            hour=self._hour(),
        )

    def _verified(self, parcel_id: UUID, text: str) -> Manifest:
        try:
            manifest = verify_manifest(text, self._keys.trusted().active_verification_key)
        except ParcelRefused:
            raise ManifestRefused from None
        if manifest.parcel_id != parcel_id or not shapes.holds(manifest):
            raise ManifestRefused
        return manifest

    def _give_receipt(self, report: Report, parcel: Parcel) -> str:
        receipt = self.receipt_for(report, parcel.manifest, parcel.text)
        signed = sign_receipt(receipt, self._keys.signing)
        return self._store.receipt(parcel.manifest.parcel_id, signed, receipt.hour)

    def _item(self, parcel_id: UUID, digest: str) -> Item:
        parcel = self._store.find_parcel(parcel_id)
        items = parcel.manifest.items if parcel else ()
        found = next((item for item in items if item.sha256 == digest), None)
        if found is None:
            raise NoSuchItem
        return found
