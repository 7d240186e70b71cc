"""Diagnostics as SARIF 2.1.0 (OASIS), which code scanning reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from toolkit.record.diagnostic import Diagnostic, FileReport
from toolkit.record.rules import RULES
from toolkit.version import VERSION

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def as_sarif(reports: Iterable[FileReport]) -> str:
    """Return reports as one run; columns count characters (Unicode code points)."""
    listed = list(reports)
    used = sorted({d.rule for report in listed for d in report.diagnostics})
    driver = {
        "name": "briefpack",
        "semanticVersion": VERSION,
        "rules": [_rule(code) for code in used],
    }
    results = [_result(report.file, d, used) for report in listed for d in report.diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    content = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(content, ensure_ascii=True, indent=2)


def _rule(code: str) -> dict[str, Any]:
    rule = RULES[code]
    return {
        "id": code,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(file: str, d: Diagnostic, used: list[str]) -> dict[str, Any]:
    region = {
        "startLine": d.line,
        "startColumn": d.column,
        "endLine": d.end_line,
        "endColumn": d.end_column,
    }
    place = {"artifactLocation": {"uri": quote(file.replace("\\", "/"))}, "region": region}
    return {
        "ruleId": d.rule,
        "ruleIndex": used.index(d.rule),
        "level": d.severity,
        "message": {"text": d.message},
        "locations": [{"physicalLocation": place}],
    }
