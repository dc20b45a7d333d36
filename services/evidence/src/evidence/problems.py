"""What apps are told when an upload can't be taken: each error as a problem in their language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chassis.web import Problem
from contracts.upload_tokens import TokenExpired, TokenRefused
from flask_babel import lazy_gettext as _l

from evidence.application import (
    AlreadyReceived,
    AnnouncedOtherwise,
    Broken,
    ChecksumDiffers,
    DraftFull,
    FileEmpty,
    FileTooLarge,
    NoSuchUpload,
    OffsetDiffers,
    TooLong,
    TooManySegments,
)
from evidence.domain import NoMoreUploads
from evidence.tus import HeaderInvalid

CHECKSUM_MISMATCH = 460  # tus's own status

_PROBLEMS: dict[type[Exception], Problem] = {
    TokenExpired: Problem(401, "token-expired", _l("Waktu untuk melengkapi laporan ini sudah habis")),
    TokenRefused: Problem(401, "token-refused", _l("Token tidak sah")),
    NoSuchUpload: Problem(404, "no-such-upload", _l("Unggahan ini tidak ada atau sudah dihapus")),
    NoMoreUploads: Problem(409, "no-more-uploads", _l("Laporan ini tidak menerima bukti lagi dengan token ini")),
    AlreadyReceived: Problem(
        409,
        "already-received",
        _l("Bukti ini sudah diterima; bila tidak diperlukan, jangan sebut saat mengirim laporan"),
    ),
    AnnouncedOtherwise: Problem(
        422, "idempotency-key-reused", _l("Idempotency-Key ini sudah dipakai untuk berkas lain")
    ),
    FileEmpty: Problem(422, "file-empty", _l("Berkas kosong")),
    DraftFull: Problem(413, "draft-full", _l("Jumlah atau ukuran bukti laporan ini sudah mencapai batas")),
    OffsetDiffers: Problem(
        409, "offset-differs", _l("Unggahan tidak sampai di posisi ini; tanyakan posisinya dengan HEAD")
    ),
    TooLong: Problem(413, "longer-than-announced", _l("Berkas lebih panjang daripada yang diumumkan")),
    TooManySegments: Problem(413, "too-many-pieces", _l("Berkas dikirim dalam terlalu banyak potongan kecil")),
    ChecksumDiffers: Problem(
        CHECKSUM_MISMATCH, "checksum-differs", _l("Data rusak di perjalanan, kirim lagi potongan ini")
    ),
    Broken: Problem(400, "connection-broken", _l("Sambungan terputus; lanjutkan dari posisi yang dijawab HEAD")),
}


@contextmanager
def told() -> Iterator[None]:
    """Turns what the use cases raise into problems."""
    try:
        yield
    except FileTooLarge as error:
        extra = {"largest": error.largest}
        raise Problem(413, "file-too-large", _l("Berkas terlalu besar"), extra=extra) from None
    except HeaderInvalid as error:
        detail = _l("Tajuk %(header)s tidak ada atau tidak benar.", header=error.header)
        raise Problem(error.status, "header-invalid", _l("Permintaan tidak sesuai tus 1.0"), detail) from None
    except tuple(_PROBLEMS) as error:
        raise _PROBLEMS[type(error)] from None
