"""Each act that needs two people, generated from the declared walls: refused to each single role and to all services
together, and done by two. An act that is declared anew is tried here too, or a test says that it lacks its example."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from chassis.openbao import BadRequest, Refused, request
from chassis.settings import Secret
from test_openbao_walls import SERVICES, SOME, STAFF, USERS, WALLS, Caller, applying, appoint, enrol
from wbs_local.ceremony.desk import Asked, Desk, NotApproved
from wbs_local.ceremony.walls import Grant
from wbs_local.parts import openbao
from wbs_local.system import System

METHODS = {"create": "post", "update": "post", "delete": "delete"}  # `read` and `sudo` are no acts


@dataclass(frozen=True)
class Act:
    """One way to ask for a declared act: a role, a path in which `+` became a name, a method."""

    name: str
    asker: str
    path: str
    method: str
    grant: Grant

    @property
    def capabilities(self) -> set[str]:
        return {each for each in self.grant.capabilities if METHODS.get(each) == self.method}

    def __str__(self) -> str:
        return f"{self.name} by {self.asker}: {self.method} {self.path}"


def every_act() -> Iterator[Act]:
    for act in WALLS.acts:
        for asker in act["asked_by"]:
            for grant in WALLS.grants_of(asker):
                if grant.path in act["paths"] and grant.approved_by:
                    for method in sorted({METHODS[each] for each in grant.capabilities if each in METHODS}):
                        yield Act(act["name"], asker, grant.path.replace("+", SOME), method, grant)


def askers_of(grant: Grant) -> set[str]:
    """Who is declared to ask for what this grant lets one ask for."""
    return {asker for act in WALLS.acts if grant.path in act["paths"] for asker in act["asked_by"]}


ACTS = list(every_act())
EACH_ACT = pytest.mark.parametrize("act", ACTS, ids=str)


@pytest.fixture(scope="module")
def desk(system: System) -> Desk:
    return Desk(system)


@pytest.fixture(scope="module")
def caller(system: System, desk: Desk) -> Callable[[str], Caller]:
    """Somebody with a token of this role; a service's is got once."""
    url, got = openbao.url(system), dict[str, Caller]()

    def of(role: str) -> Caller:
        if role in STAFF:
            return Caller(url, desk.token(USERS[role]))
        if role not in got:
            names = ("role_id", "secret_id")
            credentials = {name: system.keep_secret(f"{role}-worker", f"openbao_{name}") for name in names}
            auth = request(url, None, "post", "auth/approle/login", credentials)["auth"]
            got[role] = Caller(url, Secret(auth["client_token"]))
        return got[role]

    return of


@pytest.fixture(scope="module")
def content(desk: Desk) -> Callable[[Act], dict[str, str] | None]:
    """What an act's request must bring, as declared."""
    methods = {
        f"$totp:{mount}": desk.person("operator1").read(f"identity/mfa/login-enforcement/{mount}")["mfa_method_ids"][0]
        for mount in WALLS.sign_in_mounts
    }

    def of(act: Act) -> dict[str, str] | None:
        if act.method == "delete":
            return None
        allowed = act.grant.allowed or {}
        return {name: methods.get(value := (allowed.get(name) or [SOME])[0], value) for name in act.grant.required}

    return of


def test_every_declared_act_is_here() -> None:
    assert {act.name for act in ACTS} == {act["name"] for act in WALLS.acts}
    declared = {
        (asker, path.replace("+", SOME))
        for act in WALLS.acts
        for asker in act["asked_by"]
        for path, capabilities in act["paths"].items()
        if set(capabilities) & set(METHODS)
    }
    assert {(act.asker, act.path) for act in ACTS} == declared


@EACH_ACT
def test_asking_for_it_does_nothing_until_somebody_else_agrees(
    act: Act, desk: Desk, content: Callable[[Act], dict[str, str] | None]
) -> None:
    user = USERS[act.asker]
    asked = desk.ask(user, act.method, act.path, content(act))

    with pytest.raises(BadRequest):
        desk.carry_out(user, asked)
    with pytest.raises(NotApproved):
        desk.approve(user, asked)
    with pytest.raises(BadRequest):
        desk.carry_out(user, asked)


@EACH_ACT
def test_no_other_role_and_no_service_may_ask_for_it_or_do_it(
    act: Act, caller: Callable[[str], Caller], content: Callable[[Act], dict[str, str] | None]
) -> None:
    for role in WALLS.roles:
        grant = applying(WALLS.grants_of(role), act.path)
        if grant and act.capabilities & set(grant.capabilities):
            assert role in askers_of(grant), f"{role} does by a standing right what needs two people"
            assert grant.approved_by
            continue
        with pytest.raises(Refused):
            caller(role)(act.method, act.path, content(act))


@pytest.mark.parametrize("act", {act.name: act for act in ACTS}.values(), ids=str)
def test_all_services_together_and_every_role_that_does_not_count_approve_nothing(
    act: Act, desk: Desk, caller: Callable[[str], Caller], content: Callable[[Act], dict[str, str] | None]
) -> None:
    asked = desk.ask(USERS[act.asker], act.method, act.path, content(act))

    for role in WALLS.roles:
        if role in act.grant.approved_by:
            continue
        with pytest.raises((Refused, NotApproved)):
            _approve(role, asked, desk, caller)

    with pytest.raises(BadRequest):
        desk.carry_out(USERS[act.asker], asked)


def _approve(role: str, asked: Asked, desk: Desk, caller: Callable[[str], Caller]) -> None:
    if role in SERVICES:
        caller(role)("post", "sys/control-group/authorize", {"accessor": asked.accessor})
    else:
        desk.approve(USERS[role], asked)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_does_nothing_by_itself_that_people_agreed_on(
    service: str, desk: Desk, caller: Callable[[str], Caller]
) -> None:
    """What they agreed on is carried out by the asker's wrapping token, which the asker alone was given."""
    report = _report(caller)
    desk.act("superadmin", "pengawas1", "post", f"reports/keys/{report}/config", {"deletion_allowed": "true"})

    with pytest.raises(Refused):
        caller(service)("delete", f"reports/keys/{report}")
    with pytest.raises(Refused):
        caller(service)("post", f"reports/keys/{report}/config", {"deletion_allowed": "true"})


# ---- Two people together --------------------------------------------------------------------------------------------


def _report(caller: Callable[[str], Caller]) -> str:
    report = str(uuid4())
    caller("intake")("post", f"reports/keys/{report}", {"type": "aes256-gcm96"})
    return report


Doable = tuple[str, str, Mapping[str, Any] | None]  # method, path, content
Prepare = Callable[[Desk, Callable[[str], Caller]], Doable]


def _erase(desk: Desk, caller: Callable[[str], Caller]) -> Doable:
    path = f"reports/keys/{_report(caller)}"
    desk.act("superadmin", "pengawas1", "post", f"{path}/config", {"deletion_allowed": "true"})
    return "delete", path, None


def _reset_code(mount: str) -> Prepare:
    def prepare(desk: Desk, _: Callable[[str], Caller]) -> Doable:
        (method,) = desk.person("operator1").read(f"identity/mfa/login-enforcement/{mount}")["mfa_method_ids"]
        content = {"method_id": method, "entity_id": enrol(desk, mount).entity_id}
        return "post", "identity/mfa/method/totp/admin-destroy", content

    return prepare


EXAMPLES: dict[str, Prepare] = {
    "erase": _erase,
    "allow-erasing": lambda _, caller: (
        "post",
        f"reports/keys/{_report(caller)}/config",
        {"deletion_allowed": "true"},
    ),
    "appoint": lambda desk, _: (
        "post",
        "identity/group/name/super-admin",
        {"member_entity_ids": [desk.enrolled("superadmin").entity_id]},
    ),
    "retire": lambda desk, _: ("post", f"identity/entity/id/{enrol(desk, 'staff').entity_id}", {"disabled": "true"}),
    "sign-key-set": lambda *_: (
        "post",
        "sign-keys/sign/people-keys/sha2-256",
        {"input": base64.b64encode(bytes(32)).decode(), "prehashed": "true", "marshaling_algorithm": "jws"},
    ),
    "administer": lambda *_: ("post", f"sys/policies/acl/made-by-a-test-{uuid4().hex[:8]}", {"policy": "{}"}),
    "mount": lambda *_: ("post", f"sys/mounts/made-by-a-test-{uuid4().hex[:8]}", {"type": "kv"}),
    "reset-password": lambda desk, _: (
        "post",
        "auth/investigators/users/pemeriksa2/password",
        {"password": desk.password("pemeriksa2").reveal()},
    ),
    "reset-second-factor": _reset_code("investigators"),
    "enrol-second-factor": _reset_code("staff"),
}
PAIRS = [
    (act["name"], asker, approver)
    for act in WALLS.acts
    for asker in act["asked_by"]
    for approver in act["approved_by"]
    if asker != approver  # one person of each such role is enrolled here
]


def test_every_declared_act_has_its_example() -> None:
    assert set(EXAMPLES) == {act["name"] for act in WALLS.acts}


@pytest.mark.parametrize(("name", "asker", "approver"), PAIRS)
def test_two_people_do_it_together(
    name: str, asker: str, approver: str, desk: Desk, caller: Callable[[str], Caller]
) -> None:
    method, path, given = EXAMPLES[name](desk, caller)

    desk.act(USERS[asker], USERS[approver], method, path, given)


def test_the_super_admin_is_who_it_was(desk: Desk) -> None:
    appoint(desk, desk.enrolled("superadmin").entity_id)

    assert "super-admin" in desk.phases.who(desk.token("superadmin")).roles
