"""Looks at each parcel once it is whole: does it open as it must? What doesn't is told to the sender (`unreadable`)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from contracts.letters import LetterError, ReporterKeys, read_header
from contracts.parcels import Manifest, Statement, Unreadable, sign_statement
from contracts.vocabulary import LetterFault, ParcelKind

from kpk_sandbox import shapes
from kpk_sandbox.items import ItemFiles
from kpk_sandbox.keys import Keys
from kpk_sandbox.reading import Reading
from kpk_sandbox.store import READABLE, Parcel, Report, Store

# Signed by the reporter, or to be compared with the reporter's keys: they wait for the story, which brings these.
WAIT_FOR_STORY = (ParcelKind.MESSAGE, ParcelKind.IDENTITY)


class Examining:
    def __init__(self, store: Store, items: ItemFiles, keys: Keys, reading: Reading, hour: Callable[[], str]) -> None:
        self._store, self._items, self._keys, self._reading, self._hour = store, items, keys, reading, hour

    def examine(self, report: Report) -> None:
        """Judge what came of this report and wasn't judged yet; safe to repeat."""
        parcels = self._store.parcels(report.report_id)
        reporter = self._reporter(parcels)
        for parcel in parcels:
            waits = parcel.manifest.kind in WAIT_FOR_STORY and reporter is None
            if parcel.receipt and parcel.finding is None and not waits:
                self._judge(report, parcel.manifest, reporter)

    def _judge(self, report: Report, manifest: Manifest, reporter: ReporterKeys | None) -> None:
        try:
            self._reading.check(manifest, reporter)
        except LetterError as error:
            said = self._unreadable(report, manifest, error.fault)
            self._store.judge(manifest.parcel_id, error.fault.value, said, self._hour())
        else:
            self._store.judge(manifest.parcel_id, READABLE, None, self._hour())

    def _reporter(self, parcels: list[Parcel]) -> ReporterKeys | None:
        try:
            stories = (each for each in parcels if each.manifest.kind is ParcelKind.REPORT and each.receipt)
            return next((self._reading.story(each.manifest).reporter_keys for each in stories), None)
        except LetterError:
            return None

    def _unreadable(self, report: Report, manifest: Manifest, fault: LetterFault) -> tuple[Statement, str] | None:
        letter_id = self._letter_id(manifest)
        item = shapes.letter_of(manifest)
        if letter_id is None or item is None or item.purpose is None:
            return None
        statement = Statement(
            statement_id=uuid4(),
            report_id=report.report_id,
            kpk_reference=report.kpk_reference,
            unreadable=Unreadable(letter_id=letter_id, purpose=item.purpose, fault=fault),
        )
        return statement, sign_statement(statement, self._keys.signing)

    def _letter_id(self, manifest: Manifest) -> UUID | None:
        """None for what isn't even a letter: it has no id to be named by."""
        item = shapes.letter_of(manifest)
        try:
            raw = self._items.path(manifest.parcel_id, item).read_bytes() if item else b""
            return read_header(raw).about.letter_id
        except LetterError:
            return None
