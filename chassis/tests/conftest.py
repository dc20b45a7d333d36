"""The toy service on the tests' system: its database and roles, topics, principals and secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.settings import Profile, Settings
from chassis.testing.harness import ServiceUnderTest, eventually
from chassis.testing.toy.events import LEDGER, ORDERS
from kafka.admin import ACLOperation, ACLResourcePatternType, ResourcePattern, ResourceType
from wbs_local import walls
from wbs_local.parts import kafka, postgres
from wbs_local.system import System

TOY = walls.Database(name="toy", service="toy")


@pytest.fixture(scope="module")
def toy(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceUnderTest]:
    """With an empty database, for each module of tests."""
    made = make_toy(system, tmp_path_factory.mktemp("toy"))
    yield made
    made.kill_all()


@pytest.fixture
def settings(toy: ServiceUnderTest, system: System) -> Settings:
    """As the toy's worker has them."""
    return Settings(
        service="toy",
        profile=Profile.LOCAL,
        secrets=system.secrets_of("toy-worker"),
        postgres_host=system.host,
        postgres_port=system.ports["postgres"],
        kafka_bootstrap=f"{system.host}:{system.ports['kafka']}",
        openbao_url="",
        s3_endpoint="",
        keys_file=Path("none"),
        keys_fingerprint="",
    )


def make_toy(system: System, folder: Path) -> ServiceUnderTest:
    """A fresh toy: its database and its topics are empty."""
    folder.mkdir(exist_ok=True)
    _make_database(system)
    passwords = _make_topics(system)
    toy = ServiceUnderTest(
        package="chassis.testing.toy",
        database="toy",
        environment=_environment(system, "toy-worker"),
        admin={
            "host": system.host,
            "port": system.ports["postgres"],
            "user": "postgres",
            "password": system.keep_secret("postgres", "superuser_password"),
        },
        writers={ORDERS: kafka.login(system, "toy-orders", passwords["toy-orders"])},
        folder=folder,
    )
    system.keep_secret("toy-worker", "kafka_password", passwords["toy"])
    for name in ("openbao_role_id", "openbao_secret_id"):  # the toy has no role of its own there
        system.keep_secret("toy-worker", name, system.keep_secret("intake-worker", name))
    migrating = ServiceUnderTest(**{**vars(toy), "environment": _environment(system, "toy-migrate"), "_running": []})
    assert migrating.run("migrate") == 0
    return toy


def _environment(system: System, process: str) -> dict[str, str]:
    port = {"toy-worker": "intake_worker_metrics", "toy-migrate": "intake_metrics"}[process]
    return {
        "WBS_PROFILE": "local",
        "WBS_GRAIN": "3600",
        "WBS_SECRETS": str(system.secrets_of(process)),
        "WBS_POSTGRES_HOST": system.host,
        "WBS_POSTGRES_PORT": str(system.ports["postgres"]),
        "WBS_KAFKA_BOOTSTRAP": f"{system.host}:{system.ports['kafka']}",
        "WBS_OPENBAO_URL": f"http://{system.host}:{system.ports['openbao']}",
        "WBS_S3_ENDPOINT": f"{system.host}:{system.ports['s3']}",
        "WBS_KEYS_FILE": str(system.public / "people-keys.jws"),
        "WBS_KEYS_FINGERPRINT": "",
        "WBS_METRICS_PORT": str(system.ports[port]),
        "WBS_HTTP_PORT": str(system.ports["intake"]),
    }


def _make_database(system: System) -> None:
    owner_password = system.keep_secret("toy-migrate", "postgres_password")
    password = system.keep_secret("toy-worker", "postgres_password")
    with postgres.connect_as_superuser(system) as connection:
        connection.execute("DROP DATABASE IF EXISTS toy WITH (FORCE)")
        postgres.make_database(connection, TOY, owner_password, password)


def _make_topics(system: System) -> dict[str, str]:
    passwords = {name: system.keep_secret("kafka", f"password_of_{name}") for name in ("toy", "toy-orders")}
    admin = kafka.connect_as_admin(system)
    try:
        kafka.make_users(admin, passwords)
        old = {ORDERS, LEDGER} & set(admin.list_topics())
        if old:
            admin.delete_topics(sorted(old))
            eventually(lambda: not old & set(admin.list_topics()))
        kafka.make_topics(admin, [ORDERS, LEDGER])
        acls = kafka.acls_of_own_names("toy") + kafka.acls_of_own_names("toy-orders")
        for service, topic, operations in (
            ("toy-orders", ORDERS, (ACLOperation.WRITE, ACLOperation.DESCRIBE)),
            (
                "toy",
                LEDGER,
                (ACLOperation.WRITE, ACLOperation.DESCRIBE, ACLOperation.READ, ACLOperation.DESCRIBE_CONFIGS),
            ),
            ("toy", ORDERS, (ACLOperation.READ, ACLOperation.DESCRIBE, ACLOperation.DESCRIBE_CONFIGS)),
        ):
            pattern = ResourcePattern(ResourceType.TOPIC, topic, ACLResourcePatternType.LITERAL)
            acls += [kafka._allow(service, operation, pattern) for operation in operations]
        admin.create_acls(acls)
    finally:
        admin.close()
    return passwords
