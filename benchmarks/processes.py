"""What processes use, as the kernel counts it: CPU and memory of trees of processes, by name of the tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

Use: TypeAlias = Mapping[str, float]
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """`root` and all that descend from it and live."""
    children: dict[int, list[int]] = {}
    for pid, fields in _all_stats():
        children.setdefault(int(fields[1]), []).append(pid)
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def pid_inside(pid: int) -> int:
    """The pid that a process has in the first PID namespace below ours that it is in (or in ours)."""
    return int(_status(pid, "NSpid")[:2][-1])


def cpu_of(pids: Iterable[int]) -> float:
    """CPU seconds so far of these processes, with those of their children that have ended and were waited for."""
    return sum(map(_cpu_of, pids))


def cpu_s(roots: Mapping[str, int]) -> Use:
    """CPU seconds so far of each tree, with those of its processes that have ended and were waited for."""
    return {name: cpu_of(tree(root)) for name, root in roots.items()}


def memory_mb(roots: Mapping[str, int]) -> Use:
    """Megabytes of each tree; what several processes share counts once (PSS)."""
    return {
        name: sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in tree(root)) / 1000 for name, root in roots.items()
    }


def peak_mb(pids: Iterable[int]) -> float:
    """The most that one of these had in memory at any time, shared pages too."""
    return max((_kilobytes(pid, "status", "VmHWM") / 1000 for pid in pids), default=0.0)


def spent(before: Use, after: Use) -> Use:
    return {name: after[name] - before.get(name, 0.0) for name in after}


def _all_stats() -> Iterable[tuple[int, list[str]]]:
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := _stat(int(folder.name)):
            yield int(folder.name), fields


def _stat(pid: int) -> list[str]:
    """The fields after the command's name, which may hold anything; proc(5). Nothing once it has ended."""
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _cpu_of(pid: int) -> float:
    fields = _stat(pid)
    return sum(int(each) for each in fields[11:15]) * TICK_S


def _kilobytes(pid: int, file: str, name: str) -> int:
    return int(_status(pid, name, file)[0])


def _status(pid: int, name: str, file: str = "status") -> list[str]:
    """The words of a line of a file of /proc; "0" where the process has ended, or has no such line."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path("/proc", str(pid), file).read_text().splitlines():
            if line.startswith(f"{name}:"):
                return line.split()[1:]
    return ["0"]
