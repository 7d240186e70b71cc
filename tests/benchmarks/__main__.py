"""Benchmarks: `python -m tests.benchmarks`. They compare within one run and assert nothing."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import toolkit
from tests.making import FIRST, large_record, written


def cpu(work: Callable[[], object], times: int = 3) -> float:
    """Return the least CPU time of some runs, in seconds."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def cold(*arguments: str) -> float:
    """Return the least CPU time of a command in a fresh process, in seconds."""
    script = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(u.ru_utime + u.ru_stime)"
    )
    command = [sys.executable, "-c", script, *arguments]
    runs = (subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(5))
    return min(float(run.stdout) for run in runs)


def growth(folder: Path) -> None:
    """500 agreements and 300 statements against the first record."""
    large = written(folder / "large.json", large_record(500, 300))
    toolkit.build(FIRST, folder)
    print(f"{'document':<12} {'first':>9} {'large':>9} {'ratio':>7}")
    for name in (["briefing"], ["summary"], ["agreements"], ["briefing.pdf"], None):
        one = cpu(lambda: toolkit.build(FIRST, folder, only=name))  # noqa: B023
        many = cpu(lambda: toolkit.build(large, folder, only=name), 1)  # noqa: B023
        label = name[0] if name else "whole pack"
        print(f"{label:<12} {one:>7.3f} s {many:>7.3f} s {many / one:>6.1f}x")


def start() -> None:
    """A cold validation against a cold interpreter."""
    bare = cold(sys.executable, "-c", "pass")
    validate = cold(sys.executable, "-m", "toolkit", "validate", str(FIRST))
    print(f"cold: interpreter {bare:.3f} s, validate {validate:.3f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        growth(Path(name))
    start()
