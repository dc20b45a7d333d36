"""Identities on their way to the vault: a letter that intake can't read goes into the inbox bucket."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from chassis.clock import Clock
from chassis.store import Cause, EventStore, Statement, retry_on_conflict
from contracts.events.identity import CheckKeysPublished
from contracts.keys import KeySet, KeySetError, verify_check_keys
from contracts.letters import Expected, Purpose
from contracts.receipts import hash_of_locator
from contracts.schema import NotUnderstood
from contracts.upload_tokens import UploadToken
from contracts.vocabulary import Route

from contracts import letters
from intake import read_model
from intake.application import waits
from intake.application.drafts import NoSuchDraft
from intake.application.mailboxes import LetterIdTaken, NoSuchMailbox, must_not_be_erased
from intake.domain import Bounds, NotADraft, Report

INBOX = "identity-inbox"


class NoCheckKeys(Exception):
    """There are none that the key set vouches for: identity-vault has not published any yet, or not since the key that
    signs them was replaced. Try again later."""


class Offers:
    """`put(bucket, name, content)` writes an object and gives its version; `keys` vouch for the check keys."""

    def __init__(
        self, store: EventStore, put: Callable[[str, str, bytes], str], keys: KeySet, clock: Clock, bounds: Bounds
    ) -> None:
        self._store = store
        self._put = put
        self._keys = keys
        self._clock = clock
        self._bounds = bounds

    def signed_check_keys(self) -> str | None:
        """The newest, if a key that still may has signed it: clients would take any other for an attack."""
        row = self._store.row("SELECT signed FROM held.check_keys ORDER BY version DESC LIMIT 1")
        try:
            return row["signed"] if row and verify_check_keys(row["signed"], self._keys) else None
        except KeySetError:
            return None

    def take_check_keys(self, published: CheckKeysPublished, cause: Cause) -> None:
        """Verified before they are handed to clients; those check them again. NotUnderstood for what nobody trusted has
        signed: whoever can put it on the bus must not stop this process."""
        try:
            verify_check_keys(published.check_keys, self._keys, published.version)
        except KeySetError as error:
            raise NotUnderstood(f"check keys: {type(error).__name__}") from None
        keep = Statement(
            "INSERT INTO held.check_keys VALUES (%s, %s) ON CONFLICT (version) DO NOTHING",
            (published.version, published.check_keys),
        )
        forget = Statement("DELETE FROM held.check_keys WHERE version < %s", (published.version,))
        self._store.save(cause=cause, also=(keep, forget))

    def offer(self, token: UploadToken, letter: bytes, review_asked: bool) -> UUID:
        """The offer's id, which is the letter's. The same letter again changes nothing; LetterIdTaken for another."""
        return self._offer(token.report_id, token.route, letter, review_asked)

    def offer_late(self, locator: str, letter: bytes, review_asked: bool) -> UUID:
        """Another identity for a submitted report, by its receipt: what the Super Admin found doubtful is mended so."""
        mailbox = read_model.find_mailbox(self._store, hash_of_locator(locator))
        report = self._store.find(Report, mailbox.report_id) if mailbox else None
        if report is None or not report.is_submitted:
            raise NoSuchMailbox
        return self._offer(report.id, report.route, letter, review_asked)

    @retry_on_conflict
    def _offer(self, report_id: UUID, route: Route, letter: bytes, review_asked: bool) -> UUID:
        report = self._store.find(Report, report_id)
        if report is None:
            raise NoSuchDraft
        must_not_be_erased(report)
        expected = Expected(report_id, route, Purpose.IDENTITY_OFFER)
        offer_id = letters.check_letter(letter, expected, self._recipients()).about.letter_id
        digest = letters.letter_digest(letter).hex()
        if offer_id in report.offers:
            _must_be_the_same(report.offers[offer_id], digest, review_asked)
            return offer_id
        self._bounds.must_take_offer(report, self._clock.hour())
        name = f"{report_id}/{offer_id}"
        version = self._put(INBOX, name, letter)
        try:
            report.offer_identity(offer_id, name, version, review_asked, digest)
        except NotADraft:
            raise NoSuchDraft from None
        self._store.save(report, also=() if report.is_submitted else (waits.begin(report_id, offer_id),))
        return offer_id

    def _recipients(self) -> letters.Recipients:
        signed = self.signed_check_keys()
        if signed is None:
            raise NoCheckKeys
        return verify_check_keys(signed, self._keys)


def _must_be_the_same(known: Report.IdentityOffered, digest: str, review_asked: bool) -> None:
    """As far as is known: of older offers no digest was kept."""
    if known.review_asked != review_asked or known.digest not in (None, digest):
        raise LetterIdTaken
