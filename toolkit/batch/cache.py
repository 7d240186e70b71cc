"""What a run found, for the next one: packs that need not be looked into again.

The cache holds for each pack a key of all that can change the outcome, and the stamps of the files
that briefpack itself wrote or compared. Where both are as they were, the pack is unchanged; in all
other cases it is checked in full. So the loss of the cache costs time, and rebuilds nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from toolkit.batch.jobs import Order, Outcome, Stamp
from toolkit.errors import BriefpackError
from toolkit.pack.state import State
from toolkit.pack.targets import BuildOptions
from toolkit.places import is_remote
from toolkit.record import archive
from toolkit.version import libraries

_FILE = "cache.json"


class Entry(msgspec.Struct, array_like=True, omit_defaults=True):
    """What is known of a pack: its record by path, SHA-256 and id, its key, its files' stamps."""

    record: str
    sha256: str
    id: str
    key: str
    archives: tuple[str, ...]
    stamps: dict[str, Stamp]


class Cache:
    """The packs of one output."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._entries = _read(state.folder / _FILE)
        self._changed = False

    def identities(self) -> dict[str, str]:
        """Return the ids of records by SHA-256."""
        return {entry.sha256: entry.id for entry in self._entries.values()}

    def packs_of(self, record: str) -> set[str]:
        """Return the names of the packs that were made from the file of a record."""
        return {name for name, entry in self._entries.items() if entry.record == record}

    def holds(self, pack: str, sha256: str, basis: str, stamps: Mapping[str, Stamp]) -> bool:
        """Tell whether a pack is known to be up to date.

        `sha256` is the record's; `basis` is the digest of all else that decides (see `basis_of`).
        """
        entry = self._entries.get(pack)
        return (
            entry is not None
            and entry.sha256 == sha256
            and bool(entry.stamps)
            and entry.stamps == stamps
            and entry.key == _key(sha256, basis, entry.archives)
        )

    def names(self, pack: str) -> Iterable[str]:
        """Return the names of the files of a pack, the manifest included."""
        entry = self._entries.get(pack)
        return entry.stamps if entry else ()

    def note(self, outcome: Outcome, record_id: str, sha256: str, basis: str) -> None:
        """Keep what an outcome says of a pack that is up to date, and forget any other."""
        self._changed = True
        key = _key(sha256, basis, outcome.archives)
        good = outcome.status in ("built", "unchanged")
        stamps = dict(outcome.stamps) if good else {}
        self._entries[outcome.name] = Entry(
            outcome.record, sha256, record_id, key, outcome.archives, stamps
        )

    def forget(self, pack: str) -> None:
        """Forget a pack that was taken away."""
        self._changed = self._entries.pop(pack, None) is not None or self._changed

    def save(self) -> None:
        """Write the cache; where that is not possible, the next run takes longer."""
        if self._changed:
            with suppress(BriefpackError):
                self._state.make()
                self._state.write(_FILE, msgspec.json.encode(self._entries))
            self._changed = False


def stamps_of(folder: Path, names: Iterable[str]) -> dict[str, Stamp]:
    """Return the stamps of some files of a folder by name, without those that are not there."""
    stamps = {}
    for name in names:
        try:
            status: Any = (folder / name).stat() if is_remote(folder) else (folder / name).lstat()
            modified = getattr(status, "st_mtime_ns", None) or int(status.st_mtime * 1e9)
            stamps[name] = (status.st_size, modified, getattr(status, "st_ctime_ns", 0))
        except Exception:  # each protocol has errors of its own
            continue
    return stamps


def _read(path: Path) -> dict[str, Entry]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Entry])
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return {}


def basis_of(order: Order, options: BuildOptions) -> str:
    """Return a digest of all but the record that decides about a pack's bytes, and whether it is built."""
    policy: dict[str, Any] = asdict(order.policy)
    basis = [policy, options.stated(order.style_sha256), order.tool, libraries()]
    return hashlib.sha256(json.dumps(basis, sort_keys=True, default=str).encode()).hexdigest()


def _key(sha256: str, basis: str, archives: Iterable[str]) -> str:
    digests = [_digest_of(path) for path in archives]
    return hashlib.sha256("\n".join((sha256, basis, *archives, *digests)).encode()).hexdigest()


def _digest_of(path: str) -> str:
    try:
        status = Path(path).stat()
    except OSError:
        return ""
    return _digest(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@cache
def _digest(path: str, *_stamp: int) -> str:
    """Return the SHA-256 of an archived text; each is read once a run."""
    return archive.digest(path)
