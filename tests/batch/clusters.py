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
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


# What a worker does before it is one, as on a machine where something is otherwise.
SOUND = ""
OLD = "import toolkit.version; toolkit.version.VERSION = '0.0.1'; "
BARE = "import sys; sys.modules['toolkit'] = None; "
LAME = "import sys; sys.modules['openpyxl'] = sys.modules['lxml'] = None; "


@contextmanager
def cluster_in(folder: Path, *kinds: str) -> Iterator[Cluster]:
    """Start a scheduler and two workers, each in a working folder of its own, and stop them.

    `kinds` are other kinds of workers, such as `OLD`.
    """
    file = folder / "scheduler.json"
    script = BARE + "from distributed.cli.dask_scheduler import main; main()"
    command = [
        sys.executable, "-c", script, "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--scheduler-file", str(file),
    ]  # fmt: skip
    scheduler = subprocess.Popen(command, cwd=folder, **QUIET)
    cluster = Cluster("", scheduler)
    try:
        waited(lambda: file.exists() and file.read_text("utf-8").strip().endswith("}"))
        cluster.address = json.loads(file.read_text("utf-8"))["address"]
        for number, kind in enumerate(kinds or (SOUND, SOUND)):
            own = folder / str(number)
            own.mkdir()
            cluster.workers.append(worker(cluster.address, own, kind))
        waited(lambda: _workers_of(cluster.address) == len(cluster.workers))
        yield cluster
    finally:
        for process in [*cluster.workers, scheduler]:
            process.kill()
            process.wait(timeout=20)


def worker(address: str, folder: Path, kind: str = SOUND) -> subprocess.Popen[bytes]:
    """Start a worker."""
    script = kind + "from distributed.cli.dask_worker import main; main()"
    command = [
        sys.executable, "-c", script, address, "--nthreads", "1", "--no-dashboard", "--no-nanny",
        "--local-directory", str(folder),
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=folder, **QUIET)


def _workers_of(address: str) -> int:
    script = (
        "import sys; from distributed import Client\n"
        "with Client(sys.argv[1], timeout=5) as c: print(len(c.nthreads()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, address],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return int(done.stdout or 0)


def waited(ready: Callable[[], object]) -> None:
    """Wait for something to be ready; fail where it never is."""
    for _ in range(200):
        if ready():
            return
        time.sleep(0.1)
    raise TimeoutError("what was to be started did not start")
