"""Seals anew what was checked: letters to people, and the photo as a sealed file beside them. Nothing is edited."""

from __future__ import annotations

import io
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from chassis.object_store import ObjectRefused, ObjectStoreDown, StoredObject
from chassis.openbao import OpenBao
from chassis.telemetry import log
from contracts.keys import KeySet
from contracts.letters import About, FiledIdentity, OfferedIdentity, Purpose, SealedFile, layers
from contracts.sealed_files import FileSecret, SealingReader
from contracts.vocabulary import IdentityOutcome, Route

from contracts import letters
from identity_vault.blind_index import BlindIndex
from identity_vault.held_offers import HeldOffer
from identity_vault.nik import Nik
from identity_vault.object_store import PHOTOS, VaultObjects
from identity_vault.verdicts import Verdict

SERVICE = "identity-vault"
JPEG = "image/jpeg"


class Sealer:
    def __init__(self, openbao: OpenBao, keys: KeySet, objects: VaultObjects) -> None:
        self._openbao = openbao
        self._keys = keys
        self._objects = objects
        self._blind_index = BlindIndex(openbao)

    def seal(
        self, report_id: UUID, route: Route, offer_id: UUID, offered: OfferedIdentity, verdict: Verdict
    ) -> HeldOffer:
        """Makes only what may be made twice: killed afterwards, a check begins again from the inbox.

        Whatever a letter raises, the photo is removed again.
        """
        photo, file = self._seal_photo(report_id, offer_id, offered.ktp_photo)
        identity = FiledIdentity(
            offer_id=offer_id, person=offered.person, ktp_photo=file, reporter_keys=offered.reporter_keys
        )
        try:
            sealed = {
                purpose.value: self._letter(identity, report_id, route, purpose).decode()
                for purpose in _purposes(route, verdict)
            }
            return HeldOffer(report_id, offer_id, sealed, photo, file.sha256, self._index(route, offered))
        except Exception:
            self.discard(photo)
            raise

    def discard(self, photo: StoredObject) -> None:
        """A sealed photo that no row names: nothing else would ever remove it."""
        try:
            self._objects.remove(photo)
        except (ObjectRefused, ObjectStoreDown) as error:
            log.error("photo_left", exc_info=error)

    def _seal_photo(self, report_id: UUID, offer_id: UUID, jpeg: bytes) -> tuple[StoredObject, SealedFile]:
        """The object's name doesn't tell the report: the store keeps names longer than objects."""
        secret, context = FileSecret.generate(), f"identity-photo|{report_id}|{offer_id}"
        reader = SealingReader(io.BytesIO(jpeg), secret, context)
        stored = self._objects.put(PHOTOS, object_name(offer_id), reader.read())
        return stored, SealedFile(
            bucket=stored.bucket,
            object=stored.name,
            version=stored.version,
            sha256=reader.sha256,
            key=secret.text(),
            context=context,
            media_type=JPEG,
        )

    def _letter(self, identity: FiledIdentity, report_id: UUID, route: Route, purpose: Purpose) -> bytes:
        about = About(report_id, route, purpose, uuid4())
        recipients, signer = self._keys.recipients(), self._openbao.signer(SERVICE)
        innermost = len(layers(purpose, route)) - 1
        sealed = letters.seal_letter(identity, about, recipients, signer, innermost)
        return letters.enclose(sealed, about, recipients, signer) if innermost else sealed

    def _index(self, route: Route, offered: OfferedIdentity) -> str | None:
        nik = Nik.parse(offered.person.nik)
        return self._blind_index.of(nik) if nik is not None and route is Route.INSPEKTORAT else None


def object_name(offer_id: UUID) -> str:
    return uuid5(NAMESPACE_URL, f"wbs:identity:{offer_id}").hex


def _purposes(route: Route, verdict: Verdict) -> list[Purpose]:
    """A person may have to look at what isn't consistent; what is, the Super Admin alone can never open."""
    if route is Route.KPK:
        return [Purpose.IDENTITY_FOR_KPK]
    review = [] if verdict.outcome is IdentityOutcome.CONSISTENT else [Purpose.IDENTITY_REVIEW]
    return [Purpose.IDENTITY_FILED, Purpose.IDENTITY_FOR_KPK, *review]
