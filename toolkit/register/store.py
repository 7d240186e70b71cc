"""Entries in a database of its own file: sorted and counted without being held in memory."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import TracebackType

from toolkit.register.entries import Entry, Kind

_BETWEEN = "\x1f"
_NAMES = [field.name for field in fields(Entry)]
_COLUMNS = ", ".join(f'"{name}"' for name in _NAMES)
_DATES, _LISTS = ("meeting_on", "due_until"), ("parties", "sectors")
_BATCH = 1000


class Store:
    """Entries of many records, on disk while it is open.

    `counts` are the numbers of entries, and of those overdue, by party, sector, year and status.
    """

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.marks: dict[str, None] = {}
        self._schemes: set[tuple[str, ...]] = set()
        self.counts: dict[str, Counter[tuple[str, str]]] = {
            key: Counter() for key in ("parties", "sectors", "year", "status")
        }

    def __enter__(self) -> Store:
        self._folder = tempfile.TemporaryDirectory(prefix="briefpack-")
        self._base = sqlite3.connect(Path(self._folder.name) / "entries.db")
        # Nobody reads this file but this run, and no run goes on with it.
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute(f"CREATE TABLE entries ({_COLUMNS})")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._base.close()
        self._folder.cleanup()

    @property
    def scheme(self) -> tuple[str, ...]:
        """The handling marks of the records, least strict first; none where records differ in them."""
        return next(iter(self._schemes)) if len(self._schemes) == 1 else ()

    def add(self, entries: Iterable[Entry], scheme: tuple[str, ...]) -> None:
        """Take the entries of a record, and the handling marks in force for it."""
        self._schemes.add(scheme)
        rows = []
        for entry in entries:
            self._count(entry)
            rows.append(_row(entry))
        marks = ", ".join("?" * len(_NAMES))
        self._base.executemany(f"INSERT INTO entries VALUES ({marks})", rows)

    def _count(self, entry: Entry) -> None:
        self.marks[entry.handling] = None
        told = ["overdue"] if entry.overdue(self.as_of) else []
        for what in (entry.kind, *told):
            for key in ("parties", "sectors"):
                self.counts[key].update((value, what) for value in set(getattr(entry, key)))
            self.counts["year"][str(entry.year), what] += 1
            self.counts["status"][entry.status, what] += 1

    def total(self, kind: Kind | None = None, year: int | None = None) -> int:
        """Return how many entries there are."""
        where, values = _where(kind, year)
        found = self._base.execute(f"SELECT count(*) FROM entries{where}", values).fetchone()
        return int(found[0])

    def years(self, kind: Kind) -> list[int]:
        """Return the years of the entries of a kind."""
        where, values = _where(kind, None)
        sql = f"SELECT DISTINCT year FROM entries{where} ORDER BY year"
        return [int(row[0]) for row in self._base.execute(sql, values)]

    def entries(self, kind: Kind | None = None, year: int | None = None) -> Iterator[Entry]:
        """Yield entries by the day of the meeting, then by the meeting, in its record's order."""
        where, values = _where(kind, year)
        sql = f"SELECT {_COLUMNS} FROM entries{where} ORDER BY meeting_on, meeting_id, rowid"
        found = self._base.execute(sql, values)
        while rows := found.fetchmany(_BATCH):
            yield from map(_entry, rows)


def _where(kind: Kind | None, year: int | None) -> tuple[str, list[object]]:
    wanted = {"kind": kind, "year": year}
    named = {key: value for key, value in wanted.items() if value is not None}
    text = " AND ".join(f"{key} = ?" for key in named)
    return (f" WHERE {text}" if text else ""), list(named.values())


def _row(entry: Entry) -> list[object]:
    row: list[object] = []
    for name in _NAMES:
        value = getattr(entry, name)
        if name in _LISTS:
            row.append(_BETWEEN.join(value))
        elif name in _DATES:
            row.append(value.isoformat() if value else None)
        else:
            row.append(value)
    return row


def _entry(row: tuple[object, ...]) -> Entry:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _LISTS:
        text = str(values[name])
        values[name] = tuple(text.split(_BETWEEN)) if text else ()
    for name in _DATES:
        value = values[name]
        values[name] = date.fromisoformat(str(value)) if value else None
    values["open"] = bool(values["open"])
    return Entry(**values)  # type: ignore[arg-type]
