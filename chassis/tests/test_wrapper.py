"""The wrapper, at a real OpenBao: what goes in comes out for the same report and purpose, and for nothing else."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from chassis.openbao import OpenBao, Refused
from chassis.settings import Secret
from chassis.wrapper import Erased, KeyMissing, NotErased, NotWrapped, ReportIsErased, Wrapped, Wrapper
from wbs_local.parts import openbao
from wbs_local.system import System

STORY = b"Dana desa tahun 2025, jembatan yang tidak pernah dibangun"


def never(_: UUID) -> bool:
    return False


def always(_: UUID) -> bool:
    return True


def access(system: System, process: str) -> OpenBao:
    role_id, secret_id = (Secret(system.keep_secret(process, f"openbao_{n}")) for n in ("role_id", "secret_id"))
    return OpenBao(openbao.url(system), role_id, secret_id)


@pytest.fixture(scope="module")
def intake(system: System) -> Wrapper:
    return Wrapper(access(system, "intake-worker"), never)


@pytest.fixture(scope="module")
def cases(system: System) -> Wrapper:
    return Wrapper(access(system, "case-management-worker"), never)


@pytest.fixture
def report(intake: Wrapper) -> UUID:
    report_id = uuid4()
    intake.make_key(report_id)
    return report_id


def test_what_one_service_wraps_another_unwraps(intake: Wrapper, cases: Wrapper, report: UUID) -> None:
    text = intake.wrap(report, "story", STORY)

    assert cases.unwrap(report, "story", text) == STORY


def test_a_wrapped_text_is_one_word_of_ascii_and_never_the_same_twice(intake: Wrapper, report: UUID) -> None:
    texts = {intake.wrap(report, "story", STORY) for _ in range(3)}

    assert len(texts) == 3
    assert all(text.isascii() and " " not in text and text.startswith("wbs1.") for text in texts)


@pytest.mark.parametrize("foul", ["", "junk", "wbs1.AAAA.AAAA", "wbs1.dmF1bHQ6djE6QUFBQQ.AAAA", "{other}", "{purpose}"])
def test_a_text_that_was_never_wrapped_so_hides_no_other(intake: Wrapper, report: UUID, foul: str) -> None:
    other = uuid4()
    intake.make_key(other)
    real = intake.wrap(report, "story", STORY)
    texts = {"{other}": intake.wrap(other, "story", STORY), "{purpose}": intake.wrap(report, "facts", STORY)}

    opened = intake.unwrap_each(report, [Wrapped("story", texts.get(foul, foul)), Wrapped("story", real)])

    assert opened == [None, STORY]


def test_unwrapping_each_of_an_erased_report_gives_erased_and_of_a_lost_key_an_alarm(intake: Wrapper) -> None:
    other = uuid4()
    intake.make_key(other)
    text = Wrapped("story", intake.wrap(other, "story", STORY))

    assert Wrapper(intake._openbao, always).unwrap_each(gone := uuid4(), [text]) == Erased(gone)
    with pytest.raises(KeyMissing):
        intake.unwrap_each(uuid4(), [text])


def test_a_report_is_erased_when_its_key_is_gone_whatever_is_told(
    intake: Wrapper, cases: Wrapper, report: UUID
) -> None:
    for wrapper in (intake, cases):
        with pytest.raises(NotErased):
            wrapper.must_be_erased(report)
        wrapper.must_be_erased(uuid4())


def test_nothing_and_a_large_letter_go_through(intake: Wrapper, report: UUID) -> None:
    for plain in (b"", bytes(256 * 1024)):
        assert intake.unwrap(report, "letter", intake.wrap(report, "letter", plain)) == plain


def test_making_a_key_again_changes_nothing(intake: Wrapper, report: UUID) -> None:
    text = intake.wrap(report, "story", STORY)

    intake.make_key(report)

    assert intake.unwrap(report, "story", text) == STORY


def test_a_text_moved_to_another_report_or_purpose_is_refused(intake: Wrapper, report: UUID) -> None:
    other = uuid4()
    intake.make_key(other)
    text = intake.wrap(report, "story", STORY)

    for moved_to, purpose in ((other, "story"), (report, "note")):
        with pytest.raises(NotWrapped):
            intake.unwrap(moved_to, purpose, text)


def test_a_changed_text_is_refused(intake: Wrapper, report: UUID) -> None:
    version, key, sealed = intake.wrap(report, "story", STORY).split(".")
    other_key = intake.wrap(report, "story", STORY).split(".")[1]

    for changed in (
        f"{version}.{key}.{sealed[:-1]}{'A' if sealed[-1] != 'A' else 'Q'}",
        f"{version}.{key}.",
        f"{version}.{other_key}.{sealed}",
        f"wbs2.{key}.{sealed}",
        f"{key}.{sealed}",
        "not wrapped",
        "",
    ):
        with pytest.raises(NotWrapped):
            intake.unwrap(report, "story", changed)


def test_all_texts_of_a_report_are_unwrapped_by_one_call(intake: Wrapper, report: UUID) -> None:
    wrapped = [Wrapped(f"note-{n}", intake.wrap(report, f"note-{n}", b"%d" % n)) for n in range(20)]

    assert intake.unwrap_all(report, wrapped) == [b"%d" % n for n in range(20)]
    assert intake.unwrap_all(report, []) == []


def test_one_text_that_does_not_fit_refuses_all(intake: Wrapper, report: UUID) -> None:
    good = Wrapped("story", intake.wrap(report, "story", STORY))

    with pytest.raises(NotWrapped):
        intake.unwrap_all(report, [good, Wrapped("note", good.text)])


def test_a_missing_key_is_an_alarm_unless_the_report_was_erased(system: System, intake: Wrapper, report: UUID) -> None:
    text, lost = intake.wrap(report, "story", STORY), uuid4()
    knows_of_the_erasure = Wrapper(access(system, "intake-worker"), always)

    with pytest.raises(KeyMissing):
        intake.unwrap(lost, "story", text)
    with pytest.raises(KeyMissing):
        intake.wrap(lost, "story", STORY)
    assert knows_of_the_erasure.unwrap(lost, "story", text) == Erased(lost)


def test_nothing_is_made_or_wrapped_for_an_erased_report(system: System) -> None:
    knows_of_the_erasure = Wrapper(access(system, "intake-worker"), always)

    with pytest.raises(ReportIsErased):
        knows_of_the_erasure.make_key(uuid4())
    with pytest.raises(ReportIsErased):
        knows_of_the_erasure.wrap(uuid4(), "story", STORY)


def test_only_intake_makes_keys_and_evidence_only_wraps(system: System, cases: Wrapper, report: UUID) -> None:
    evidence = Wrapper(access(system, "evidence-worker"), never)
    text = evidence.wrap(report, "original-key", b"key")

    with pytest.raises(Refused):
        cases.make_key(uuid4())
    with pytest.raises(Refused):
        evidence.unwrap(report, "original-key", text)
