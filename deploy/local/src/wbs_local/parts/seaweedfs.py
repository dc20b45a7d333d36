"""SeaweedFS as the S3 store: buckets, users and policies (`deploy/walls/s3.toml`); its inner ports answer nobody."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path

from chassis.object_versions import ObjectVersions
from chassis.settings import Secret
from minio import Minio
from minio.commonconfig import ENABLED
from minio.versioningconfig import VersioningConfig

from wbs_local import quiet_log, services, tls, walls
from wbs_local.supervisor import SCRIPTS
from wbs_local.system import Program, System

OPS = "ops"  # may do all; used by set-up alone
_COMPONENTS = ("master", "volume", "filer", "s3", "client")
_SIGNED = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
MEMORY = "450MiB"  # of Go's own: it collects its garbage before that rather than let it double; not a bound
WEED = Path(sys.executable).with_name("weed")


def prepare(system: System) -> Program:
    data, folder = system.data_of("seaweedfs"), system.secrets_of("seaweedfs")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / "security.toml").exists():
        _make_security(system)
    system.keep_secret("seaweedfs", "s3.json", json.dumps({"identities": _identities(system)}))
    ports = system.ports
    # -disableHttp, JWT and mutual TLS: without them anybody can delete locked objects at the inner ports.
    # The low vacuum threshold wipes removed bytes from the disk soon.
    flags = {
        "dir": data,
        "ip": system.host,
        "ip.bind": system.host,
        "disableHttp": "true",
        "master.telemetry": "false",
        "master.port": ports["seaweed_master"],
        "master.port.grpc": ports["seaweed_master_grpc"],
        "master.electionTimeout": "1s",
        "master.volumeSizeLimitMB": "256",
        "master.garbageThreshold": "0.0001",
        "master.vacuumIntervalSeconds": "20",
        "volume.port": ports["seaweed_volume"],
        "volume.port.grpc": ports["seaweed_volume_grpc"],
        "volume.max": "0",
        "volume.preStopSeconds": "0",
        "filer": "true",
        "filer.port": ports["seaweed_filer"],
        "filer.port.grpc": ports["seaweed_filer_grpc"],
        "filer.tusBasePath": "",
        "filer.exposeDirectoryData": "false",
        "filer.localSocket": data / "filer.sock",
        "s3": "true",
        "s3.port": ports["s3"],
        "s3.port.grpc": ports["s3_grpc"],
        "s3.config": folder / "s3.json",
        "s3.port.iceberg": "0",
        "s3.port.lance": "0",
    }
    return Program(
        name="seaweedfs",
        command=(
            *(str(SCRIPTS / "quietly.sh"), sys.executable, quiet_log.__file__),
            str(WEED),
            "-logtostderr=true",
            f"-config_dir={folder}",
            "server",
            *(f"-{name}={value}" for name, value in flags.items()),
        ),
        ready=f"{sys.executable} -m wbs_local.probe s3 {ports['s3']}",
        priority=10,
        environment={"GOMEMLIMIT": MEMORY},
        secrets="seaweedfs",
        data="seaweedfs",
        # Its orderly stop takes 16 s; it survives a kill without loss (10 of 10 in trials), so it gets 3 s.
        stop_seconds=3,
    )


def _make_security(system: System) -> None:
    authority = tls.make_authority("SeaweedFS of this system")
    folder = system.secrets_of("seaweedfs")
    system.keep_secret("seaweedfs", "ca.crt", authority.certificate)
    lines = [f'[{name}]\nkey = "{secrets.token_hex(32)}"\n' for name in _SIGNED]
    lines.append(f'[grpc]\nca = "{folder}/ca.crt"\n')
    for component in _COMPONENTS:
        issued = tls.issue(authority, component)
        system.keep_secret("seaweedfs", f"{component}.crt", issued.certificate)
        system.keep_secret("seaweedfs", f"{component}.key", issued.key)
        lines.append(f'[grpc.{component}]\ncert = "{folder}/{component}.crt"\nkey = "{folder}/{component}.key"\n')
    system.keep_secret("seaweedfs", "security.toml", "\n".join(lines))


def _identities(system: System) -> list[dict[str, object]]:
    users: dict[str, list[str]] = {user: [] for user in walls.SERVICES} | {OPS: ["Admin"]}
    return [
        {
            "name": user,
            "credentials": [
                {
                    "accessKey": system.keep_secret("seaweedfs", f"access_key_of_{user}"),
                    "secretKey": system.keep_secret("seaweedfs", f"secret_key_of_{user}"),
                }
            ],
            "actions": actions,
        }
        for user, actions in users.items()
    ]


def connect(system: System, user: str) -> Minio:
    return Minio(
        f"{system.host}:{system.ports['s3']}",
        access_key=system.keep_secret("seaweedfs", f"access_key_of_{user}"),
        secret_key=system.keep_secret("seaweedfs", f"secret_key_of_{user}"),
        secure=False,
        region="us-east-1",
    )


def versions(system: System) -> ObjectVersions:
    """Between what services tell of a stored version and what the store calls it."""
    return ObjectVersions(Secret(system.keep_secret("seaweedfs", "version_key")))


def apply_walls(system: System) -> None:
    """Makes the buckets and their policies, and gives each process its service's credentials. Safe to repeat."""
    ops = connect(system, OPS)
    for bucket in walls.buckets():
        if not ops.bucket_exists(bucket.name):
            ops.make_bucket(bucket.name, object_lock=bucket.locked)
        if bucket.versioned and not bucket.locked:
            ops.set_bucket_versioning(bucket.name, VersioningConfig(ENABLED))
        ops.set_bucket_policy(bucket.name, json.dumps(policy(bucket)))
    _sync_originals(system)
    version_key = system.keep_secret("seaweedfs", "version_key")
    for service in walls.SERVICES:
        for process in services.processes_of(service):
            system.keep_secret(process, "s3_version_key", version_key)
            for name in ("access_key", "secret_key"):
                value = system.keep_secret("seaweedfs", f"{name}_of_{service}")
                system.keep_secret(process, f"s3_{name}", value)


def policy(bucket: walls.Bucket) -> dict[str, object]:
    """The bucket's policy: it only allows, so that what isn't named is refused."""
    whole = f"arn:aws:s3:::{bucket.name}"
    statements = []
    for user, actions in bucket.allow.items():
        on_bucket = [action for action in actions if action.startswith("s3:List")]
        on_objects = [action for action in actions if action not in on_bucket]
        for resource, named in ((whole, on_bucket), (f"{whole}/*", on_objects)):
            if named:
                principal = {"AWS": f"arn:aws:iam::000000000000:user/{user}"}
                statements.append({"Effect": "Allow", "Principal": principal, "Action": named, "Resource": [resource]})
    return {"Version": "2012-10-17", "Statement": statements}


def _sync_originals(system: System) -> None:
    """Each write of an original reaches the disk before it is answered."""
    ports = system.ports
    command = "fs.configure -locationPrefix=/buckets/evidence-originals/ -fsync=true -apply"
    subprocess.run(
        [
            str(WEED),
            f"-config_dir={system.secrets_of('seaweedfs')}",
            "shell",
            f"-master={system.host}:{ports['seaweed_master']}.{ports['seaweed_master_grpc']}",
            f"-filer={system.host}:{ports['seaweed_filer']}.{ports['seaweed_filer_grpc']}",
        ],
        input=command,
        text=True,
        check=True,
        capture_output=True,
    )
