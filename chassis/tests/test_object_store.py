"""Objects in a real S3 store, by version and range; what the bucket's policy does not allow is refused."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import minio
import pytest
from chassis.object_store import ObjectMissing, ObjectRefused, ObjectStore, ObjectStoreDown, StoredObject
from chassis.object_versions import ObjectVersions
from chassis.settings import Profile, Secret, Settings
from contracts.encoding import b64u
from wbs_local.launch import Running
from wbs_local.parts import seaweedfs
from wbs_local.system import System

INBOX, COPIES = "identity-inbox", "evidence-copies"


def settings_of(system: System, service: str, folder: Path) -> Settings:
    folder.mkdir()
    kept = {f"s3_{name}": f"{name}_of_{service}" for name in ("access_key", "secret_key")}
    for name, of_store in {**kept, "s3_version_key": "version_key"}.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(system.keep_secret("seaweedfs", of_store))
    return Settings(
        service=service,
        profile=Profile.LOCAL,
        secrets=folder,
        postgres_host="",
        postgres_port=0,
        kafka_bootstrap="",
        openbao_url="",
        s3_endpoint=f"{system.host}:{system.ports['s3']}",
        keys_file=Path("none"),
        keys_fingerprint="",
    )


@pytest.fixture
def evidence(parts: Running, tmp_path: Path) -> ObjectStore:
    return ObjectStore(settings_of(parts.system, "evidence", tmp_path / "evidence"))


@pytest.fixture
def cases(parts: Running, tmp_path: Path) -> ObjectStore:
    return ObjectStore(settings_of(parts.system, "case-management", tmp_path / "cases"))


def test_another_service_reads_what_was_put_by_version_and_range(evidence: ObjectStore, cases: ObjectStore) -> None:
    content = bytes(range(256)) * 40

    stored = evidence.put(COPIES, str(uuid4()), content)

    assert cases.get(stored) == content
    assert cases.get(stored, offset=100, length=50) == content[100:150]
    assert cases.get(stored, offset=len(content) - 10, length=50) == content[-10:]
    assert cases.get(stored, offset=100, length=0) == b""


def test_a_later_object_of_the_same_name_does_not_take_its_place(evidence: ObjectStore) -> None:
    first = evidence.put(COPIES, str(uuid4()), b"first")

    second = evidence.put(COPIES, first.name, b"second")

    assert first.version != second.version
    assert evidence.get(first) == b"first"
    assert evidence.get(second) == b"second"


def test_a_version_is_not_told_as_the_store_calls_it(parts: Running, evidence: ObjectStore) -> None:
    stored = evidence.put(COPIES, str(uuid4()), b"x")

    ops = seaweedfs.connect(parts.system, seaweedfs.OPS)
    (known,) = ops.list_objects(COPIES, prefix=stored.name, include_version=True)
    ((listed, _),) = evidence.list_versions(COPIES, stored.name)
    assert listed == stored
    assert known.version_id not in stored.version
    assert seaweedfs.versions(parts.system).in_store(COPIES, stored.name, stored.version) == known.version_id


def test_a_version_of_another_object_or_of_another_key_is_missing(parts: Running, evidence: ObjectStore) -> None:
    first, second = (evidence.put(COPIES, str(uuid4()), b"x") for _ in range(2))
    ids = ObjectVersions(Secret(b64u(os.urandom(32))))

    for version in (second.version, ids.told(COPIES, first.name, "1"), "", "null", "é", first.version[1:]):
        with pytest.raises(ObjectMissing):
            evidence.get(replace(first, version=version))


def test_everything_below_a_prefix_is_wiped_but_the_version_to_keep(evidence: ObjectStore) -> None:
    folder = uuid4()
    kept, *others = [evidence.put(COPIES, f"{folder}/{name}", b"x") for name in ("one", "one", "two")]

    evidence.wipe(COPIES, str(folder), kept.version)

    assert evidence.get(kept) == b"x"
    for other in others:
        with pytest.raises(ObjectMissing):
            evidence.get(other)


def test_what_is_not_there_is_missing(evidence: ObjectStore) -> None:
    stored = evidence.put(COPIES, str(uuid4()), b"x")

    with pytest.raises(ObjectMissing):
        evidence.get(StoredObject(COPIES, str(uuid4()), stored.version))


def test_what_the_policy_does_not_allow_is_refused(cases: ObjectStore, evidence: ObjectStore) -> None:
    stored = evidence.put(COPIES, str(uuid4()), b"x")

    with pytest.raises(ObjectRefused):
        cases.put(COPIES, str(uuid4()), b"x")
    with pytest.raises(ObjectRefused):
        cases.remove(stored)
    with pytest.raises(ObjectRefused):
        cases.put(INBOX, str(uuid4()), b"x")


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_off_is_an_outage_and_no_refusal(
    evidence: ObjectStore, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """The store takes no call that is dated elsewhere: nothing may be given up for it."""
    now = minio.time.utcnow
    with monkeypatch.context() as jumped:
        jumped.setattr(minio.time, "utcnow", lambda: now() + timedelta(hours=hours))
        with pytest.raises(ObjectStoreDown):
            evidence.put(COPIES, str(uuid4()), b"x")

    assert evidence.get(evidence.put(COPIES, str(uuid4()), b"x")) == b"x"


def test_a_store_that_does_not_answer_is_a_dependency_that_is_down(parts: Running, tmp_path: Path) -> None:
    settings = replace(settings_of(parts.system, "evidence", tmp_path / "evidence"), s3_endpoint="127.0.0.1:1")

    with pytest.raises(ObjectStoreDown):
        ObjectStore(settings).put(COPIES, "name", b"x")
