"""Diagnostics as Markdown, for the job summary of a CI run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from toolkit.record.diagnostic import FileReport
from toolkit.report.escaping import printable
from toolkit.report.text import counted

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
        place, message = (
            code(text, in_table=True) for text in (f"{file}:{d.line}:{d.column}", d.message)
        )
        out.append(row(place, d.severity, message, d.rule))
    return "\n".join([*out, *more(len(found), most)]) + "\n"


def more(count: int, most: int | None) -> list[str]:
    """Return the lines that say how many rows are not shown."""
    return ["", f"And {count - most} more."] if most is not None and count > most else []


def row(*cells: str) -> str:
    """Return a row of a table, of cells in Markdown."""
    return "| " + " | ".join(cells) + " |"


def code(text: str, *, in_table: bool = False) -> str:
    """Return a text from outside as a span of code, in which nothing is markup.

    Neither are addresses, mentions of people and numbers of issues, which GitHub finds in all text
    else, however it is escaped.
    """
    text = printable(text)
    if not text:
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    # A span loses a space at both ends, where it has one at both.
    if text.strip(" ") and (text[0] in " `" or text[-1] in " `"):
        text = f" {text} "
    # A table is parted into cells before its spans are read.
    return fence + (text.replace("|", "\\|") if in_table else text) + fence
