"""The object store's walls: each service tries every act on every bucket; inner ports answer nobody."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

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
SEALED = b"sealed"
UNVERSIONED = "null"  # what the store calls the only version
NO_RETENTION = "ObjectLockConfigurationNotFoundError"  # of this object: said to who may ask for it
FOLLOWS = {
    "s3:AbortMultipartUpload": "s3:PutObject"
}  # for this store, whatever is declared; each bucket has one writer


@dataclass(frozen=True)
class Target:
    """An object for one attempt, and an upload in parts that was begun under its name."""

    bucket: str
    name: str
    version: str
    upload: str

    def is_whole(self, ops: Minio) -> bool:
        """Its version, and nothing put before it: no other content, no mark that it was deleted."""
        kept = (ops.get_object(self.bucket, self.name, version_id=version) for version in (self.version, None))
        return [each.read() for each in kept] == [SEALED, SEALED]


def make_target(ops: Minio, bucket: str) -> Target:
    name = f"wall-{uuid4()}"
    written = ops.put_object(bucket, name, io.BytesIO(SEALED), len(SEALED))
    upload = ops._create_multipart_upload(bucket, name, {})
    return Target(bucket, name, written.version_id or UNVERSIONED, upload)


def in_a_moment() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=5)


# What is tried for each S3 action that the walls know; after a comma, another way to do it.
ATTEMPTS: dict[str, Callable[[Minio, Target], object]] = {
    "s3:PutObject": lambda client, it: client.put_object(it.bucket, it.name, io.BytesIO(b"own"), 3),
    "s3:GetObject": lambda client, it: client.get_object(it.bucket, it.name).read(),
    "s3:GetObjectVersion": lambda client, it: client.get_object(it.bucket, it.name, version_id=it.version).read(),
    "s3:ListBucket": lambda client, it: list(client.list_objects(it.bucket)),
    "s3:ListBucketVersions": lambda client, it: list(client.list_objects(it.bucket, include_version=True)),
    "s3:DeleteObject": lambda client, it: client.remove_object(it.bucket, it.name),
    "s3:DeleteObject, many": lambda client, it: _remove_many(client, it.bucket, DeleteObject(it.name)),
    "s3:DeleteObjectVersion": lambda client, it: client.remove_object(it.bucket, it.name, version_id=it.version),
    "s3:DeleteObjectVersion, many": lambda client, it: _remove_many(
        client, it.bucket, DeleteObject(it.name, it.version)
    ),
    "s3:AbortMultipartUpload": lambda client, it: client._abort_multipart_upload(it.bucket, it.name, it.upload),
    "s3:PutObjectRetention": lambda client, it: client.set_object_retention(
        it.bucket, it.name, Retention(COMPLIANCE, in_a_moment()), version_id=it.version
    ),
    "s3:GetObjectRetention": lambda client, it: client.get_object_retention(it.bucket, it.name, version_id=it.version),
}


def _remove_many(client: Minio, bucket: str, each: DeleteObject) -> None:
    for error in client.remove_objects(bucket, [each]):
        raise S3Error(None, error.code, error.message, None, None, None)


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
}


def may(act: Callable[[], object]) -> bool:
    try:
        act()
    except S3Error as error:
        if error.code not in ("AccessDenied", NO_RETENTION):
            raise
        return error.code == NO_RETENTION
    return True


def is_declared(attempt: str, actions: Collection[str]) -> bool:
    action = attempt.partition(",")[0]
    return action in actions or (action in FOLLOWS and FOLLOWS[action] in actions)


@pytest.fixture(scope="module")
def versions(system: System) -> dict[str, str | None]:
    ops = seaweedfs.connect(system, seaweedfs.OPS)
    return {bucket.name: ops.put_object(bucket.name, NAME, io.BytesIO(b"sealed"), 6).version_id for bucket in BUCKETS}


def test_each_action_of_the_walls_has_its_attempt() -> None:
    declared = {action for bucket in BUCKETS for actions in bucket.allow.values() for action in actions}

    assert declared <= set(ATTEMPTS)


@pytest.mark.parametrize("bucket", BUCKETS, ids=lambda bucket: bucket.name)
def test_a_bucket_has_one_writer(bucket: walls.Bucket) -> None:
    assert len([service for service, actions in bucket.allow.items() if "s3:PutObject" in actions]) == 1


@pytest.mark.parametrize(("service", "bucket"), PAIRS, ids=lambda value: getattr(value, "name", value))
def test_a_service_does_with_a_bucket_what_is_declared(system: System, service: str, bucket: walls.Bucket) -> None:
    client, ops = seaweedfs.connect(system, service), seaweedfs.connect(system, seaweedfs.OPS)
    targets = {attempt: make_target(ops, bucket.name) for attempt in ATTEMPTS}

    allowed = {
        attempt for attempt, act in ATTEMPTS.items() if may(lambda act=act, it=targets[attempt]: act(client, it))
    }

    assert allowed == {each for each in ATTEMPTS if is_declared(each, bucket.allow.get(service, ()))}
    assert [attempt for attempt in ATTEMPTS if attempt not in allowed and not targets[attempt].is_whole(ops)] == []


@pytest.mark.parametrize(("service", "bucket"), PAIRS, ids=lambda value: getattr(value, "name", value))
def test_no_service_undoes_what_protects_a_bucket(system: System, service: str, bucket: walls.Bucket) -> None:
    client = seaweedfs.connect(system, service)

    assert {name: may(lambda act=act: act(client, bucket.name)) for name, act in FORBIDDEN.items()} == dict.fromkeys(
        FORBIDDEN, False
    )


def test_a_locked_original_is_deleted_by_nobody(system: System) -> None:
    """Not by the one service whose wall lets it delete what isn't locked (above), nor by who set all up."""
    ops, bucket = seaweedfs.connect(system, seaweedfs.OPS), "evidence-originals"
    locked = make_target(ops, bucket)
    until = datetime.now(UTC) + timedelta(days=1)
    ops.set_object_retention(bucket, locked.name, Retention(COMPLIANCE, until), version_id=locked.version)

    for user in (*walls.SERVICES, seaweedfs.OPS):
        client = seaweedfs.connect(system, user)
        assert not may(lambda client=client: ATTEMPTS["s3:DeleteObjectVersion"](client, locked))
        assert not may(lambda client=client: ATTEMPTS["s3:DeleteObjectVersion, many"](client, locked))
    assert locked.is_whole(ops)


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
