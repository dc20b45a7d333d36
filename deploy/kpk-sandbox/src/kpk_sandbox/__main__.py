"""`python -m kpk_sandbox`: serves until SIGTERM."""

from __future__ import annotations

import os

from kpk_sandbox.api import create_api
from kpk_sandbox.bootstrap import bootstrap
from kpk_sandbox.pages import create_pages
from kpk_sandbox.server import serve
from kpk_sandbox.settings import Settings

if __name__ == "__main__":
    os.umask(0o077)
    settings = Settings.load()
    sandbox = bootstrap(settings)
    serve(settings, create_api(sandbox), create_pages(sandbox))
