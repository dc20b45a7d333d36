"""Whatever a content makes of the code that reads it, the sandbox tells it as a fault of the letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from contracts.key_pairs import ECDH, WrappedKey
from contracts.keys import KeySet, verify_key_set
from contracts.letters import BodyNotUnderstood
from kpk_sandbox.items import ItemFiles
from kpk_sandbox.keys import Keys
from kpk_sandbox.reading import Reading
from sandbox_tools import Everybody, Parcel, Report


@dataclass(frozen=True)
class Stumbling:
    """An opener that a content makes raise what nobody thought of."""

    kid: str
    error: Exception
    alg: str = ECDH

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        raise self.error


def reading(everybody: Everybody, folder: Path, error: Exception, *parcels: Parcel) -> Reading:
    items = ItemFiles(folder)
    for parcel in parcels:
        for item in parcel.manifest.items:
            path = items.path(parcel.manifest.parcel_id, item)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(parcel.contents[item.sha256])
    trusted: Callable[[], KeySet] = lambda: verify_key_set(everybody.key_set(), everybody.fingerprint)  # noqa: E731
    stumbling = Stumbling(everybody.kpk.kid, error)
    return Reading(Keys(stumbling, everybody.kpk_signer, trusted), items)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [ValueError(), TypeError(), KeyError(), AttributeError(), RecursionError()])
def test_an_error_that_a_content_causes_is_a_fault_of_the_letter(
    everybody: Everybody, tmp_path: Path, error: Exception
) -> None:
    report = Report(everybody)
    parcels = [report.story(), report.message("x"), report.identity(b"foto"), report.original(0, b"plain")]
    opened = reading(everybody, tmp_path, error, *parcels)

    for parcel in parcels:
        with pytest.raises(BodyNotUnderstood):
            opened.check(parcel.manifest, report.reporter_keys)


def test_an_error_of_ours_stays_one(everybody: Everybody, tmp_path: Path) -> None:
    report = Report(everybody)
    story = report.story()

    with pytest.raises(FileNotFoundError):
        reading(everybody, tmp_path, ValueError()).check(story.manifest, report.reporter_keys)
