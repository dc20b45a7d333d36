"""Where to look for canaries: every file of a system, what its parts hold in packed form, and its processes' memory."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import plyvel
from canaries import Hit, Search
from chassis.consume.broker import partitions_of
from kafka import KafkaConsumer
from psycopg import sql
from wbs_local import walls
from wbs_local.parts import kafka, postgres, seaweedfs
from wbs_local.system import System

SHARED = (Path("/dev/shm"), Path("/var/tmp"))
_PARENT = re.compile(r"^PPid:\s*(\d+)", re.MULTILINE)
_MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (r\S{3}) \S+ \S+ (\d+) *(.*)$")


@dataclass(frozen=True, order=True)
class Found:
    place: str
    hit: Hit


def search_files(system: System, search: Search) -> set[Found]:
    """Data, logs, secrets and working folders of the system, and what its programs may have left beside it."""
    return {Found(str(path), hit) for path in _files(system) for hit in search.in_file(path)}


def _files(system: System) -> Iterator[Path]:
    yield from _regular(system.root, 0.0)
    began = (system.root / "system.json").stat().st_mtime
    for path in (path for folder in {*SHARED, Path(tempfile.gettempdir())} for path in folder.iterdir()):
        # The tests' own folder may lie there too, and checkouts: these words stand in their tests.
        if path not in system.root.parents and not (path / ".git").exists() and _changed(path) >= began:
            yield from _regular(path, began)


def _regular(place: Path, since: float) -> Iterator[Path]:
    for path in (place, *place.rglob("*")):
        with suppress(FileNotFoundError):
            if stat.S_ISREG(path.lstat().st_mode) and _changed(path) >= since:
                yield path


def _changed(path: Path) -> float:
    """When it came or changed, which nobody can set; 0 where it vanished meanwhile."""
    with suppress(FileNotFoundError):
        return path.lstat().st_ctime
    return 0.0


def search_tables(system: System, search: Search) -> set[Found]:
    """Each row of each table of each database as PostgreSQL gives it, so also what it keeps compressed."""
    return {Found(place, hit) for place, row in _rows(system) for hit in search.in_bytes(row)}


def _rows(system: System) -> Iterator[tuple[str, bytes]]:
    for database in walls.databases():
        with postgres.connect_as_superuser(system, database.name) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'held', 'read')"
            ).fetchall()
            for schema, name in tables:
                copied = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(schema, name))
                with connection.cursor().copy(copied) as rows:
                    yield f"{database.name}: {schema}.{name}", b"".join(bytes(row) for row in rows)


@dataclass(frozen=True)
class Record:
    """`timestamp`: milliseconds; `content`: key, value and headers."""

    topic: str
    timestamp: int
    content: bytes


def search_topics(system: System, search: Search) -> set[Found]:
    """Each record of each topic as a consumer gets it, so also what lies in a compressed batch."""
    return {Found(each.topic, hit) for each in records(system) for hit in search.in_bytes(each.content)}


def records(system: System) -> Iterator[Record]:
    """All of all topics but Kafka's own."""
    admin = kafka.login(system, kafka.ADMIN, system.keep_secret("kafka", "admin_password"))
    consumer = KafkaConsumer(**admin, enable_auto_commit=False)
    try:
        topics = sorted(topic for topic in consumer.topics() if not topic.startswith("__"))
        partitions = [each for topic in topics for each in partitions_of(consumer, topic)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(each) < ends[each] for each in partitions):
            for batch in consumer.poll(timeout_ms=200).values():
                for each in batch:
                    headers = b"\0".join(name.encode() + b"\0" + value for name, value in each.headers)
                    yield Record(each.topic, each.timestamp, b"\0".join((each.key or b"", each.value or b"", headers)))
    finally:
        consumer.close()


def search_objects(system: System, search: Search) -> set[Found]:
    """Each version of each object, its name and metadata, and the store's own index of them."""
    return {Found(place, hit) for place, content in _objects(system) for hit in search.in_bytes(content)}


def _objects(system: System) -> Iterator[tuple[str, bytes]]:
    client = seaweedfs.connect(system, seaweedfs.OPS)
    for bucket in client.list_buckets():
        for each in client.list_objects(bucket.name, recursive=True, include_version=True):
            yield f"s3 {bucket.name}: name", str(each.object_name).encode()
            if not each.is_delete_marker:
                with client.get_object(bucket.name, each.object_name, version_id=each.version_id) as answer:
                    yield f"s3 {bucket.name}: object", answer.read()
                    yield f"s3 {bucket.name}: headers", str(dict(answer.headers)).encode()
    yield from _index(system)


def _index(system: System) -> Iterator[tuple[str, bytes]]:
    """A copy is read: the store has the original open."""
    for manifest in system.data_of("seaweedfs").rglob("CURRENT"):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "index")
            shutil.copytree(manifest.parent, copy, ignore=shutil.ignore_patterns("LOCK"))
            with plyvel.DB(str(copy)) as database:
                for key, value in database:
                    yield f"s3 index {manifest.parent.name}", key + b"\0" + value


@dataclass(frozen=True)
class Process:
    pid: int
    command: str

    @property
    def is_python_of(self) -> str:
        """The package and command that it runs, or nothing."""
        found = re.search(r" -m (\S+ \S+)", self.command)
        return found[1] if found else ""


def processes(system: System) -> list[Process]:
    """Every living process that works on the system: its own root stands in its environment, arguments or folder; or
    it descends from one of these, as sandboxes do, which are told nothing of where they are."""
    commands, parents, own = dict[int, str](), dict[int, int](), set[int]()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            pid = int(folder.name)
            parents[pid] = int(_PARENT.findall((folder / "status").read_text())[0])
            commands[pid] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            if _belongs(folder, str(system.root)):
                own.add(pid)
    return [Process(pid, told) for pid, told in commands.items() if told and own & {pid, *_ancestors(pid, parents)}]


def _belongs(folder: Path, root: str) -> bool:
    return any(root.encode() in (folder / name).read_bytes() for name in ("environ", "cmdline", "mountinfo"))


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid := parents.get(pid, 0):
        yield pid


def search_memory(process: Process, search: Search) -> set[Hit]:
    """What may be written, of a process that may end meanwhile."""
    found: set[Hit] = set()
    with suppress(FileNotFoundError, ProcessLookupError):
        maps = Path("/proc", str(process.pid), "maps").read_text().splitlines()
        with Path("/proc", str(process.pid), "mem").open("rb", buffering=0) as memory:
            for line in maps:
                if (match := _MAPPING.match(line)) and not match[5].startswith("[v") and match[3][1] == "w":
                    found |= _search_mapping(memory.fileno(), int(match[1], 16), int(match[2], 16), search)
    return found


def _search_mapping(memory: int, start: int, end: int, search: Search) -> set[Hit]:
    found: set[Hit] = set()
    while start < end:
        try:
            content = os.pread(memory, min(end - start, 64 << 20), start)
        except OSError:
            return found
        if not content:
            return found
        found |= search.in_bytes(content)
        start += len(content)
    return found
