"""Many machines: jobs go to the workers of a Dask scheduler, which write the packs where they are."""

from __future__ import annotations

import logging
import socket
import sys
from concurrent.futures import Executor
from urllib.parse import urlsplit

from toolkit.batch.pool import Pool
from toolkit.errors import BriefpackError, UsageError
from toolkit.places import reason

_SECONDS = 10
_EACH = 4


def cluster(address: str) -> Pool:
    """Return the pool of a Dask scheduler, as tcp://host:8786.

    Raises UsageError for what is no address, and BriefpackError where Dask is not installed or no
    scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise BriefpackError("for --scheduler, install briefpack[dask]") from None
    _answers(address)
    # What the client has to say goes into our own words.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_SECONDS, set_as_default=False)
    except Exception as error:
        # The client that never came to be complains once more when it is cleared away.
        sys.unraisablehook = lambda _: None
        raise _silent(address, error) from None
    threads = sum(client.nthreads().values())
    if not threads:
        client.close()
        raise BriefpackError(f"the scheduler at {address} has no workers")

    def make() -> Executor:
        # The same job must run again after --force, though Dask remembers its result.
        executor: Executor = client.get_executor(pure=False)
        return executor

    return Pool(make, _EACH * threads, client.close)


def _answers(address: str) -> None:
    """Ask first whether anybody is there: the client itself would wait long, and say much."""
    try:
        host, port = urlsplit(address).hostname, urlsplit(address).port
    except ValueError:
        host = port = None
    if not host or not port:
        raise UsageError(f"{address} is no address of a scheduler; write it as tcp://host:8786")
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except OSError as error:
        raise _silent(address, error) from None


def _silent(address: str, error: Exception) -> BriefpackError:
    return BriefpackError(f"no scheduler answers at {address}: {reason(error)}")
