"""Back-ups of a whole local system, made while it runs, and their return.

PostgreSQL goes first, then OpenBao, then the objects: so nothing names a key or an object that isn't there. Kafka is
left out: it is kept where it survived, and published again from the event stores where it didn't. KPK's end isn't ours.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from wbs_local import supervisor
from wbs_local.parts import postgres
from wbs_local.system import System

Progress = Callable[[str], None]
PARTS = ("postgres", "openbao", "seaweedfs")
# Which folder of a part's data. OpenBao's audit log is not taken back: what was looked at stays known.
FOLDERS = {"postgres": ".", "openbao": "raft", "seaweedfs": "."}
# Without these nothing of it opens or is let in; with them, whoever has the back-up can read it all (docs/faults.md).
BESIDE = ("secrets", "public", "system.json")


class NotPossible(Exception):
    """Said to whoever asked; nothing was changed."""


@dataclass(frozen=True)
class BackUp:
    """A folder that holds a back-up."""

    folder: Path

    def data_of(self, part: str) -> Path:
        return self.folder / part

    @property
    def is_whole(self) -> bool:
        """It gets its name when it is."""
        return all((self.folder / name).exists() for name in (*PARTS, *BESIDE))


def take(system: System, folder: Path, say: Progress) -> BackUp:
    """A new back-up in `folder`, which isn't there before it is whole."""
    if folder.exists():
        raise NotPossible(f"{folder} is there already")
    if not supervisor.runs(system):
        raise NotPossible("the system doesn't run: start it, then make the back-up")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = BackUp(Path(tempfile.mkdtemp(prefix=f"{folder.name}.unfinished-", dir=folder.parent)))
    try:
        say("PostgreSQL, all databases at one moment")
        postgres.copy(system, unfinished.data_of("postgres"))
        for part in ("openbao", "seaweedfs"):
            say(f"{part}, stopped meanwhile; who needs it waits")
            with _stopped(system, part):
                _copy(system.data_of(part) / FOLDERS[part], unfinished.data_of(part))
        for name in BESIDE:
            _copy(system.root / name, unfinished.folder / name)
        unfinished.folder.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished.folder)
        raise
    return BackUp(folder)


def bring_back(
    system: System, back_up: BackUp, kafka_is_lost: bool, say: Progress, only: Collection[str] = PARTS
) -> System:
    """The system, or `only` some of its parts, as it was then; its processes read every topic again (`epoch`) at their
    next start.

    Kafka's events that are younger than the back-up stay, and `intake` takes back from them the reports that got their
    202. `kafka_is_lost`: there are none; what the event stores hold is published again.
    """
    if not back_up.is_whole:
        raise NotPossible(f"{back_up.folder} holds no back-up")
    if supervisor.runs(system):
        raise NotPossible("the system runs: stop it first")
    for part in PARTS:
        if part in only:
            say(part)
            _replace(system.data_of(part) / FOLDERS[part], back_up.data_of(part))
    if kafka_is_lost:
        say("Kafka: its topics are made and filled anew at the next start")
        shutil.rmtree(system.data_of("kafka"), ignore_errors=True)
    restored = replace(system, epoch=system.epoch + 1, publish_again=kafka_is_lost or system.publish_again)
    restored.save()
    return restored


def system_for(root: Path, back_up: BackUp) -> System:
    """The system at `root`; on a new machine one with the secrets, ports and public keys that it had."""
    if not back_up.is_whole:
        raise NotPossible(f"{back_up.folder} holds no back-up")
    if not (root / "system.json").exists():
        root.mkdir(parents=True, exist_ok=True)
        for name in BESIDE:
            _copy(back_up.folder / name, root / name)
    system = System.load(root)
    system.make_folders()
    return replace(system, epoch=max(system.epoch, System.load(back_up.folder).epoch))


@contextmanager
def _stopped(system: System, part: str) -> Iterator[None]:
    said = supervisor.ask(system, "stop", part)
    try:
        if f"{part}: stopped" not in said:
            raise NotPossible(f"{part} could not be stopped: {said.strip()}")
        yield
    finally:
        supervisor.ask(system, "start", part)


def _replace(place: Path, content: Path) -> None:
    """What lay there goes only once the other is beside it, whole."""
    beside = place.resolve().with_name(f"{place.resolve().name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    _copy(content, beside)
    shutil.rmtree(place.resolve(), ignore_errors=True)
    beside.rename(place.resolve())


def _copy(source: Path, target: Path) -> None:
    """With owners, modes and times; by reference where the file system can. Sockets are left out: nobody listens."""
    if source.is_file():
        shutil.copy2(source, target)
        return
    shutil.copytree(source, target, symlinks=True, ignore=_sockets)


def _sockets(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if Path(folder, name).is_socket()}
