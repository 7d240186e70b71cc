"""Diagnostics as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from toolkit.record.diagnostic import Diagnostic, FileReport
from toolkit.report.escaping import to_json


def as_json(reports: Iterable[FileReport]) -> str:
    """Return reports as JSON; lines and columns count from 1, columns in characters."""
    listed = list(reports)
    content = {
        "version": 1,
        "files": [
            {"file": report.file, "diagnostics": [_diagnostic(d) for d in report.diagnostics]}
            for report in listed
        ],
        "summary": {
            "files": len(listed),
            "valid": sum(report.valid for report in listed),
            "errors": sum(report.errors for report in listed),
            "warnings": sum(report.warnings for report in listed),
        },
    }
    return to_json(content)


def _diagnostic(d: Diagnostic) -> dict[str, Any]:
    return {
        "rule": d.rule,
        "severity": d.severity,
        "line": d.line,
        "column": d.column,
        "endLine": d.end_line,
        "endColumn": d.end_column,
        "pointer": d.pointer,
        "message": d.message,
        "suggestion": d.suggestion,
    }
