"""Apache Kafka: one KRaft broker, SCRAM users and an ACL per principal (`deploy/walls/kafka.toml`)."""

from __future__ import annotations

import base64
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from wbs_local import services, walls
from wbs_local.system import REPOSITORY, Program, System

LIBS = REPOSITORY / "var" / "parts" / "kafka" / "libs"
ARCHIVE = REPOSITORY / "var" / "parts" / "kafka" / "kafka.jsa"  # class data sharing: halves the start
ADMIN = "admin"
_JVM = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
PARTITIONS = 12
_JAAS = "org.apache.kafka.common.security.scram.ScramLoginModule required"


def prepare(system: System) -> Program:
    secrets = system.secrets_of("kafka")
    system.data_of("kafka").mkdir(parents=True, exist_ok=True, mode=0o700)
    password = system.keep_secret("kafka", "admin_password")
    system.keep_secret("kafka", "server.properties", _properties(system, password))
    cluster_id = cluster_id_of(uuid.uuid4())
    # The password stands in an argument file: a command line can be read by everybody on the machine.
    system.keep_secret(
        "kafka",
        "format.args",
        "\n".join(
            (
                f'-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "{LIBS}/*" kafka.tools.StorageTool format --standalone',
                f"--config {secrets}/server.properties --cluster-id {cluster_id}",
                f'--add-scram "SCRAM-SHA-512=[name={ADMIN},password={password}]"',
            )
        ),
    )
    (system.etc / "log4j2.yaml").write_text(_LOGGING)
    # A second system may start while the first one writes the archive: each writes its own, and then moves it.
    own_archive = system.run / "kafka.jsa"
    shared = f"-XX:SharedArchiveFile={ARCHIVE}" if ARCHIVE.exists() else f"-XX:ArchiveClassesAtExit={own_archive}"
    data = system.data_of("kafka")
    script = (
        f"[ -f {data}/meta.properties ] || java @{secrets}/format.args >/dev/null || exit 1; "
        f"exec java {' '.join(_JVM)} -Xshare:auto -Xlog:disable {shared} "
        f"-Dlog4j2.configurationFile={system.etc}/log4j2.yaml -cp '{LIBS}/*' kafka.Kafka {secrets}/server.properties"
    )
    return Program(
        name="kafka",
        command=("bash", "-c", script),
        ready=system.ports["kafka"],
        priority=10,
        secrets="kafka",
        data="kafka",
    )


def cluster_id_of(drawn: uuid.UUID) -> str:
    """In base64url, as Kafka writes it. One that began with "-" would be an option of the tool that formats the disk:
    one of 64 systems never started."""
    return base64.urlsafe_b64encode(b"\0" + drawn.bytes[1:]).decode().rstrip("=")


def keep_archive(system: System, archive: Path = ARCHIVE) -> None:
    """After the broker's first orderly stop: keeps its class archive for later starts of any system."""
    own_archive = system.run / "kafka.jsa"
    if own_archive.exists() and not archive.exists() and _is_whole(own_archive):
        # The system may lie on another disk (/tmp): moved at once is only what lies beside its place.
        beside = archive.with_name(f"{archive.name}.{uuid.uuid4()}")
        shutil.move(own_archive, beside)
        beside.replace(archive)


def _is_whole(archive: Path) -> bool:
    """A broker that is killed while it writes its archive leaves a part: with that, every later broker would crash."""
    options = ("-Xshare:on", "-XX:+VerifySharedSpaces", "-XX:+SuppressFatalErrorMessage", *_JVM)
    shared = f"-XX:SharedArchiveFile={archive}"
    tried = subprocess.run(
        ["java", *options, shared, "-cp", f"{LIBS}/*", "kafka.Kafka", "--version"], capture_output=True, check=False
    )
    return tried.returncode == 0


def login(system: System, user: str, password: str) -> dict[str, Any]:
    """What a Kafka client of this system is given to sign in."""
    return {
        "bootstrap_servers": f"{system.host}:{system.ports['kafka']}",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user,
        "sasl_plain_password": password,
    }


def login_of(system: System, service: str) -> dict[str, Any]:
    return login(system, service, password_of(system, service))


def connect_as_admin(system: System) -> KafkaAdminClient:
    password = system.keep_secret("kafka", "admin_password")
    return KafkaAdminClient(**login(system, ADMIN, password), bootstrap_timeout_ms=60_000)


def apply_walls(system: System) -> None:
    """Makes users, topics and ACLs, and gives each worker its service's password. Safe to repeat."""
    admin = connect_as_admin(system)
    try:
        make_users(admin, {service: password_of(system, service) for service in walls.SERVICES})
        make_topics(admin, [topic.name for topic in walls.topics()])
        admin.create_acls(declared_acls())
    finally:
        admin.close()
    for service in walls.SERVICES:
        for process in services.processes_of(service):
            if process.endswith("-worker"):
                system.keep_secret(process, "kafka_password", password_of(system, service))


def password_of(system: System, service: str) -> str:
    return system.keep_secret("kafka", f"password_of_{service}")


def make_users(admin: KafkaAdminClient, passwords: dict[str, str]) -> None:
    admin.alter_user_scram_credentials(
        [
            UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, password.encode())
            for user, password in passwords.items()
        ]
    )


def make_topics(admin: KafkaAdminClient, names: list[str]) -> None:
    """Kept for ever: event times are rounded down, so any finite retention would delete young events."""
    wanted = {
        name: {"num_partitions": PARTITIONS, "replication_factor": 1, "configs": {"retention.ms": "-1"}}
        for name in set(names) - set(admin.list_topics())
    }
    if wanted:
        admin.create_topics(wanted)


def declared_acls() -> list[ACL]:
    acls = []
    for topic in walls.topics():
        pattern = ResourcePattern(ResourceType.TOPIC, topic.name, ACLResourcePatternType.LITERAL)
        acls += [_allow(topic.writer, operation, pattern) for operation in (ACLOperation.WRITE, ACLOperation.DESCRIBE)]
        for reader in topic.readers:
            acls += [
                _allow(reader, operation, pattern)
                for operation in (ACLOperation.READ, ACLOperation.DESCRIBE, ACLOperation.DESCRIBE_CONFIGS)
            ]
    for service in walls.SERVICES:
        acls += acls_of_own_names(service)
    return acls


def acls_of_own_names(service: str) -> list[ACL]:
    """Consumer groups and transactional ids that begin with the service's name."""
    group, transaction = (
        ResourcePattern(kind, f"{service}.", ACLResourcePatternType.PREFIXED)
        for kind in (ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)
    )
    return [
        _allow(service, ACLOperation.READ, group),
        _allow(service, ACLOperation.DESCRIBE, group),
        _allow(service, ACLOperation.WRITE, transaction),
        _allow(service, ACLOperation.DESCRIBE, transaction),
    ]


def _allow(service: str, operation: ACLOperation, pattern: ResourcePattern) -> ACL:
    return ACL(f"User:{service}", "*", operation, ACLPermissionType.ALLOW, pattern)


def _properties(system: System, password: str) -> str:
    clients, controller = system.ports["kafka"], system.ports["kafka_controller"]
    own_login = f'{_JAAS} username="{ADMIN}" password="{password}";'
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "listeners": f"CLIENTS://{system.host}:{clients},CONTROLLER://{system.host}:{controller}",
        "advertised.listeners": f"CLIENTS://{system.host}:{clients}",
        "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
        "inter.broker.listener.name": "CLIENTS",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.bootstrap.servers": f"{system.host}:{controller}",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "sasl.mechanism.controller.protocol": "SCRAM-SHA-512",
        "listener.name.clients.scram-sha-512.sasl.jaas.config": own_login,
        "listener.name.controller.scram-sha-512.sasl.jaas.config": own_login,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{ADMIN}",
        "allow.everyone.if.no.acl.found": "false",
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        "default.replication.factor": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.num.partitions": "4",
        "group.initial.rebalance.delay.ms": "0",
        # After a kill the new broker waits for its old registration to end.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        "log.dirs": str(system.data_of("kafka")),
        # An event that was saved while a service's clock was ahead has to be published when it is right again too: by
        # default one of more than an hour ahead is refused, and all behind it would wait until that hour.
        "log.message.timestamp.after.max.ms": str(2**63 - 1),
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


_LOGGING = """\
Configuration:
  status: error
  Appenders:
    Console: {name: out, target: SYSTEM_OUT, PatternLayout: {pattern: "%p %c{1} %m%n"}}
  Loggers:
    Root: {level: warn, AppenderRef: {ref: out}}
"""
