"""The walls around whatever reads hostile bytes: no network, no file but code, no privileges, limits on all it may use.

Linux namespaces by bubblewrap. A sandbox ends with the process that began it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TEMPORARY = "/tmp"  # noqa: S108  # the sandbox's own, in memory


@dataclass(frozen=True)
class Walls:
    """Bytes of memory of each process, CPU seconds, bytes of a file; `room_bytes`: of its file system, in memory."""

    memory_bytes: int
    cpu_seconds: int
    file_bytes: int
    room_bytes: int


def sandboxed(command: Sequence[str], walls: Walls, code: Mapping[str, Path], python_path: Sequence[str]) -> list[str]:
    """The command that runs `command` inside. `code`: what of ours is seen there, by where; `python_path`: of Python.

    Start it with an empty environment.
    """
    limits = {
        "as": walls.memory_bytes,
        "cpu": walls.cpu_seconds,
        "fsize": walls.file_bytes,
        "nofile": 256,
        "core": 0,
    }
    return [
        "/usr/bin/prlimit",
        *(f"--{name}={value}" for name, value in limits.items()),
        "--",
        "/usr/bin/bwrap",
        *("--size", str(walls.room_bytes), "--tmpfs", TEMPORARY),
        *("--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"),
        *("--uid", "65534", "--gid", "65534"),
        *("--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
        *("--symlink", "usr/bin", "/bin", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
        *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
        *_bound({folder: Path(folder) for folder in {sys.prefix, sys.base_prefix} - {"/usr", "/usr/local"}}),
        *_bound(code),
        *("--remount-ro", "/"),  # bwrap's own root is one of the places where a job could leave something
        *("--chdir", TEMPORARY, "--setenv", "HOME", TEMPORARY),
        *(
            "--setenv",
            "PATH",
            "/usr/bin",
            "--setenv",
            "LANG",
            "C.UTF-8",
            "--setenv",
            "PYTHONPATH",
            ":".join(python_path),
        ),
        # Without byte code: the limit on files would cut what Python writes of a module.
        *("--setenv", "PYTHONDONTWRITEBYTECODE", "1"),
        *command,
    ]


def _bound(folders: Mapping[str, Path]) -> Iterable[str]:
    return (word for inside, outside in sorted(folders.items()) for word in ("--ro-bind", str(outside), inside))


def source_of(package: str) -> Path:
    """The folder that Python finds a package of ours in: its source, or the interpreter's own packages."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(next(iter(spec.submodule_search_locations))).parent
