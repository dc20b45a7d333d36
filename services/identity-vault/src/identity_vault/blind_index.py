"""The blind index of a NIK: an HMAC made in OpenBao, so that equal NIKs are seen and none is known.

One input a call and a quota of sixty a minute (deploy/walls): who steals the service's role can't try all NIKs.
"""

from __future__ import annotations

import base64
import hashlib

from chassis.openbao import OpenBao

from identity_vault.nik import Nik

HMAC = "blind-index/hmac/nik/sha2-256"


class BlindIndex:
    def __init__(self, openbao: OpenBao) -> None:
        self._openbao = openbao

    def of(self, nik: Nik) -> str:
        return str(self._openbao.write(HMAC, {"input": base64.b64encode(_digest(nik)).decode()})["hmac"])


def _digest(nik: Nik) -> bytes:
    """OpenBao keeps what it was sent in memory for minutes: no NIK in clear. (A digest of one is no secret by itself:
    the key of the HMAC is.)"""
    return hashlib.sha256(b"wbs blind index of a NIK\0" + nik.digits.encode()).digest()
