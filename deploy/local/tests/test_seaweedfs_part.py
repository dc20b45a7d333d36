"""SeaweedFS as a part: what it logs says nothing of who filed what, and when."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

from wbs_local import walls
from wbs_local.launch import Running
from wbs_local.parts import seaweedfs


def logs_naming(running: Running, text: str) -> list[Path]:
    files = [path for path in running.system.log.rglob("*") if path.is_file()]
    return [path for path in files if text.encode() in path.read_bytes()]


def test_no_log_names_an_object_that_came_and_went(parts: Running) -> None:
    store, key = seaweedfs.connect(parts.system, seaweedfs.OPS), str(uuid.uuid4())
    bucket = next(each.name for each in walls.buckets() if not each.locked)

    store.put_object(bucket, key, io.BytesIO(b"invented"), 8)
    store.stat_object(bucket, key)
    store.remove_object(bucket, key)
    parts.supervisor.ask("restart", "seaweedfs")  # with it ends all that it had to say
    parts.wait_for([each for each in parts.parts if each.name == "seaweedfs"])

    assert logs_naming(parts, key) == []
    assert logs_naming(parts, ".go:") == [parts.system.log / "seaweedfs.log"]  # warnings are kept


def test_seaweedfs_is_stopped_by_its_own_process_and_comes_back(parts: Running) -> None:
    (line,) = parts.supervisor.ask("status", "seaweedfs").splitlines()
    before = int(line.split("pid ")[1].split(",")[0])

    parts.supervisor.ask("restart", "seaweedfs")
    parts.wait_for([each for each in parts.parts if each.name == "seaweedfs"])

    (line,) = parts.supervisor.ask("status", "seaweedfs").splitlines()
    assert "RUNNING" in line
    assert int(line.split("pid ")[1].split(",")[0]) != before
