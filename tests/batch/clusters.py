"""A Dask scheduler and its workers on loopback, as several machines would run them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass
class Cluster:
    """The address of a scheduler, and the processes of its workers."""

    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


@contextmanager
def cluster_in(folder: Path) -> Iterator[Cluster]:
    """Start a scheduler and two workers, each in a working folder of its own, and stop them."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    command = [
        *dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--scheduler-file", str(file),
    ]  # fmt: skip
    scheduler = subprocess.Popen(command, cwd=folder, **QUIET)
    waited(lambda: file.exists() and file.read_text().strip().endswith("}"))
    made = Cluster(json.loads(file.read_text())["address"])
    command = [*dask, "worker", made.address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
    for n in range(2):
        own = folder / str(n)
        own.mkdir()
        made.workers.append(
            subprocess.Popen([*command, "--local-directory", str(own)], cwd=own, **QUIET)
        )
    waited(lambda: _workers_of(made.address) == 2)
    yield made
    for process in [*made.workers, scheduler]:
        process.terminate()
        process.wait(timeout=20)


def _workers_of(address: str) -> int:
    script = (
        "import sys; from distributed import Client\n"
        "with Client(sys.argv[1], timeout=5) as c: print(len(c.nthreads()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, address], capture_output=True, text=True, check=False
    )
    return int(done.stdout or 0)


def waited(ready: Callable[[], object]) -> None:
    """Wait for something to be ready; fail where it never is."""
    for _ in range(200):
        if ready():
            return
        time.sleep(0.1)
    raise TimeoutError("what was to be started did not start")
