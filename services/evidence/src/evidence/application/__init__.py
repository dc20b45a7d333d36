"""evidence's use cases: uploads, what check processes do with pieces, what others tell, and what timers remove."""

from dataclasses import dataclass

from evidence.application.appending import (
    Body,
    Broken,
    Checksum,
    ChecksumDiffers,
    OffsetDiffers,
    TooLong,
    TooManySegments,
)
from evidence.application.checking import Checking
from evidence.application.filing import Filing, KeyLost
from evidence.application.finishing import Finishing
from evidence.application.hearing import Hearing
from evidence.application.removing import Removing
from evidence.application.uploads import (
    AlreadyReceived,
    AnnouncedOtherwise,
    DraftFull,
    FileEmpty,
    FileTooLarge,
    Holder,
    Limits,
    NoSuchUpload,
    Uploads,
)


@dataclass(frozen=True)
class Evidence:
    """The use cases, by whom they are for."""

    uploads: Uploads
    finishing: Finishing
    checking: Checking
    filing: Filing
    hearing: Hearing
    removing: Removing


__all__ = [
    "AlreadyReceived",
    "AnnouncedOtherwise",
    "Body",
    "Broken",
    "Checking",
    "Checksum",
    "ChecksumDiffers",
    "DraftFull",
    "Evidence",
    "FileEmpty",
    "FileTooLarge",
    "Filing",
    "Finishing",
    "Hearing",
    "Holder",
    "KeyLost",
    "Limits",
    "NoSuchUpload",
    "OffsetDiffers",
    "Removing",
    "TooLong",
    "TooManySegments",
    "Uploads",
]
