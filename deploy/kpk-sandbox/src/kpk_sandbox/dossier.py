"""What KPK's officer sees: reports, and one report opened with KPK's key for the moment of looking."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from contracts.facts import Facts
from contracts.letters import EvidenceNote, LetterError, Person, Story
from contracts.parcels import Manifest, Statement
from contracts.vocabulary import Ground, KpkStatus, LetterFault, ParcelKind

from kpk_sandbox.items import ItemFiles
from kpk_sandbox.keys import Keys
from kpk_sandbox.reading import OpenedFile, Reading
from kpk_sandbox.store import READABLE, Parcel, Report, Spoken, Store

UNKNOWN = "application/octet-stream"
PIECES = (ParcelKind.ORIGINAL, ParcelKind.COPY)


@dataclass(frozen=True)
class File:
    """`fault` says why it can't be shown; else `media_type` and `size` (of the plain file, in bytes) are there."""

    parcel_id: UUID
    kind: ParcelKind
    fault: LetterFault | None = None
    media_type: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class Piece:
    evidence_id: UUID
    note: EvidenceNote | None = field(repr=False)
    files: tuple[File, ...]


@dataclass(frozen=True)
class Identity:
    """`person` None where the letter doesn't open as it must."""

    person: Person | None = field(repr=False)
    photo: File


@dataclass(frozen=True)
class Message:
    """`text` None where the letter doesn't open as it must, or its story hasn't come yet."""

    hour: str
    place: int
    by_kpk: bool
    text: str | None = field(repr=False)
    fault: LetterFault | None = None


@dataclass(frozen=True)
class Arrival:
    """A parcel, and how many of its items are here."""

    parcel: Parcel
    whole: int


@dataclass(frozen=True)
class Summary:
    """A report in the list: `pieces` are those that belong to it, `readable` those of which a file opens whole."""

    report: Report
    ground: Ground | None
    hour: str
    complete: bool
    story: Parcel | None
    pieces: int
    readable: int
    has_identity: bool
    status: KpkStatus | None


@dataclass(frozen=True)
class Dossier:
    summary: Summary
    story: Story | None = field(repr=False)
    facts: Facts | None = field(repr=False)
    pieces: tuple[Piece, ...]
    identity: Identity | None
    messages: tuple[Message, ...]
    arrivals: tuple[Arrival, ...]
    notices: tuple[Parcel, ...]
    spoken: tuple[Spoken, ...]


class Dossiers:
    def __init__(self, store: Store, items: ItemFiles, keys: Keys, reading: Reading) -> None:
        self._store, self._items, self._keys, self._reading = store, items, keys, reading

    def summaries(self) -> list[Summary]:
        return [self._summary(report) for report in self._store.reports()]

    def find(self, report_id: UUID) -> Dossier | None:
        report = self._store.find_report(report_id)
        if report is None:
            return None
        parcels, spoken = self._store.parcels(report_id), self._store.spoken(report_id)
        summary = self._summary(report)
        story = self._story(parcels)
        return Dossier(
            summary=summary,
            story=story,
            facts=self._facts(summary.story),
            pieces=self._pieces(parcels, story),
            identity=self._identity(parcels, story),
            messages=self._messages(parcels, spoken, story),
            arrivals=tuple(self._arrival(parcel) for parcel in parcels),
            notices=tuple(each for each in parcels if each.manifest.kind is ParcelKind.NOTICE and each.receipt),
            spoken=tuple(spoken),
        )

    def open_file(self, report_id: UUID, parcel_id: UUID) -> OpenedFile | None:
        """None for what isn't there or isn't whole."""
        parcel = self._store.find_parcel(parcel_id)
        if parcel is None or parcel.manifest.report_id != report_id or parcel.finding != READABLE:
            return None
        try:
            return self._opened(parcel.manifest)
        except LetterError:
            return None

    def _summary(self, report: Report) -> Summary:
        parcels = self._store.parcels(report.report_id)
        first = next((each for each in parcels if each.manifest.kind is ParcelKind.REPORT), None)
        pieces = set(_evidence_ids(parcels))
        readable = {
            each.manifest.evidence_id for each in parcels if each.manifest.kind in PIECES and each.finding == READABLE
        }
        statuses = [each.statement.status for each in self._store.spoken(report.report_id) if each.statement.status]
        return Summary(
            report=report,
            ground=first.manifest.ground if first else None,
            hour=parcels[0].hour,
            complete=first is not None and first.finding == READABLE and pieces <= readable,
            story=first if first and first.receipt else None,
            pieces=len(pieces),
            readable=len(readable),
            has_identity=any(each.manifest.kind is ParcelKind.IDENTITY and each.receipt for each in parcels),
            status=statuses[-1] if statuses else None,
        )

    def _story(self, parcels: list[Parcel]) -> Story | None:
        found = next((each for each in parcels if each.manifest.kind is ParcelKind.REPORT), None)
        return self._reading.story(found.manifest) if found and found.finding == READABLE else None

    def _facts(self, report: Parcel | None) -> Facts | None:
        return self._reading.facts(report.manifest) if report else None

    def _pieces(self, parcels: list[Parcel], story: Story | None) -> tuple[Piece, ...]:
        notes = self._notes(parcels, story)
        came = [each for each in parcels if each.manifest.kind in PIECES and each.receipt]
        return tuple(
            Piece(
                evidence_id,
                notes.get(evidence_id),
                tuple(self._file(each) for each in came if each.manifest.evidence_id == evidence_id),
            )
            for evidence_id in _evidence_ids(parcels)
        )

    def _notes(self, parcels: list[Parcel], story: Story | None) -> dict[UUID, EvidenceNote]:
        if story is None:
            return {}
        messages = [
            self._reading.message(each.manifest, story.reporter_keys)
            for each in parcels
            if each.manifest.kind is ParcelKind.MESSAGE and each.finding == READABLE
        ]
        notes = [*story.evidence, *(note for message in messages for note in message.evidence)]
        return {note.evidence_id: note for note in notes}

    def _file(self, parcel: Parcel) -> File:
        manifest = parcel.manifest
        if parcel.finding != READABLE:
            return File(manifest.parcel_id, manifest.kind, fault=parcel.fault)
        opened = self._opened(manifest)
        return File(manifest.parcel_id, manifest.kind, None, opened.media_type, opened.reader.size)

    def _opened(self, manifest: Manifest) -> OpenedFile:
        """An original that was filed before its checks were done, as late ones are, has no type in its letter. Where a
        clean copy came too, nothing harmful was found in it, and its content says what it is."""
        opened = self._reading.file(manifest)
        return opened.with_type_by_content() if opened.media_type == UNKNOWN and self._has_copy(manifest) else opened

    def _has_copy(self, manifest: Manifest) -> bool:
        return any(
            each.manifest.kind is ParcelKind.COPY and each.manifest.evidence_id == manifest.evidence_id
            for each in self._store.parcels(manifest.report_id)
            if each.finding == READABLE
        )

    def _identity(self, parcels: list[Parcel], story: Story | None) -> Identity | None:
        """The last one: a reporter may have had to send theirs again."""
        came = [each for each in parcels if each.manifest.kind is ParcelKind.IDENTITY and each.receipt]
        if not came:
            return None
        parcel = came[-1]
        if parcel.finding != READABLE or story is None:
            return Identity(None, self._file(parcel))
        return Identity(self._reading.identity(parcel.manifest, story.reporter_keys).person, self._file(parcel))

    def _messages(self, parcels: list[Parcel], spoken: list[Spoken], story: Story | None) -> tuple[Message, ...]:
        theirs = [
            Message(each.hour, each.place, False, self._text(each, story), each.fault)
            for each in parcels
            if each.manifest.kind is ParcelKind.MESSAGE and each.receipt
        ]
        ours = [
            Message(each.hour, each.place, True, self._keys.open_own(each.own_copy)) for each in spoken if each.own_copy
        ]
        return tuple(sorted((*theirs, *ours), key=lambda message: message.place))

    def _text(self, parcel: Parcel, story: Story | None) -> str | None:
        if story is None or parcel.finding != READABLE:
            return None
        return self._reading.message(parcel.manifest, story.reporter_keys).text

    def _arrival(self, parcel: Parcel) -> Arrival:
        items = parcel.manifest.items
        return Arrival(parcel, sum(self._items.path(parcel.manifest.parcel_id, item).exists() for item in items))


def _evidence_ids(parcels: list[Parcel]) -> list[UUID]:
    """Pieces of the report, then those that came later; each once, in this order."""
    named = [evidence_id for each in parcels for evidence_id in each.manifest.evidence_ids]
    came = [each.manifest.evidence_id for each in parcels if each.manifest.kind in PIECES]
    return list(dict.fromkeys([*named, *(evidence_id for evidence_id in came if evidence_id)]))


def statement_kind(statement: Statement) -> str:
    """Which one thing it says."""
    if statement.status:
        return "status"
    if statement.letter:
        return "letter"
    return "conflict" if statement.concerns else "unreadable"
