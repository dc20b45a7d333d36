"""Who acts on a case, what a case is once its letters are opened, and why it can't be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.letters import Message, Purpose, Story
from contracts.vocabulary import CaseStatus, IdentityLevel, LetterFault

from case_management.domain import Caseworker
from case_management.read_model import CaseFile
from chassis import openbao


class NoSuchCase(Exception):
    """There is none, or it is none of this person's business: nobody is told which."""


class StoryUnreadable(Exception):
    """Without the story nobody knows the reporter's keys: no message can be sealed to them.

    It may have been readable a moment ago: an identity was found doubtful, or the report erased.
    """


class ContentMissing(Exception):
    """The report's key isn't there, or what is stored isn't what was wrapped by it."""


@dataclass(frozen=True)
class Person(Caseworker):
    """Who acts; `openbao` calls with their own token."""

    openbao: openbao.Person = field(repr=False)


@dataclass(frozen=True)
class OpenedLetter:
    """`body` is a Story or a Message, or None with the fault that kept it from being read."""

    letter_id: UUID
    purpose: Purpose
    hour: datetime
    written_by: str | None
    body: Story | Message | None = field(repr=False)
    fault: LetterFault | None = None


@dataclass(frozen=True)
class OpenedCase:
    """`story` is None and `messages` empty while the identity waits, once erased, and where the key is missing."""

    file: CaseFile
    level: IdentityLevel
    story: OpenedLetter | None = field(default=None, repr=False)
    messages: tuple[OpenedLetter, ...] = field(default=(), repr=False)
    waits_for_identity: bool = False
    is_erased: bool = False
    is_unreadable: bool = False
    next_statuses: tuple[CaseStatus, ...] = ()
