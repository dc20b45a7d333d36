"""OpenBao's walls hold: every role is walked against every path, and what two people must do is refused to one."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.openbao import BadRequest, KeyNotFound, OpenBao, OpenBaoDown, Refused, TooManyCalls, Unsupported, request
from chassis.settings import Secret
from chassis.sign_in import WrongCode, WrongPassword
from chassis.wrapper import Erased, KeyMissing, NotWrapped, Wrapper
from wbs_local.ceremony.desk import Desk, NotApproved
from wbs_local.ceremony.walls import Grant, declared
from wbs_local.parts import openbao
from wbs_local.system import System

WALLS = declared()
SERVICES = list(WALLS.services)
STAFF = WALLS.staff_roles
USERS = {
    "super-admin": "superadmin",
    "inspektur": "inspektur",
    "irban": "irban1",
    "investigator": "pemeriksa1",
    "overseer": "pengawas1",
    "operator": "operator1",
}
SOME = "some"  # stands for `+`


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


SIGNING = {"input": b64(bytes(32)), "prehashed": "true", "marshaling_algorithm": "jws"}


@dataclass(frozen=True)
class Caller:
    """Someone with a token."""

    url: str
    token: Secret

    def __call__(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return request(self.url, self.token, method, path, data).get("data") or {}


@pytest.fixture(scope="module")
def desk(system: System) -> Desk:
    return Desk(system)


@pytest.fixture(scope="module")
def caller(system: System, desk: Desk) -> Callable[[str], Caller]:
    url = openbao.url(system)

    def of(role: str) -> Caller:
        if role in STAFF:
            return Caller(url, desk.token(USERS[role]))
        names = ("role_id", "secret_id")
        credentials = {name: system.keep_secret(f"{role}-worker", f"openbao_{name}") for name in names}
        auth = request(url, None, "post", "auth/approle/login", credentials)["auth"]
        return Caller(url, Secret(auth["client_token"]))

    return of


# ---- Every role against every path ----------------------------------------------------------------------------------


def transit_paths() -> Iterator[str]:
    """Whatever transit can do with each key: also what nobody was given."""
    for mount in WALLS.mounts:
        yield from (
            f"{mount.name}/{path}" for path in ("keys", "config/keys", "cache-config", "wrapping_key", "random")
        )
        for key in (*mount.keys, SOME):
            for use in ("encrypt", "decrypt", "rewrap", "sign", "verify", "hmac", "backup", "restore"):
                yield f"{mount.name}/{use}/{key}"
            for use in ("sign", "verify", "hmac"):
                yield f"{mount.name}/{use}/{key}/sha2-256"
            yield f"{mount.name}/keys/{key}"
            for act in ("config", "rotate", "trim", "import", "import_version", "soft-delete", "soft-delete-restore"):
                yield f"{mount.name}/keys/{key}/{act}"
            for kind in ("encryption-key", "signing-key", "hmac-key", "public-key"):
                yield f"{mount.name}/export/{kind}/{key}"
                yield f"{mount.name}/export/{kind}/{key}/1"
            for kind in ("plaintext", "wrapped"):
                yield f"{mount.name}/datakey/{kind}/{key}"


SYSTEM_PATHS = [
    "auth/approle/role",
    "auth/approle/role/some",
    "auth/approle/role/some/bind-secret-id",
    "auth/approle/role/some/custom-secret-id",
    "auth/approle/role/some/policies",
    "auth/approle/role/some/role-id",
    "auth/approle/role/some/secret-id",
    "auth/approle/role/some/secret-id/lookup",
    "auth/investigators/users",
    "auth/investigators/users/some",
    "auth/investigators/users/some/password",
    "auth/investigators/users/some/policies",
    "auth/staff/config",
    "auth/staff/users",
    "auth/staff/users/some",
    "auth/staff/users/some/password",
    "auth/staff/users/some/policies",
    "auth/token/accessors",
    "auth/token/create",
    "auth/token/create-orphan",
    "auth/token/create/some",
    "auth/token/lookup",
    "auth/token/lookup-accessor",
    "auth/token/lookup-self",
    "auth/token/renew",
    "auth/token/renew-self",
    "auth/token/revoke",
    "auth/token/revoke-accessor",
    "auth/token/revoke-orphan",
    "auth/token/revoke-self",
    "auth/token/roles/some",
    "auth/token/tidy",
    "cubbyhole/some",
    "identity/alias",
    "identity/entity",
    "identity/entity-alias",
    "identity/entity-alias/id/some",
    "identity/entity/batch-delete",
    "identity/entity/id/some",
    "identity/entity/merge",
    "identity/entity/name/some",
    "identity/group",
    "identity/group-alias",
    "identity/group/id/some",
    "identity/group/name/Super-Admin",
    "identity/group/name/overseer",
    "identity/group/name/some",
    "identity/group/name/super-admin",
    "identity/lookup/entity",
    "identity/lookup/group",
    "identity/mfa/login-enforcement/investigators",
    "identity/mfa/login-enforcement/some",
    "identity/mfa/login-enforcement/staff",
    "identity/mfa/method/some",
    "identity/mfa/method/totp",
    "identity/mfa/method/totp/admin-destroy",
    "identity/mfa/method/totp/admin-generate",
    "identity/mfa/method/totp/generate",
    "identity/mfa/method/totp/some",
    "identity/oidc/config",
    "identity/oidc/key/some",
    "identity/oidc/role/some",
    "identity/oidc/token/some",
    "sys/audit",
    "sys/audit-hash/some",
    "sys/audit/some",
    "sys/auth",
    "sys/auth/some",
    "sys/auth/some/tune",
    "sys/capabilities",
    "sys/capabilities-accessor",
    "sys/capabilities-self",
    "sys/config/auditing/request-headers/some",
    "sys/config/cors",
    "sys/config/ui/headers/some",
    "sys/control-group/authorize",
    "sys/control-group/request",
    "sys/generate-root/attempt",
    "sys/generate-root/update",
    "sys/init",
    "sys/leases/lookup",
    "sys/leases/revoke-force/some",
    "sys/leases/revoke-prefix/auth/some/login/some",
    "sys/leases/revoke/some",
    "sys/locked-users/some/unlock/some",
    "sys/metrics",
    "sys/mounts",
    "sys/mounts/some",
    "sys/mounts/some/tune",
    "sys/namespaces/some",
    "sys/plugins/catalog/some",
    "sys/policies/acl",
    "sys/policies/acl/some",
    "sys/policies/password/some",
    "sys/policy/some",
    "sys/pprof/heap",
    "sys/quotas/config",
    "sys/quotas/rate-limit/some",
    "sys/raw/some",
    "sys/rekey/init",
    "sys/remount",
    "sys/rotate",
    "sys/seal",
    "sys/step-down",
    "sys/storage/raft/configuration",
    "sys/storage/raft/remove-peer",
    "sys/storage/raft/snapshot",
    "sys/storage/raft/snapshot-force",
    "sys/wrapping/lookup",
    "sys/wrapping/rewrap",
    "sys/wrapping/unwrap",
    "sys/wrapping/wrap",
]


def every_path() -> list[str]:
    given = {grant.path.replace("+", SOME) for role in WALLS.roles for grant in WALLS.grants_of(role)}
    return sorted(given | set(transit_paths()) | set(SYSTEM_PATHS))


def applying(grants: list[Grant], path: str) -> Grant | None:
    """By the rule of OpenBao: of the patterns that match, the one whose first `+` comes last."""
    segments = path.split("/")

    def matches(pattern: str) -> bool:
        parts = pattern.split("/")
        return len(parts) == len(segments) and all(
            part in ("+", segment) for part, segment in zip(parts, segments, strict=True)
        )

    def specific(grant: Grant) -> int:
        return grant.path.index("+") if "+" in grant.path else len(path) + 1

    return max((grant for grant in grants if matches(grant.path)), key=specific, default=None)


def expected(grants: list[Grant], path: str) -> list[str]:
    grant = applying(grants, path)
    return sorted(grant.capabilities) if grant else ["deny"]


@pytest.mark.parametrize("role", WALLS.roles)
def test_a_role_can_do_at_each_path_what_is_declared_and_nothing_else(
    role: str, caller: Callable[[str], Caller]
) -> None:
    paths, grants = every_path(), WALLS.grants_of(role)

    capabilities = caller(role)("post", "sys/capabilities-self", {"paths": paths})

    assert len(paths) > 700
    assert {path: sorted(capabilities[path]) for path in paths} == {path: expected(grants, path) for path in paths}


def roles_that_may(path: str) -> set[str]:
    return {role for role in WALLS.roles if expected(WALLS.grants_of(role), path) != ["deny"]}


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("reports/keys/some", {"intake", "super-admin"}),
        ("reports/keys/some/config", {"super-admin"}),
        ("reports/decrypt/some", {"intake", "identity-vault", "case-management", "kpk-forwarder"}),
        ("reports/datakey/plaintext/some", set(SERVICES)),
        ("letters/decrypt/casework", {"investigator", "irban", "inspektur"}),
        ("letters/decrypt/super-admin", {"super-admin"}),
        ("letters/decrypt/overseer", {"overseer"}),
        ("identity-check/decrypt/identity-check", {"identity-vault"}),
        ("evidence-drafts/decrypt/uploads", {"evidence"}),
        ("blind-index/hmac/nik/sha2-256", {"identity-vault"}),
        ("sign-keys/sign/people-keys/sha2-256", {"inspektur"}),
        ("sign-checks/sign/check-keys/sha2-256", {"identity-vault"}),
        ("identity/group/name/super-admin", {"inspektur"}),
        ("sys/policies/acl/some", {"operator"}),
        ("sys/mounts/some", {"operator"}),
        ("reports/keys/some/rotate", set()),
        ("reports/keys/some/trim", set()),
        ("reports/backup/some", set()),
        ("reports/export/encryption-key/some", set()),
        ("letters/export/encryption-key/casework", set()),
        ("letters/keys/casework/config", set()),
        ("auth/token/create", set()),
        *((f"sign-services/sign/{service}/sha2-256", {service}) for service in SERVICES),
        *((f"sign-staff/sign/{role}/sha2-256", {role}) for role in STAFF if role != "operator"),
    ],
)
def test_the_declaration_says_what_the_design_says(path: str, roles: set[str]) -> None:
    assert roles_that_may(path) == roles


def test_no_pattern_covers_what_is_for_others_by_its_name() -> None:
    """OpenBao finds groups and entities whatever the case of their names, and compares paths by case: an exception to
    a pattern holds for one spelling only."""
    grants = [(role, grant) for role in WALLS.roles for grant in WALLS.grants_of(role) if "/name/" in grant.path]
    named = [(role, grant) for role, grant in grants if "+" not in grant.path and set(grant.capabilities) - {"read"}]

    covered = [
        (role, grant.path, pattern.path)
        for role, grant in named
        for other, pattern in grants
        if other != role and "+" in pattern.path and applying([pattern], grant.path)
    ]

    assert covered == []


def test_a_right_on_something_that_could_undo_a_promise_is_never_held_by_one_person() -> None:
    undoing = (
        "auth/approle/",
        "auth/investigators/",
        "auth/staff/",
        "identity/",
        "reports/keys/some/config",
        "sign-keys/",
        "sys/audit",
        "sys/auth",
        "sys/leases",
        "sys/locked-users",
        "sys/mounts",
        "sys/policies",
        "sys/quotas",
    )

    held_alone = [
        (role, grant.path)
        for role in WALLS.roles
        for grant in WALLS.grants_of(role)
        if grant.path.replace("+", SOME).startswith(undoing)
        and not grant.approved_by
        and set(grant.capabilities) - {"read", "deny"}
    ]

    assert held_alone == []


# ---- Services can only shut -----------------------------------------------------------------------------------------

FORBIDDEN_TO_SERVICES = [
    ("post", "letters/decrypt/casework", {"ciphertext": "vault:v1:AAAA"}),
    ("post", "letters/decrypt/super-admin", {"ciphertext": "vault:v1:AAAA", "decision_id": "dsc-1"}),
    ("post", "letters/decrypt/overseer", {"ciphertext": "vault:v1:AAAA", "decision_id": "dsc-1"}),
    ("post", "letters/rewrap/casework", {"ciphertext": "vault:v1:AAAA"}),
    ("get", "letters/export/encryption-key/casework", None),
    ("post", "sign-staff/sign/inspektur/sha2-256", SIGNING),
    ("post", "sign-keys/sign/people-keys/sha2-256", SIGNING),
    ("post", "reports/keys/{report}/config", {"deletion_allowed": "true"}),
    ("post", "reports/keys/{report}/rotate", {}),
    ("post", "reports/keys/{report}/trim", {"min_available_version": 1}),
    ("delete", "reports/keys/{report}", None),
    ("get", "reports/keys/{report}", None),
    ("get", "reports/export/encryption-key/{report}", None),
    ("get", "reports/backup/{report}", None),
    ("post", "identity/group/name/super-admin", {"member_entity_ids": []}),
    ("post", "sys/policies/acl/service-intake", {"policy": "{}"}),
    ("post", "auth/token/create", {}),
    ("post", "sys/mounts/more", {"type": "transit"}),
    ("delete", "sys/mounts/reports", None),
    ("post", "sys/seal", {}),
]


@pytest.fixture(scope="module")
def report(caller: Callable[[str], Caller]) -> str:
    report_id = str(uuid4())
    caller("intake")("post", f"reports/keys/{report_id}", {"type": "aes256-gcm96"})
    return report_id


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_opens_letters_destroys_reports_or_changes_the_walls(
    service: str, report: str, caller: Callable[[str], Caller]
) -> None:
    call = caller(service)

    for method, path, data in FORBIDDEN_TO_SERVICES:
        with pytest.raises(Refused):
            call(method, path.format(report=report), data)


@pytest.mark.parametrize(
    ("service", "path", "data"),
    [
        ("intake", "reports/keys/{new}", {}),
        ("intake", "reports/keys/{new}", {"type": "chacha20-poly1305"}),
        ("intake", "reports/keys/{new}", {"type": "aes256-gcm96", "exportable": True}),
        ("intake", "reports/keys/{new}", {"type": "aes256-gcm96", "allow_plaintext_backup": True}),
        ("intake", "reports/datakey/plaintext/{report}", {}),
        ("intake", "sign-services/sign/intake/sha2-256", {"input": SIGNING["input"]}),
        ("intake", "sign-services/sign/intake/sha2-256", {**SIGNING, "prehashed": "false"}),
        ("intake", "sign-services/sign/intake/sha2-256", {"input": "AAAA", "marshaling_algorithm": "jws"}),
        ("identity-vault", "blind-index/hmac/nik/sha2-256", {"batch_input": [{"input": "AAAA"}]}),
        ("identity-vault", "identity-check/decrypt/identity-check", {"batch_input": [{"ciphertext": "vault:v1:AAAA"}]}),
        ("identity-vault", "identity-check/keys/identity-check/config", {"exportable": True}),
        ("identity-vault", "identity-check/keys/identity-check/config", {"deletion_allowed": "true"}),
        ("evidence", "evidence-drafts/keys/uploads/config", {"exportable": True}),
        ("evidence", "evidence-drafts/keys/uploads/config", {"allow_plaintext_backup": True}),
    ],
)
def test_a_right_covers_the_declared_parameters_only(
    service: str, path: str, data: dict[str, Any], report: str, caller: Callable[[str], Caller]
) -> None:
    with pytest.raises(Refused):
        caller(service)("post", path.format(report=report, new=uuid4()), data)


def test_no_key_comes_into_being_by_wrapping(caller: Callable[[str], Caller]) -> None:
    with pytest.raises(KeyNotFound):
        caller("intake")("post", f"reports/datakey/plaintext/{uuid4()}", {"associated_data": "AAAA"})


def test_the_blind_index_is_held_back_by_a_quota(caller: Callable[[str], Caller]) -> None:
    call = caller("identity-vault")

    def try_many() -> None:
        for nik in range(130):  # more than any two minutes have room for
            call("post", "blind-index/hmac/nik/sha2-256", {"input": b64(b"%016d" % nik)})

    with pytest.raises(TooManyCalls):
        try_many()


def test_evidence_rotates_and_trims_its_upload_key_so_that_old_texts_are_dead(
    caller: Callable[[str], Caller],
) -> None:
    call, context = caller("evidence"), {"context": b64(b"upload-1")}
    old = call("post", "evidence-drafts/encrypt/uploads", {"plaintext": b64(b"key"), **context})["ciphertext"]

    newest = call("post", "evidence-drafts/keys/uploads/rotate", {})["latest_version"]
    kept = call("post", "evidence-drafts/rewrap/uploads", {"ciphertext": old, **context})["ciphertext"]
    versions = {"min_decryption_version": newest, "min_encryption_version": newest}
    call("post", "evidence-drafts/keys/uploads/config", versions)
    call("post", "evidence-drafts/keys/uploads/trim", {"min_available_version": newest})

    opened = call("post", "evidence-drafts/decrypt/uploads", {"ciphertext": kept, **context})
    assert base64.b64decode(opened["plaintext"]) == b"key"
    with pytest.raises(BadRequest):
        call("post", "evidence-drafts/decrypt/uploads", {"ciphertext": old, **context})
    with pytest.raises(BadRequest):
        call("post", "evidence-drafts/decrypt/uploads", {"ciphertext": kept, "context": b64(b"upload-2")})


# ---- Two people -----------------------------------------------------------------------------------------------------

TWO_PERSON_ACTS = [
    ("super-admin", "overseer", "post", "reports/keys/{report}/config", {"deletion_allowed": "true"}),
    ("super-admin", "overseer", "delete", "reports/keys/{report}", None),
    ("inspektur", "overseer", "post", "identity/group/name/super-admin", {"member_entity_ids": ["{super_admin}"]}),
    (
        "inspektur",
        "overseer",
        "post",
        "sign-keys/sign/people-keys/sha2-256",
        SIGNING,
    ),
    ("operator", "overseer", "post", "sys/policies/acl/made-by-a-test", {"policy": "{}"}),
    ("operator", "overseer", "post", "sys/mounts/made-by-a-test", {"type": "kv"}),
    ("operator", "overseer", "post", "sys/auth/made-by-a-test", {"type": "userpass"}),
    ("operator", "overseer", "post", "identity/group/name/irban", {"type": "internal"}),
    ("operator", "overseer", "post", "identity/mfa/method/totp", {"method_name": "made-by-a-test", "issuer": "test"}),
    ("operator", "overseer", "post", "auth/approle/role/made-by-a-test", {"token_policies": ["service-intake"]}),
    ("irban", "inspektur", "post", "auth/investigators/users/{investigator}/password", {"password": "{password}"}),
    ("inspektur", "operator", "post", "auth/investigators/users/{investigator}/password", {"password": "{password}"}),
    ("operator", "irban", "post", "auth/investigators/users/{investigator}/password", {"password": "{password}"}),
]


@pytest.fixture
def filled_in(desk: Desk, caller: Callable[[str], Caller]) -> Callable[[Any], Any]:
    """Puts real names into a declared act; `report` is a new one whose key may be deleted."""
    report_id = str(uuid4())
    caller("intake")("post", f"reports/keys/{report_id}", {"type": "aes256-gcm96"})
    values = {
        "report": report_id,
        "super_admin": desk.enrolled("superadmin").entity_id,
        "investigator": "pemeriksa2",
        "password": desk.password("pemeriksa2").reveal(),
        "staff_method": desk.person("operator1").read("identity/mfa/login-enforcement/staff")["mfa_method_ids"][0],
    }

    def fill(what: Any) -> Any:
        if isinstance(what, str):
            return what.format(**values) if "{" in what and what != "{}" else what
        if isinstance(what, dict):
            return {name: fill(value) for name, value in what.items()}
        return [fill(value) for value in what] if isinstance(what, list) else what

    return fill


@pytest.mark.parametrize(("asker", "approver", "method", "path", "data"), TWO_PERSON_ACTS)
def test_one_person_alone_cannot_do_what_needs_two(
    asker: str, approver: str, method: str, path: str, data: Any, desk: Desk, filled_in: Callable[[Any], Any]
) -> None:
    user = USERS[asker]
    asked = desk.ask(user, method, filled_in(path), filled_in(data))

    with pytest.raises(BadRequest):
        desk.carry_out(user, asked)
    with pytest.raises(NotApproved):
        desk.approve(user, asked)

    with pytest.raises(BadRequest):
        desk.carry_out(user, asked)


def test_who_is_not_of_the_approving_group_does_not_count(desk: Desk, filled_in: Callable[[Any], Any]) -> None:
    asked = desk.ask("superadmin", "post", filled_in("reports/keys/{report}/config"), {"deletion_allowed": "true"})

    for user in ("inspektur", "irban1", "operator1"):
        with pytest.raises(NotApproved):
            desk.approve(user, asked)

    with pytest.raises(BadRequest):
        desk.carry_out("superadmin", asked)


def test_the_same_person_with_another_token_is_no_second_person(desk: Desk) -> None:
    again = desk.phases.person(desk.sign_in("inspektur"))
    asked = desk.ask("inspektur", "post", "auth/investigators/users/pemeriksa2/password", {"password": "other"})

    with pytest.raises(OpenBaoDown):  # how it refuses an asker who approves
        again.write("sys/control-group/authorize", {"accessor": asked.accessor})

    with pytest.raises(BadRequest):
        desk.carry_out("inspektur", asked)


@pytest.mark.parametrize(("asker", "approver", "method", "path", "data"), TWO_PERSON_ACTS)
def test_two_people_together_can(
    asker: str, approver: str, method: str, path: str, data: Any, desk: Desk, filled_in: Callable[[Any], Any]
) -> None:
    asked = desk.ask(USERS[asker], method, filled_in(path), filled_in(data))
    if method == "delete":
        allow = desk.ask(USERS[asker], "post", f"{filled_in(path)}/config", {"deletion_allowed": "true"})
        desk.approve(USERS[approver], allow)
        desk.carry_out(USERS[asker], allow)

    desk.approve(USERS[approver], asked)

    desk.carry_out(USERS[asker], asked)


@pytest.mark.parametrize(
    ("asker", "path", "data"),
    [
        ("superadmin", "reports/keys/{report}/config", {"exportable": True}),
        ("superadmin", "reports/keys/{report}/config", {"deletion_allowed": "true", "exportable": True}),
        ("superadmin", "reports/keys/{report}/config", {"allow_plaintext_backup": True}),
        ("inspektur", "identity/group/name/super-admin", {"member_entity_ids": [], "policies": ["person-operator"]}),
        ("superadmin", "reports/keys/{report}/config", {"deletion_allowed": "false"}),
        ("inspektur", "identity/entity/id/some", {"disabled": "false"}),
        ("inspektur", "identity/entity/id/some", {"disabled": False}),
        ("inspektur", "identity/entity/id/some", {"disabled": "true", "policies": ["person-operator"]}),
        ("inspektur", "auth/investigators/users/pemeriksa1/password", {"password": "x", "token_policies": ["x"]}),
        ("inspektur", "auth/staff/users/superadmin/password", {"password": "x"}),
        ("irban1", "identity/mfa/method/totp/admin-destroy", {"method_id": "{staff_method}", "entity_id": "some"}),
        ("operator1", "identity/group/name/super-admin", {"member_entity_ids": []}),
        ("operator1", "identity/group/name/Super-Admin", {"member_entity_ids": []}),
        ("inspektur", "identity/group/name/Super-Admin", {"member_entity_ids": []}),
        ("operator1", "auth/staff/users/superadmin/policies", {"token_policies": ["x"]}),
    ],
)
def test_not_even_two_people_are_asked_for_what_is_not_declared(
    asker: str, path: str, data: dict[str, Any], desk: Desk, filled_in: Callable[[Any], Any]
) -> None:
    with pytest.raises(Refused):
        desk.ask(asker, "post", filled_in(path), filled_in(data))


def test_erasing_a_report_by_two_people_makes_its_letters_noise(system: System, desk: Desk) -> None:
    report_id, erased = uuid4(), set[UUID]()
    wrapper = Wrapper(access(system, "intake-worker"), lambda report: report in erased)
    wrapper.make_key(report_id)
    text = wrapper.wrap(report_id, "story", b"what happened")

    desk.act("superadmin", "pengawas1", "post", f"reports/keys/{report_id}/config", {"deletion_allowed": "true"})
    desk.act("superadmin", "pengawas2", "delete", f"reports/keys/{report_id}")

    with pytest.raises(KeyMissing):
        wrapper.unwrap(report_id, "story", text)
    erased.add(report_id)
    assert wrapper.unwrap(report_id, "story", text) == Erased(report_id)
    access(system, "intake-worker").write(f"reports/keys/{report_id}", {"type": "aes256-gcm96"})
    with pytest.raises(NotWrapped):
        wrapper.unwrap(report_id, "story", text)


def access(system: System, process: str) -> OpenBao:
    role_id, secret_id = (Secret(system.keep_secret(process, f"openbao_{n}")) for n in ("role_id", "secret_id"))
    return OpenBao(openbao.url(system), role_id, secret_id)


# ---- The Super Admin ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Newcomer:
    user: str
    entity_id: str
    password: Secret
    otpauth_url: str = field(repr=False)

    def sign_in(self, desk: Desk) -> Secret:
        return desk.phases.finish(desk.phases.begin(self.user, self.password), desk.codes.unused(self.otpauth_url))


def enrol(desk: Desk, mount: str) -> Newcomer:
    """Someone new without a role, by operator and overseer; only investigators' codes are reset by others."""
    user, password, operator = f"baru{uuid4().hex[:8]}", "kata-sandi-untuk-uji", desk.person("operator1")
    accessor = operator.read("sys/auth")[f"{mount}/"]["accessor"]
    (method,) = operator.read(f"identity/mfa/login-enforcement/{mount}")["mfa_method_ids"]

    def administer(asker: str, approver: str, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        return desk.act(asker, approver, "post", path, data)

    by_two = ("operator1", "pengawas1")
    own = {"token_policies": ["anyone"], "token_no_default_policy": True}
    administer(*by_two, f"auth/{mount}/users/{user}", {"password": password, **own})
    administer(*by_two, f"identity/entity/name/{user}", {"metadata": {"sk_number": "700/002/ITDA/2026 (rekaan)"}})
    entity_id = operator.read(f"identity/entity/name/{user}")["id"]
    alias = {"name": user, "canonical_id": entity_id, "mount_accessor": accessor}
    administer(*by_two, "identity/entity-alias", alias)
    enrollers = by_two if mount == "staff" else ("irban1", "inspektur")
    enrolment = {"method_id": method, "entity_id": entity_id}
    url = administer(*enrollers, "identity/mfa/method/totp/admin-generate", enrolment)["url"]
    return Newcomer(user, entity_id, Secret(password), url)


@pytest.fixture
def successor(desk: Desk) -> Iterator[Newcomer]:
    """Who may become Super Admin; the last one is appointed again at the end."""
    newcomer = enrol(desk, "staff")
    yield newcomer
    appoint(desk, desk.enrolled("superadmin").entity_id)


def appoint(desk: Desk, entity_id: str) -> None:
    data = {"member_entity_ids": [entity_id]}
    desk.act("inspektur", "pengawas1", "post", "identity/group/name/super-admin", data)


def test_appointing_a_super_admin_retires_the_last_one_at_once(desk: Desk, successor: Newcomer) -> None:
    path = "sign-staff/sign/super-admin/sha2-256"
    new = desk.phases.person(successor.sign_in(desk))
    old = desk.person("superadmin")
    with pytest.raises(Refused):
        new.write(path, SIGNING)
    assert old.write(path, SIGNING)["signature"]

    appoint(desk, successor.entity_id)

    with pytest.raises(Refused):
        old.write(path, SIGNING)
    with pytest.raises(Refused):
        old.unwrap_content_key("super-admin", 1, bytes(384), decision_id="dsc-1")
    assert new.write(path, SIGNING)["signature"]


def test_a_retired_person_s_token_ends_and_they_do_not_get_another(desk: Desk, successor: Newcomer) -> None:
    appoint(desk, successor.entity_id)
    token = successor.sign_in(desk)
    assert desk.phases.who(token).roles == {"super-admin"}

    desk.act("inspektur", "pengawas1", "post", f"identity/entity/id/{successor.entity_id}", {"disabled": "true"})

    with pytest.raises(Refused):
        desk.phases.who(token)
    with pytest.raises(WrongPassword):
        desk.phases.begin(successor.user, successor.password)


# ---- Sign-in --------------------------------------------------------------------------------------------------------


def test_a_wrong_code_and_a_used_code_give_no_token(desk: Desk) -> None:
    code = desk.code("pemeriksa2")
    password = desk.password("pemeriksa2")

    with pytest.raises(WrongCode):
        desk.phases.finish(desk.phases.begin("pemeriksa2", password), f"{(int(code) + 1) % 1_000_000:06d}")
    assert desk.phases.finish(desk.phases.begin("pemeriksa2", password), code)
    with pytest.raises(WrongCode):
        desk.phases.finish(desk.phases.begin("pemeriksa2", password), code)


def test_an_investigator_s_sign_in_is_reset_by_two_and_the_old_one_is_dead(desk: Desk) -> None:
    person, password = enrol(desk, "investigators"), Secret("kata-sandi-baru")
    (method,) = desk.person("irban1").read("identity/mfa/login-enforcement/investigators")["mfa_method_ids"]
    enrolment = {"method_id": method, "entity_id": person.entity_id}
    assert person.sign_in(desk)

    path = f"auth/investigators/users/{person.user}/password"
    desk.act("inspektur", "irban1", "post", path, {"password": password.reveal()})
    desk.act("irban1", "inspektur", "post", "identity/mfa/method/totp/admin-destroy", enrolment)
    url = desk.act("irban1", "operator1", "post", "identity/mfa/method/totp/admin-generate", enrolment)["url"]

    with pytest.raises(WrongPassword):
        person.sign_in(desk)
    with pytest.raises(WrongCode):
        Newcomer(person.user, person.entity_id, password, person.otpauth_url).sign_in(desk)
    assert Newcomer(person.user, person.entity_id, password, url).sign_in(desk)


@pytest.mark.parametrize(
    "path",
    [
        "sys/generate-root/attempt",
        "sys/generate-recovery-token/attempt",
        "sys/rekey/init",
        "sys/rotate/root/init",
        "sys/rotate/recovery/init",
    ],
)
def test_nobody_begins_to_make_a_root_token_or_other_recovery_keys(path: str, system: System) -> None:
    with pytest.raises((Refused, Unsupported)):
        request(openbao.url(system), None, "put", path, {})
