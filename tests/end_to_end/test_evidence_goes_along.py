"""Evidence goes from a client through the checks of the supervised services, one piece broken off and resumed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
from contracts.vocabulary import EvidenceKind, Route
from wbs_client import Filing, PublicApi, TrustedKeys
from wbs_local.launch import Running
from wbs_local.system import REPOSITORY

sys.path.append(str(REPOSITORY / "services" / "evidence" / "tests"))

import evidence_files as files  # found by the line above

HALF = 5 << 20
VIDEO_BYTES = 20 << 20


@pytest.fixture
def filing(api: PublicApi, keys: TrustedKeys) -> Filing:
    made = Filing(api, keys, Route.INSPEKTORAT)
    made.open()
    return made


def film(folder: Path) -> bytes:
    """A video of some 20 MB: ten seconds of noise."""
    path = folder / "film.mp4"
    noise = "nullsrc=size=640x480:rate=15:duration=10,geq=random(1)*255:128:128"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", noise, "-c:v", "libx264"]
    command += [
        "-preset",
        "ultrafast",
        "-b:v",
        "17M",
        "-minrate",
        "17M",
        "-metadata",
        f"location={files.PLACE}",
        str(path),
    ]
    subprocess.run(command, check=True)
    return path.read_bytes()


def verdicts(filing: Filing, *evidence_ids: UUID) -> dict[UUID, Any]:
    """What intake knows of the pieces once all are checked; the test's timeout ends a wait in vain."""
    while True:
        pieces = {UUID(each["evidence_id"]): each for each in filing.state()["evidence"]}
        if all(pieces.get(each, {}).get("is_checked") for each in evidence_ids):
            return {each: pieces[each]["fault"] for each in evidence_ids}


def test_a_photo_a_pdf_and_a_video_that_broke_off_are_checked_and_a_bad_file_is_told(
    running: Running, filing: Filing, tmp_path: Path
) -> None:
    video = io.BytesIO(film(tmp_path))
    photo = filing.add_evidence(io.BytesIO(files.photo(61)), EvidenceKind.PHOTO, "papan proyek.jpg")
    paper = filing.add_evidence(io.BytesIO(files.pdf(seed=62)), EvidenceKind.DOCUMENT, "kuitansi.pdf")
    bad = filing.add_evidence(io.BytesIO(files.EICAR), EvidenceKind.OTHER, "aneh.jpg")
    upload = filing.begin_evidence(video, EvidenceKind.VIDEO, "rekaman.mp4")
    filing.go_on_with(upload, video, stop_at=HALF)
    stood = pieces_at(running, filing)[upload.evidence_id]["state"]
    filing.go_on_with(upload, video)

    found = verdicts(filing, photo, paper, bad, upload.evidence_id)

    assert stood == "uploading"
    assert found == {photo: None, paper: None, bad: "infected", upload.evidence_id: None}
    assert len(video.getbuffer()) > VIDEO_BYTES * 0.8
    assert {each["state"] for each in pieces_at(running, filing).values()} == {"cleared", "quarantined"}


def pieces_at(running: Running, filing: Filing) -> dict[UUID, Any]:
    """As a client asks evidence itself."""
    url = f"http://{running.system.host}:{running.system.ports['evidence']}/api/v1/reports/{filing.report_id}/evidence"
    answer = requests.get(url, headers={"Authorization": f"Bearer {filing._opened()}"}, timeout=30)
    answer.raise_for_status()
    return {UUID(each["evidence_id"]): each for each in answer.json()}


def test_nothing_plain_is_left_by_the_supervised_services(running: Running, filing: Filing) -> None:
    canary = f"KENARI-{os.urandom(12).hex()}"
    pieces = [
        filing.add_evidence(io.BytesIO(files.pdf(seed=63, attached=canary.encode())), EvidenceKind.DOCUMENT, "a.pdf"),
        filing.add_evidence(io.BytesIO(files.office(**{"a.xml": canary.encode()})), EvidenceKind.DOCUMENT, "a.docx"),
    ]

    found = verdicts(filing, *pieces)

    assert set(found.values()) == {None}
    places = [str(running.system.root), "/dev/shm", "/var/tmp"]
    lying = subprocess.run(["grep", "-rlaF", canary, *places], capture_output=True, text=True, check=False).stdout
    assert lying == ""
