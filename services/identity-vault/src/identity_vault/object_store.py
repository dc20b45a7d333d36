"""identity-vault's buckets: the inbox (read, wiped), photos (sealed, locked once filed), what is handed to KPK."""

from __future__ import annotations

from datetime import datetime

from chassis.object_store import ObjectStore, StoredObject

INBOX, PHOTOS, FOR_KPK = "identity-inbox", "identity-photos", "identity-for-kpk"


class VaultObjects(ObjectStore):
    """The bytes of what is removed leave the disk with the store's next vacuum, seconds later (deploy: low threshold,
    short interval). Until then they are letters to the check key, whose versions live for days."""

    def inbox(self, prefix: str = "") -> list[tuple[StoredObject, datetime]]:
        """All versions and delete markers in the inbox below the prefix, each with the time it was put."""
        return self.list_versions(INBOX, prefix)

    def wipe_inbox(self, prefix: str) -> bool:
        """Says whether nothing was left when looked again: something may have been put in between."""
        self.wipe(INBOX, prefix)
        return not self.inbox(prefix)
