"""The demo's reports: filed by the reference client, worked on at the staff's pages, answered; each step is shown."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from contracts.vocabulary import CaseStatus, EvidenceKind, KpkStatus, Route
from contracts.words import words
from wbs_client import Filing, Mailbox, PublicApi, StoryDraft, TrustedKeys, fetch_keys
from wbs_client.proofs import InLog, KpkDelivery

from wbs_local import examples
from wbs_local.ceremony.desk import Desk
from wbs_local.examples import Reporter
from wbs_local.launch import Progress
from wbs_local.staff import Caseworker, KpkOfficer, SuperAdmin
from wbs_local.system import System

T = TypeVar("T")
PATIENCE_S = 120
LOOK_EVERY_S = 0.1
BROKEN_OFF_AT = 8 << 20


class TookTooLong(Exception):
    """A step of the journey did not happen; the services' logs say why."""


@dataclass(frozen=True)
class _Line:
    """What every journey needs."""

    system: System
    api: PublicApi
    keys: TrustedKeys
    desk: Desk
    video: Path
    say: Progress

    def pages(self, port: str) -> str:
        return f"http://{self.system.host}:{self.system.ports[port]}"


def take(system: System, say: Progress) -> None:
    """Sends three reports through the line: one of each route, and one whose identity waits for the Super Admin."""
    video = examples.video(system.root / "example" / "lokasi.mp4")
    api = PublicApi(f"http://{system.host}:{system.ports['intake']}")
    fingerprint = (system.public / "fingerprint").read_text()
    keys = _until(lambda: _complete(fetch_keys(api, fingerprint)))
    line = _Line(system, api, keys, Desk(system), video, say)
    _through_the_inspektorat(line)
    _with_an_identity_that_waits(line)
    _straight_to_kpk(line)


def _through_the_inspektorat(line: _Line) -> None:
    line.say("1. A report to the Inspektorat")
    filing = _file(line, Route.INSPEKTORAT, examples.reporter(1))
    mailbox = Mailbox(line.api, line.keys, filing.receipt)
    irban = Caseworker(line.pages("case_management"), line.desk, "irban1")
    _until(lambda: irban.sees(filing.report_id))
    irban.assign(filing.report_id, "pemeriksa1")
    line.say("   irban: signed in with password and one-time code, assigned the case to pemeriksa1")
    status = _until(lambda: _with_status(mailbox, CaseStatus.REVIEW))
    line.say(f'   reporter: status is now "{words(status).en}"')

    investigator = Caseworker(line.pages("case_management"), line.desk, "pemeriksa1")
    copies = _until(lambda: _at_least(investigator.copies(filing.report_id), 3))
    sizes = [len(investigator.open_copy(copy, 1 << 20)) for copy in copies]
    line.say(f"   investigator: read the story and the first MB of {len(sizes)} clean copies with their own token")
    investigator.write(filing.report_id, "Apakah ada salinan kuitansi? (rekaan)")
    message = _until(lambda: next(iter(mailbox.read().messages), None))
    line.say(f"   reporter: opened a message, signed by {message.writer}")
    mailbox.write("Ada, akan saya kirim. (rekaan)")
    line.say("   reporter: answered")

    inspektur = Caseworker(line.pages("case_management"), line.desk, "inspektur")
    inspektur.approve_forwarding(filing.report_id)
    line.say("   Inspektur: approved that the report goes to KPK")
    _receipts_come_back(line, mailbox)


def _with_an_identity_that_waits(line: _Line) -> None:
    line.say("2. A report whose NIK was issued with another birth date: a person has to look")
    filing = _file(line, Route.INSPEKTORAT, examples.reporter_with_another_birth_date(2))
    mailbox = Mailbox(line.api, line.keys, filing.receipt)
    _until(lambda: _with_status(mailbox, CaseStatus.WAITING_FOR_IDENTITY))
    line.say("   case: open, its clock runs, its content is closed to investigators")
    admin = SuperAdmin(line.pages("identity_vault"), line.desk, "superadmin")
    _until(lambda: admin.waiting(filing.report_id))
    admin.establish(filing.report_id)
    line.say("   Super Admin: opened the identity with their own token and a review id, found that it agrees")
    _until(lambda: _with_status(mailbox, CaseStatus.RECEIVED))
    line.say("   case: content is open now")


def _straight_to_kpk(line: _Line) -> None:
    line.say("3. A report that concerns the Inspektorat itself: sealed to KPK, nothing readable is kept here")
    filing = _file(line, Route.KPK, examples.reporter(3))
    mailbox = Mailbox(line.api, line.keys, filing.receipt)
    _receipts_come_back(line, mailbox)
    irban = Caseworker(line.pages("case_management"), line.desk, "irban1")
    if irban.sees(filing.report_id):
        raise TookTooLong("a case was opened in route kpk")
    line.say("   case-management: knows nothing of it")

    officer = KpkOfficer(line.pages("kpk_sandbox_pages"))
    _until(lambda: officer.has(filing.report_id, "cerita utuh", examples.reporter(3).person.full_name))
    line.say("   KPK: opened story, evidence and identity with its own key; all is whole")
    officer.write(filing.report_id, "Laporan Anda kami telaah. Apakah ada saksi lain? (rekaan)")
    officer.set_status(filing.report_id, KpkStatus.IN_REVIEW)
    message = _until(lambda: next(iter(mailbox.read().messages), None))
    line.say(f"   reporter: opened a message, signed by {message.writer}")
    mailbox.write("Ada, dua orang. (rekaan)")
    _until(lambda: officer.has(filing.report_id, "Ada, dua orang. (rekaan)"))
    line.say("   KPK: read the answer")


def _receipts_come_back(line: _Line, mailbox: Mailbox) -> None:
    """The reporter's own device checks KPK's signatures and the proof of the promise."""
    kpk = _until(lambda: _all_delivered(mailbox))
    line.say(
        f"   reporter: KPK has signed for the very story that was filed and {kpk.files} files, as {kpk.reference};"
        f" {len(kpk.receipts)} receipts"
    )
    _until(lambda: mailbox.read().in_log is InLog.PROVED)
    line.say("   reporter: the promise is proved to stand in the public log")


def _all_delivered(mailbox: Mailbox) -> KpkDelivery | None:
    kpk = mailbox.read().kpk
    return kpk if kpk is not None and kpk.is_complete and kpk.has_story else None


def _file(line: _Line, route: Route, reporter: Reporter) -> Filing:
    filing = Filing(line.api, line.keys, route)
    filing.open()
    filing.offer_identity(reporter.person, reporter.ktp_photo)
    filing.add_evidence(io.BytesIO(examples.photo()), EvidenceKind.PHOTO, "Papan proyek")
    filing.add_evidence(io.BytesIO(examples.receipt()), EvidenceKind.TRANSACTION, "Kuitansi batu")
    with line.video.open("rb") as file:
        upload = filing.begin_evidence(file, EvidenceKind.VIDEO, "Video lokasi")
        filing.go_on_with(upload, file, stop_at=BROKEN_OFF_AT)
        filing.go_on_with(upload, file)
    line.say("   reporter: identity offered, photo with GPS, PDF and video uploaded (the video broke off and went on)")
    filing.submit(StoryDraft(examples.STORY), examples.FACTS if route is Route.INSPEKTORAT else None)
    line.say(f"   reporter: checks done, filed, promise checked; receipt code {filing.receipt}")
    return filing


def _complete(keys: TrustedKeys) -> TrustedKeys | None:
    """identity-vault publishes its check keys at its first start."""
    return keys if keys.checks else None


def _with_status(mailbox: Mailbox, wanted: CaseStatus) -> CaseStatus | None:
    status = mailbox.read().status
    return status if status is wanted else None


def _at_least(found: list[str], number: int) -> list[str] | None:
    return found if len(found) >= number else None


def _until(look: Callable[[], T | None]) -> T:
    """Looks until there is something to see."""
    deadline = time.monotonic() + PATIENCE_S
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TookTooLong
        time.sleep(LOOK_EVERY_S)
    return seen
