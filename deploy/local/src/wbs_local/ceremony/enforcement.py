"""Puts the declared walls into a fresh OpenBao: mounts, keys, quotas, ways of signing in, policies, services' roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wbs_local.ceremony.root import Root
from wbs_local.ceremony.walls import ANYONE, Mount, Walls
from wbs_local.system import System


@dataclass(frozen=True)
class SignInMount:
    """A mount of passwords, as OpenBao names it inside, and the method of its one-time codes."""

    name: str
    accessor: str
    totp_method: str


def make_mounts(root: Root, walls: Walls) -> None:
    for mount in walls.mounts:
        root.write(f"sys/mounts/{mount.name}", {"type": "transit"})
        # A key is made by who may make keys, never by a stray request to encrypt.
        root.write(f"{mount.name}/config/keys", {"disable_upsert": True})
        if mount.audit_in_clear:
            root.write(f"sys/mounts/{mount.name}/tune", {"audit_non_hmac_request_keys": list(mount.audit_in_clear)})
        for key in mount.keys:
            root.write(f"{mount.name}/keys/{key}", _key(mount))
    for quota in walls.quotas:
        root.write(f"sys/quotas/rate-limit/{quota['name']}", {k: v for k, v in quota.items() if k != "name"})


def _key(mount: Mount) -> dict[str, object]:
    key: dict[str, object] = {"type": mount.type, "exportable": False}
    if mount.derived:
        key["derived"] = True
    if mount.key_size:
        key["key_size"] = mount.key_size
    return key


def make_sign_in(root: Root, walls: Walls) -> dict[str, SignInMount]:
    """A userpass mount for each class of people, each with one-time codes enforced at every sign-in."""
    made = {}
    for name in walls.sign_in_mounts:
        root.write(f"sys/auth/{name}", {"type": "userpass"})
        accessor = str(root.read("sys/auth")[f"{name}/"]["accessor"])
        method = root.write("identity/mfa/method/totp", {"method_name": f"{name}-totp", **walls.totp})["method_id"]
        enforcement = {"mfa_method_ids": [method], "auth_method_accessors": [accessor]}
        root.write(f"identity/mfa/login-enforcement/{name}", enforcement)
        made[name] = SignInMount(name, accessor, method)
    return made


def write_policies(root: Root, walls: Walls, sign_in: Mapping[str, SignInMount]) -> None:
    names = {f"$totp:{mount.name}": mount.totp_method for mount in sign_in.values()}
    for role in (*walls.roles, ANYONE):
        root.write(f"sys/policies/acl/{walls.policy_name(role)}", {"policy": walls.policy_of(role, names)})


def make_service_roles(root: Root, walls: Walls, system: System) -> None:
    """An AppRole a process, so that one process's credentials can be taken away alone; its policy is the service's."""
    root.write("sys/auth/approle", {"type": "approle"})
    for service, processes in walls.services.items():
        for process in (f"{service}-{kind}" for kind in processes):
            role = {
                "token_policies": [walls.policy_name(service)],
                "token_no_default_policy": True,
                **walls.approle,
            }
            root.write(f"auth/approle/role/{process}", role)
            role_id = root.read(f"auth/approle/role/{process}/role-id")["role_id"]
            secret_id = root.write(f"auth/approle/role/{process}/secret-id")["secret_id"]
            system.keep_secret(process, "openbao_role_id", role_id)
            system.keep_secret(process, "openbao_secret_id", secret_id)
