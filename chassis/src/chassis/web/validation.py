"""marshmallow's own messages in Indonesian (and, by the catalog, in English)."""

from __future__ import annotations

import re
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
_validators.OneOf.default_message = _l("Harus salah satu dari: {choices}.")
_validators.Regexp.default_message = _l("Bentuknya tidak benar.")
_validators.Email.default_message = _l("Bukan alamat surel yang benar.")
_validators.URL.default_message = _l("Bukan alamat web yang benar.")
_validators.Equal.default_message = _l("Harus sama dengan {other}.")


# Range puts its text together when the schema is made, before there is a reader: its English text is taken apart again.
_RANGE = re.compile(r"(greater|less) than( or equal to)? (\S+?)(?= and |\.$)")
_SIGNS = {("greater", True): "≥", ("greater", False): ">", ("less", True): "≤", ("less", False): "<"}
_BOUNDS = _l("Harus {bounds}.")
# An Enum field puts its text together itself too.
_CHOICES = re.compile(r"Must be one of: (.+)\.\Z")
_ONE_OF = _l("Harus salah satu dari: {choices}.")


def translated(errors: Any) -> Any:
    """The same structure with each known text in the reader's language. webargs puts the place (json, query)
    outermost."""
    if isinstance(errors, Mapping):
        return {name: translated(value) for name, value in errors.items()}
    if isinstance(errors, list | tuple):
        return [translated(value) for value in errors]
    bounds = _RANGE.findall(errors) if isinstance(errors, str) and errors.startswith("Must be ") else []
    if bounds:
        return _BOUNDS.format(bounds=", ".join(f"{_SIGNS[way, bool(equal)]} {limit}" for way, equal, limit in bounds))
    choices = _CHOICES.match(errors) if isinstance(errors, str) else None
    if choices:
        return _ONE_OF.format(choices=choices[1])
    return str(_FIELD_TEXTS.get(errors, errors))
