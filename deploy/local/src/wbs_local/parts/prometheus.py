"""Prometheus, with the configuration and the rules of deploy/monitoring, and this system's processes as targets."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from wbs_local import services
from wbs_local.parts import web_sign_in
from wbs_local.system import REPOSITORY, Program, System

MONITORING = REPOSITORY / "deploy/monitoring"
Targets = Sequence[Mapping[str, object]]


def prepare(system: System) -> Program:
    folder = system.secrets_of("prometheus")
    (folder / "targets").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    password_at_alertmanager(system)
    sign_in = web_sign_in.write(system, "prometheus", {web_sign_in.OPERATOR: web_sign_in.operators_password(system)})
    for name in ("prometheus.yml", "rules.yml"):
        shutil.copyfile(MONITORING / name, folder / name)
    _write_targets(folder, "processes", _processes(system))
    _write_targets(folder, "alertmanager", [{"targets": [f"{system.host}:{system.ports['alertmanager']}"]}])
    address = f"{system.host}:{system.ports['prometheus']}"
    return Program(
        name="prometheus",
        command=(
            "/usr/bin/prometheus",
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={system.data_of('prometheus')}",
            "--storage.tsdb.retention.time=30d",
            f"--web.config.file={sign_in}",
            f"--web.listen-address={address}",
            f"--web.external-url=http://{address}",
            "--log.level=warn",
        ),
        ready=system.ports["prometheus"],
        priority=60,
        secrets="prometheus",
        data="prometheus",
    )


def password_at_alertmanager(system: System) -> str:
    """Named by prometheus.yml, beside which it lies."""
    return system.keep_secret("prometheus", "alertmanager_password")


def _processes(system: System) -> Targets:
    return [
        {
            "targets": [f"{system.host}:{port}"],
            "labels": {"process": process, "service": process.rpartition("-")[0]},
        }
        for process, port in services.metrics_ports(system).items()
    ]


def _write_targets(folder: Path, name: str, targets: Targets) -> None:
    (folder / "targets" / f"{name}.json").write_text(json.dumps(targets, indent=1))
