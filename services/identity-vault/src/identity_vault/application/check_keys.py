"""Check keys: published at first start, rotated daily, trimmed when nothing in the inbox needs a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chassis.clock import Clock
from chassis.object_store import ObjectMissing
from chassis.store import EventStore, retry_on_conflict
from chassis.telemetry import log
from contracts.keys import KeyList, ListedKey, Status, Use, sign_check_keys
from contracts.letters import LetterError

from contracts import letters
from identity_vault.check_key import CheckKey
from identity_vault.check_keys import CHECK_KEYS_ID, CheckKeys
from identity_vault.object_store import VaultObjects


class CheckKeysCare:
    def __init__(
        self, store: EventStore, check_key: CheckKey, objects: VaultObjects, clock: Clock, rotation_days: int
    ) -> None:
        self._store = store
        self._check_key = check_key
        self._objects = objects
        self._clock = clock
        self._rotation = timedelta(days=rotation_days)

    @retry_on_conflict
    def tend(self) -> None:
        """A rotation whose publication was killed is published by the next call: the key itself says how far it is."""
        keys = self._store.find(CheckKeys, CHECK_KEYS_ID) or CheckKeys.begin()
        newest = max(self._check_key.versions())
        if newest == keys.newest and keys.is_due(self._clock.hour(), self._rotation):
            self._check_key.rotate()
            newest = max(self._check_key.versions())
        if newest == keys.newest:
            return
        keys.publish(newest, self._signed_list(newest))
        self._store.save(keys)
        self._trim()
        log.info("check_keys_published", version=newest)

    def _signed_list(self, newest: int) -> str:
        versions = self._check_key.versions()
        listed = [
            ListedKey(kid=key.kid, use=Use.ENCRYPTION, status=Status.ACTIVE, jwk=key.jwk)
            for key in (versions[version] for version in CheckKeys.listed(list(versions)))
        ]
        key_list = KeyList(version=newest, issued=self._clock.hour(), keys=tuple(listed))
        return sign_check_keys(key_list, self._check_key.signer())

    def _trim(self) -> None:
        known = {key.kid: version for version, key in self._check_key.versions().items()}
        versions = list(known.values())
        needed = CheckKeys.oldest_needed(versions, self._versions_in_inbox(known))
        if needed > min(versions):
            self._check_key.retire_before(needed)

    def _versions_in_inbox(self, known: Mapping[str, int]) -> list[int]:
        """Which of the `known` versions (by kid) letters in the inbox are sealed to; what is no letter needs none."""
        found = []
        for stored, _ in self._objects.inbox():
            try:
                kid = letters.read_header(self._objects.get(stored)).to[0]
            except (ObjectMissing, LetterError):
                continue
            found.append(kid)
        return [known[kid] for kid in found if kid in known]
