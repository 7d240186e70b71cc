"""Diagnostics as workflow commands of GitHub Actions, which shows them on the lines at fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.record.diagnostic import FileReport

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def lines(reports: Iterable[FileReport]) -> Iterator[str]:
    """Yield a command a diagnostic."""
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
            told = ",".join(f"{key}={_escaped(str(v), _PROPERTY)}" for key, v in place.items())
            yield f"::{d.severity} {told}::{_escaped(d.message, _DATA)}"


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(char, char) for char in text)
