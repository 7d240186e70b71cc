"""An archive of ten thousand records, one in a hundred broken."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.batch.test_batch import settings
from tests.making import record, written
from tests.test_cli import run

pytestmark = pytest.mark.slow
COUNT = 10_000


def test_ten_thousand_records_with_one_in_a_hundred_broken(tmp_path: Path) -> None:
    settings(tmp_path)
    for n in range(COUNT):
        bad = {"kind": "talk"} if n % 100 == 0 else {}
        written(tmp_path / "records" / f"{n:05}.json", record(id=f"r{n:05}", **bad))
    done = run("build", "--report", "r.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "9900 built, 100 failed" in done.stderr
    content = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert Counter(e["status"] for e in content["records"]) == {"built": 9900, "failed": 100}
    assert all(
        entry["messages"][0]["rule"] == "unknown-value"
        for entry in content["records"]
        if entry["status"] == "failed"
    )
    assert sum(1 for _ in (tmp_path / "packs").glob("*/manifest.json")) == 9900
    written(tmp_path / "records" / "00000.json", record(id="r00000"))
    done = run("build", cwd=tmp_path)
    assert "1 built, 9900 unchanged, 99 failed" in done.stderr
