"""Where a local system lives: its folders, its ports, and what a program of it is."""

from __future__ import annotations

import atexit
import json
import random
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]

PORT_NAMES = (
    "postgres",
    "kafka",
    "kafka_controller",
    "openbao",
    "openbao_cluster",
    "seaweed_master",
    "seaweed_master_grpc",
    "seaweed_volume",
    "seaweed_volume_grpc",
    "seaweed_filer",
    "seaweed_filer_grpc",
    "s3",
    "s3_grpc",
    "clamav",
    "intake",
    "intake_metrics",
    "intake_worker_metrics",
    "identity_vault",
    "identity_vault_metrics",
    "identity_vault_worker_metrics",
    "identity_vault_check_metrics",
    "evidence",
    "evidence_metrics",
    "evidence_worker_metrics",
    "evidence_check_metrics",
    "case_management",
    "case_management_metrics",
    "case_management_worker_metrics",
    "kpk_forwarder_worker_metrics",
    "kpk_forwarder_send_metrics",
    "kpk_sandbox",
    "kpk_sandbox_pages",
    "prometheus",
    "alertmanager",
)


_STORED = ("grain", "settings", "epoch", "publish_again")


@dataclass(frozen=True)
class Program:
    """One process of the system, as the supervisor starts it.

    `command` runs in the foreground. `ready` is a TCP port or a shell command that succeeds once others may rely on it.
    `needs` names programs that must be ready first. `secrets` and `data`: the process sees the folders of this name,
    and of no other program, below `secrets/` and `data/`.
    """

    name: str
    command: tuple[str, ...]
    ready: int | str | None = None
    needs: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: str = "TERM"
    priority: int = 50
    secrets: str | None = None
    data: str | None = None
    stop_seconds: int = 30


@dataclass(frozen=True)
class System:
    """A system's folder and ports. `grain`: the length in seconds of what is an hour in production. `settings`: of a
    process, beyond those that every local system gives it. `epoch` grows with each restore (`WBS_EPOCH`).
    `publish_again`: the topics were lost, so at the next start each service publishes all of its history.
    """

    root: Path
    ports: Mapping[str, int]
    grain: int = 5
    host: str = "127.0.0.1"
    epoch: int = 1
    publish_again: bool = False
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def etc(self) -> Path:
        return self.root / "etc"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def public(self) -> Path:
        """What anyone may read: the signed key set and its fingerprint."""
        return self.root / "public"

    def secrets_of(self, name: str) -> Path:
        return self.root / "secrets" / name

    def data_of(self, name: str) -> Path:
        return self.root / "data" / name

    def make_folders(self) -> None:
        for folder in (self.etc, self.log, self.run, self.public):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.root / "secrets", self.root / "data"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep_secret(self, owner: str, name: str, value: str | None = None) -> str:
        """The secret `name` of process `owner`: read, or made (32 random bytes, base64url) or set, mode 0600."""
        path = self.secrets_of(owner) / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if value is None and path.exists():
            return path.read_text()
        value = value if value is not None else secrets.token_urlsafe(32)
        path.touch(mode=0o600)
        path.write_text(value)
        return value

    def save(self) -> None:
        kept = {name: getattr(self, name) for name in _STORED}
        (self.root / "system.json").write_text(json.dumps({"ports": dict(self.ports), **kept}, indent=1, default=dict))

    @classmethod
    def load(cls, root: Path) -> System:
        stored = json.loads((root / "system.json").read_text())
        return cls(root=root, ports=stored["ports"], **{name: stored[name] for name in _STORED if name in stored})


PORTS = range(10_000, 28_000)  # below the demo's; not those that the kernel gives to outgoing connections


def free_ports(names: Iterable[str] = PORT_NAMES) -> dict[str, int]:
    """A free port for each name, never given to two: claimed for as long as this process lives."""
    candidates = iter(random.sample(PORTS, len(PORTS)))
    return {name: next(port for port in candidates if _claim(port)) for name in names}


def _claim(port: int) -> bool:
    """Whether nobody listens there, and no other process of ours has claimed it."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0wbs-port-{port}")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return False
    atexit.register(claim.close)
    return True
