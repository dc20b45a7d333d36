"""Puts the sandbox together."""

from __future__ import annotations

from dataclasses import dataclass

from kpk_sandbox.dossier import Dossiers
from kpk_sandbox.examining import Examining
from kpk_sandbox.faults import Faults
from kpk_sandbox.items import ItemFiles
from kpk_sandbox.keys import Keys
from kpk_sandbox.reading import Reading
from kpk_sandbox.receiving import Receiving
from kpk_sandbox.settings import Settings
from kpk_sandbox.speaking import Speaking
from kpk_sandbox.store import Store


@dataclass(frozen=True)
class Sandbox:
    store: Store
    keys: Keys
    receiving: Receiving
    speaking: Speaking
    dossiers: Dossiers
    faults: Faults


def bootstrap(settings: Settings) -> Sandbox:
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    store, items, keys = Store(settings.data / "kpk.sqlite"), ItemFiles(settings.data / "items"), Keys.of(settings)
    reading = Reading(keys, items)
    examining = Examining(store, items, keys, reading, settings.hour)
    return Sandbox(
        store=store,
        keys=keys,
        receiving=Receiving(store, items, keys, examining, settings.hour),
        speaking=Speaking(store, keys, settings.hour),
        dossiers=Dossiers(store, items, keys, reading),
        faults=Faults(),
    )
