"""One-time codes: each is good when it is given, and given once, whoever asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyotp
from wbs_local.ceremony.codes import LASTING, Codes

SECRET = pyotp.random_base32()
ENROLMENT = pyotp.TOTP(SECRET).provisioning_uri(name="contoh")
QUICK = pyotp.TOTP(pyotp.random_base32(), interval=2).provisioning_uri(name="cepat")
ASK = """
import sys
from pathlib import Path
from wbs_local.ceremony.codes import Codes
print(Codes(Path(sys.argv[1])).unused(sys.argv[2]))
"""


def accepts(code: str, enrolment: str = ENROLMENT) -> bool:
    totp = pyotp.parse_uri(enrolment)
    assert isinstance(totp, pyotp.TOTP)
    return totp.verify(code, valid_window=1)


def test_codes_are_good_and_none_is_given_twice_by_any_process(tmp_path: Path) -> None:
    record = tmp_path / "codes"

    here = Codes(record).unused(ENROLMENT)
    asked = [sys.executable, "-c", ASK, str(record), ENROLMENT]
    there = subprocess.run(asked, capture_output=True, text=True, check=True)

    assert accepts(here)
    assert accepts(there.stdout.strip())
    assert there.stdout.strip() != here


def test_the_codes_of_one_enrolment_are_not_those_of_another(tmp_path: Path) -> None:
    codes = Codes(tmp_path / "codes")
    codes.unused(ENROLMENT)

    assert accepts(codes.unused(QUICK), QUICK)


def test_who_has_used_up_all_codes_gets_the_next_one_when_it_is_good(tmp_path: Path) -> None:
    codes = Codes(tmp_path / "codes")

    given = [codes.unused(QUICK, LASTING) for _ in range(3)]

    assert len(set(given)) == 3
    assert accepts(given[-1], QUICK)


def test_which_codes_were_given_is_their_owners_alone_and_names_no_secret(tmp_path: Path) -> None:
    record = tmp_path / "codes"

    code = Codes(record).unused(ENROLMENT)

    assert record.stat().st_mode & 0o777 == 0o600
    assert SECRET not in record.read_text()
    assert code not in record.read_text()
