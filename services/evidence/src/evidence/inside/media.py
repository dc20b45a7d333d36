"""A clean copy of a recording: pictures and sound encoded anew by ffmpeg, other tracks and all tags left out."""

from __future__ import annotations

import subprocess
from pathlib import Path

from evidence.inside.frames import Refused
from evidence.inside.media_types import M4A, MP4

FFMPEG = "/usr/bin/ffmpeg"
# Only the readers of the types that are accepted, and nothing but this file: a playlist could name others.
_INPUT = ("-protocol_whitelist", "file", "-format_whitelist", "mov,mp3,ogg")
_NO_TAGS = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-sn", "-dn")
_SOUND = ("-map", "0:a:0?", "-c:a", "aac", "-b:a", "128k", "-flags:a", "+bitexact")
# 0:V leaves out cover pictures. Even sides, because the common pixel format asks for them.
_PICTURES = (
    *("-map", "0:V:0?", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p"),
    *("-vf", "scale='trunc(min(1920,iw)/2)*2':-2", "-flags:v", "+bitexact"),
)


def remake(path: Path, media_type: str) -> tuple[Path, str]:
    """The copy's path and media type. Raises Refused: damaged."""
    has_pictures = media_type == MP4
    copy = path.with_name("copy.mp4")
    tracks = (*_PICTURES, *_SOUND) if has_pictures else _SOUND
    command = [FFMPEG, "-nostdin", "-v", "error", "-xerror", *_INPUT, "-i", str(path)]
    # `+faststart`: the index comes first, so that a reader who opens it range by range sees the beginning at once.
    command += [*tracks, *_NO_TAGS, "-movflags", "+faststart", "-f", "mp4", str(copy)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode < 0:
        raise SystemExit(1)  # killed by a limit: not a verdict on the file
    if done.returncode != 0:
        raise Refused("damaged")
    return copy, MP4 if has_pictures else M4A
