"""The services' processes of a local system: their names, environment and programs."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from wbs_local.system import Program, System

PYTHON = sys.executable

# Services that run so far, each with the processes it is made of. A process has a folder of secrets of its own.
PROCESSES = {
    "intake": ("web", "worker"),
    "identity-vault": ("web", "worker", "check"),
    "evidence": ("web", "worker", "check"),
    "case-management": ("web", "worker"),
    "kpk-forwarder": ("worker", "send"),
}


# Secrets of a process that nothing else knows.
OWN_SECRETS = {"intake-web": ("challenge_secret",)}


# Settings of a process beyond those of every service.
OWN_SETTINGS = {
    "evidence-check": {"WBS_RETENTION_DAYS": "1"},
    "kpk-forwarder-send": {"WBS_KPK_POLL": "2", "WBS_LONGEST_WAIT": "30"},
}


@dataclass(frozen=True)
class _Ports:
    http: str | None
    metrics: str


_PORTS = {
    "intake-web": _Ports("intake", "intake_metrics"),
    "intake-worker": _Ports(None, "intake_worker_metrics"),
    "identity-vault-web": _Ports("identity_vault", "identity_vault_metrics"),
    "identity-vault-worker": _Ports(None, "identity_vault_worker_metrics"),
    "identity-vault-check": _Ports(None, "identity_vault_check_metrics"),
    "evidence-web": _Ports("evidence", "evidence_metrics"),
    "evidence-worker": _Ports(None, "evidence_worker_metrics"),
    "evidence-check": _Ports(None, "evidence_check_metrics"),
    "case-management-web": _Ports("case_management", "case_management_metrics"),
    "case-management-worker": _Ports(None, "case_management_worker_metrics"),
    "kpk-forwarder-worker": _Ports(None, "kpk_forwarder_worker_metrics"),
    "kpk-forwarder-send": _Ports(None, "kpk_forwarder_send_metrics"),
}


def processes_of(service: str) -> tuple[str, ...]:
    return tuple(f"{service}-{process}" for process in PROCESSES.get(service, ()))


def metrics_ports(system: System) -> dict[str, int]:
    """Where each process shows its metrics."""
    return {
        process: system.ports[_PORTS[process].metrics] for service in PROCESSES for process in processes_of(service)
    }


def make_own_secrets(system: System) -> None:
    for process, names in OWN_SECRETS.items():
        for name in names:
            system.keep_secret(process, name)


def environment(system: System, process: str) -> dict[str, str]:
    """The `WBS_*` variables of a process; secrets are files in the folder that `WBS_SECRETS` names."""
    ports = _PORTS.get(process)
    fingerprint = system.public / "fingerprint"
    variables = {
        "WBS_PROFILE": "local",
        "WBS_GRAIN": str(system.grain),
        "WBS_SECRETS": str(system.secrets_of(process)),
        "WBS_POSTGRES_HOST": system.host,
        "WBS_POSTGRES_PORT": str(system.ports["postgres"]),
        "WBS_KAFKA_BOOTSTRAP": f"{system.host}:{system.ports['kafka']}",
        "WBS_OPENBAO_URL": f"http://{system.host}:{system.ports['openbao']}",
        "WBS_S3_ENDPOINT": f"{system.host}:{system.ports['s3']}",
        "WBS_KEYS_FILE": str(system.public / "people-keys.jws"),
        "WBS_KEYS_FINGERPRINT": fingerprint.read_text().strip() if fingerprint.exists() else "",
        "WBS_EPOCH": str(system.epoch),
        "PYTHONUNBUFFERED": "1",
        **OWN_SETTINGS.get(process, {}),
        **_own_addresses(system, process),
        **system.settings.get(process, {}),
    }
    if ports is not None:
        variables["WBS_METRICS_PORT"] = str(system.ports[ports.metrics])
        if ports.http is not None:
            variables |= {"WBS_HTTP_HOST": system.host, "WBS_HTTP_PORT": str(system.ports[ports.http])}
    return variables


def _own_addresses(system: System, process: str) -> dict[str, str]:
    """Where a process finds what it alone speaks to, or names to clients."""
    if process == "intake-web":
        return {"WBS_UPLOADS_URL": f"http://{system.host}:{system.ports['evidence']}/api/v1/uploads"}
    if process == "evidence-web":
        return {"WBS_PORTAL_ORIGIN": f"http://{system.host}:{system.ports['intake']}"}
    if process == "evidence-check":
        return {"WBS_CLAMAV_HOST": system.host, "WBS_CLAMAV_PORT": str(system.ports["clamav"])}
    if process == "kpk-forwarder-send":
        return {
            "WBS_KPK_URL": f"https://{system.host}:{system.ports['kpk_sandbox']}",
            "WBS_KPK_CA_FILE": str(system.public / "kpk-ca.pem"),
        }
    return {}


def package_of(service: str) -> str:
    return service.replace("-", "_")


def programs(system: System) -> tuple[Program, ...]:
    return tuple(
        Program(
            name=f"{service}-{kind}",
            command=(PYTHON, "-m", package_of(service), kind),
            ready=_ready(system, f"{service}-{kind}"),
            needs=("postgres", "openbao", "kafka", "seaweedfs"),
            environment=environment(system, f"{service}-{kind}"),
            priority=50,
            secrets=f"{service}-{kind}",
        )
        for service, kinds in PROCESSES.items()
        for kind in kinds
    )


def _ready(system: System, process: str) -> str:
    ports = _PORTS[process]
    return f"{PYTHON} -m wbs_local.probe {system.ports[ports.http or ports.metrics]}"
