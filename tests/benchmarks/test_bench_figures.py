"""What the benchmarks reckon with: percentiles, and what the kernel says of processes."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks import processes
from benchmarks.tables import percentile


def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed() -> None:
    values = [float(each) for each in range(1, 101)]

    assert (percentile(values, 0.5), percentile(values, 0.99), percentile([7.0], 0.99)) == (50.0, 99.0, 7.0)


def test_cpu_of_a_tree_has_that_of_its_ended_children() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    before = processes.cpu_s({"own": os.getpid()})

    subprocess.run([sys.executable, "-c", busy], check=True)

    spent = processes.spent(before, processes.cpu_s({"own": os.getpid()}))
    assert spent["own"] >= 0.3


def test_a_tree_has_children_of_children() -> None:
    command = ["bash", "-c", f"{sys.executable} -c 'input()'; true"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as shell:
        while len(processes.tree(shell.pid)) < 2:
            pass

        assert processes.memory_mb({"shell": shell.pid})["shell"] > 0
        assert processes.peak_mb(processes.tree(shell.pid)) > 0
        shell.communicate(b"\n")
