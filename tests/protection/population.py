"""Reporters with canaries for a life, and the way of their reports through the line, in both routes."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from canaries import Canary, Kind, words
from contracts.facts import Facts
from contracts.letters import Person
from contracts.vocabulary import Category, EvidenceKind, LossBand, Route
from PIL import Image
from wbs_client import Filing, Mailbox, PublicApi, StoryDraft, TrustedKeys
from wbs_local import drawn_cards
from wbs_local.drawn_cards import Card
from wbs_local.launch import Running

PATIENCE_S = 240.0  # less than a test has
REPORTS = int(os.environ.get("WBS_TEST_REPORTS", "6"))  # 50 by `make protection`
CLIENTS = 4
TO_KPK = 5  # every fifth goes straight to KPK
FIRST_SEED = 9_000
LOOKED_AT = 4  # whose identity the Super Admin looks at

ADDRESS = "Jl. Kenari Élok Rekaan No. 7719"
PHONE = "0800-7719-4402"
EMAIL = "kenari.7719@contoh.invalid"
OCCUPATION = "Penjinak kenari rekaan"
STORY = "Kenari rekaan bernyanyi: «tujuh belas truk batu» tidak pernah datang ke jembatan."
ANSWER = "Bendahara kenari rekaan 7719"
FILE_NAME = "kuitansi kenari rekaan 7719.pdf"
DESCRIPTION = "Difoto dari balik pagar kenari 7719"
MESSAGE = "Pesan kenari rekaan: saksinya ada dua, tetangga pak lurah."
REPLY = "Balasan kenari rekaan: mohon kirim daftar hadir rapatnya."
FACTS = Facts(
    category=Category.VILLAGE_FUND,
    area="15.04.07.2017",
    skpd="kenari-7719",
    period_from="2025-01",
    period_to="2025-06",
    loss=LossBand.UNDER_1_BILLION,
)
SYLLABLES = ("RA", "NU", "MI", "TA", "LO", "SE", "WA", "DI", "KA", "PU")


@dataclass(frozen=True)
class Reporter:
    """Invented; whose card and words agree, but `has_another_birth_date`: a person looks at that identity."""

    seed: int
    has_another_birth_date: bool = False

    @property
    def route(self) -> Route:
        return Route.KPK if self.seed % TO_KPK == 0 else Route.INSPEKTORAT

    @cached_property
    def card(self) -> Card:
        invented = drawn_cards.invent(self.seed)
        name = "KENARI " + "".join(random.Random(self.seed).choices(SYLLABLES, k=4))
        return Card(invented.nik, name, invented.birth_date, invented.sex)

    @cached_property
    def ktp_photo(self) -> bytes:
        return drawn_cards.draw(self.card, self.seed)

    @property
    def person(self) -> Person:
        return Person(
            nik=self.card.nik,
            full_name=self.card.full_name,
            birth_date=self.card.birth_date.replace(year=self.card.birth_date.year - self.has_another_birth_date),
            sex=self.card.sex,
            address=ADDRESS,
            phone=PHONE,
            email=EMAIL,
            occupation=OCCUPATION,
        )

    def identity_canaries(self) -> list[Canary]:
        return [
            words("NIK", self.card.nik),
            words("name", self.card.full_name),
            *_windows("KTP photo", self.ktp_photo, Kind.BYTES),
            *self._pixels(),
        ]

    def _pixels(self) -> list[Canary]:
        """Pieces of the photo as programs hold it open: rows of a few pixels, in the usual orders of colours."""
        picture = Image.open(io.BytesIO(self.ktp_photo)).convert("RGB")
        red, green, blue = picture.split()
        turned = Image.merge("RGB", (blue, green, red))
        return [
            canary
            for name, each in (("RGB", picture), ("BGR", turned), ("grey", picture.convert("L")))
            for canary in _windows(f"KTP pixels {name}", each.tobytes(), Kind.PIXELS)
        ]


@dataclass(frozen=True)
class Filed:
    """A whole system through which these reporters' reports have gone."""

    running: Running
    mailboxes: Mapping[Reporter, Mailbox]


SHARED_IDENTITY = (words("address", ADDRESS), words("phone", PHONE), words("email", EMAIL), words("work", OCCUPATION))
WORDS = (
    words("story", STORY),
    words("answer", ANSWER),
    words("file name", FILE_NAME),
    words("description", DESCRIPTION),
    words("message", MESSAGE),
    words("reply", REPLY),
)
FACTS_IN_CLEAR = (words("village", FACTS.area), words("office", FACTS.skpd))


def _windows(name: str, content: bytes, kind: Kind, size: int = 32) -> list[Canary]:
    """Five pieces from all over it, each the most varied of many: a card's plain ground looks like any other card's.
    None is of the beginning, where formats write what all files share."""
    part = len(content) // 6
    step = max(part // 2_000, 1)
    starts = [range(n * part, (n + 1) * part - size, step) for n in range(1, 6)]
    return [Canary(name, max((content[at : at + size] for at in each), key=_variety), kind) for each in starts]


def _variety(piece: bytes) -> int:
    return len(set(piece))


def reporters() -> list[Reporter]:
    return [Reporter(FIRST_SEED + number, number == LOOKED_AT) for number in range(REPORTS)]


def evidence(seed: int) -> list[bytes]:
    """Three small pictures of noise that no other report has."""
    chance = random.Random(seed)
    return [_noise(chance.randbytes(48 * 48 * 3)) for _ in range(3)]


def _noise(pixels: bytes) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (48, 48), pixels).resize((192, 192)).save(out, "PNG")
    return out.getvalue()


def file_all(api: PublicApi, keys: TrustedKeys, people: Sequence[Reporter]) -> dict[Reporter, Mailbox]:
    """Each by a client of its own, some at a time; their mailboxes."""
    with ThreadPoolExecutor(CLIENTS) as several:
        return dict(zip(people, several.map(lambda each: file(api, keys, each), people), strict=True))


def file(api: PublicApi, keys: TrustedKeys, reporter: Reporter) -> Mailbox:
    filing = Filing(api, keys, reporter.route)
    filing.open()
    filing.offer_identity(reporter.person, reporter.ktp_photo)
    for content in evidence(reporter.seed):
        filing.add_evidence(io.BytesIO(content), EvidenceKind.PHOTO, FILE_NAME, DESCRIPTION)
    filing.submit(StoryDraft(STORY, {"who": ANSWER}), FACTS if reporter.route is Route.INSPEKTORAT else None)
    mailbox = Mailbox(api, keys, filing.receipt)
    mailbox.write(MESSAGE)
    return mailbox
