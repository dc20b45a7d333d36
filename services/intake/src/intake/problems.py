"""What reporters and their apps are told when something can't be done: each error as a problem in their language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis.web import KeyMissing, KeyReused, Problem, words_of
from chassis.wrapper import KeyMissing as ReportKeyMissing
from chassis.wrapper import ReportIsErased
from contracts.letters import LetterError
from contracts.upload_tokens import TokenExpired, TokenRefused
from flask_babel import lazy_gettext as _l

from intake.application import (
    AlreadySubmitted,
    ChallengeSpent,
    FactsDontFitRoute,
    LetterIdTaken,
    NoCheckKeys,
    NoMailbox,
    NoSuchDraft,
    NoSuchMailbox,
    NotInLog,
    ReportIdTaken,
)
from intake.challenges import ChallengeExpired, ChallengeNotSolved
from intake.completeness import ENOUGH_PIECES, Lack, Missing, may_pass
from intake.domain import Incomplete, NoSuchBatch, NotSubmitted, TooManyOffers, TooManyToday, TooManyUnanswered

WAIT_S = 3

_PROBLEMS: dict[type[Exception], Problem] = {
    ChallengeExpired: Problem(403, "challenge-expired", _l("Tantangan sudah kedaluwarsa, minta yang baru")),
    ChallengeNotSolved: Problem(403, "challenge-not-solved", _l("Tantangan belum terpecahkan")),
    ChallengeSpent: Problem(403, "challenge-spent", _l("Tantangan sudah dipakai, minta yang baru")),
    ReportIdTaken: Problem(409, "report-id-taken", _l("Pengenal laporan ini sudah dipakai, buat yang baru")),
    NoCheckKeys: Problem(503, "not-yet", _l("Layanan sedang disiapkan, coba lagi sebentar"), retry_after=WAIT_S),
    NoSuchDraft: Problem(404, "no-such-draft", _l("Konsep laporan ini tidak ada atau sudah kedaluwarsa")),
    NoMailbox: Problem(404, "no-such-draft", _l("Konsep laporan ini tidak ada atau sudah kedaluwarsa")),
    ReportIsErased: Problem(410, "report-erased", _l("Laporan ini sudah dihapus, tidak ada yang dapat ditambahkan")),
    ReportKeyMissing: Problem(
        410, "key-lost", _l("Kunci laporan ini hilang, tidak ada yang dapat ditambahkan; KPK diberi tahu")
    ),
    NoSuchMailbox: Problem(404, "no-such-receipt", _l("Tidak ada laporan dengan kode tanda terima ini")),
    NotSubmitted: Problem(409, "not-submitted", _l("Laporan ini belum dikirim")),
    NoSuchBatch: Problem(409, "no-such-batch", _l("Unggahan bukti susulan ini sudah berakhir, mulai yang baru")),
    NotInLog: Problem(404, "not-in-log", _l("Belum ada di log publik; log bertambah setiap jam")),
    LetterIdTaken: Problem(
        409, "letter-id-taken", _l("Nomor surat ini sudah dipakai untuk isi lain, buat surat yang baru")
    ),
    TooManyOffers: Problem(
        409,
        "too-many-offers",
        _l("Identitas sudah dikirim terlalu banyak kali untuk konsep ini, mulai konsep laporan yang baru"),
    ),
    TooManyUnanswered: Problem(
        409,
        "too-many-unanswered",
        _l("Terlalu banyak pesan yang belum dijawab, tunggu jawabannya lebih dahulu"),
    ),
    AlreadySubmitted: Problem(409, "already-submitted", _l("Laporan ini sudah dikirim dengan isi lain")),
    FactsDontFitRoute: Problem(
        422,
        "facts-do-not-fit-route",
        _l("Fakta wajib diisi untuk Inspektorat, dan tidak dikirim terpisah pada jalur KPK"),
    ),
    TokenExpired: Problem(401, "token-expired", _l("Waktu untuk melengkapi laporan ini sudah habis")),
    TokenRefused: Problem(401, "token-refused", _l("Token tidak sah")),
    KeyMissing: Problem(400, "idempotency-key-missing", _l("Idempotency-Key wajib ada: acak, 22 tanda atau lebih")),
    KeyReused: Problem(422, "idempotency-key-reused", _l("Idempotency-Key ini sudah dipakai untuk isi lain")),
}
_LETTER = _l("Surat tidak dapat diterima")
_FAULTS = {
    "not_a_letter": _l("Ini bukan surat dalam bentuk yang benar."),
    "too_large": _l("Surat terlalu besar."),
    "wrong_report": _l("Surat ini untuk laporan lain."),
    "wrong_route": _l("Surat ini untuk jalur lain."),
    "wrong_purpose": _l("Surat ini untuk keperluan lain."),
    "wrong_recipients": _l("Penerima surat kurang, berlebih atau kuncinya bukan yang berlaku sekarang."),
}


_LACKS = {
    Lack.IDENTITY_MISSING: _l("Identitas (NIK dan foto KTP) belum dikirim."),
    Lack.IDENTITY_INCONSISTENT: _l("Data identitas tidak cocok satu sama lain. Perbaiki, atau minta dilihat petugas."),
    Lack.IDENTITY_BEING_CHECKED: _l("Identitas sedang diperiksa, tunggu sebentar."),
    Lack.EVIDENCE_UNKNOWN: _l("Bukti ini belum lengkap terkirim."),
    Lack.EVIDENCE_BEING_CHECKED: _l("Bukti ini sedang diperiksa, tunggu sebentar."),
    Lack.EVIDENCE_TOO_LITTLE: _l("Perlu tiga bukti yang dapat dipakai."),
}


def incomplete(error: Incomplete) -> Problem:
    """409, naming each thing; with Retry-After while only checks are in the way, since the same may then succeed."""
    told = [{**_named(each), "text": _LACKS[each.lack]} for each in error.missing]
    wait = WAIT_S if may_pass(error.missing) else None
    return Problem(409, "incomplete", _l("Laporan belum lengkap"), errors=told, retry_after=wait)


def _named(missing: Missing) -> dict[str, Any]:
    named: dict[str, Any] = {"lack": missing.lack.value}
    if missing.evidence_id is not None:
        named["evidence_id"] = str(missing.evidence_id)
    if missing.reasons:
        named["reasons"] = [{"reason": each.value, "text": words_of(each)} for each in missing.reasons]
    if missing.present is not None:
        named |= {"present": missing.present, "needed": ENOUGH_PIECES}
    return named


@contextmanager
def told() -> Iterator[None]:
    """Turns what the use cases raise into problems."""
    try:
        yield
    except LetterError as error:
        slug = f"letter-{error.fault.value.replace('_', '-')}"
        raise Problem(
            413 if error.fault.value == "too_large" else 422, slug, _LETTER, _FAULTS.get(error.fault.value)
        ) from None
    except Incomplete as error:
        raise incomplete(error) from None
    except TooManyToday as error:
        wait = int(error.wait.total_seconds())
        raise Problem(429, "too-many-today", _l("Terlalu banyak kiriman dalam sehari"), retry_after=wait) from None
    except tuple(_PROBLEMS) as error:
        raise _PROBLEMS[type(error)] from None
