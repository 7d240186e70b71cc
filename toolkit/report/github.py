"""Diagnostics as workflow commands of GitHub Actions, which shows them on the lines at fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.record.diagnostic import FileReport
from toolkit.report.escaping import Escaped, printable

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def lines(reports: Iterable[FileReport]) -> Iterator[Escaped]:
    """Yield a command a diagnostic: the only lines of ours that the runner is to obey."""
    for report in reports:
        for d in report.diagnostics:
            place = {
                "file": report.file,
                "line": d.line,
                "endLine": d.end_line,
                "col": d.column,
                "endColumn": d.end_column,
                "title": d.rule,
            }
            properties = ",".join(
                f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in place.items()
            )
            message = _escaped(d.message, _DATA)
            yield Escaped(f"::{d.severity} {properties}::{message}")


def _escaped(text: str, signs: dict[str, str]) -> str:
    # First by the rules of the runner, which undoes it: the name of a file stays as it is.
    return printable("".join(signs.get(char, char) for char in text))
