"""One process a case: a crash, a hang or a flood of memory ends that one, and is seen as what it is."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.damage.cases import carried, case, prepare
from tests.damage.checks import complaints, files_of
from toolkit.cli import main

_MEMORY = 1 << 30
_MORE = 3 << 30  # of addresses, which are not all memory


@dataclass
class Result:
    """A case that is over: what was damaged, what was run, and what is wrong."""

    number: int
    what: str
    complaints: list[str]


@dataclass
class Limits:
    """Seconds that a case may take, and how many cases run at once."""

    seconds: float = 60
    jobs: int = 2


def results(
    seed: int,
    numbers: list[int],
    limits: Limits,
    *,
    only: str | None = None,
    keep: Path | None = None,
) -> Iterator[Result]:
    """Run cases by their numbers, each in a folder of its own, and yield how each ended."""
    with tempfile.TemporaryDirectory(prefix="damage-") as name:
        root = Path(name).resolve()
        base = root / "base"
        with _quiet(root / "prepared"):
            prepare(base)
            records = carried(base)
        waiting, running = list(reversed(numbers)), dict[int, tuple[int, float]]()
        while waiting or running:
            while waiting and len(running) < limits.jobs:
                number = waiting.pop()
                running[_start(seed, number, root, only, records)] = (number, time.monotonic())
            for pid, (number, start) in list(running.items()):
                ended, status, usage = os.wait4(pid, os.WNOHANG)
                late = time.monotonic() - start > limits.seconds
                if not ended and late:
                    os.killpg(pid, signal.SIGKILL)
                    ended, status, usage = os.wait4(pid, 0)
                if ended:
                    del running[pid]
                    yield _result(root, number, status, usage.ru_maxrss * 1024, late, keep)
            time.sleep(0.002)


@contextlib.contextmanager
def _quiet(path: Path) -> Iterator[None]:
    """Send what is printed into a file: by number, so that libraries in C are heard, too."""
    sys.stdout.flush()
    sys.stderr.flush()
    olds = [os.dup(1), os.dup(2)]
    try:
        for number, name in ((1, f"{path}.out"), (2, f"{path}.err")):
            handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(handle, number)
            os.close(handle)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, old in zip((1, 2), olds, strict=True):
            os.dup2(old, number)
            os.close(old)


def _start(seed: int, number: int, root: Path, only: str | None, records: set[bytes]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_MORE, most))
        _child(seed, number, root, only, records)
        os._exit(0)
    except BaseException:
        with (root / f"{number}.notes").open("a", encoding="utf-8") as notes:
            notes.write(f"! the tool itself fails\n{traceback.format_exc()}")
        os._exit(1)


def _child(seed: int, number: int, root: Path, only: str | None, records: set[bytes]) -> None:
    base, folder = root / "base", root / str(number)
    rng = random.Random(f"{seed}:{number}")
    folder.mkdir()
    os.chdir(folder)
    notes = Path(f"{folder}.notes").open("w", encoding="utf-8", buffering=1)  # noqa: SIM115
    drawn = case(rng, base, folder, only)
    if drawn is None:
        notes.write("# none\n")
        return
    notes.write(f"# {drawn.kind} {drawn.target}\n")
    for command in drawn.commands:
        notes.write(f"$ {' '.join(map(repr, command))}\n")
        before = files_of(folder)
        with _quiet(folder.parent / f"{number}"):
            code: object = "missing"
            try:
                code = main(command)
            except SystemExit as error:
                code = error.code
            except BaseException as error:
                traceback.print_exc()
                code = f"none: {type(error).__name__} is raised: {str(error)[:200]}"
        out, err = (
            Path(f"{folder}.{end}").read_text("utf-8", errors="replace") for end in ("out", "err")
        )
        for wrong in complaints(command, code, out, err, before, files_of(folder), records):
            notes.write(f"! {wrong}\n")
        notes.write("".join(f"  {line[:300]}\n" for line in (out + err).splitlines()[-8:]))


def _result(
    root: Path, number: int, status: int, memory: int, late: bool, keep: Path | None
) -> Result:
    notes = root / f"{number}.notes"
    text = notes.read_text("utf-8") if notes.exists() else ""
    wrong = [line[2:] for line in text.splitlines() if line.startswith("! ")]
    if late:
        wrong.append("does not end")
    elif os.WIFSIGNALED(status):
        wrong.append(f"is ended by signal {os.WTERMSIG(status)}")
    elif os.WEXITSTATUS(status) and not wrong:
        wrong.append(f"exit code {os.WEXITSTATUS(status)} of the process")
    if memory > _MEMORY:
        wrong.append(f"takes {memory >> 20} MB of memory")
    if keep:
        shutil.copytree(root / str(number), keep, dirs_exist_ok=True)
    shutil.rmtree(root / str(number), ignore_errors=True)
    for path in root.glob(f"{number}.*"):
        path.unlink()
    return Result(number, text, wrong)


def counted(listed: list[Result]) -> Counter[str]:
    """Count the commands that cases ran."""
    lines = (line for result in listed for line in result.what.splitlines())
    return Counter(line[2:].split()[0].strip("'") for line in lines if line.startswith("$ "))
