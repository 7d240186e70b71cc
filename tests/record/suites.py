"""The public conformance suites of the notations, which lie beside the repository."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.making import ROOT

SUITES = Path(os.environ.get("BRIEFPACK_SUITES", ROOT.parent / "shared" / "suites"))


@dataclass(frozen=True)
class Case:
    """A text, whether it has to be read (accept, reject, either), and what it means as JSON."""

    name: str
    data: bytes
    expect: str
    json: str | None = None


def cases(suite: str) -> list[Case]:
    """Return the cases of a suite; none where it is not there."""
    path = SUITES / f"{suite}.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    read = map(json.loads, lines)
    return [
        Case(c["name"], base64.b64decode(c["base64"]), c["expect"], c.get("json")) for c in read
    ]


def needed() -> None:
    """Skip where a laptop has no suites, fail where CI has none."""
    if not SUITES.is_dir():
        reason = f"the conformance suites are not in {SUITES}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
