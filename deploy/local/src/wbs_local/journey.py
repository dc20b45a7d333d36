"""The demo's reports: filed by the reference client, worked on at the staff's pages, answered; each step is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from contracts.facts import Facts
from contracts.vocabulary import CaseStatus, Category, LossBand, Route
from contracts.words import words
from wbs_client import Filing, Mailbox, PublicApi, StoryDraft, fetch_keys

from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Progress
from wbs_local.staff import StaffMember
from wbs_local.system import System

T = TypeVar("T")
FACTS = Facts(
    category=Category.VILLAGE_FUND,
    area="15.04.03",
    skpd="dpmd",
    period_from="2025-01",
    period_to="2025-06",
    loss=LossBand.UNDER_1_BILLION,
)


def take(system: System, say: Progress) -> None:
    """Takes a report from the reporter to an investigator and the answer back."""
    api = PublicApi(f"http://{system.host}:{system.ports['intake']}")
    keys = fetch_keys(api, (system.public / "fingerprint").read_text())
    desk, pages = Desk(system), f"http://{system.host}:{system.ports['case_management']}"

    filing = Filing(api, keys, Route.INSPEKTORAT)
    filing.open()
    filing.submit(StoryDraft("Cerita rekaan: dana jalan desa dibayarkan, jalannya tidak ada."), FACTS)
    say(f"Reporter: filed, promise checked, receipt code {filing.receipt}")
    mailbox = Mailbox(api, keys, filing.receipt)

    irban = StaffMember(pages, desk, "irban1")
    _until(lambda: irban.sees(filing.report_id))
    irban.assign(filing.report_id, "pemeriksa1")
    say("Irban: signed in with password and one-time code, opened the case, assigned it to pemeriksa1")
    status = _until(lambda: _with_status(mailbox, CaseStatus.REVIEW))
    say(f"Reporter: status is now {words(status).en}")

    investigator = StaffMember(pages, desk, "pemeriksa1")
    investigator.write(filing.report_id, "Apakah ada salinan kuitansi? (rekaan)")
    say("Investigator: read the story with their own token, wrote a signed message")
    message = _until(lambda: next(iter(mailbox.read().messages), None))
    say(f"Reporter: opened a message signed by {message.writer}")
    mailbox.write("Ada, akan saya kirim. (rekaan)")
    say("Reporter: answered")


def _with_status(mailbox: Mailbox, wanted: CaseStatus) -> CaseStatus | None:
    status = mailbox.read().status
    return status if status is wanted else None


def _until(look: Callable[[], T | None]) -> T:
    """Looks until there is something to see."""
    while not (seen := look()):
        continue
    return seen
