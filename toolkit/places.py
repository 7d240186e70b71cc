"""Where files are: in folders of this machine, or at addresses such as s3://bucket/packs (fsspec)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

from toolkit.errors import BriefpackError

_WINDOWS = os.name == "nt"
_LONG = 248
"""Characters of a path from which Windows may refuse it: 260, less a short name in a folder."""
_S3 = {
    "config_kwargs": {
        "connect_timeout": 10,
        "read_timeout": 15,
        "retries": {"total_max_attempts": 1},  # s3fs itself tries five times
    }
}
_LIMITS: dict[str, dict[str, Any]] = {"s3": _S3, "s3a": _S3}
"""What makes a file system end by itself where nobody answers: S3's own limits are many minutes."""


def is_remote(address: str | Path) -> bool:
    """Tell whether an address names a protocol, as s3://bucket/record.json does."""
    return "://" in str(address)


def place(address: str | Path) -> Path:
    """Return the path of a file or folder; an address becomes a path of universal-pathlib.

    Raises BriefpackError where that, or what it needs for the protocol, is not installed.
    """
    if not is_remote(address):
        return Path(address)
    try:
        from upath import UPath

        return cast(Path, UPath(address, **_LIMITS.get(str(address).partition("://")[0], {})))
    except ImportError as error:
        message = f"{address}: for addresses, install briefpack[remote] ({error})"
        raise BriefpackError(message) from None
    except ValueError as error:
        raise BriefpackError(f"{address}: {error}") from None


def found(pattern: str) -> list[str]:
    """Return the addresses of the files that a pattern of addresses finds, sorted.

    Raises BriefpackError where the server cannot be asked.
    """
    start: Any = place(pattern)
    try:
        paths = start.fs.glob(start.path)
        return sorted(start.fs.unstrip_protocol(path) for path in paths)
    except Exception as error:  # each protocol has errors of its own
        raise BriefpackError(f"{pattern}: {reason(error)}") from None


def reason(error: BaseException) -> str:
    """Return in one line why a system or a server refused."""
    told = getattr(error, "strerror", None) or " ".join(str(error).split())
    return (str(told)[:300] or type(error).__name__) + _long(error)


def _long(error: BaseException) -> str:
    """Return what may be behind it where Windows does not find a path."""
    if not (_WINDOWS and isinstance(error, FileNotFoundError) and error.filename):
        return ""
    length = len(str(Path(error.filename).absolute()))
    if length < _LONG:
        return ""
    return (
        f"; the path has {length} characters, and Windows takes 260 unless long paths are switched on: "
        "choose a folder nearer to the root, or a shorter id"
    )
