"""Many machines: jobs go to the workers of a Dask scheduler, which write the packs where they are."""

from __future__ import annotations

from concurrent.futures import Executor

from toolkit.batch.pool import Pool
from toolkit.errors import BriefpackError
from toolkit.places import reason

_SECONDS = 10
_EACH = 4


def cluster(address: str) -> Pool:
    """Return the pool of a Dask scheduler, as tcp://host:8786.

    Raises BriefpackError where Dask is not installed or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise BriefpackError("for --scheduler, install briefpack[dask]") from None
    try:
        client = Client(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise BriefpackError(f"no scheduler answers at {address}: {reason(error)}") from None
    threads = sum(client.nthreads().values())
    if not threads:
        client.close()
        raise BriefpackError(f"the scheduler at {address} has no workers")

    def make() -> Executor:
        # The same job must run again after --force, though Dask remembers its result.
        executor: Executor = client.get_executor(pure=False)
        return executor

    return Pool(make, _EACH * threads, client.close)
