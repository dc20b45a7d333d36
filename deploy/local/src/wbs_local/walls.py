"""The walls as declared in `deploy/walls/*.toml`: who may reach what. Parts enforce them, tests try every pair."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from wbs_local.system import REPOSITORY

SERVICES = ("intake", "identity-vault", "evidence", "case-management", "kpk-forwarder")


@dataclass(frozen=True)
class Topic:
    name: str
    writer: str
    readers: tuple[str, ...]


@dataclass(frozen=True)
class Database:
    """`name` is also the run-time role; `owner` makes and changes tables and is used by `migrate` alone."""

    name: str
    service: str

    @property
    def owner(self) -> str:
        return f"{self.name}_owner"


@dataclass(frozen=True)
class Bucket:
    name: str
    versioned: bool
    locked: bool
    allow: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _declared(part: str) -> dict[str, dict[str, dict[str, object]]]:
    return tomllib.loads((REPOSITORY / "deploy" / "walls" / f"{part}.toml").read_text())


def topics() -> tuple[Topic, ...]:
    return tuple(
        Topic(name, str(each["writer"]), tuple(each["readers"]))  # type: ignore[arg-type]  # TOML arrays are untyped
        for name, each in _declared("kafka")["topic"].items()
    )


def databases() -> tuple[Database, ...]:
    return tuple(Database(name, str(each["service"])) for name, each in _declared("postgres")["database"].items())


def buckets() -> tuple[Bucket, ...]:
    return tuple(
        Bucket(
            name,
            versioned=bool(each.get("versioned")),
            locked=bool(each.get("locked")),
            allow={user: tuple(actions) for user, actions in each["allow"].items()},  # type: ignore[attr-defined]
        )
        for name, each in _declared("s3")["bucket"].items()
    )
