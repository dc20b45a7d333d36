"""The declaration in deploy/walls/openbao.toml, read into values, and the policies made from it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wbs_local.system import REPOSITORY

ANYONE = "*"
DECLARATION = REPOSITORY / "deploy" / "walls" / "openbao.toml"


class PathDeclaredTwice(Exception):
    """OpenBao would merge the two into the wider one, so the declaration would not say what holds."""

    def __init__(self, role: str, path: str) -> None:
        super().__init__(f"{role} has {path} twice")


class ValueNotText(Exception):
    """OpenBao reads a list of booleans in a JSON policy as "any value": the wall would be open."""

    def __init__(self, path: str, parameter: str) -> None:
        super().__init__(f"{path}: the values of {parameter} must be texts")


@dataclass(frozen=True)
class Mount:
    """A transit mount: keys of one class, all of one type."""

    name: str
    type: str
    keys: Sequence[str]
    derived: bool = False
    key_size: int = 0
    audit_in_clear: Sequence[str] = ()


@dataclass(frozen=True)
class Grant:
    """What a role may do at one path; with `approved_by`, only once another person of such a group has agreed."""

    path: str
    capabilities: Sequence[str]
    allowed: Mapping[str, Sequence[str]] | None
    required: Sequence[str]
    approved_by: Sequence[str] = ()
    ttl: str = ""

    def __post_init__(self) -> None:
        for parameter, values in (self.allowed or {}).items():
            if not all(isinstance(value, str) for value in values):
                raise ValueNotText(self.path, parameter)


@dataclass(frozen=True)
class Walls:
    """Everything that OpenBao is told at set-up, as declared."""

    mounts: Sequence[Mount]
    quotas: Sequence[Mapping[str, Any]]
    approle: Mapping[str, str]
    services: Mapping[str, Sequence[str]]
    sign_in_mounts: Mapping[str, Sequence[str]]
    token_times: Mapping[str, str]
    totp: Mapping[str, Any]
    rights: Sequence[Mapping[str, Any]]
    acts: Sequence[Mapping[str, Any]]

    @property
    def staff_roles(self) -> list[str]:
        return [role for roles in self.sign_in_mounts.values() for role in roles]

    @property
    def roles(self) -> list[str]:
        return [*self.services, *self.staff_roles]

    def grants_of(self, role: str) -> list[Grant]:
        """All of a role's paths, each once."""
        grants: dict[str, Grant] = {}
        for grant in (*self._standing(role), *self._by_two(role)):
            if grant.path in grants:
                raise PathDeclaredTwice(role, grant.path)
            grants[grant.path] = grant
        return list(grants.values())

    def _standing(self, role: str) -> Iterator[Grant]:
        for right in self.rights:
            if role in right["roles"] or right["roles"] == [ANYONE]:
                for path, capabilities in right["paths"].items():
                    path = path.replace("$role", role)
                    yield Grant(path, capabilities, right.get("allowed"), right.get("required", ()))

    def _by_two(self, role: str) -> Iterator[Grant]:
        for act in self.acts:
            if role in act["asked_by"]:
                for path, capabilities in act["paths"].items():
                    yield Grant(
                        path, capabilities, act.get("allowed"), act.get("required", ()), act["approved_by"], act["ttl"]
                    )

    def policy_name(self, role: str) -> str:
        if role == ANYONE:
            return "anyone"
        return f"service-{role}" if role in self.services else f"person-{role}"

    def policy_of(self, role: str, names: Mapping[str, str]) -> str:
        """The role's policy as JSON. `names` holds what only a running OpenBao knows: `$totp:<mount>` -> method id."""
        return json.dumps({"path": {grant.path: _rule(grant, names) for grant in self.grants_of(role)}})


def _rule(grant: Grant, names: Mapping[str, str]) -> dict[str, Any]:
    rule: dict[str, Any] = {"capabilities": list(grant.capabilities)}
    if grant.allowed is not None:
        rule["allowed_parameters"] = {
            name: [names.get(value, value) for value in values] for name, values in grant.allowed.items()
        }
    if grant.required:
        rule["required_parameters"] = list(grant.required)
    if grant.approved_by:
        # `sudo` is no operation, and OpenBao refuses a policy that names it as a controlled one.
        controlled = [capability for capability in grant.capabilities if capability not in ("sudo", "read")]
        identity = {"group_names": list(grant.approved_by), "approvals": 1}
        rule["control_group"] = {
            "ttl": grant.ttl,
            "factor": [{"second_person": {"controlled_capabilities": controlled, "identity": identity}}],
        }
    return rule


@cache
def declared(path: Path = DECLARATION) -> Walls:
    """The walls of deploy/walls/openbao.toml."""
    stated = tomllib.loads(path.read_text())
    mounts = [
        Mount(name=name, **{key: value for key, value in mount.items() if key != "for"})
        for name, mount in stated["mounts"].items()
    ]
    return Walls(
        mounts=mounts,
        quotas=stated["quotas"],
        approle=stated["approle"],
        services=stated["services"],
        sign_in_mounts=stated["sign_in"]["mounts"],
        token_times={name: stated["sign_in"][name] for name in ("token_ttl", "token_max_ttl")},
        totp=stated["sign_in"]["totp"],
        rights=stated["rights"],
        acts=stated["acts"],
    )
