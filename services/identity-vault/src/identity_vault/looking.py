"""What the limited child process does with one offer: bytes in, findings out. It holds no secret and no connection."""

from __future__ import annotations

import json
from collections.abc import Sequence

from chassis.checks.child import whole
from contracts.encoding import strict_json
from contracts.letters import OfferedIdentity, Person
from contracts.schema import from_json, to_json

from identity_vault import photo, reading
from identity_vault.nik import Nik
from identity_vault.verdicts import Findings, Likeness, Photo


def warm_up() -> None:
    """Loads what reading needs, once for all jobs of a sandbox."""
    reading.load()


@whole
def look(content: bytes) -> bytes:
    """`content`: an OfferedIdentity as JSON, or nothing where its letter did not open; then the answer is nothing."""
    if not content:
        return b""
    offered = from_json(OfferedIdentity, strict_json(content))
    return json.dumps(to_json(find(offered.person, offered.ktp_photo))).encode()


def find(person: Person, jpeg: bytes) -> Findings:
    try:
        picture = photo.decode(jpeg)
    except photo.Damaged:
        return Findings(Photo.DAMAGED)
    if not photo.could_show_a_card(picture):
        return Findings(Photo.NO_CARD)

    # More lines change nothing of what agrees already.
    lines = reading.read_lines(picture, enough=lambda lines: _compare(person, lines) == _AGREED)
    has_labels, nik, name = _compare(person, lines)
    return Findings(_kind(photo.is_flat(picture), has_labels), nik, name)


_AGREED = (True, Likeness.SAME, Likeness.SAME)


def _compare(person: Person, lines: Sequence[str]) -> tuple[bool, Likeness, Likeness]:
    """Whether the lines have a card's labels, and how NIK and name compare."""
    nik = Nik.parse(person.nik)
    return (
        reading.shows_labels_of_a_card(lines),
        reading.compare_nik(nik.digits, lines) if nik else Likeness.NOT_READ,
        reading.compare_name(person, lines),
    )


def _kind(flat: bool, has_labels: bool) -> Photo:
    if has_labels:
        return Photo.FLAT if flat else Photo.CARD
    return Photo.NO_CARD if flat else Photo.UNCLEAR
