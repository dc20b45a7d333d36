"""The media types that are accepted, and those that clean copies have; read outside the sandbox too."""

from __future__ import annotations

_OPEN_XML = "application/vnd.openxmlformats-officedocument"
JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
MP4, M4A, MP3, OGG = "video/mp4", "audio/mp4", "audio/mpeg", "audio/ogg"
DOCX, XLSX = f"{_OPEN_XML}.wordprocessingml.document", f"{_OPEN_XML}.spreadsheetml.sheet"
ACCEPTED = frozenset({JPEG, PNG, WEBP, PDF, MP4, M4A, MP3, OGG, DOCX, XLSX})
COPIES = frozenset({JPEG, PDF, MP4, M4A})
