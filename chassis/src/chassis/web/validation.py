"""marshmallow's own messages in Indonesian (and, by the catalog, in English)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import validate

# What marshmallow's fields say. Their texts are looked up when they are shown: a field wants plain strings.
_FIELD_TEXTS = {
    "Missing data for required field.": _l("Wajib diisi."),
    "Field may not be null.": _l("Tidak boleh kosong."),
    "Unknown field.": _l("Isian ini tidak dikenal."),
    "Invalid input type.": _l("Bentuk isian tidak benar."),
    "Invalid value.": _l("Nilai tidak benar."),
    "Invalid type.": _l("Bentuk isian tidak benar."),
    "Not a valid string.": _l("Harus berupa teks."),
    "Not a valid utf-8 string.": _l("Harus berupa teks."),
    "Not a valid integer.": _l("Harus berupa bilangan bulat."),
    "Not a valid number.": _l("Harus berupa angka."),
    "Number too large.": _l("Angka terlalu besar."),
    "Not a valid boolean.": _l("Harus berupa benar atau salah."),
    "Not a valid UUID.": _l("Bukan pengenal (UUID) yang benar."),
    "Not a valid list.": _l("Harus berupa daftar."),
    "Not a valid tuple.": _l("Harus berupa daftar."),
    "Not a valid mapping type.": _l("Bentuk isian tidak benar."),
    "Not a valid datetime.": _l("Bukan waktu yang benar."),
    "Not a valid date.": _l("Bukan tanggal yang benar."),
    "Not a valid email address.": _l("Bukan alamat surel yang benar."),
    "Not a valid URL.": _l("Bukan alamat web yang benar."),
    "Invalid JSON body.": _l("Isi bukan JSON yang benar."),
}

# Validators format their texts themselves, so these can be lazy. An Any: marshmallow declares plain strings.
_validators: Any = validate
_validators.Length.message_min = _l("Paling sedikit {min}.")
_validators.Length.message_max = _l("Paling banyak {max}.")
_validators.Length.message_all = _l("Harus antara {min} dan {max}.")
_validators.Length.message_equal = _l("Harus tepat {equal}.")
_validators.Range.message_min = _l("Harus {min_op} {{min}}.")
_validators.Range.message_max = _l("Harus {max_op} {{max}}.")
_validators.Range.message_all = _l("Harus {min_op} {{min}} dan {max_op} {{max}}.")
_validators.Range.message_gte = _l("lebih besar dari atau sama dengan")
_validators.Range.message_gt = _l("lebih besar dari")
_validators.Range.message_lte = _l("lebih kecil dari atau sama dengan")
_validators.Range.message_lt = _l("lebih kecil dari")
_validators.OneOf.default_message = _l("Harus salah satu dari: {choices}.")
_validators.Regexp.default_message = _l("Bentuknya tidak benar.")
_validators.Email.default_message = _l("Bukan alamat surel yang benar.")
_validators.URL.default_message = _l("Bukan alamat web yang benar.")
_validators.Equal.default_message = _l("Harus sama dengan {other}.")


def translated(errors: Any) -> Any:
    """The same structure with each known text in the reader's language. webargs puts the place (json, query)
    outermost."""
    if isinstance(errors, Mapping):
        return {name: translated(value) for name, value in errors.items()}
    if isinstance(errors, list | tuple):
        return [translated(value) for value in errors]
    return str(_FIELD_TEXTS.get(errors, errors))
