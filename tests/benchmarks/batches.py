"""Many packs in one run: one process against two, a Dask cluster against both, memory, and reruns."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.batch.clusters import cluster_in
from tests.making import FIRST, written

_SCRIPT = """
import pathlib, re, sys
from toolkit.cli import main
main(["build", "-q", *sys.argv[1:]])
status = pathlib.Path("/proc/self/status")
if status.exists():
    print(re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1])
"""


def _project(folder: Path, count: int) -> None:
    data = json.loads(FIRST.read_text("utf-8"))
    for n in range(count):
        written(folder / "records" / f"{n}.json", {**data, "id": f"record-{n}"})
    (folder / "briefpack.toml").write_text('records = ["records/*.json"]\n')


def _run(folder: Path, *arguments: str) -> tuple[float, int]:
    """Return the seconds that a run took, and the peak memory of its parent process in MB."""
    start = time.perf_counter()
    command = [sys.executable, "-c", _SCRIPT, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, int(done.stdout or 0) // 1024


def processes(folder: Path, count: int) -> None:
    """One process, two processes, and a run that finds nothing to do."""
    _project(folder, count)
    one, _ = _run(folder, "--jobs", "1", "-o", "one")
    two, memory = _run(folder, "--jobs", "2", "-o", "two")
    again, _ = _run(folder, "--jobs", "2", "-o", "two")
    print(
        f"{count} packs: one process {one:.1f} s, two {two:.1f} s ({one / two:.2f}x, parent "
        f"{memory} MB), nothing to do {again:.2f} s"
    )


def cluster(folder: Path, count: int) -> None:
    """A Dask scheduler with two workers on this machine, against two processes."""
    _project(folder, count)
    (folder / "dask").mkdir()
    with cluster_in(folder / "dask") as made:
        many, _ = _run(folder, "--scheduler", made.address, "-o", "many")
        two, _ = _run(folder, "--jobs", "2", "-o", "two")
    print(f"{count} packs: two workers of Dask {many:.1f} s, two processes {two:.1f} s")
