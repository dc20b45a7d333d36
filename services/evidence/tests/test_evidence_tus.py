"""What headers of tus say, whatever a stranger puts into them."""

from __future__ import annotations

import pytest
from evidence.tus import HeaderInvalid, checksum_in, kind_in
from werkzeug.datastructures import Headers

ODD = ["???", "eA", "é", "\N{GRINNING FACE}", "\udc80"]


@pytest.mark.parametrize("odd", ODD)
def test_a_checksum_that_is_no_base64_is_refused(odd: str) -> None:
    with pytest.raises(HeaderInvalid, match="Upload-Checksum"):
        checksum_in(Headers({"Upload-Checksum": f"sha256 {odd}"}))


@pytest.mark.parametrize("odd", ODD)
def test_a_kind_that_is_no_base64_is_refused(odd: str) -> None:
    with pytest.raises(HeaderInvalid, match="Upload-Metadata"):
        kind_in(Headers({"Upload-Metadata": f"kind {odd}"}))
