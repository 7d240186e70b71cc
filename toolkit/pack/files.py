"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from toolkit.errors import BriefpackError
from toolkit.places import is_remote, reason

_PREFIX, _SUFFIX = ".briefpack-", ".tmp"


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed run left aside in a folder."""
    if is_remote(folder):
        return
    for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        left.unlink(missing_ok=True)


def write_all(folder: Path, files: Iterable[tuple[str, bytes]], *, mode: int | None = None) -> None:
    """Write files into a folder; the last one vouches for the others.

    All are written aside first and put into their places then, so that a full disk or a kill leaves
    no half-written file; meanwhile the last one is not there. What an earlier, killed run left aside
    is removed. At an address, each file is put in whole. Raises BriefpackError with a plain message
    where the folder cannot be written.
    """
    listed = list(files)
    last = folder / listed[-1][0]
    if is_remote(folder):
        _put(folder, listed, last)
        return
    made: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in listed:
            made.append((_aside(folder, data, mode), folder / name))
        if len(made) > 1:
            last.unlink(missing_ok=True)
        for temporary, final in made:
            temporary.replace(final)
    except OSError as error:
        raise BriefpackError(f"cannot write into {folder}: {reason(error)}") from None
    finally:
        for temporary, _ in made:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


@contextmanager
def written_whole(target: Path) -> Iterator[BinaryIO]:
    """Give a file to write into, which takes its place only when all went well.

    Raises BriefpackError with a plain message where it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(_SUFFIX, _PREFIX, target.parent)
    except OSError as error:
        raise BriefpackError(f"cannot write {target}: {reason(error)}") from None
    path = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            _settle(file, path)
        path.replace(target)
    except OSError as error:
        raise BriefpackError(f"cannot write {target}: {reason(error)}") from None
    finally:
        path.unlink(missing_ok=True)


def _put(folder: Path, files: list[tuple[str, bytes]], last: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            last.unlink()
        for name, data in files:
            (folder / name).write_bytes(data)
    except Exception as error:  # each protocol has errors of its own
        raise BriefpackError(f"cannot write into {folder}: {reason(error)}") from None


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of a folder. Raises BriefpackError where that is not possible."""
    for name in sorted(names):
        try:
            (folder / name).unlink()
        except FileNotFoundError:
            continue
        except Exception as error:
            raise BriefpackError(f"cannot remove {folder / name}: {reason(error)}") from None


def _aside(folder: Path, data: bytes, mode: int | None = None) -> Path:
    handle, name = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            _settle(file, path, mode)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _settle(file: BinaryIO, path: Path, mode: int | None = None) -> None:
    """Have a file on the disk, with the rights of any other."""
    file.flush()
    os.fsync(file.fileno())
    path.chmod(0o666 & ~_umask() & (0o666 if mode is None else mode))


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
