"""identity-vault's buckets: the inbox (read, wiped), photos (sealed, locked once filed), what is handed to KPK."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import urllib3
from chassis.object_store import ObjectMissing, ObjectRefused, ObjectStore, ObjectStoreDown, StoredObject
from minio.commonconfig import COMPLIANCE
from minio.error import MinioException, S3Error
from minio.retention import Retention

INBOX, PHOTOS, FOR_KPK = "identity-inbox", "identity-photos", "identity-for-kpk"


class VaultObjects(ObjectStore):
    """The bytes of what is removed leave the disk with the store's next vacuum, seconds later (deploy: low threshold,
    short interval): an offer is readable by who has the check key, and such a key lives for days."""

    def wipe(self, prefix: str) -> bool:
        """Remove everything in the inbox below the prefix, all versions; says whether nothing was left when looked
        again: a put may have come in between."""
        for each in self.inbox(prefix):
            self.remove(each[0])
        return not self.inbox(prefix)

    def inbox(self, prefix: str = "") -> list[tuple[StoredObject, datetime]]:
        """All versions and delete markers in the inbox below the prefix, each with the time it was put."""
        return [
            (StoredObject(INBOX, each.object_name, each.version_id), each.last_modified)
            for each in self._listed(prefix)
        ]

    def lock(self, photo: StoredObject, until: datetime) -> None:
        """Nobody removes that version before `until`, the store's administrator included. Safe to repeat."""
        try:
            self._client.set_object_retention(
                photo.bucket, photo.name, Retention(COMPLIANCE, until), version_id=photo.version
            )
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchVersion"):
                raise ObjectMissing from None
            raise ObjectRefused(error.code or "unknown") from None
        except (MinioException, urllib3.exceptions.HTTPError, OSError):
            raise ObjectStoreDown from None

    def _listed(self, prefix: str) -> list[Any]:
        try:
            return list(self._client.list_objects(INBOX, prefix=prefix, recursive=True, include_version=True))
        except (MinioException, urllib3.exceptions.HTTPError, OSError):
            raise ObjectStoreDown from None
