"""Sealed objects in S3 buckets: put, get by version and range; what can go wrong as types."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.deleteobjects import DeleteObject
from minio.error import InvalidResponseError, S3Error, ServerError
from minio.retention import Retention

from chassis import DependencyDown
from chassis.object_versions import NoSuchVersion, ObjectVersions
from chassis.settings import Settings

TIMEOUT_S = 10  # of silence; clients of ours wait for 30 s, and are to be told by us that the store is away
UNVERSIONED = "null"  # what S3 calls the only version where a bucket has none
PART_BYTES = 5 << 20  # S3's smallest: what a stream holds in memory at a time
# The last: its clock and ours are a quarter of an hour apart; that passes, and what was asked is right.
FOR_A_WHILE = frozenset({"InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeTooSkewed"})
NOT_THERE = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "MethodNotAllowed"})


class ObjectStoreDown(DependencyDown):
    def __init__(self) -> None:
        super().__init__("object store")


class ObjectMissing(Exception):
    """No such object or version (a version may be a delete marker). Names of objects are ids; they are not told
    here."""


class ObjectRefused(Exception):
    """The bucket's policy does not allow this to this service, or a lock forbids it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)


@dataclass(frozen=True)
class StoredObject:
    """`version` as `chassis.object_versions` tells it."""

    bucket: str
    name: str
    version: str


class ObjectStore:
    """Always reads by version: a later object of the same name never takes its place."""

    def __init__(self, settings: Settings) -> None:
        self._client = Minio(
            settings.s3_endpoint,
            access_key=settings.secret("s3_access_key").reveal(),
            secret_key=settings.secret("s3_secret_key").reveal(),
            secure=settings.s3_tls,
            region="us-east-1",  # else the client asks for it first, which no policy of ours allows
            http_client=urllib3.PoolManager(timeout=TIMEOUT_S, retries=False, maxsize=8),
        )
        self._versions = ObjectVersions(settings.secret("s3_version_key"))

    def put(self, bucket: str, name: str, content: bytes) -> StoredObject:
        with _translated_errors():
            written = self._client.put_object(bucket, name, io.BytesIO(content), len(content))
        return self._told(bucket, name, written.version_id)

    def put_stream(self, bucket: str, name: str, content: BinaryIO) -> StoredObject:
        """Of a length not known before, in constant memory. Errors of `content` itself pass through."""
        with _translated_errors():
            written = self._client.put_object(bucket, name, content, -1, part_size=PART_BYTES, num_parallel_uploads=1)
        return self._told(bucket, name, written.version_id)

    def get(self, stored: StoredObject, offset: int = 0, length: int | None = None) -> bytes:
        """The whole object, or `length` bytes from `offset` (fewer at its end)."""
        if length == 0:
            return b""  # the client takes 0 for all
        with _translated_errors():
            response = self._client.get_object(
                stored.bucket, stored.name, version_id=self._version(stored), offset=offset, length=length or 0
            )
            try:
                return response.read()
            finally:
                response.close()
                response.release_conn()

    def size(self, stored: StoredObject) -> int:
        """In bytes: read off a range of one byte, since readers have no right to ask for metadata alone."""
        with _translated_errors():
            response = self._client.get_object(
                stored.bucket, stored.name, version_id=self._version(stored), offset=0, length=1
            )
            try:
                return int(response.headers["Content-Range"].rpartition("/")[2])
            finally:
                response.close()
                response.release_conn()

    def remove(self, stored: StoredObject) -> None:
        """That version, for ever. One that is gone already is no error: removals are repeated after a crash. Raises
        ObjectMissing where it can't be told which one is meant: by a key that is another now."""
        with _translated_errors():
            self._client.remove_object(stored.bucket, stored.name, version_id=self._version(stored))

    def lock(self, stored: StoredObject, until: datetime) -> None:
        """Nobody, not even an administrator, can remove that version before `until`. Safe to repeat; a later time
        extends."""
        with _translated_errors():
            self._client.set_object_retention(
                stored.bucket, stored.name, Retention(COMPLIANCE, until), version_id=self._version(stored)
            )

    def wipe(self, bucket: str, prefix: str, keep_version: str | None = None) -> None:
        """Removes every version of every object below the prefix, but `keep_version`. Nothing there is no error."""
        with _translated_errors():
            found = self._client.list_objects(bucket, prefix=prefix, recursive=True, include_version=True)
            versions = [
                DeleteObject(each.object_name, each.version_id)
                for each in found
                if self._told(bucket, each.object_name, each.version_id).version != keep_version
            ]
            # A generator: nothing is removed until it is read.
            refused = list(self._client.remove_objects(bucket, versions))
        if refused:
            raise ObjectRefused(refused[0].code)

    def list_versions(self, bucket: str, prefix: str) -> list[tuple[StoredObject, datetime]]:
        """All versions and delete markers of all objects below the prefix, each with the time it was put."""
        with _translated_errors():
            found = list(self._client.list_objects(bucket, prefix=prefix, recursive=True, include_version=True))
        return [(self._told(bucket, each.object_name, each.version_id), each.last_modified) for each in found]

    def _told(self, bucket: str, name: str, version: str | None) -> StoredObject:
        if version in (None, UNVERSIONED):
            return StoredObject(bucket, name, UNVERSIONED)
        return StoredObject(bucket, name, self._versions.told(bucket, name, version))

    def _version(self, stored: StoredObject) -> str:
        if stored.version == UNVERSIONED:
            return UNVERSIONED
        try:
            return self._versions.in_store(stored.bucket, stored.name, stored.version)
        except NoSuchVersion:
            raise ObjectMissing from None


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        if error.code in NOT_THERE:
            raise ObjectMissing from None
        if error.code in FOR_A_WHILE:
            raise ObjectStoreDown from None
        raise ObjectRefused(error.code or "unknown") from None
    except (urllib3.exceptions.HTTPError, ServerError, InvalidResponseError, OSError):
        raise ObjectStoreDown from None
