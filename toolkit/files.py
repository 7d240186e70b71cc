"""Files that appear whole or not at all, and allow no more than those that they come from."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from toolkit.errors import BriefpackError
from toolkit.places import is_remote, reason

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_PREFIX, _SUFFIX = ".briefpack-", ".tmp"
_OWNER = 0o600
_HOUR = 3600.0
_WINDOWS = os.name == "nt"


def permissions(*names: str | Path) -> int:
    """Return the permissions that all of some files have in common (as `stat.S_IMODE` does).

    What is no file of this machine counts as open to all.
    """
    common = 0o777
    for name in names:
        with suppress(OSError, ValueError):
            common &= 0o777 if is_remote(name) else Path(name).stat().st_mode
    return common


def write_all(folder: Path, files: Iterable[tuple[str, bytes]], *, mode: int | None = None) -> None:
    """Write files into a folder; the last one vouches for the others.

    All are written aside first and put into their places then, so that a full disk or a kill leaves
    no half-written file; meanwhile the last one is not there. Where one cannot take its place,
    because a program holds it open, say, all stay as they were. A file that is replaced keeps its
    permissions; with `mode`, all allow group and others no more than that. At an address, each file
    is put in whole. Raises BriefpackError with a plain message where the folder cannot be written.
    """
    listed = list(files)
    if is_remote(folder):
        _put(folder, listed)
        return
    try:
        with ExitStack() as stack:
            _prepare(folder)
            ready = []
            for name, data in listed:
                aside = stack.enter_context(_Aside(folder / name, mode))
                aside.file.write(data)
                aside.finish()
                ready.append(aside)
            _exchange(ready)
    except OSError as error:
        raise BriefpackError(f"cannot write into {folder}: {_why(error)}") from None


def write(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write one file, whole, in the place of an earlier one if there is one.

    A symbolic link stays one, and the file to which it leads is replaced; permissions are as with
    `write_all`, and the owner stays where that is possible. Another hard link of the file keeps the
    earlier content. The folder is made. Raises BriefpackError where the file cannot be written, or is read-only.
    """
    with suppress(OSError):  # what is wrong is said below
        path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path, mode=mode) as file:
        file.write(data)


@contextmanager
def written_whole(target: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """Give a file to write into, which takes its place only when all went well; else as `write`.

    Its folder must exist.
    """
    try:
        real = Path(os.path.realpath(target))
        if target.exists() and not target.is_file():
            raise OSError(errno.EINVAL, "it is no ordinary file")
        if real.exists() and not os.access(real, os.W_OK):
            raise PermissionError(errno.EACCES, "it is read-only")
        remove_leftovers(real.parent)
        with _Aside(real, mode) as aside:
            yield aside.file
            aside.finish()
            aside.path.replace(real)
    except OSError as error:
        raise BriefpackError(f"cannot write {target}: {_why(error)}") from None


def write_new(files: Mapping[Path, bytes], *, mode: int | None = None) -> None:
    """Write files that must not exist: all of them, or none.

    Raises BriefpackError where one exists, be it only since a moment ago, or cannot be written.
    """
    placed: list[Path] = []
    target = Path()
    try:
        with ExitStack() as stack:
            ready = []
            for target, data in files.items():
                if os.path.lexists(target):
                    raise FileExistsError
                _prepare(target.parent)
                aside = stack.enter_context(_Aside(target, mode))
                aside.file.write(data)
                aside.finish()
                ready.append(aside)
            for aside in ready:
                target = aside.target
                _put_new(aside.path, target)
                placed.append(target)
    except OSError as error:
        for path in placed:
            with suppress(OSError):
                path.unlink()
        if isinstance(error, FileExistsError):
            raise BriefpackError(f"{target} is there already; choose another name") from None
        raise BriefpackError(f"cannot write {target}: {_why(error)}") from None


def write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder that must not exist, with files by their paths in it: whole, or not at all.

    Raises BriefpackError where it exists or cannot be written.
    """
    aside = target.parent / _new_name()
    try:
        if os.path.lexists(target):
            raise FileExistsError
        _prepare(target.parent)
        aside.mkdir()
        for name, data in files.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(data)
                _settle(file)
        aside.rename(target)
    except FileExistsError:
        raise BriefpackError(f"{target} is there already; choose another name") from None
    except OSError as error:
        raise BriefpackError(f"cannot write {target}: {_why(error)}") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of a folder. Raises BriefpackError where that is not possible."""
    for name in sorted(names):
        try:
            (folder / name).unlink()
        except FileNotFoundError:
            continue
        except Exception as error:
            raise BriefpackError(f"cannot remove {folder / name}: {_why(error)}") from None


def remove_leftovers(folder: Path) -> None:
    """Remove what killed runs left aside in a folder, and nothing that a living run is writing."""
    if is_remote(folder):  # where each file is put in whole
        return
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            if path.is_dir() or fcntl is None:  # whose use cannot be seen
                if time.time() - path.stat().st_mtime > _HOUR:
                    _discard(path)
            else:
                _discard_unheld(path)


class _Aside:
    """A new file beside the one whose place it is to take, held as long as it is in use."""

    def __init__(self, target: Path, mode: int | None) -> None:
        self.target = target
        self._most = 0o777 if mode is None else mode | _OWNER
        self._earlier = target.lstat() if target.exists() and not target.is_symlink() else None

    def __enter__(self) -> _Aside:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        while True:
            self.path = self.target.parent / _new_name()
            # What is not born open to all need not be shut in time.
            rights = _OWNER if self._earlier else 0o666 & self._most
            self.file: BinaryIO = os.fdopen(os.open(self.path, flags, rights), "w+b")
            if _hold(self.file.fileno(), self.path):
                return self
            self.file.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with suppress(OSError):  # what is still to be written goes with the file
            self.file.close()
        with suppress(OSError):
            self.path.unlink()

    def finish(self) -> None:
        """Have the file on the disk, with the permissions that it is to have."""
        if self._earlier:
            rights = _taken_over(self.target, self._earlier, self.path)
            self.path.chmod(rights & self._most)
        _settle(self.file)
        if _WINDOWS:  # where what is open cannot be moved
            self.file.close()


def _taken_over(target: Path, earlier: os.stat_result, path: Path) -> int:
    """Give a file the attributes of the one that it replaces; return the permissions it may have."""
    rights = stat.S_IMODE(earlier.st_mode) & 0o777
    with suppress(OSError):
        shutil.copystat(target, path)
        os.utime(path)
    if not hasattr(os, "chown"):
        return rights
    with suppress(OSError):
        os.chown(path, earlier.st_uid, -1)
    try:
        os.chown(path, -1, earlier.st_gid)
    except OSError:  # what its group was allowed, another group is not
        rights = rights & ~0o070 | (rights & rights << 3 & 0o070)
    return rights


def _exchange(ready: list[_Aside]) -> None:
    """Put files into their places, the last one last; where that fails, put the earlier ones back."""
    if len(ready) == 1:
        ready[0].path.replace(ready[0].target)
        return
    earlier: dict[Path, Path] = {}
    placed: list[Path] = []
    try:
        for target in (aside.target for aside in ready):
            if os.path.lexists(target):
                name = target.with_name(_new_name())
                _name_too(target, name)
                earlier[target] = name
        ready[-1].target.unlink(missing_ok=True)
        for aside in ready:
            aside.path.replace(aside.target)
            placed.append(aside.target)
    except OSError:
        for path in placed:
            with suppress(OSError):
                path.unlink()
        for target, name in earlier.items():
            with suppress(OSError):
                name.replace(target)
        raise
    finally:
        for name in earlier.values():
            with suppress(OSError):
                name.unlink()


def _name_too(target: Path, name: Path) -> None:
    """Give a file a second name; where it can have one only, that one."""
    if target.is_dir() and not target.is_symlink():
        raise IsADirectoryError(errno.EISDIR, f"{target.name} is a folder")
    try:
        if target.is_symlink():
            raise OSError
        os.link(target, name)
    except OSError:
        target.rename(name)


def _put_new(path: Path, target: Path) -> None:
    """Give a file a name that must be free; a link can be made only where nothing is."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:  # there are file systems without links; on Windows, a name is not overwritten
        if os.path.lexists(target):
            raise FileExistsError from None
        path.rename(target)


def _put(folder: Path, files: list[tuple[str, bytes]]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            (folder / files[-1][0]).unlink()
        for name, data in files:
            (folder / name).write_bytes(data)
    except Exception as error:  # each protocol has errors of its own
        raise BriefpackError(f"cannot write into {folder}: {reason(error)}") from None


def _new_name() -> str:
    return f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}"


def _prepare(folder: Path) -> None:
    """Make a folder ready to be written into."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is no folder") from None
    remove_leftovers(folder)


def _hold(handle: int, path: Path) -> bool:
    """Hold a new file; False where another run took it for a leftover before it was held."""
    if fcntl is None:
        return True
    with suppress(OSError):  # a file system without locks: then nobody removes it either
        fcntl.flock(handle, fcntl.LOCK_EX)
    return path.exists()


def _discard_unheld(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # which fails where a run holds it
        _discard(path)
    finally:
        os.close(handle)


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _why(error: Exception) -> str:
    """Return why the system refused, and what to do where a program holds a file open (Windows)."""
    if isinstance(error, PermissionError) and _WINDOWS and error.filename:
        return (
            f"{Path(error.filename).name}: {reason(error)}; if it is open, close it in Word, Excel "
            "or the PDF reader"
        )
    return reason(error)
