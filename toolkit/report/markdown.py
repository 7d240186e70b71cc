"""Diagnostics as Markdown, for the job summary of a CI run."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.record.diagnostic import FileReport
from toolkit.report.text import counted, printable

_MARKUP = "\\`*_{}[]<>#|!~&"


def as_markdown(reports: Sequence[FileReport]) -> str:
    """Return reports as a heading with counts, and a table of what is wrong."""
    errors, warnings = (sum(getattr(r, kind) for r in reports) for kind in ("errors", "warnings"))
    told = (counted(len(reports), "file"), counted(errors, "error"), counted(warnings, "warning"))
    out = ["## Records", "", f"{', '.join(told)}.", ""]
    if errors or warnings:
        out += ["| Place | | Message | Rule |", "| --- | --- | --- | --- |"]
    for report in reports:
        for d in report.diagnostics:
            place = f"{report.file}:{d.line}:{d.column}"
            cells = (place, d.severity, d.message, d.rule)
            out.append("| " + " | ".join(map(cell, cells)) + " |")
    return "\n".join(out) + "\n"


def cell(text: str) -> str:
    """Return text that no reader of Markdown takes for markup."""
    return "".join(f"&#{ord(c)};" if c in _MARKUP else c for c in printable(text))
