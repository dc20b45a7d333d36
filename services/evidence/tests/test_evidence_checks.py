"""What the checks say of files, good and bad; and that clean copies show what is to be seen and tell nothing else."""

from __future__ import annotations

import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import evidence_files as files
import pikepdf
import pytest
from contracts.vocabulary import EvidenceKind, QuarantineReason
from evidence_tools import Draft, Line
from PIL import Image, ImageChops, ImageStat

WORDS = [files.NAME.encode(), files.PLACE.encode(), b"103.2566", b"2026-01-02"]


def tells_nothing(content: bytes) -> bool:
    return not any(word in content for word in WORDS)


def looks_like(found: Image.Image, original: Image.Image) -> bool:
    """Alike to the eye: a mean difference of less than 8 of 255."""
    difference = ImageChops.difference(found.convert("RGB"), original.convert("RGB").resize(found.size))
    return found.size == original.size and max(ImageStat.Stat(difference).mean) < 8


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_copy_of_a_picture_is_its_pixels_and_nothing_else(line: Line, form: str) -> None:
    original = {"JPEG": files.photo, "PNG": files.png}.get(form, lambda: files.encoded(files.picture(), form))()

    copy, media_type = line.copy_of(Draft(), original, EvidenceKind.PHOTO)

    shown = Image.open(io.BytesIO(copy))
    upright = files.picture().transpose(Image.Transpose.ROTATE_270) if form == "JPEG" else files.picture()
    assert media_type == "image/jpeg"
    assert looks_like(shown, upright)
    assert not shown.getexif()
    assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert tells_nothing(copy)


def test_a_copy_of_a_pdf_is_pictures_of_its_pages_and_nothing_else(line: Line) -> None:
    copy, media_type = line.copy_of(Draft(), files.pdf(seed=5, pages=2))

    with pikepdf.open(io.BytesIO(copy)) as document:
        pictures = [pikepdf.PdfImage(page.resources.XObject["/Page"]).as_pil_image() for page in document.pages]
        assert len(document.attachments) == 0
        assert "/Info" not in document.trailer
        assert "/Metadata" not in document.Root
    assert media_type == "application/pdf"
    assert [
        looks_like(picture, files.picture(5 + number).resize(picture.size)) for number, picture in enumerate(pictures)
    ]
    assert len(pictures) == 2
    assert tells_nothing(copy)


@pytest.mark.parametrize(
    ("ending", "inputs", "media_type"),
    [
        ("mp4", ("picture", "sound"), "video/mp4"),
        ("mov", ("picture", "sound"), "video/mp4"),
        ("m4a", ("sound",), "audio/mp4"),
        ("mp3", ("sound",), "audio/mp4"),
        ("ogg", ("sound",), "audio/mp4"),
    ],
)
def test_a_copy_of_a_recording_is_its_pictures_and_sound_and_nothing_else(
    line: Line, tmp_path: Path, ending: str, inputs: tuple[str, ...], media_type: str
) -> None:
    original = files.recording(tmp_path, ending, *inputs)

    copy, found_type = line.copy_of(Draft(), original, EvidenceKind.RECORDING)

    (tmp_path / "copy.mp4").write_bytes(copy)
    shown = probe(tmp_path / "copy.mp4")
    assert found_type == media_type
    assert sorted(each["codec_type"] for each in shown["streams"]) == sorted(
        {"picture": "video", "sound": "audio"}[each] for each in inputs
    )
    assert abs(float(shown["format"]["duration"]) - 2) < 0.3
    assert not {"title", "artist", "comment", "location", "creation_time"} & set(shown["format"].get("tags", {}))
    assert not (tells_nothing(original) and ending != "ogg")
    assert tells_nothing(copy)


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def test_an_office_document_is_cleared_without_a_copy(line: Line) -> None:
    draft = Draft()

    evidence_id = line.upload(draft, files.office())

    assert line.verdict(draft, evidence_id) is None
    assert line.objects("evidence-copies", str(evidence_id)) == []


BAD = {
    "a text that is named like a picture": (lambda: b"ini bukan foto\n" * 60, QuarantineReason.TYPE_NOT_ACCEPTED),
    "a program": (lambda: Path("/usr/bin/true").read_bytes(), QuarantineReason.TYPE_NOT_ACCEPTED),
    "the EICAR test file": (lambda: files.EICAR, QuarantineReason.INFECTED),
    "EICAR as a compressed attachment of a PDF": (
        lambda: files.pdf(attached=files.EICAR),
        QuarantineReason.INFECTED,
    ),
    "an encrypted zip": (files.encrypted_zip, QuarantineReason.ENCRYPTED),
    "an encrypted PDF": (
        lambda: files.pdf(encryption=pikepdf.Encryption(owner="a", user="b")),
        QuarantineReason.ENCRYPTED,
    ),
    "an image that unpacks to 900 million pixels": (files.image_bomb, QuarantineReason.TOO_LARGE),
    "a document that unpacks to a quarter of a gigabyte": (files.office_bomb, QuarantineReason.TOO_LARGE),
    "a document with macros": (
        lambda: files.office(**{"vbaProject.bin": b"Sub Rekaan()"}),
        QuarantineReason.TYPE_NOT_ACCEPTED,
    ),
    "a picture that was cut": (lambda: files.photo()[:4000], QuarantineReason.DAMAGED),
    "a PDF that was cut": (lambda: files.pdf(seed=9)[:3000], QuarantineReason.DAMAGED),
    "random bytes that begin like a JPEG": (
        lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 40,
        QuarantineReason.DAMAGED,
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_quarantined_with_its_reason(line: Line, what: str) -> None:
    make, reason = BAD[what]
    draft = Draft()

    evidence_id = line.upload(draft, make())

    assert line.verdict(draft, evidence_id) is reason
    assert line.pieces(draft)[evidence_id] == {
        "evidence_id": str(evidence_id),
        "kind": "dokumen",
        "state": "quarantined",
        "reason": reason.value,
    }
    assert line.objects("evidence-copies", str(evidence_id)) == []


def test_a_bad_file_loses_nothing_else_of_the_draft(line: Line) -> None:
    draft = Draft()

    before, bad, after = (line.upload(draft, each) for each in (files.photo(7), files.EICAR, files.photo(8)))

    assert [line.verdict(draft, each) for each in (before, bad, after)] == [None, QuarantineReason.INFECTED, None]


def test_the_same_file_three_times_is_one_piece(line: Line) -> None:
    draft, content = Draft(), files.photo(3)

    pieces = [line.upload(draft, content) for _ in range(3)]
    elsewhere = Draft()
    in_another_draft = line.upload(elsewhere, content)

    verdicts = [line.verdict(draft, each) for each in pieces]
    assert sorted(str(each) for each in verdicts) == ["None", "duplicate", "duplicate"]
    assert line.verdict(elsewhere, in_another_draft) is None


def test_a_picture_that_is_a_document_too_is_unclear(line: Line) -> None:
    draft = Draft()

    evidence_id = line.upload(draft, files.photo(11) + files.office())

    assert line.verdict(draft, evidence_id) is QuarantineReason.TYPE_UNCLEAR


def test_what_hides_behind_a_picture_is_not_in_its_copy(line: Line) -> None:
    hidden = b"PK\x03\x04" + os.urandom(20_000)

    copy, _ = line.copy_of(Draft(), files.photo(12) + hidden)

    assert hidden[:100] not in copy
    assert Image.open(io.BytesIO(copy)).size == (240, 320)
