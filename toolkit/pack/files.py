"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from toolkit.errors import BriefpackError

_PREFIX, _SUFFIX = ".briefpack-", ".tmp"


def write_all(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files into a folder; the last one appears last.

    All are written aside first and put into their places then, so that a full disk or a kill leaves
    no half-written file. What an earlier, killed run left aside is removed. Raises BriefpackError
    with a plain message where the folder cannot be written.
    """
    made: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            left.unlink(missing_ok=True)
        for name, data in files:
            made.append((_aside(folder, data), folder / name))
        for temporary, final in made:
            temporary.replace(final)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BriefpackError(f"cannot write into {folder}: {reason}") from None
    finally:
        for temporary, _ in made:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of a folder. Raises BriefpackError where that is not possible."""
    for name in sorted(names):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BriefpackError(f"cannot remove {folder / name}: {reason}") from None


def _aside(folder: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        path.chmod(0o666 & ~_umask())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
