"""Where jobs run: any executor of concurrent.futures, and what to do when it breaks."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass
from typing import Any

from toolkit.batch.jobs import Job, Outcome, failed
from toolkit.batch.work import begin, perform
from toolkit.errors import BriefpackError
from toolkit.places import reason

_MOST_CRASHES = 2
_MOST_ON_WINDOWS = 61
"""Processes for which Windows can wait at once."""
_PATIENCE = 3
"""Seconds without an outcome after which the pool is asked whether one can come."""


@dataclass(frozen=True)
class Pool:
    """How to make an executor, how many jobs it is given at a time, and what to do in the end.

    `make` is called again where the executor broke; it raises BriefpackError where there is none to
    be had. `working` tells, while nothing comes, whether anything can still come.
    """

    make: Callable[[], Executor]
    window: Callable[[], int]
    close: Callable[[], object] = lambda: None
    working: Callable[[], bool] = lambda: True


class _Inline(Executor):
    """Runs each job in this process, at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def inline() -> Pool:
    """Return a pool that is this very process."""
    return Pool(_Inline, lambda: 1)


def processes(count: int, style: str, sha256: str) -> Pool:
    """Return a pool of processes of this machine, each with the house style loaded once."""
    count = min(count, _MOST_ON_WINDOWS) if sys.platform == "win32" else count
    known = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("forkserver" if "forkserver" in known else "spawn")
    if "forkserver" in known:
        # What workers need is imported once, before they are forked off.
        context.set_forkserver_preload(["toolkit.batch.warm"])

    def make() -> Executor:
        return ProcessPoolExecutor(count, context, begin, (style, sha256))

    return Pool(make, lambda: 2 * count)


def usual_count() -> int:
    """Return how many processes this machine has cores for."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def outcomes(jobs: Iterable[Job], pool: Pool) -> Iterator[Outcome]:
    """Run jobs and yield their outcomes as they come; only a few are under way at a time.

    Where a process of the pool dies, the jobs that were under way are tried again one by one, so
    that the one which kills its process fails alone. When stopped by Ctrl-C, what is under way
    is finished and yielded first.
    """
    try:
        run = _Run(iter(jobs), pool)
    except BaseException:
        pool.close()
        raise
    try:
        while run.fill():
            done, _ = wait(run.under_way, _PATIENCE, FIRST_COMPLETED)
            if done or pool.working():
                yield from run.gather(done)
            else:
                yield from run.renew([])
    except KeyboardInterrupt:
        yield from run.finish()
        raise
    finally:
        run.close()
        pool.close()


class _Run:
    """The state of a run: what waits, what is under way, and who is suspected of a crash."""

    def __init__(self, waiting: Iterator[Job], pool: Pool) -> None:
        self.pool = pool
        self.executor = pool.make()
        self.under_way: dict[Future[Outcome], Job] = {}
        self._waiting = waiting
        self._suspects: deque[Job] = deque()
        self._alone = False
        self._crashes: Counter[tuple[str, str]] = Counter()

    def fill(self) -> bool:
        """Submit what may be submitted now; tell whether anything is under way."""
        if self._suspects and not self.under_way:
            self._alone = True
            self._submit(self._suspects.popleft())
        while not self._suspects and not self._alone and len(self.under_way) < self.pool.window():
            job = next(self._waiting, None)
            if job is None:
                break
            self._submit(job)
        return bool(self.under_way)

    def _submit(self, job: Job) -> None:
        try:
            future = self.executor.submit(perform, job)
        except BrokenExecutor as error:
            # It broke since it was last looked at; waiting for the job tells so.
            future = Future()
            future.set_exception(error)
        self.under_way[future] = job

    def gather(self, done: Iterable[Future[Outcome]]) -> Iterator[Outcome]:
        """Yield what is done, and begin anew where the executor broke."""
        broken = []
        for future in done:
            job = self.under_way.pop(future)
            try:
                yield future.result()
            except (BrokenExecutor, CancelledError):
                broken.append(job)
            except Exception as error:  # of the executor, such as a worker on another machine
                yield failed(job, f"its worker was lost ({type(error).__name__}: {reason(error)})")
        if broken:
            yield from self.renew(broken)
        self._alone = self._alone and bool(self.under_way)

    def renew(self, broken: list[Job]) -> Iterator[Outcome]:
        """Begin anew: some jobs found the executor broken, and all that are under way are lost."""
        lost = [*broken, *self.under_way.values()]
        self.under_way.clear()
        self._alone = False
        self.executor.shutdown(wait=False)
        try:
            self.executor = self.pool.make()
        except BriefpackError as error:
            for job in (*lost, *self._suspects, *self._waiting):
                yield failed(job, str(error))
            self._suspects.clear()
            return
        yield from self._suspect(lost)

    def _suspect(self, broken: list[Job]) -> Iterator[Outcome]:
        for job in broken:
            key = job.record, job.name
            self._crashes[key] += len(broken) == 1
            if self._crashes[key] >= _MOST_CRASHES:
                yield failed(job, "its process died twice, perhaps for lack of memory")
            else:
                self._suspects.append(job)

    def close(self) -> None:
        """Begin nothing more, and wait for what cannot be stopped."""
        for future in self.under_way:
            future.cancel()
        self.executor.shutdown(wait=True)

    def finish(self) -> Iterator[Outcome]:
        """Begin nothing more, and yield what was under way."""
        for future in self.under_way:
            future.cancel()
        for future, job in self.under_way.items():
            if not future.cancelled():
                error = future.exception()
                yield failed(job, str(error)) if error else future.result()
