"""Diagnostics as SARIF 2.1.0 (OASIS), which code scanning reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from toolkit.record.diagnostic import Diagnostic, FileReport
from toolkit.record.rules import RULES
from toolkit.report.escaping import printable, to_json
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
    return to_json(content)


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
    # RFC 3986 knows bytes only; so a name that is no text has an address, too.
    uri = quote(file.replace(os.sep, "/"), errors=sys.getfilesystemencodeerrors())
    place = {"artifactLocation": {"uri": uri}, "region": region}
    return {
        "ruleId": d.rule,
        "ruleIndex": used.index(d.rule),
        "level": d.severity,
        "message": {"text": printable(d.message)},
        "locations": [{"physicalLocation": place}],
    }
