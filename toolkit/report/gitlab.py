"""Diagnostics as a code quality report of GitLab (the format of Code Climate)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from toolkit.record.diagnostic import FileReport
from toolkit.report.escaping import printable, to_json

_SEVERITY = {"error": "major", "warning": "minor"}


def as_gitlab(reports: Iterable[FileReport]) -> str:
    """Return reports as a list of issues, each with a fingerprint that outlives moved lines."""
    issues: list[dict[str, Any]] = []
    seen: Counter[str] = Counter()
    for report in reports:
        for d in report.diagnostics:
            key = f"{report.file}\0{d.rule}\0{d.pointer}\0{d.message}"
            seen[key] += 1
            mark = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "backslashreplace"))
            place = {
                "path": report.file.encode("utf-8", "backslashreplace").decode("utf-8"),
                "positions": {
                    "begin": {"line": d.line, "column": d.column},
                    "end": {"line": d.end_line, "column": d.end_column},
                },
            }
            issues.append(
                {
                    "description": printable(d.message),
                    "check_name": d.rule,
                    "fingerprint": mark.hexdigest(),
                    "severity": _SEVERITY[d.severity],
                    "location": place,
                }
            )
    return to_json(issues)
