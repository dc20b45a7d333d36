"""A service that a list of the linters forgets is a service that nobody keeps apart."""

from __future__ import annotations

import configparser
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.name.replace("-", "_") for path in (ROOT / "services").iterdir() if path.is_dir())
LISTS = (
    ("importlinter", "root_packages"),
    ("importlinter:contract:services", "modules"),
    ("importlinter:contract:contracts", "forbidden_modules"),
    ("importlinter:contract:chassis", "forbidden_modules"),
    ("importlinter:contract:client", "forbidden_modules"),
    ("importlinter:contract:kpk-sandbox", "forbidden_modules"),
    ("importlinter:contract:layers", "containers"),
)


@pytest.mark.parametrize(("section", "option"), LISTS)
def test_the_layers_are_checked_of_every_service(section: str, option: str) -> None:
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter")

    assert set(SERVICES) <= set(rules[section][option].split())


def test_the_types_are_checked_of_every_service() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    paths = settings["tool"]["mypy"]["mypy_path"].split(":")

    assert {f"services/{name.replace('_', '-')}/src" for name in SERVICES} <= set(paths)
