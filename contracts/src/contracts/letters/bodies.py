"""What letters say: a frozen, silent dataclass for each kind of body, written as JSON by its derived schema."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from marshmallow.validate import Length, OneOf, Regexp

from contracts.sealed import sealed
from contracts.vocabulary import EvidenceKind, LegalBasis

Line = Annotated[str, Length(max=200)]
Sha256 = Annotated[str, Regexp(r"^[0-9a-f]{64}\Z")]


@sealed
class EvidenceNote:
    """How the reporter names and describes a piece of evidence: said inside letters, nowhere else."""

    evidence_id: UUID
    kind: EvidenceKind
    name: Annotated[str, Length(max=255)]
    description: Annotated[str, Length(max=2000)] = ""


@sealed
class ReporterKeys:
    """The reporter's public keys as JWKs: staff seal replies to `encryption`, and verify letters by `signing`."""

    encryption: Mapping[str, Any]
    signing: Mapping[str, Any]


@sealed
class Story:
    """The report itself; `answers` are those to the guide's questions (5W+2H), by the question's name."""

    text: str
    answers: Mapping[str, str]
    evidence: tuple[EvidenceNote, ...]
    reporter_keys: ReporterKeys


@sealed
class Message:
    """A message between reporter and staff or KPK, or a note that goes with a status."""

    text: str
    evidence: tuple[EvidenceNote, ...] = ()


@sealed
class Note:
    """An internal note."""

    text: str


@sealed
class Reason:
    """Why somebody asks for, or decides on, a disclosure or the opening of an original."""

    text: str
    legal_basis: LegalBasis
    request_id: UUID


@sealed
class Person:
    """Who the reporter is."""

    nik: Annotated[str, Length(max=32)]
    full_name: Line
    birth_date: date
    sex: Annotated[str, OneOf(("L", "P"))]
    address: Annotated[str, Length(max=500)]
    phone: Annotated[str, Length(max=40)]
    email: Annotated[str, Length(max=254)]
    occupation: Line


@sealed
class OfferedIdentity:
    """An identity as offered, verified by the keys it brings; `ktp_photo` is a JPEG of at most 400 kB, scaled on the
    phone."""

    person: Person
    ktp_photo: Annotated[bytes, Length(max=400_000)]
    reporter_keys: ReporterKeys


@sealed
class SealedFile:
    """The key of a file that lies sealed beside the letter, and the file's SHA-256 as it lies there (ciphertext).

    `key` is 32 bytes in base64url, for Tink's AES256_GCM_HKDF_1MB; `context` is the associated data it was sealed with.
    """

    bucket: Annotated[str, Length(max=63)]
    object: Annotated[str, Length(max=300)]
    version: Annotated[str, Length(max=200)]
    sha256: Sha256
    key: Annotated[str, Regexp(r"^[A-Za-z0-9_-]{43}\Z")]
    context: Annotated[str, Length(max=300)]
    media_type: Annotated[str, Length(max=100)]


@sealed
class FiledIdentity:
    """An identity as checked, to be reviewed or filed; the photo is a file beside it: the letter stays small.

    `reporter_keys` are those that the offer was signed with: whoever opens it compares them with the story's.
    """

    offer_id: UUID
    person: Person
    ktp_photo: SealedFile
    reporter_keys: ReporterKeys


@sealed
class FileKey:
    """What opens a piece of evidence: an original or a clean copy."""

    evidence_id: UUID
    file: SealedFile


@sealed
class Enclosed:
    """A letter to somebody else: what peeling leaves in the hands of the first of two people."""

    letter: Mapping[str, Any]
