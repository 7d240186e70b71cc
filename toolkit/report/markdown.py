"""Diagnostics as Markdown, for the job summary of a CI run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from toolkit.record.diagnostic import FileReport
from toolkit.report.text import counted, printable

_MARKUP = "\\`*_{}[]<>#|!~&"


MOST_ROWS: Final = 300
"""How much a job summary shows: GitHub takes a mebibyte for all of a step."""


def as_markdown(reports: Sequence[FileReport], most: int | None = None) -> str:
    """Return reports as a heading with counts, and a table of what is wrong: at most so many rows."""
    errors, warnings = (sum(getattr(r, kind) for r in reports) for kind in ("errors", "warnings"))
    told = (counted(len(reports), "file"), counted(errors, "error"), counted(warnings, "warning"))
    out = ["## Records", "", f"{', '.join(told)}.", ""]
    if errors or warnings:
        out += ["| Place | | Message | Rule |", "| --- | --- | --- | --- |"]
    found = [(report.file, d) for report in reports for d in report.diagnostics]
    for file, d in found[:most]:
        cells = (f"{file}:{d.line}:{d.column}", d.severity, d.message, d.rule)
        out.append(row(*cells))
    return "\n".join([*out, *more(len(found), most)]) + "\n"


def more(count: int, most: int | None) -> list[str]:
    """Return the lines that say how many rows are not shown."""
    return ["", f"And {count - most} more."] if most is not None and count > most else []


def row(*cells: str) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(map(cell, cells)) + " |"


def cell(text: str) -> str:
    """Return text that no reader of Markdown takes for markup."""
    return "".join(f"&#{ord(c)};" if c in _MARKUP else c for c in printable(text))
