"""What a service's commands name is there, and a process loads only what its own command needs."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name

import pytest
from chassis.service import Service

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.name.replace("-", "_") for path in (ROOT / "services").iterdir() if path.is_dir())


def service_of(package: str) -> Service:
    service = importlib.import_module(f"{package}.__main__").SERVICE
    assert isinstance(service, Service)
    return service


@pytest.mark.parametrize("package", PACKAGES)
def test_what_the_commands_name_is_there(package: str) -> None:
    service = service_of(package)

    for name in (service.worker, service.create_app, service.checks, *service.runners.values()):
        assert name is None or callable(resolve_name(name))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_consumer_is_loaded_before_a_worker_asks_for_it(package: str) -> None:
    loaded = f"import sys, {package}.__main__; print(*sorted({{'eventlet', 'nameko'}} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)

    assert ended.stdout.split() == []
