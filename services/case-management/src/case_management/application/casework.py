"""What people do with cases: they list, read, assign and write, with their own token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.store import EventStore, retry_on_conflict
from chassis.wrapper import Erased, KeyMissing, NotWrapped, ReportIsErased, Wrapped, Wrapper
from contracts.key_pairs import BadKey, PublicKey
from contracts.keys import KeySet
from contracts.letters import About, Expected, LetterError, Message, Purpose, Story
from contracts.signatures import Writers
from contracts.vocabulary import CaseStatus, IdentityLevel, LetterFault, Role, Route

from case_management import read_model
from case_management.domain import ASSIGNERS, Case
from case_management.read_model import CaseFile, ListedCase, WrappedLetter
from chassis import openbao
from contracts import letters

CASEWORK = "casework"


class NoSuchCase(Exception):
    """There is none, or it is none of this person's business: nobody is told which."""


class StoryUnreadable(Exception):
    """Without the story nobody knows the reporter's keys: no message can be sealed to them.

    It may have been readable a moment ago: an identity was found doubtful, or the report erased.
    """


class ContentMissing(Exception):
    """The report's key isn't there, or what is stored isn't what was wrapped by it."""


@dataclass(frozen=True)
class Person:
    """Who acts, in one of their roles; `openbao` calls with their own token."""

    user: str
    role: Role
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


class Casework:
    """`alarm` is told of a report whose content can't be unwrapped although nobody erased it."""

    def __init__(
        self, store: EventStore, wrapper: Wrapper, keys: KeySet, alarm: Callable[[UUID, Exception], None]
    ) -> None:
        self._store = store
        self._wrapper = wrapper
        self._keys = keys
        self._alarm = alarm

    def list_cases(self, person: Person, status: CaseStatus | None, before: UUID | None) -> Sequence[ListedCase]:
        own = None if person.role in ASSIGNERS else person.user
        return read_model.list_cases(self._store, own, status, before)

    def read_case(self, report_id: UUID, person: Person) -> OpenedCase:
        """Opens the letters of a case, each by one call with the person's token: each stands in OpenBao's audit log."""
        file, case = self._readable(report_id, person)
        if case.is_erased:
            return OpenedCase(file, case.level, is_erased=True)
        if case.waits_for_identity:
            return OpenedCase(file, case.level, waits_for_identity=True)
        try:
            plain = self.unwrap(report_id, [Wrapped(each.purpose.value, each.text) for each in file.letters])
        except ContentMissing:
            return OpenedCase(file, case.level, is_unreadable=True)
        if isinstance(plain, Erased):
            return OpenedCase(file, case.level, is_erased=True)
        stored = list(zip(file.letters, plain, strict=True))
        story = next(self._open_story(report_id, person, *each) for each in stored if each[0].purpose is Purpose.STORY)
        writers = self._writers(story)
        messages = (
            self._open_message(report_id, person, writers, *each)
            for each in stored
            if each[0].purpose is not Purpose.STORY
        )
        return OpenedCase(file, case.level, story, tuple(messages))

    @retry_on_conflict
    def assign_investigator(self, report_id: UUID, investigator: str, person: Person) -> None:
        case = self._case(report_id)
        case.assign(investigator, by=person.user, role=person.role)
        self._store.save(case)

    @retry_on_conflict
    def approve_forwarding(self, report_id: UUID, person: Person) -> None:
        case = self._case(report_id)
        case.approve_forwarding(person.user, person.role)
        self._store.save(case)

    @retry_on_conflict
    def write_message(self, report_id: UUID, person: Person, letter_id: UUID, text: str) -> None:
        """Seals and signs with the person's token. The same `letter_id` again changes nothing."""
        opened = self.read_case(report_id, person)
        if opened.story is None or not isinstance(opened.story.body, Story):
            raise StoryUnreadable
        reporter = _key_of(opened.story.body)
        about = About(report_id, Route.INSPEKTORAT, Purpose.MESSAGE_TO_REPORTER, letter_id)
        recipients = {**self._keys.recipients(), "reporter": [reporter]}
        letter = letters.seal_letter(Message(text=text), about, recipients, person.openbao.signer(person.role.value))
        case = self._case(report_id)
        wrapped = self._wrapped(report_id, letter)
        case.write_message(person.user, person.role, letter_id, wrapped)
        self._store.save(case)

    # ---- steps ----

    def _case(self, report_id: UUID) -> Case:
        case = self._store.find(Case, report_id)
        if case is None or not case.is_open:
            raise NoSuchCase
        return case

    def _readable(self, report_id: UUID, person: Person) -> tuple[CaseFile, Case]:
        file, case = read_model.find_case(self._store, report_id), self._case(report_id)
        if file is None or not case.may_be_read_by(person.user, person.role):
            raise NoSuchCase
        return file, case

    def must_be_open_to(self, report_id: UUID, person: Person) -> None:
        """NoSuchCase unless the person may read the case's content now."""
        case = self._readable(report_id, person)[1]
        if case.is_erased or case.waits_for_identity:
            raise NoSuchCase

    def _wrapped(self, report_id: UUID, letter: bytes) -> str:
        try:
            return self._wrapper.wrap(report_id, Purpose.MESSAGE_TO_REPORTER.value, letter)
        except (KeyMissing, ReportIsErased):  # since the story was read
            raise StoryUnreadable from None

    def unwrap(self, report_id: UUID, texts: Sequence[Wrapped]) -> list[bytes] | Erased:
        """Raises ContentMissing, after the alarm."""
        try:
            return self._wrapper.unwrap_all(report_id, texts)
        except (KeyMissing, NotWrapped) as error:
            self._alarm(report_id, error)
            raise ContentMissing from None

    def _open_story(self, report_id: UUID, person: Person, stored: WrappedLetter, raw: bytes) -> OpenedLetter:
        expected = Expected(report_id, Route.INSPEKTORAT, Purpose.STORY)
        try:
            opened = letters.open_story(raw, expected, person.openbao.opener(CASEWORK, casework_version(raw)))
        except LetterError as error:
            return self._unreadable(report_id, stored, error)
        return OpenedLetter(stored.letter_id, stored.purpose, stored.hour, None, opened.body)

    def _open_message(
        self, report_id: UUID, person: Person, writers: Writers, stored: WrappedLetter, raw: bytes
    ) -> OpenedLetter:
        expected = Expected(report_id, Route.INSPEKTORAT, stored.purpose, stored.letter_id)
        try:
            opened = letters.open_letter(raw, expected, person.openbao.opener(CASEWORK, casework_version(raw)), writers)
        except LetterError as error:
            return self._unreadable(report_id, stored, error)
        return OpenedLetter(stored.letter_id, stored.purpose, stored.hour, stored.written_by, opened.body)

    def _writers(self, story: OpenedLetter) -> Writers:
        """Who may have signed a message: staff by the key set, and the reporter by the key in their story."""
        own = letters.reporter_writers(story.body.reporter_keys) if isinstance(story.body, Story) else lambda _: None
        return lambda kid: own(kid) or self._keys.verification_key(kid)

    def _unreadable(self, report_id: UUID, stored: WrappedLetter, error: LetterError) -> OpenedLetter:
        self._tell_unreadable(report_id, stored, error.fault)
        return OpenedLetter(stored.letter_id, stored.purpose, stored.hour, stored.written_by, None, error.fault)

    @retry_on_conflict
    def _tell_unreadable(self, report_id: UUID, stored: WrappedLetter, fault: LetterFault) -> None:
        case = self._case(report_id)
        case.tell_unreadable(stored.letter_id, stored.purpose, fault)
        self._store.save(case)


def _key_of(story: Story) -> PublicKey:
    try:
        return PublicKey("reporter-enc", story.reporter_keys.encryption)
    except BadKey:
        raise StoryUnreadable from None


def casework_version(raw: bytes) -> int:
    """The version of the casework key that the letter is sealed to; 1 where it names none, and then it won't open."""
    kids = (kid.partition(":v") for kid in letters.read_header(raw).to)
    return next((int(version) for name, _, version in kids if name == CASEWORK and version.isdigit()), 1)
