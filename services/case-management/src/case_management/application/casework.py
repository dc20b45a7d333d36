"""What people do with cases: they list, read, assign and write, with their own token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from chassis.store import EventStore, retry_on_conflict
from chassis.wrapper import Erased, KeyMissing, NotWrapped, ReportIsErased, Wrapped, Wrapper
from contracts.key_pairs import BadKey, PublicKey
from contracts.keys import KeySet
from contracts.letters import About, Expected, LetterError, Message, Purpose, Story
from contracts.signatures import Writers
from contracts.vocabulary import CaseStatus, LetterFault, Route

from case_management import read_model
from case_management.application.opened import (
    ContentMissing,
    NoSuchCase,
    OpenedCase,
    OpenedLetter,
    Person,
    StoryUnreadable,
)
from case_management.domain import ASSIGNERS, Case, LetterIdUsed
from case_management.read_model import CaseFile, CaseList, Wanted, WrappedLetter
from contracts import letters

CASEWORK = "casework"


class Casework:
    """`alarm` is told of a report whose content can't be unwrapped although nobody erased it."""

    def __init__(
        self, store: EventStore, wrapper: Wrapper, keys: KeySet, alarm: Callable[[UUID, Exception], None]
    ) -> None:
        self._store = store
        self._wrapper = wrapper
        self._keys = keys
        self._alarm = alarm

    def list_cases(self, person: Person, wanted: Wanted) -> CaseList:
        return read_model.list_cases(self._store, person.entity_id, person.role, person.role in ASSIGNERS, wanted)

    def read_case(self, report_id: UUID, person: Person) -> OpenedCase:
        """Opens the letters of a case, each by one call with the person's token: each stands in OpenBao's audit log."""
        opened = self._open_case(*self._readable(report_id, person), person)
        if opened.story is not None:
            shown = max(letter.number for letter in opened.file.letters)
            self._store.execute(read_model.mark_read(report_id, person.entity_id, shown))
        return opened

    def _open_case(self, file: CaseFile, case: Case, person: Person) -> OpenedCase:
        report_id, steps = case.id, case.next_statuses(person.role)
        if case.is_erased:
            return OpenedCase(file, case.level, is_erased=True)
        if case.waits_for_identity:
            return OpenedCase(file, case.level, waits_for_identity=True)
        try:
            plain = self._unwrap_each(report_id, file)
        except ContentMissing:
            return OpenedCase(file, case.level, is_unreadable=True, next_statuses=steps)
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
        return OpenedCase(file, case.level, story, tuple(messages), next_statuses=steps)

    @retry_on_conflict
    def assign_investigator(self, report_id: UUID, investigator: str, entity_id: str, person: Person) -> None:
        """`investigator`: their user name; `entity_id`: who has it now."""
        case = self._case_not_shut_to(report_id, person)
        case.assign(investigator, entity_id, by=person)
        self._store.save(case)

    @retry_on_conflict
    def approve_forwarding(self, report_id: UUID, person: Person) -> None:
        case = self._case_not_shut_to(report_id, person)
        case.approve_forwarding(person)
        self._store.save(case)

    @retry_on_conflict
    def write_message(self, report_id: UUID, person: Person, letter_id: UUID, text: str) -> None:
        """Seals and signs with the person's token. The same text under the same id again changes nothing; another
        raises LetterIdUsed."""
        file, case = self._readable(report_id, person)
        opened = self._open_case(file, case, person)
        if not _is_said(opened, letter_id, text, person):
            case.write_message(person, letter_id, self._sealed(opened, person, letter_id, text))
            self._store.save(case)

    @retry_on_conflict
    def move_on(self, report_id: UUID, person: Person, status: CaseStatus, letter_id: UUID, note: str) -> None:
        """The case comes to `status`; an empty note is none. Raises MayNotMove or LetterIdUsed."""
        file, case = self._readable(report_id, person)
        if not note:
            if case.status is not status:  # else the button was pressed twice
                case.move_on(status, person)
                self._store.save(case)
            return
        opened = self._open_case(file, case, person)
        if not _is_said(opened, letter_id, note, person):
            letter = self._sealed(opened, person, letter_id, note)
            case.move_on(status, person, letter_id, letter)
            self._store.save(case)

    # ---- steps ----

    def _case(self, report_id: UUID) -> Case:
        case = self._store.find(Case, report_id)
        if case is None or not case.is_open:
            raise NoSuchCase
        return case

    def _case_not_shut_to(self, report_id: UUID, person: Person) -> Case:
        case = self._case(report_id)
        if person.role in case.shut_to:
            raise NoSuchCase
        return case

    def _readable(self, report_id: UUID, person: Person) -> tuple[CaseFile, Case]:
        """The case first: what is saved of it later conflicts with whatever the file doesn't show."""
        case = self._case(report_id)
        file = read_model.find_case(self._store, report_id)
        if file is None or not case.may_be_read_by(person):
            raise NoSuchCase
        return file, case

    def must_be_open_to(self, report_id: UUID, person: Person) -> None:
        """NoSuchCase unless the person may read the case's content now."""
        case = self._readable(report_id, person)[1]
        if case.is_erased or case.waits_for_identity:
            raise NoSuchCase

    def _sealed(self, opened: OpenedCase, person: Person, letter_id: UUID, text: str) -> str:
        """A letter to the reporter, wrapped. Raises StoryUnreadable."""
        if opened.story is None or not isinstance(opened.story.body, Story):
            raise StoryUnreadable
        report_id = opened.file.case.report_id
        about = About(report_id, Route.INSPEKTORAT, Purpose.MESSAGE_TO_REPORTER, letter_id)
        recipients = {**self._keys.recipients(), "reporter": [_key_of(opened.story.body)]}
        letter = letters.seal_letter(Message(text=text), about, recipients, person.openbao.signer(person.role.value))
        return self._wrapped(report_id, letter)

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

    def _unwrap_each(self, report_id: UUID, file: CaseFile) -> list[bytes] | Erased:
        """Empty where a message isn't what was wrapped for the report: it is shown as unreadable, and the others stay
        readable. Raises ContentMissing, after the alarm, where that is so of the story, or the key isn't there."""
        try:
            opened = self._wrapper.unwrap_each(
                report_id, [Wrapped(each.purpose.value, each.text) for each in file.letters]
            )
        except KeyMissing as error:
            self._alarm(report_id, error)
            raise ContentMissing from None
        if isinstance(opened, Erased):
            return opened
        if None in opened:
            self._alarm(report_id, NotWrapped())
        if any(raw is None and each.purpose is Purpose.STORY for each, raw in zip(file.letters, opened, strict=True)):
            raise ContentMissing
        return [raw or b"" for raw in opened]

    def _open_story(self, report_id: UUID, person: Person, stored: WrappedLetter, raw: bytes) -> OpenedLetter:
        expected = Expected(report_id, Route.INSPEKTORAT, Purpose.STORY)
        try:
            opened = letters.open_introduction(raw, expected, person.openbao.opener(CASEWORK, casework_version(raw)))
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


def _is_said(opened: OpenedCase, letter_id: UUID, text: str, person: Person) -> bool:
    """Whether the person has said just that under this id. Raises LetterIdUsed where something else was."""
    found = next((each for each in opened.messages if each.letter_id == letter_id), None)
    if found is None:
        return False
    if not isinstance(found.body, Message) or (found.body.text, found.written_by) != (text, person.user):
        raise LetterIdUsed
    return True


def _key_of(story: Story) -> PublicKey:
    try:
        return PublicKey("reporter-enc", story.reporter_keys.encryption)
    except BadKey:
        raise StoryUnreadable from None


def casework_version(raw: bytes) -> int:
    """The version of the casework key that the letter is sealed to; 1 where it names none, and then it won't open."""
    kids = (kid.partition(":v") for kid in letters.read_header(raw).to)
    return next((int(version) for name, _, version in kids if name == CASEWORK and version.isdigit()), 1)
