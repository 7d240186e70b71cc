"""What runs remember of an output: a lock, journals, and files that were moved aside.

All of it lies in `.briefpack` at the root of the project, or beside the output where that belongs
to no project; never in the output, which is published whole. The folder is for its owner only, and
its loss costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import BriefpackError
from toolkit.files import write_all
from toolkit.places import is_remote, place, reason

FOLDER = ".briefpack"
SETTINGS = "briefpack.toml"
_PRIVATE = 0o600


@dataclass(frozen=True)
class State:
    """The memory of one output; `root` is the folder `.briefpack`, `out` the output."""

    root: Path
    out: Path

    @property
    def folder(self) -> Path:
        """The folder of what belongs to this output alone; it moves with the project."""
        name = str(self.out) if is_remote(self.out) else _relative(self.out, self.root.parent)
        return self.root / hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def make(self) -> None:
        """Create the folders. Raises BriefpackError where that is not possible."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            ignore = self.root / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8", newline="\n")
            self.folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise BriefpackError(f"cannot write into {self.root}: {reason(error)}") from None

    @contextmanager
    def locked(self, waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Keep other runs from writing into the output; `waiting` is called where one does.

        The lock is the system's, so that it ends with the process that holds it, however that ends.
        An address has none: each of its files is put in whole.
        """
        if is_remote(self.out):
            yield
            return
        from filelock import FileLock, Timeout

        self.make()
        lock = FileLock(self.folder / "lock", mode=_PRIVATE)
        try:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                waiting()
                lock.acquire()
        except (OSError, NotImplementedError) as error:
            raise BriefpackError(f"cannot lock {self.out}: {reason(error)}") from None
        try:
            yield
        finally:
            lock.release()

    # What an interrupted run was about to write

    def journal(self, pack: str) -> dict[str, set[str]]:
        """Return the SHA-256 of all that an interrupted run may have left in a pack, by file."""
        entries = self._read(self._journal(pack))
        return {
            name: {digest for digest in digests if isinstance(digest, str)}
            for name, digests in entries.items()
            if isinstance(digests, list)
        }

    def begin(self, pack: str, digests: Mapping[str, set[str]]) -> None:
        """Note what a pack's files are and will be, before the first of them is replaced."""
        if not is_remote(self.out):
            self.make()
            entries = {name: sorted(hashes) for name, hashes in sorted(digests.items())}
            self.write(self._journal(pack).name, json.dumps(entries).encode("ascii"))

    def end(self, pack: str) -> None:
        """Forget the journal of a pack."""
        with suppress(OSError):
            self._journal(pack).unlink(missing_ok=True)

    def _journal(self, pack: str) -> Path:
        return self.folder / f"journal-{pack}.json"

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            content = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the folder whole, readable by its owner only."""
        write_all(self.folder, [(name, data)], mode=_PRIVATE)

    # Somebody's work

    def move_aside(self, path: Path) -> Path:
        """Move a file that somebody edited out of a pack; return where it is now.

        Nothing that was moved there earlier is replaced. Raises BriefpackError where it cannot be
        moved; the file stays then.
        """
        folder = self.root / "aside" / path.parent.name
        self.make()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            target = _free_name(folder, path.name)
            if is_remote(path):
                with target.open("xb") as file:
                    file.write(path.read_bytes())
                path.unlink()
            else:
                shutil.move(path, target)
            if not target.is_symlink():
                target.chmod(_PRIVATE)
        except Exception as error:  # each protocol has errors of its own
            raise BriefpackError(f"cannot move {path} to {folder}: {reason(error)}") from None
        return target


def _free_name(folder: Path, name: str) -> Path:
    candidate, number = folder / name, 2
    while os.path.lexists(candidate):
        candidate = folder / re.sub(r"(\.[^.]*)?$", rf" ({number})\1", name, count=1)
        number += 1
    return candidate


def state_of(out: str | Path, project: Path | None = None) -> State:
    """Return the memory of an output.

    It lies in the project in which the output lies, else in the folder `project`, else beside the
    output (for an address, in the working folder).
    """
    target = place(out)
    if is_remote(out):
        return State((project or Path.cwd()) / FOLDER, target)
    absolute = Path(os.path.abspath(target))  # noqa: PTH100 - a link stays a link
    for folder in absolute.parents:
        if (folder / SETTINGS).is_file():
            return State(folder / FOLDER, target)
    return State((project or absolute.parent).absolute() / FOLDER, target)


def _relative(path: Path, folder: Path) -> str:
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # another drive
        return os.path.abspath(path)  # noqa: PTH100
