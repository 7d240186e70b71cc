"""Many machines: jobs go to the workers of a Dask scheduler, which write the packs where they are."""

from __future__ import annotations

import asyncio
import logging
import pickle
import socket
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from pkgutil import resolve_name
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from toolkit.batch.pool import Pool
from toolkit.errors import BriefpackError, UsageError
from toolkit.places import reason
from toolkit.version import VERSION

_TALKERS = ("distributed", "distributed.client", "distributed.core", "tornado.application")
_ANSWER = 10
"""Seconds for a scheduler or a worker to answer a question."""
_LOAD = 60
"""Seconds for a worker to load what builds, perhaps from a slow disk."""
_START = 20
"""Seconds for a scheduler and its first worker to start, or to come back."""
_LOOK = 3
"""Seconds after which the workers are looked at again."""
_EACH = 4
"""Jobs that are under way for each thread, so that none has to wait for the next."""


def cluster(address: str, tell: Callable[[str], object]) -> Pool:
    """Return the pool of a Dask scheduler, as tcp://host:8786.

    Each worker is asked for its briefpack before it gets a job; `tell` is given a sentence for each
    that gets none. Raises UsageError for what is no address, and BriefpackError where Dask is not
    installed, no scheduler answers in time, or no worker can build.
    """
    _check(address)
    workers = _Workers(address, tell)
    try:
        workers.start()
    except BaseException:
        workers.close()
        raise
    return Pool(workers.executor, workers.room, workers.close, workers.working)


def _check(address: str) -> None:
    try:
        parts = urlsplit(address)
        whole = parts.scheme and parts.hostname and parts.port
    except ValueError:
        whole = None
    if not whole:
        raise UsageError(f"{address} is no address of a scheduler; write it as tcp://host:8786")
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise BriefpackError("for --scheduler, install briefpack[dask]") from None


class _Workers:
    """The workers of a scheduler: which are there, and which of them can build."""

    def __init__(self, address: str, tell: Callable[[str], object]) -> None:
        self._address = address
        self._tell = tell
        self._unfit: dict[str, str] = {}
        self._fit: dict[str, int] = {}
        self._seen = 0.0
        self._client: Any = None
        self._sent: WeakKeyDictionary[Future[Any], frozenset[str]] = WeakKeyDictionary()
        # What the client has to say goes into our own words.
        self._levels = {name: logging.getLogger(name).level for name in _TALKERS}
        for name in _TALKERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def start(self) -> None:
        """Wait for a worker that can build. Raises BriefpackError where none comes."""
        end = time.monotonic() + _START
        told = False
        while True:
            try:
                self.look()
                if self._fit or self._unfit:
                    break
                silent = BriefpackError(f"the scheduler at {self._address} has no workers")
            except _RefusedError as error:
                silent = error
            if time.monotonic() > end:
                raise silent
            if not told:
                self._tell(f"{silent}; waiting up to {_START} seconds")
                told = True
            time.sleep(0.5)
        if not self._fit:
            raise BriefpackError(f"no worker of {self._address} can build")

    def look(self) -> None:
        """See which workers are there, and ask the new ones."""
        asked = asyncio.run(_asked(self._address, {*self._fit, *self._unfit}))
        self._seen = time.monotonic()
        self._fit = {name: n for name, n in self._fit.items() if name in asked}
        self._unfit = {name: why for name, why in self._unfit.items() if name in asked}
        for name, (threads, why) in asked.items():
            if why is None:
                self._fit[name] = threads
            elif name not in self._fit and why:
                self._unfit[name] = why
                self._tell(f"the worker {name} {why}; it gets no job")

    def room(self) -> int:
        """Return how many jobs may be under way."""
        return _EACH * max(1, sum(self._fit.values()))

    def executor(self) -> Executor:
        """Return an executor of those that can build. Raises BriefpackError where there are none."""
        self.start()
        if self._client is None:
            from distributed import Client

            try:
                self._client = Client(self._address, timeout=_ANSWER, set_as_default=False)
            except Exception as error:
                raise _other(self._address, error) from None
        # The same job must run again after --force, though Dask remembers its result.
        return _Sender(self, self._client.get_executor(pure=False))

    def choose(self) -> list[str]:
        """Return the workers to which a job may go. Raises BriefpackError where there are none."""
        if time.monotonic() > self._seen + _LOOK:
            self.look()
        if not self._fit:
            raise BriefpackError(f"the scheduler at {self._address} has no workers")
        return sorted(self._fit)

    def sent(self, future: Future[Any], names: list[str]) -> None:
        """Remember to whom a job went."""
        self._sent[future] = frozenset(names)

    def working(self) -> bool:
        """Tell whether each job that is under way has a worker that may do it."""
        try:
            self.look()
        except BriefpackError:
            return False
        return all(names & {*self._fit} for f, names in self._sent.items() if not f.done())

    def close(self) -> None:
        """Leave the scheduler."""
        if self._client is not None:
            self._client.close(_ANSWER)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)


class _Sender(Executor):
    """Dask's executor, but each job goes only to workers that can do it."""

    def __init__(self, workers: _Workers, executor: Any) -> None:
        self._workers = workers
        self._executor = executor

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        try:
            names = self._workers.choose()
        except BriefpackError as error:
            raise BrokenExecutor(str(error)) from None
        job = pickle.dumps((fn, args, kwargs))
        future: Future[Any] = self._executor.submit(_parcel(), job, workers=names)
        self._workers.sent(future, names)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait)


def _parcel() -> Callable[[bytes], Any]:
    """Return what unpacks and does a job: the scheduler, which has no briefpack, cannot look inside."""

    def unpack(job: bytes) -> Any:
        import pickle

        function, arguments, options = pickle.loads(job)
        return function(*arguments, **options)

    return unpack


class _RefusedError(BriefpackError):
    """Nobody listens there; perhaps not yet."""


async def _asked(address: str, known: set[str]) -> dict[str, tuple[int, str | None]]:
    """Return the workers that are there, each with its threads and why it cannot build.

    That is None where it can, and "" for those that are known. Raises BriefpackError where no
    scheduler answers.
    """
    from distributed import Client, Security, rpc

    _knock(address)
    try:
        # Dask's own client would wait long for what is no scheduler, and complain afterwards.
        keys = Security().get_connection_args("client")
        async with rpc(address, timeout=_ANSWER, connection_args=keys) as scheduler:
            identity = await asyncio.wait_for(scheduler.identity(), _ANSWER)
        workers = identity["workers"]
    except Exception as error:
        raise _other(address, error) from None
    threads = {name: int(worker["nthreads"]) for name, worker in workers.items()}
    new = sorted(threads.keys() - known)
    answers: dict[str, str | None] = {}
    if new:
        try:
            async with Client(
                address, asynchronous=True, set_as_default=False, timeout=_ANSWER
            ) as client:
                asked = await asyncio.gather(*(_unfit(client, name) for name in new))
                answers.update(zip(new, asked, strict=True))
        except Exception as error:
            raise _other(address, error) from None
    return {name: (n, answers.get(name, "")) for name, n in threads.items()}


async def _unfit(client: Any, worker: str) -> str | None:
    """Say why a worker cannot build; None where it can."""

    async def value(name: str, seconds: int) -> Any:
        # A function of Python itself: one of ours could not even arrive where there is no briefpack.
        asked = client.run(resolve_name, name, workers=[worker], on_error="return")
        return (await asyncio.wait_for(asked, seconds)).get(worker)

    try:
        version = await value("toolkit.version:VERSION", _ANSWER)
        # Its libraries, too; and what takes time is done before the first job.
        work = await value("toolkit.batch.warm:__name__", _LOAD) if version == VERSION else ""
    except Exception as error:  # it is gone, or hangs, or is of another Dask
        return f"does not answer ({reason(error)})"
    if isinstance(version, Exception):
        return f"has no briefpack ({reason(version)})"
    if version != VERSION:
        return f"has briefpack {version}, not {VERSION}"
    if isinstance(work, Exception):
        return f"cannot load briefpack ({reason(work)})"
    return None


def _knock(address: str) -> None:
    """Raise BriefpackError where nobody listens at an address."""
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname, parts.port), _ANSWER).close()
    except OSError as error:
        kind = _RefusedError if isinstance(error, ConnectionRefusedError) else BriefpackError
        raise kind(f"no scheduler answers at {address}: {reason(error)}") from None


def _other(address: str, error: BaseException) -> BriefpackError:
    why = f"silent for {_ANSWER} seconds" if isinstance(error, TimeoutError) else reason(error)
    return BriefpackError(f"what listens at {address} does not answer as a scheduler: {why}")
