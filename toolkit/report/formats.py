"""The formats of reports, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from toolkit.record.diagnostic import FileReport

Reports = Sequence[FileReport]


def _json(reports: Reports) -> str:
    from toolkit.report.machine import as_json

    return as_json(reports)


def _github(reports: Reports) -> str:
    from toolkit.report.escaping import Escaped
    from toolkit.report.github import lines

    return Escaped("\n".join(lines(reports)))


def _sarif(reports: Reports) -> str:
    from toolkit.report.sarif import as_sarif

    return as_sarif(reports)


def _junit(reports: Reports) -> str:
    from toolkit.report.junit import as_junit

    return as_junit(reports)


def _gitlab(reports: Reports) -> str:
    from toolkit.report.gitlab import as_gitlab

    return as_gitlab(reports)


FORMATS: Final[dict[str, Callable[[Reports], str]]] = {
    "json": _json,
    "github": _github,
    "sarif": _sarif,
    "junit": _junit,
    "gitlab": _gitlab,
}
"""What writes a report for programs; the text for people is `toolkit.report.text`."""
