"""What a run survives: kills, Ctrl-C, a full disk, a folder that may not be written."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.batch.test_batch import many, snapshot
from tests.test_cli import run
from toolkit.batch import pool as pools
from toolkit.batch.jobs import Job, Order, Outcome
from toolkit.batch.pool import Pool, outcomes
from toolkit.errors import BriefpackError
from toolkit.pack.targets import BuildOptions

COMMAND = [sys.executable, "-m", "toolkit", "build", "--jobs", "2"]
linux = pytest.mark.skipif(not Path("/proc").exists(), reason="there is no /proc here")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a dozen records."""
    return many(tmp_path, 12)


@pytest.fixture
def undisturbed(project: Path) -> dict[str, bytes]:
    """The packs of a run that nobody disturbed."""
    assert run("build", "-o", "reference", cwd=project).returncode == 0
    return snapshot(project / "reference")


def started(project: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        COMMAND, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def family(pid: int) -> list[int]:
    """The processes below one, the forking server's workers among them."""
    found, queue = [], [pid]
    while queue:
        for task in Path(f"/proc/{queue.pop()}/task").glob("*/children"):
            try:
                children = [int(child) for child in task.read_text().split()]
            except OSError:
                continue
            found += children
            queue += children
    return found


def whole(folder: Path) -> None:
    """Nothing is half there: a pack with a manifest has all its files, as the manifest has them."""
    for path in folder.glob("*/manifest.json"):
        for entry in json.loads(path.read_bytes())["files"]:
            assert (path.parent / entry["name"]).stat().st_size == entry["size"]
    for path in folder.rglob("*.*"):
        if not path.name.startswith(".briefpack-"):
            end = {"%PDF": b"%%EOF\n", "PK": b""}.get(path.read_bytes()[:4].decode("latin-1"), b"")
            assert path.read_bytes().endswith(end)


def ended(pids: list[int]) -> bool:
    """Wait for processes to end."""
    for _ in range(100):
        if not any(Path(f"/proc/{pid}").exists() and not zombie(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def killed_at(project: Path, seconds: float, worker: bool) -> None:
    process = started(project)
    time.sleep(seconds)
    below = family(process.pid)
    victims = below[-2:] if worker and below else [process.pid]
    with suppress(ProcessLookupError):  # it had ended already
        os.kill(random.choice(victims), signal.SIGKILL)
    process.wait(timeout=60)
    assert ended(below), "workers outlive their parent"
    whole(project / "packs")


@linux
@pytest.mark.parametrize("worker", [False, True], ids=["parent", "worker"])
def test_a_kill_leaves_nothing_half_written_and_the_rerun_completes(
    project: Path, undisturbed: dict[str, bytes], worker: bool
) -> None:
    for seconds in (0.7, 1.1):
        killed_at(project, seconds, worker)
    assert run("build", cwd=project).returncode == 0
    assert snapshot(project / "packs") == undisturbed


@linux
@pytest.mark.slow
def test_fifty_kills_at_random_moments(project: Path, undisturbed: dict[str, bytes]) -> None:
    chance = random.Random(7)
    for n in range(50):
        (project / "packs" / f"r{n % 12}" / "manifest.json").unlink(missing_ok=True)
        killed_at(project, chance.uniform(0.1, 1.6), worker=n % 2 == 1)
    assert run("build", cwd=project).returncode == 0
    assert snapshot(project / "packs") == undisturbed


@linux
def test_ctrl_c_ends_cleanly_and_keeps_what_is_done(
    project: Path, undisturbed: dict[str, bytes]
) -> None:
    process = subprocess.Popen(
        COMMAND, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()  # the first pack is there
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert "stopped" in told
    whole(project / "packs")
    assert list((project / "packs").glob("*/manifest.json"))
    assert run("build", cwd=project).returncode == 0
    assert snapshot(project / "packs") == undisturbed


@pytest.fixture
def small_disk(project: Path) -> Iterator[Path]:
    """A file system of memory that is soon full, as the output."""
    folder = project / "packs"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@linux
def test_a_full_disk_fails_those_that_do_not_fit_and_no_other(
    project: Path, undisturbed: dict[str, bytes], small_disk: Path
) -> None:
    done = run("build", "--report", "r.json", cwd=project)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    counts = json.loads((project / "r.json").read_text())["counts"]
    assert counts["built"] >= 1
    assert counts["failed"] >= 1
    whole(small_disk)
    assert not list(small_disk.rglob(".briefpack-*"))
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    assert run("build", cwd=project).returncode == 0
    assert snapshot(small_disk) == undisturbed


@linux
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root mounts")
def test_an_output_that_is_read_only_is_told_for_each_record(
    project: Path, small_disk: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert done.stderr.count("Read-only file system") == 12
    assert "Traceback" not in done.stderr


# The executor's breaks, without processes.


class Broken(Executor):
    """An executor that breaks at some records, as a pool does whose process was killed."""

    def __init__(self, deadly: set[str], seen: list[str]) -> None:
        self._deadly, self._seen, self._dead = deadly, seen, False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        job = args[0]
        self._seen.append(job.record)
        self._dead = self._dead or job.record in self._deadly
        future: Future[Any] = Future()
        if self._dead:
            future.set_exception(BrokenProcessPool("dead"))
        else:
            future.set_result(Outcome(job.record, job.name, "built"))
        return future


def jobs(count: int) -> Iterator[Job]:
    order = Order("packs", "default", "")
    return (Job(f"{n}", f"r{n}", BuildOptions(()), order) for n in range(count))


def test_the_record_that_kills_its_process_fails_alone() -> None:
    seen: list[str] = []
    found = list(outcomes(jobs(20), Pool(lambda: Broken({"7", "13"}, seen), lambda: 4)))
    assert len(found) == 20
    assert sorted(o.record for o in found if o.status == "failed") == ["13", "7"]
    assert "died" in next(o.message for o in found if o.status == "failed")
    assert max(map(seen.count, seen)) <= 4


def test_a_pool_that_never_works_ends_with_every_job_failed() -> None:
    everything = {str(n) for n in range(5)}
    found = list(outcomes(jobs(5), Pool(lambda: Broken(everything, []), lambda: 4)))
    assert [o.status for o in found] == ["failed"] * 5


def test_where_no_executor_can_be_had_again_all_that_is_left_fails_with_the_reason() -> None:
    executors = iter([Broken({"2"}, [])])

    def make() -> Executor:
        try:
            return next(executors)
        except StopIteration:
            raise BriefpackError("nobody is left") from None

    results = list(outcomes(jobs(20), Pool(make, lambda: 4)))
    assert len({outcome.record for outcome in results}) == len(results) == 20
    assert {o.record for o in results if o.status == "built"} == {"0", "1"}
    assert {o.message for o in results if o.status == "failed"} == {"nobody is left"}


class Silent(Executor):
    """An executor from which nothing comes, as one whose workers are gone."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


@pytest.mark.parametrize("working", [True, False])
def test_jobs_of_which_nothing_can_come_go_to_another_executor(
    monkeypatch: pytest.MonkeyPatch, working: bool
) -> None:
    monkeypatch.setattr(pools, "_PATIENCE", 0.01)
    asked = []
    executors = iter([Silent(), Broken(set(), [])])

    def still_working() -> bool:
        asked.append(len(asked))
        # While it says so, it is waited for.
        return working and len(asked) < 3

    results = outcomes(jobs(20), Pool(lambda: next(executors), lambda: 4, working=still_working))
    assert sorted(int(o.record) for o in results if o.status == "built") == list(range(20))
    assert len(asked) == (3 if working else 1)


def test_only_a_few_jobs_are_under_way_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0

    def counted() -> Iterator[Job]:
        nonlocal taken
        for job in jobs(100):
            taken += 1
            yield job

    most = 0
    for done, _ in enumerate(outcomes(counted(), Pool(lambda: Broken(set(), []), lambda: 4))):
        most = max(most, taken - done)
    assert most <= 8


def test_the_pool_of_this_machine_is_as_wide_as_asked() -> None:
    assert pools.processes(3, "default", "").window() == 6
    assert pools.usual_count() >= 1
