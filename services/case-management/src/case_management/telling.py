"""The words of the pages: what happened to a case, a story's questions, months, and how a status looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from chassis.web import role_words, words_of
from contracts.vocabulary import CaseStatus, Category, ConflictSource, IdentityLevel, KpkStatus, LossBand, Question
from flask_babel import format_date
from flask_babel import gettext as _

from case_management.read_model import TimelineEntry

BADGES = {
    CaseStatus.RECEIVED: " warn",
    CaseStatus.WAITING_FOR_IDENTITY: " warn",
    CaseStatus.FINISHED: " good",
    CaseStatus.REJECTED: " bad",
}


def badge(status: CaseStatus) -> str:
    return BADGES.get(status, "")


def told(entry: TimelineEntry, names: Mapping[str, str]) -> str:
    """`names`: user name -> what this reader sees for it, where that is something else."""
    match entry.what:
        case "opened":
            return str(_("Laporan masuk"))
        case "assigned":
            return str(_("Ditugaskan kepada %(investigator)s", investigator=_person(entry.detail, names)))
        case "status_changed":
            return str(_("Status menjadi %(status)s", status=words_of(CaseStatus(entry.detail or ""))))
        case "identity_offered":
            return str(_("Pelapor mengirim identitas lagi"))
        case "identity_judged":
            return str(_("Identitas pelapor: %(level)s", level=words_of(IdentityLevel(entry.detail or ""))))
        case "message_from_reporter":
            return str(_("Pesan dari pelapor"))
        case "message_to_reporter":
            return str(_("Pesan kepada pelapor oleh %(writer)s", writer=_person(entry.detail, names)))
        case "moved_on":
            status, person = (entry.detail or "").split(" ")
            words = words_of(CaseStatus(status))
            return str(_("Status menjadi %(status)s, oleh %(person)s", status=words, person=_person(person, names)))
        case "conflict_declared":
            return _conflict(entry)
        case "withdrawn":
            return str(_("Pelapor menarik laporannya. Penanganan tetap berjalan."))
        case "forwarding_approved":
            return str(_("Penerusan ke KPK disetujui oleh %(person)s", person=_person(entry.detail, names)))
        case "delivered_to_kpk":
            return str(_("Diterima KPK dengan nomor %(reference)s", reference=entry.detail))
        case "all_delivered_to_kpk":
            return str(_("Seluruh isi laporan telah diterima KPK dengan nomor %(reference)s", reference=entry.detail))
        case "kpk_status":
            return str(_("Status di KPK: %(status)s", status=words_of(KpkStatus(entry.detail or ""))))
        case "letter_unreadable":
            return str(_("Ada surat yang tidak dapat dibuka dengan benar"))
        case _:
            return str(_("Isi laporan dihapus"))


def _person(user: str | None, names: Mapping[str, str]) -> str:
    return names.get(user or "", user or "")


def _conflict(entry: TimelineEntry) -> str:
    source, *roles = (entry.detail or "").split(" ")
    text = _(
        "Benturan kepentingan dinyatakan oleh %(source)s; kasus tertutup bagi: %(roles)s",
        source=words_of(ConflictSource(source)),
        roles=", ".join(role_words(role) for role in roles),
    )
    return str(text)


def month_words(month: str) -> str:
    """`2025-01` as January 2025."""
    year, number = map(int, month.split("-"))
    return str(format_date(date(year, number, 1), "MMMM y"))


def question_words(name: str) -> str:
    """A client's own question stands as it is."""
    return words_of(Question(name)) if name in set(Question) else name


FILTERS: dict[str, Callable[..., str]] = {
    "badge": badge,
    "category_words": lambda value: words_of(Category(value)),
    "loss_words": lambda value: words_of(LossBand(value)),
    "month": month_words,
    "told": told,
    "question_words": question_words,
}
