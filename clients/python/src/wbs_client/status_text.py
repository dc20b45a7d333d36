"""A report's status as text: each line is something that this client has verified, or says that it hasn't."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from contracts.letters import owner_of
from contracts.vocabulary import Role

from wbs_client.language import _, _l, said
from wbs_client.mailbox import Event, LatePiece, Message, Status
from wbs_client.proofs import InLog, KpkDelivery

WIB = timezone(timedelta(hours=7))  # Western Indonesian time, as people in Batang Hari read it

WHAT = {
    "submitted": _l("Laporan diterima"),
    "status_changed": _l("Status berubah"),
    "message_from_reporter": _l("Pesan dari Anda"),
    "message_to_reporter": _l("Pesan untuk Anda"),
    "withdrawn": _l("Anda menarik laporan"),
    "delivered_to_kpk": _l("Laporan sampai di KPK"),
    "all_delivered_to_kpk": _l("Seluruh laporan sampai di KPK"),
    "kpk_status": _l("Status di KPK"),
    "key_lost": _l("Kunci laporan ini hilang: isinya di sini tidak terbaca lagi. KPK diberi tahu"),
    "identity_doubtful": _l("Petugas meragukan identitas Anda"),
    "identity_accepted": _l("Identitas Anda sudah diperiksa dan diterima"),
}

_IN_LOG = {
    InLog.NOT_YET: _l("Log publik: janji layanan belum tercatat (log bertambah setiap jam)."),
    InLog.PROVED: _l("Log publik: janji layanan terbukti tercatat."),
    InLog.BROKEN: _l("PERINGATAN: layanan tidak dapat membuktikan janjinya. Simpan janji itu dan hubungi KPK."),
}


def standing(status: Status) -> str:
    return f"{said(status.status)} · {said(status.route)}"


def lines(status: Status) -> Iterator[str]:
    for event in status.timeline:
        yield _of_event(event)
    yield _(_IN_LOG[status.in_log])
    if status.is_erased:
        yield _("Laporan ini sudah dihapus: pesannya tidak dapat dibaca lagi.")
    elif status.identity_wanted is not None:
        yield _("Identitas Anda perlu diperbaiki. Kirim sekali lagi lewat halaman WBS.")
        yield from (f"  - {said(reason)}" for reason in status.identity_wanted)
    if status.kpk:
        yield from _of_kpk(status.kpk)
    yield from (_of_late(piece) for piece in status.late_evidence)
    for message in status.messages:
        yield f"\n{_writer(message)}, {_hour(message.hour)}:\n{message.text}"


def warnings(status: Status) -> Iterator[str]:
    """What somebody may have tampered with."""
    if status.kpk and status.kpk.distrusted:
        yield _("%(number)s tanda terima dari KPK tidak sah.", number=status.kpk.distrusted)
    if status.distrusted:
        yield _("%(number)s pesan tidak ditampilkan: tanda tangannya tidak sah.", number=status.distrusted)


def _of_event(event: Event) -> str:
    what = _(WHAT[event.what]) if event.what in WHAT else event.what
    return f"  {_hour(event.hour)}  {what}{f': {said(event.status)}' if event.status else ''}"


def _of_kpk(kpk: KpkDelivery) -> Iterator[str]:
    values = {"reference": kpk.reference, "files": kpk.files}
    if kpk.has_story:
        yield _("KPK: nomor %(reference)s; tanda terima sah untuk cerita Anda dan %(files)s berkas.", **values)
    else:
        yield _("KPK: nomor %(reference)s; tanda terima sah untuk %(files)s berkas, BUKAN untuk cerita Anda.", **values)
    if kpk.status:
        yield f"  {said(kpk.status)}"


def _of_late(piece: LatePiece) -> str:
    what = f"{piece.name} · {said(piece.kind)}" if piece.name else said(piece.kind)
    if piece.fault:
        why = said(piece.fault).lower()
        return _("Bukti susulan: %(what)s. Tersimpan, tetapi tidak lolos pemeriksaan: %(why)s.", what=what, why=why)
    if piece.is_checked:
        return _("Bukti susulan: %(what)s. Tersimpan, lolos pemeriksaan.", what=what)
    return _("Bukti susulan: %(what)s. Tersimpan, sedang diperiksa.", what=what)


def _writer(message: Message) -> str:
    if message.is_mine:
        return _("Anda")
    owner = owner_of(message.writer)
    return said(Role(owner)) if owner in set(Role) else owner.upper()


def _hour(hour: datetime) -> str:
    return f"{hour.astimezone(WIB):%Y-%m-%d %H:%M} WIB"
