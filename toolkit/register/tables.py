"""The register as CSV and as Parquet: one table, a row an entry."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from toolkit.errors import BriefpackError
from toolkit.register.entries import Entry
from toolkit.register.store import Store

COLUMNS: dict[str, Callable[[Entry], Any]] = {
    "entry": lambda e: e.kind,
    "meeting_id": lambda e: e.meeting_id,
    "meeting": lambda e: e.meeting,
    "meeting_on": lambda e: e.meeting_on,
    "id": lambda e: e.id,
    "title": lambda e: e.title,
    "type": lambda e: e.type,
    "parties": lambda e: list(e.parties),
    "sectors": lambda e: list(e.sectors),
    "status": lambda e: e.status,
    "year": lambda e: e.year,
    "signed_on": lambda e: e.signed_on or None,
    "in_force_on": lambda e: e.in_force_on or None,
    "next_step": lambda e: e.next_step or None,
    "responsible": lambda e: e.responsible or None,
    "due": lambda e: e.due or None,
    "due_until": lambda e: e.due_until,
    "handling": lambda e: e.handling,
    "record": lambda e: e.record,
}
"""The columns; `signed_on`, `in_force_on` and `due` as records write them (ISO 8601, EDTF)."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 2_000


def write_csv(target: BinaryIO, store: Store) -> None:
    """Write CSV (RFC 4180) in UTF-8 with a byte order mark, by which Excel knows the encoding.

    A text that Excel would take for a formula begins with an apostrophe.
    """
    text = io.TextIOWrapper(target, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, "overdue"])
    for entry in store.entries():
        cells = [_cell(value(entry)) for value in COLUMNS.values()]
        writer.writerow([*cells, "yes" if entry.overdue(store.as_of) else "no"])
    text.flush()
    text.detach()


def _cell(value: Any) -> str:
    text = "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_parquet(target: BinaryIO, store: Store) -> None:
    """Write Parquet, with lists for parties and sectors, and real dates where the day is known.

    Raises BriefpackError where pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise BriefpackError("for Parquet, install briefpack[parquet]") from None
    special = {
        "meeting_on": pa.date32(),
        "due_until": pa.date32(),
        "year": pa.int32(),
        "parties": pa.list_(pa.string()),
        "sectors": pa.list_(pa.string()),
    }
    schema = pa.schema([(name, special.get(name, pa.string())) for name in COLUMNS])
    schema = schema.append(pa.field("overdue", pa.bool_()))
    with parquet.ParquetWriter(target, schema) as writer:
        for entries in _batches(store.entries()):
            columns = {name: [value(e) for e in entries] for name, value in COLUMNS.items()}
            columns["overdue"] = [e.overdue(store.as_of) for e in entries]
            writer.write_table(pa.table(columns, schema))


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
