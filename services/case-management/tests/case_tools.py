"""case-management's pages with nothing behind them: what they ask for is made up here."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

from case_management import pages
from case_management.application import (
    CaseManagement,
    OpenedCase,
    OpenedCopy,
    OpenedLetter,
    Person,
    StoryUnreadable,
)
from case_management.read_model import (
    CaseFile,
    CaseList,
    ListedCase,
    PieceOfEvidence,
    TimelineEntry,
    Wanted,
    WrappedLetter,
)
from chassis.clock import Clock
from chassis.service import Process
from chassis.settings import Profile
from chassis.sign_in import Staff, TwoPhases
from chassis.telemetry import Metrics
from chassis.web import make_app
from contracts.letters import EvidenceNote, Message, Purpose, ReporterKeys, Story
from contracts.vocabulary import CaseStatus, EvidenceKind, IdentityLevel, Role
from flask import Flask, g

from chassis import sign_in

REPORT = uuid4()
CASE = ListedCase(
    REPORT,
    datetime(2026, 5, 4, tzinfo=UTC),
    CaseStatus.WAITING_FOR_IDENTITY,
    IdentityLevel.UNSURE,
    3,
    *(None,) * 6,
)


class NoDatabase:
    """Keeps no session: each request is a new browser's."""

    def execute(self, *_: object) -> None:
        return None


class Copy(io.BytesIO):
    size = 4

    def read(self, offset: int | None = 0, length: int = 0) -> bytes:
        return b"copy"


@dataclass
class Casework:
    opened: OpenedCase = field(default_factory=lambda: opened(waits_for_identity=True))
    refusal: Exception | None = field(default_factory=StoryUnreadable)
    listed: CaseList = field(default_factory=lambda: CaseList((), {}, more=False))
    wanted: list[Wanted] = field(default_factory=list)
    moved: list[tuple[object, ...]] = field(default_factory=list)
    assigned: list[tuple[str, str]] = field(default_factory=list)

    def list_cases(self, person: Person, wanted: Wanted) -> CaseList:
        self.wanted.append(wanted)
        return self.listed

    def read_case(self, report_id: UUID, person: Person) -> OpenedCase:
        return self.opened

    def assign_investigator(self, report_id: UUID, investigator: str, entity_id: str, person: Person) -> None:
        self.assigned.append((investigator, entity_id))

    def write_message(self, report_id: UUID, person: Person, letter_id: UUID, text: str) -> None:
        if self.refusal:
            raise self.refusal

    def move_on(self, report_id: UUID, person: Person, status: CaseStatus, letter_id: UUID, note: str) -> None:
        if self.refusal:
            raise self.refusal
        self.moved.append((report_id, status, letter_id, note))


@dataclass
class Viewing:
    media_type: str = "image/png"

    def open_copy(self, report_id: UUID, evidence_id: UUID, person: Person) -> OpenedCopy:
        return OpenedCopy(self.media_type, cast(Any, Copy()))


def opened(waits_for_identity: bool = False, is_unreadable: bool = False) -> OpenedCase:
    file = CaseFile(CASE, None, ("pemeriksa1",), (), (), ())
    return OpenedCase(file, IdentityLevel.UNSURE, waits_for_identity=waits_for_identity, is_unreadable=is_unreadable)


def app_of(application: CaseManagement) -> Flask:
    settings: Any = SimpleNamespace(profile=Profile.LOCAL)
    app = make_app(
        "case_management",
        Process("web", settings, cast(Any, None), Metrics("case-management", Clock())),
        pages=True,
        translations=[Path(pages.__file__).with_name("translations")],
    )
    sign_in.install(app, cast(TwoPhases, None), cast(Any, NoDatabase()), https=False)
    app.config["WTF_CSRF_ENABLED"] = False
    pages.install(app, application)
    return app


class Directory:
    """OpenBao, asked by a head for the investigators."""

    def read(self, path: str) -> dict[str, Any]:
        names = {"pemeriksa1": "Dedi Bulian", "pemeriksa9": "Yang sudah keluar"}
        group = {"metadata": names, "member_entity_ids": ["e1"]}
        entities = {"pemeriksa1": "e1", "pemeriksa9": "e9"}
        return group if "/group/" in path else {"id": entities[path.rpartition("/")[2]]}


def signed_in_as(app: Flask, user: str = "pemeriksa1", role: Role = Role.INVESTIGATOR) -> None:
    def known() -> None:
        g.staff = Staff(user, "e", frozenset({role.value}), cast(Any, Directory()))

    app.before_request(known)


RLO = "\u202e"


def with_content(**known: Any) -> OpenedCase:
    """A case with facts, and texts of a reporter who plays with characters that nobody sees."""
    hour, piece = datetime(2026, 5, 4, tzinfo=UTC), uuid4()
    facts = ("suap", "15.04.03", "dpmd", "2025-01", "2025-06", "tidak_tahu")
    listed = ListedCase(REPORT, hour, CaseStatus.REVIEW, IdentityLevel.CONSISTENT, 1, *facts)
    note = EvidenceNote(
        evidence_id=piece, kind=EvidenceKind.PHOTO, name=f"foto{RLO}gpj.exe", description=f"terbalik{RLO}"
    )
    story = Story(
        text=f"Cerita{RLO}",
        answers={"how": "Lewat kuitansi", f"tanya{RLO}": f"jawab{RLO}"},
        evidence=(note,),
        reporter_keys=ReporterKeys(encryption={}, signing={}),
    )
    said = OpenedLetter(uuid4(), Purpose.MESSAGE_FROM_REPORTER, hour, None, Message(text=f"Pesan\x00{RLO}"))
    file = CaseFile(
        listed,
        None,
        ("pemeriksa1",),
        (WrappedLetter(1, REPORT, Purpose.STORY, hour, "w", None),),
        (PieceOfEvidence(piece, None, None, None, None, has_no_copy=True),),
        (TimelineEntry(hour, "moved_on", "klarifikasi pemeriksa1"),),
        **known,
    )
    told = OpenedLetter(REPORT, Purpose.STORY, hour, None, story)
    return OpenedCase(file, IdentityLevel.CONSISTENT, told, (said,), next_statuses=(CaseStatus.CLARIFICATION,))
