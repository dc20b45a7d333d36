"""A story goes from a reporter's client to an investigator's screen, and an answer back, on real parts."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from contracts.facts import Facts
from contracts.letters import owner_of
from contracts.vocabulary import CaseStatus, Category, LossBand, Route
from playwright.sync_api import expect
from wbs_client import Filing, Mailbox, PublicApi, Status, StoryDraft, TrustedKeys

STORY = "Cerita rekaan: papan proyek jalan desa mencantumkan dana yang tidak pernah dikerjakan."
QUESTION = "Pertanyaan rekaan: apakah ada salinan kuitansi?"
ANSWER = "Jawaban rekaan: ada, akan saya kirim."
FACTS = Facts(
    category=Category.VILLAGE_FUND,
    area="15.04.03",
    skpd="dpmd",
    period_from="2025-01",
    period_to="2025-06",
    loss=LossBand.UNDER_1_BILLION,
)


def until(read: Callable[[], Status], holds: Callable[[Status], bool]) -> Status:
    """Reads the status page until it shows what is awaited; the test's timeout ends a wait in vain."""
    while not holds(status := read()):
        pass
    return status


def test_a_story_is_read_by_an_investigator_and_answered(
    api: PublicApi, keys: TrustedKeys, staff: Callable[[str], object]
) -> None:
    filing = Filing(api, keys, Route.INSPEKTORAT)
    filing.open()
    filing.submit(StoryDraft(STORY), FACTS)
    mailbox = Mailbox(api, keys, filing.receipt)
    until(mailbox.read, lambda status: status.status is CaseStatus.RECEIVED)

    irban = staff("irban1")
    irban.await_case(filing.report_id)
    expect(irban.page.get_by_text(STORY)).to_be_visible()
    irban.page.get_by_label("Tugaskan kepada").select_option("pemeriksa1")
    irban.page.get_by_role("button", name="Tugaskan").click()
    until(mailbox.read, lambda status: status.status is CaseStatus.REVIEW)

    investigator = staff("pemeriksa1")
    investigator.open_case(filing.report_id)
    expect(investigator.page.get_by_text(STORY)).to_be_visible()
    investigator.page.get_by_label("Pesan kepada pelapor").fill(QUESTION)
    investigator.page.get_by_role("button", name="Kirim pesan").click()
    expect(investigator.page.get_by_text(QUESTION)).to_be_visible()

    told = until(mailbox.read, lambda status: bool(status.messages))
    assert [(message.text, owner_of(message.writer)) for message in told.messages] == [(QUESTION, "investigator")]
    assert told.distrusted == 0

    mailbox.write(ANSWER)
    until(mailbox.read, lambda status: len(status.messages) == 2)
    investigator.open_case(filing.report_id)
    expect(investigator.page.get_by_text(ANSWER)).to_be_visible()


def test_an_investigator_sees_nothing_of_a_case_of_others(
    api: PublicApi, keys: TrustedKeys, staff: Callable[[str], object]
) -> None:
    filing = Filing(api, keys, Route.INSPEKTORAT)
    filing.open()
    filing.submit(StoryDraft(STORY), FACTS)
    irban = staff("irban1")
    irban.await_case(filing.report_id)
    expect(irban.page.get_by_text(STORY)).to_be_visible()

    other = staff("pemeriksa2")
    status = other.open_case(filing.report_id)

    assert status == HTTPStatus.NOT_FOUND
    expect(other.page.get_by_text("Tidak ditemukan")).to_be_visible()
    assert STORY not in other.page.content()
