"""Rows about checked offers that are not filed, about what waits to be removed, and about open reports of one NIK."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from chassis.object_store import StoredObject
from chassis.store import EventStore, Row, Statement
from psycopg.types.json import Jsonb

from identity_vault.object_store import INBOX, PHOTOS


@dataclass(frozen=True)
class HeldOffer:
    """`letters`: purpose -> letter (a JWE to people). `photo` is the sealed photo, `sha256` that of its ciphertext."""

    report_id: UUID
    offer_id: UUID
    letters: Mapping[str, str] = field(repr=False)
    photo: StoredObject
    sha256: str
    blind_index: str | None = field(repr=False)

    def insertion(self) -> Statement:
        return Statement(
            "INSERT INTO held.offers VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                self.report_id,
                self.offer_id,
                Jsonb(dict(self.letters)),
                self.photo.name,
                self.photo.version,
                self.sha256,
                self.blind_index,
            ),
        )


def of_report(store: EventStore, report_id: UUID) -> list[HeldOffer]:
    return [_held(row) for row in store.rows("SELECT * FROM held.offers WHERE report_id = %s", (report_id,))]


def forget(report_id: UUID) -> Statement:
    """Its checked offers were filed, or are not wanted."""
    return Statement("DELETE FROM held.offers WHERE report_id = %s", (report_id,))


def remove_from_inbox(report_id: UUID, offer_id: UUID) -> Statement:
    return _removal(INBOX, report_id, f"{report_id}/{offer_id}")


def remove_all_from_inbox(report_id: UUID) -> Statement:
    """Also what no event ever named."""
    return _removal(INBOX, report_id, f"{report_id}/")


def remove_photo(report_id: UUID, photo: StoredObject) -> Statement:
    return _removal(PHOTOS, report_id, photo.name, photo.version)


DRAFT = "draft"


def remove_draft(report_id: UUID, due: datetime) -> Statement:
    """Not before `due`: the report may be submitted after all, as far as this service has heard."""
    return _removal(DRAFT, report_id, f"{report_id}/", due=due)


def keep_draft(report_id: UUID) -> Statement:
    return Statement("DELETE FROM held.to_remove WHERE report_id = %s AND kind = 'draft'", (report_id,))


def _removal(
    kind: str, report_id: UUID, name: str, version: str | None = None, due: datetime | None = None
) -> Statement:
    return Statement(
        "INSERT INTO held.to_remove (kind, report_id, name, version, due) VALUES (%s, %s, %s, %s, %s)",
        (kind, report_id, name, version, due),
    )


@dataclass(frozen=True)
class Removal:
    """`kind`: identity-inbox, identity-photos or draft; `name`: an object's name or a prefix."""

    number: int
    kind: str
    report_id: UUID
    name: str
    version: str | None

    @property
    def done(self) -> Statement:
        return Statement("DELETE FROM held.to_remove WHERE number = %s", (self.number,), expect_rows=1)


def removals(store: EventStore, now: datetime) -> list[Removal]:
    rows = store.rows(
        "SELECT number, kind, report_id, name, version FROM held.to_remove WHERE due IS NULL OR due <= %s"
        " ORDER BY number",
        (now,),
    )
    return [Removal(**row) for row in rows]


def check_of(report_id: UUID, offer_id: UUID) -> UUID:
    """The id of the job: an offer's id is its sender's own, and two reports may have the same."""
    return uuid5(report_id, str(offer_id))


def cancel_check(report_id: UUID, offer_id: UUID) -> Statement:
    return Statement("DELETE FROM held.jobs WHERE id = %s", (check_of(report_id, offer_id),))


def drop_unchecked(report_id: UUID, offer_ids: Iterable[UUID]) -> list[Statement]:
    """Their checks, and their letters in the inbox."""
    return [
        statement
        for offer_id in offer_ids
        for statement in (cancel_check(report_id, offer_id), remove_from_inbox(report_id, offer_id))
    ]


def drop_all(store: EventStore, report_id: UUID, offer_ids: Iterable[UUID]) -> list[Statement]:
    """All that is held of a report: rows now, objects by the next sweep. What is filed, stays."""
    return [
        forget(report_id),
        *(remove_photo(report_id, each.photo) for each in of_report(store, report_id)),
        *(cancel_check(report_id, offer_id) for offer_id in offer_ids),
        remove_all_from_inbox(report_id),
        remove_review(report_id),
        uncount_report(report_id),
    ]


def count_open_report(report_id: UUID, blind_index: str) -> Statement:
    return Statement(
        "INSERT INTO held.blind_indexes VALUES (%s, %s)"
        " ON CONFLICT (report_id) DO UPDATE SET blind_index = EXCLUDED.blind_index",
        (report_id, blind_index),
    )


def uncount_report(report_id: UUID) -> Statement:
    return Statement("DELETE FROM held.blind_indexes WHERE report_id = %s", (report_id,))


def keep_review(report_id: UUID, offer_id: UUID, wrapped_letter: str) -> Statement:
    return Statement(
        "INSERT INTO held.reviews VALUES (%s, %s, %s)"
        " ON CONFLICT (report_id) DO UPDATE SET offer_id = EXCLUDED.offer_id, letter = EXCLUDED.letter",
        (report_id, offer_id, wrapped_letter),
    )


def review_letter(store: EventStore, report_id: UUID, offer_id: UUID) -> str | None:
    row = store.row("SELECT letter FROM held.reviews WHERE report_id = %s AND offer_id = %s", (report_id, offer_id))
    return row["letter"] if row else None


def remove_review(report_id: UUID) -> Statement:
    return Statement("DELETE FROM held.reviews WHERE report_id = %s", (report_id,))


def _held(row: Row) -> HeldOffer:
    photo = StoredObject(PHOTOS, row["photo_object"], row["photo_version"])
    return HeldOffer(row["report_id"], row["offer_id"], row["letters"], photo, row["photo_sha256"], row["blind_index"])
