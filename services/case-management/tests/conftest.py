"""The pages in a browser of an investigator's."""

from __future__ import annotations

from typing import Any, cast

import pytest
from case_management.application import CaseManagement
from case_tools import Casework, Viewing, app_of, signed_in_as
from flask.testing import FlaskClient


@pytest.fixture
def application() -> CaseManagement:
    return CaseManagement(hearing=cast(Any, None), casework=cast(Any, Casework()), viewing=cast(Any, Viewing()))


@pytest.fixture
def browser(application: CaseManagement) -> FlaskClient:
    app = app_of(application)
    signed_in_as(app)
    return app.test_client()
