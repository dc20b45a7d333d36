"""The object store's walls: each service tries every act on every bucket; inner ports answer nobody."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from minio import Minio
from minio.commonconfig import COMPLIANCE, ENABLED, Filter
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
from minio.retention import Retention
from minio.versioningconfig import SUSPENDED, VersioningConfig
from wbs_local import walls
from wbs_local.parts import seaweedfs
from wbs_local.system import System

BUCKETS = walls.buckets()
PAIRS = [(service, bucket) for service in walls.SERVICES for bucket in BUCKETS]
NAME = "wall"


def attempts(client: Minio, bucket: str, version: str | None) -> dict[str, Callable[[], object]]:
    """An attempt for each S3 action that the walls know, and those that nobody may."""
    tomorrow = datetime.now(UTC) + timedelta(seconds=5)
    return {
        "s3:PutObject": lambda: client.put_object(bucket, f"{NAME}/new", io.BytesIO(b"x"), 1),
        "s3:GetObject": lambda: client.get_object(bucket, NAME).read(),
        "s3:GetObjectVersion": lambda: client.get_object(bucket, NAME, version_id=version).read(),
        "s3:ListBucket": lambda: list(client.list_objects(bucket)),
        "s3:ListBucketVersions": lambda: list(client.list_objects(bucket, include_version=True)),
        "s3:PutObjectRetention": lambda: client.set_object_retention(
            bucket, NAME, Retention(COMPLIANCE, tomorrow), version_id=version
        ),
    }


FORBIDDEN: dict[str, Callable[[Minio, str], object]] = {
    "suspend versioning": lambda client, bucket: client.set_bucket_versioning(bucket, VersioningConfig(SUSPENDED)),
    "set a lifecycle": lambda client, bucket: client.set_bucket_lifecycle(
        bucket,
        LifecycleConfig([Rule(ENABLED, rule_filter=Filter(prefix=""), rule_id="own", expiration=Expiration(days=1))]),
    ),
    "change the policy": lambda client, bucket: client.set_bucket_policy(
        bucket, json.dumps({"Version": "2012-10-17", "Statement": []})
    ),
    "remove the policy": lambda client, bucket: client.delete_bucket_policy(bucket),
    "read the policy": lambda client, bucket: client.get_bucket_policy(bucket),
    "remove the bucket": lambda client, bucket: client.remove_bucket(bucket),
    "delete many": lambda client, bucket: _raise_errors(client.remove_objects(bucket, [DeleteObject("other")])),
}


def _raise_errors(errors: object) -> None:
    for error in errors:  # type: ignore[attr-defined]
        raise S3Error(None, error.code, error.message, None, None, None)


def may(act: Callable[[], object]) -> bool:
    try:
        act()
    except S3Error as error:
        if error.code == "AccessDenied":
            return False
        raise
    return True


@pytest.fixture(scope="module")
def versions(system: System) -> dict[str, str | None]:
    ops = seaweedfs.connect(system, seaweedfs.OPS)
    return {bucket.name: ops.put_object(bucket.name, NAME, io.BytesIO(b"sealed"), 6).version_id for bucket in BUCKETS}


@pytest.mark.parametrize(("service", "bucket"), PAIRS, ids=lambda value: getattr(value, "name", value))
def test_a_service_does_with_a_bucket_what_is_declared(
    system: System, versions: dict[str, str | None], service: str, bucket: walls.Bucket
) -> None:
    client = seaweedfs.connect(system, service)
    declared = set(bucket.allow.get(service, ()))
    acts = attempts(client, bucket.name, versions[bucket.name])
    if not bucket.locked:
        del acts["s3:PutObjectRetention"]
    if not (bucket.versioned or bucket.locked):
        del acts["s3:GetObjectVersion"], acts["s3:ListBucketVersions"]

    allowed = {action for action, act in acts.items() if may(act)}

    assert allowed == declared & set(acts)


@pytest.mark.parametrize(("service", "bucket"), PAIRS, ids=lambda value: getattr(value, "name", value))
def test_no_service_undoes_what_protects_a_bucket(system: System, service: str, bucket: walls.Bucket) -> None:
    client = seaweedfs.connect(system, service)
    acts = dict(FORBIDDEN)
    if {"s3:DeleteObject", "s3:DeleteObjectVersion"} & set(bucket.allow.get(service, ())):
        del acts["delete many"]

    assert {name: may(lambda act=act: act(client, bucket.name)) for name, act in acts.items()} == dict.fromkeys(
        acts, False
    )


def test_a_locked_original_is_deleted_by_nobody(system: System) -> None:
    ops, bucket = seaweedfs.connect(system, seaweedfs.OPS), "evidence-originals"
    written = ops.put_object(bucket, "locked", io.BytesIO(b"sealed"), 6)
    until = datetime.now(UTC) + timedelta(days=1)
    ops.set_object_retention(bucket, "locked", Retention(COMPLIANCE, until), version_id=written.version_id)

    for user in (*walls.SERVICES, seaweedfs.OPS):
        client = seaweedfs.connect(system, user)
        with pytest.raises(S3Error):
            client.remove_object(bucket, "locked", version_id=written.version_id)
    assert ops.get_object(bucket, "locked", version_id=written.version_id).read() == b"sealed"


@pytest.mark.parametrize("port", ["seaweed_master", "seaweed_volume", "seaweed_filer"])
def test_inner_ports_neither_give_nor_take_an_object(
    system: System, versions: dict[str, str | None], port: str
) -> None:
    """They tell strangers the size of the disk, and nothing of what is on it (README, Limits)."""
    bucket = "evidence-originals"
    url = f"http://{system.host}:{system.ports[port]}"
    for path in (
        "/",
        "/status",
        f"/buckets/{bucket}/{NAME}",
        f"/col/delete?collection={bucket}",
        f"/{bucket}",
        "/1,01",
    ):
        for method in ("GET", "POST", "PUT", "DELETE"):
            try:
                answer = requests.request(method, f"{url}{path}", data=b"own", timeout=5)
            except requests.ConnectionError:
                continue
            assert b"sealed" not in answer.content
            assert NAME not in answer.text

    ops = seaweedfs.connect(system, seaweedfs.OPS)
    assert ops.get_object(bucket, NAME, version_id=versions[bucket]).read() == b"sealed"


def test_a_stranger_gets_nothing(system: System) -> None:
    stranger = Minio(
        f"{system.host}:{system.ports['s3']}", access_key="x", secret_key="y" * 8, secure=False, region="us-east-1"
    )
    with pytest.raises(S3Error):
        list(stranger.list_objects("identity-inbox"))
