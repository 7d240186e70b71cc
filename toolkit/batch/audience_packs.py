"""The packs for audiences that an output holds, by the record to which they belong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from toolkit.pack.manifest import read_manifest
from toolkit.pack.state import State
from toolkit.places import is_remote, place

_BETWEEN = "--"
_MAX_BYTES = 50_000_000
# An id as a value, in whatever is left of JSON or YAML.
_ID = re.compile(rb"""["']?\bid["']?\s*[:=]\s*["']?([a-z0-9]+(?:-[a-z0-9]+)*)""")


class AudiencePacks:
    """Finds the packs of a record, even of one that is too broken to tell its id."""

    def __init__(self, state: State, languages: Iterable[str]) -> None:
        self._state = state
        self._languages = set(languages)

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """The folders of the output that may be packs for audiences, by id."""
        names: dict[str, list[str]] = {}
        try:
            folders = sorted(self._state.out.iterdir())
        except Exception:  # there is no output yet, or nobody may look into it
            return {}
        for folder in folders:
            record_id, between, _ = folder.name.partition(_BETWEEN)
            if between:
                names.setdefault(record_id, []).append(folder.name)
        return names

    def of_record(self, record: str, record_id: str, built: Iterable[str]) -> set[str] | None:
        """Return the names of a record's packs for audiences.

        `built` are the packs that earlier runs made from the same file. Where neither those nor the
        id tell, each id that stands in the file counts. Returns None for a file that cannot be read
        for a reason of the machine.
        """
        if record_id:
            ids = {record_id}
        else:
            data = self._bytes(record)
            if data is None:
                return None
            ids = {name.partition(_BETWEEN)[0] for name in built}
            ids = ids or {match.decode("ascii") for match in _ID.findall(data)}
        return {name for id_ in ids for name in self._names.get(id_, ()) if self._is_one(name)}

    def _bytes(self, record: str) -> bytes | None:
        """Return the bytes of a record; b"" where the file is gone, None where it cannot be read."""
        try:
            if not is_remote(record) and not Path(record).is_file():
                return b""  # nor is a pipe waited for
            with place(record).open("rb") as file:
                # UTF-16 becomes readable without its zeros.
                return bytes(file.read(_MAX_BYTES)).replace(b"\0", b"")
        except FileNotFoundError:
            return b""
        except Exception:  # each protocol has errors of its own
            return None

    def _is_one(self, name: str) -> bool:
        manifest = read_manifest(self._state.out / name)
        if manifest is not None:
            return manifest.options.get("audience") is not None
        return name.partition(_BETWEEN)[2] not in self._languages
