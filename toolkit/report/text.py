"""Diagnostics as lines for a person, each with the line of the file and the spot marked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from toolkit.record.diagnostic import Diagnostic, FileReport
from toolkit.record.source import Source
from toolkit.report.escaping import Escaped, printable

_RED, _YELLOW, _BOLD, _DIM, _END = "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m"
_WIDEST = 100


def lines(reports: Iterable[FileReport], *, colour: bool = False) -> Iterator[str]:
    """Yield the report of files, and a closing line."""
    files = errors = warnings = 0
    for report in reports:
        files += 1
        errors += report.errors
        warnings += report.warnings
        if not report.diagnostics:
            yield f"{printable(report.file)}: valid"
            continue
        text = report.source
        for diagnostic in report.diagnostics:
            yield from _diagnostic(report.file, diagnostic, text, colour)
    if files > 1 or errors or warnings:
        yield f"{counted(files, 'file')}, {counted(errors, 'error')}, {counted(warnings, 'warning')}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, as "1 file" and "2 files"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _diagnostic(file: str, d: Diagnostic, text: Source | None, colour: bool) -> Iterator[str]:
    tint = _RED if d.severity == "error" else _YELLOW
    place = f"{printable(file)}:{d.line}:{d.column}:"
    message = printable(d.message)
    if colour:
        head = f"{_BOLD}{place}{_END} {tint}{d.severity}{_END} {message} {_DIM}[{d.rule}]{_END}"
        yield Escaped(head)
    else:
        yield f"{place} {d.severity} {message} [{d.rule}]"
    if text is None:
        return
    excerpt, start, length = _excerpt(text, d)
    mark = " " * start + "^" * length
    # The number keeps the record's own text from beginning a line, which CI services read.
    number, space = f"{d.line:>4} | ", f"{'':>{max(4, len(str(d.line)))}} | "
    if colour:
        yield Escaped(f"{_DIM}{number}{_END}{excerpt}")
        yield Escaped(f"{_DIM}{space}{_END}{tint}{mark}{_END}")
    else:
        yield f"{number}{excerpt}"
        yield f"{space}{mark}"


def one_line(file: str, d: Diagnostic) -> str:
    """Return a diagnostic in one line, without what stands there."""
    return f"{printable(file)}:{d.line}:{d.column}: {d.severity} {printable(d.message)} [{d.rule}]"


def _excerpt(text: Source, d: Diagnostic) -> tuple[str, int, int]:
    """The line, cut around the spot, with the columns of the mark on a terminal."""
    line = text.line_text(d.line)
    start = d.column - 1
    end = d.end_column - 1 if d.end_line == d.line else len(line)
    cut = max(0, min(start - 40, len(line) - _WIDEST))
    shown = line[cut : cut + _WIDEST]
    before, marked = shown[: start - cut], shown[start - cut : max(end, start + 1) - cut]
    return printable(shown), _width(printable(before)), max(1, _width(printable(marked)))


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    thin = sum(unicodedata.category(c) in ("Mn", "Me", "Cf") for c in text)
    return len(text) + wide - thin
