"""What nobody vouches for is handed to no browser to show, and nothing of those who connect is written down."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest
from contracts.vocabulary import Route
from sandbox_tools import Report, Sandbox

PLAIN = b"\xff\xd8\xff rekaan"


@pytest.mark.parametrize(("cleared", "shown"), [(True, "image/jpeg"), (False, "application/octet-stream")])
def test_an_original_without_a_type_is_what_its_content_says_once_a_clean_copy_vouches_for_it(
    sandbox: Sandbox, new_report: Callable[..., Report], cleared: bool, shown: str
) -> None:
    """A late piece is filed before it is checked. Without a copy the checks may have refused it: it is only saved."""
    report = new_report(Route.INSPEKTORAT)
    parcel = report.original(0, PLAIN, "application/octet-stream")
    sandbox.send(report.story(), parcel, *([report.copy(0, PLAIN)] if cleared else []))

    page = sandbox.page(f"/reports/{report.report_id}")
    file = sandbox.officer().get(f"{sandbox.pages}/reports/{report.report_id}/files/{parcel.manifest.parcel_id}")

    assert ("octet-stream" in page) is not cleared
    assert file.headers["Content-Type"] == shown
    assert file.headers["Content-Disposition"] == ("inline" if cleared else "attachment")
    assert file.content == PLAIN


def test_its_log_is_json_and_names_nobody_whatever_connects(sandbox: Sandbox) -> None:
    for sent in (b"", b"GET / HTTP/1.0\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", sandbox.ports["api"])) as connection:
            connection.sendall(sent)
    assert sandbox.statements() is not None  # it was asked later, so it has met the others

    log = (sandbox.folder / "log").read_text()

    assert all(isinstance(json.loads(line), dict) for line in log.splitlines())
    assert "127.0.0.1" not in log
