"""Check keys that came over the bus: what nobody trusted has signed is parked, and stops nothing."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from chassis.clock import Clock
from chassis.store import Cause
from contracts.events.identity import CheckKeysPublished
from contracts.keys import verify_key_set
from contracts.schema import NotUnderstood
from intake.application import Offers
from wbs_local.system import REPOSITORY

VECTORS = json.loads((REPOSITORY / "contracts" / "vectors" / "keys.json").read_text())
PEOPLE = verify_key_set(VECTORS["sets"][0]["text"], VECTORS["fingerprint"])
NOTHING: Any = None
GOOD = next(case["text"] for case in VECTORS["checks"] if case["result"] == "ok")
FOUL = [case["text"] for case in VECTORS["checks"] if case["result"] != "ok"]


@pytest.mark.parametrize(("text", "version"), [("x", 1), (GOOD[:-4], 1), (GOOD, 10_000), *((text, 1) for text in FOUL)])
def test_check_keys_that_nobody_trusted_has_signed_are_not_understood(text: str, version: int) -> None:
    offers = Offers(NOTHING, NOTHING, PEOPLE, Clock(), NOTHING)

    with pytest.raises(NotUnderstood):
        offers.take_check_keys(CheckKeysPublished(version=version, check_keys=text), Cause("wbs.identity.v1", uuid4()))
