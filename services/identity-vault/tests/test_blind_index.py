"""What OpenBao is sent to make the blind index of."""

from __future__ import annotations

import base64
from typing import Any

from identity_vault.blind_index import BlindIndex
from identity_vault.nik import Nik
from wbs_local.drawn_cards import invent


class Asked:
    """OpenBao's place: keeps what it was sent."""

    def __init__(self) -> None:
        self.inputs: list[bytes] = []

    def write(self, _: str, content: dict[str, Any]) -> dict[str, str]:
        self.inputs.append(base64.b64decode(content["input"]))
        return {"hmac": "vault:v1:x"}


def test_a_nik_is_not_sent_in_clear_and_is_always_the_same() -> None:
    asked = Asked()
    one, other = (Nik.parse(invent(seed).nik) for seed in (1, 2))
    assert one is not None
    assert other is not None

    for each in (one, one, other):
        BlindIndex(asked).of(each)  # type: ignore[arg-type]

    assert not any(one.digits.encode() in sent for sent in asked.inputs)
    assert asked.inputs[0] == asked.inputs[1] != asked.inputs[2]
