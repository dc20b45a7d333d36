"""The people of the local system: invented names, real sign-ins (password and one-time code), groups by role."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from wbs_local.ceremony.enforcement import SignInMount
from wbs_local.ceremony.root import Root
from wbs_local.ceremony.walls import ANYONE, Walls
from wbs_local.system import System

INVENTED = "(nama rekaan)"


@dataclass(frozen=True)
class Person:
    """Who signs in. `details` are kept with the OpenBao entity: of the Super Admin the decree that appointed them."""

    user: str
    name: str
    role: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Enrolled:
    """A person with what they sign in with. Goes to secrets/people/people.json, for the demo and the tests only."""

    user: str
    name: str
    role: str
    password: str = field(repr=False)
    otpauth_url: str = field(repr=False)
    entity_id: str
    details: Mapping[str, str]


PEOPLE = (
    Person(
        "superadmin",
        f"Ratna Kemuning {INVENTED}",
        "super-admin",
        {"sk_number": "700/001/ITDA/2026 (rekaan)", "sk_date": "2026-01-05"},
    ),
    Person("inspektur", f"Hasan Basri Muda {INVENTED}", "inspektur"),
    Person("irban1", f"Yuliana Tembesi {INVENTED}", "irban"),
    Person("pemeriksa1", f"Dedi Bulian {INVENTED}", "investigator"),
    Person("pemeriksa2", f"Marlina Pemayung {INVENTED}", "investigator"),
    Person("pengawas1", f"Anton Provinsi {INVENTED}", "overseer", {"from": "Inspektorat Provinsi"}),
    Person("pengawas2", f"Sari Bengkulu {INVENTED}", "overseer", {"from": "BPKP"}),
    Person("operator1", f"Rizal Muara {INVENTED}", "operator"),
)


def enrol(root: Root, walls: Walls, sign_in: Mapping[str, SignInMount], system: System) -> list[Enrolled]:
    """Make every person's sign-in and the groups that give them their roles; keep the sign-ins for the demo."""
    enrolled = [_enrol(root, walls, _mount_of(walls, sign_in, person.role), person) for person in PEOPLE]
    for role in walls.staff_roles:
        make_group(root, walls, role, [person for person in enrolled if person.role == role])
    stored = json.dumps([asdict(person) for person in enrolled], indent=1, ensure_ascii=False)
    system.keep_secret("people", "people.json", stored)
    return enrolled


def people_of(system: System) -> list[Enrolled]:
    """The enrolled people, as the ceremony wrote them."""
    stored = (system.secrets_of("people") / "people.json").read_text()
    return [Enrolled(**person) for person in json.loads(stored)]


def make_group(root: Root, walls: Walls, role: str, members: Sequence[Enrolled]) -> None:
    """Roles come from groups alone: leaving the group is losing the role at the next call.

    The group's metadata says who its members are: that is all that heads see of people when they assign a case.
    """
    group = {
        "type": "internal",
        "policies": [walls.policy_name(role)],
        "member_entity_ids": [member.entity_id for member in members],
        "metadata": {member.user: member.name for member in members},
    }
    root.write(f"identity/group/name/{role}", group)


def _mount_of(walls: Walls, sign_in: Mapping[str, SignInMount], role: str) -> SignInMount:
    return next(sign_in[name] for name, roles in walls.sign_in_mounts.items() if role in roles)


def _enrol(root: Root, walls: Walls, mount: SignInMount, person: Person) -> Enrolled:
    password = secrets.token_urlsafe(15)
    # A user without any policy of their own gets a token that OpenBao then refuses to renew.
    own = {"token_policies": [walls.policy_name(ANYONE)], "token_no_default_policy": True}
    root.write(f"auth/{mount.name}/users/{person.user}", {"password": password, **own, **walls.token_times})
    metadata = {"name": person.name, **person.details}
    entity = str(root.write("identity/entity", {"name": person.user, "metadata": metadata})["id"])
    alias = {"name": person.user, "canonical_id": entity, "mount_accessor": mount.accessor}
    root.write("identity/entity-alias", alias)
    enrolment = {"method_id": mount.totp_method, "entity_id": entity}
    url = str(root.write("identity/mfa/method/totp/admin-generate", enrolment)["url"])
    return Enrolled(person.user, person.name, person.role, password, url, entity, dict(person.details))
