"""Broken variants of the records: one slip each, and what is told of it.

`corpus.tsv` is the table: in a record, what stands there (`old`; \\n is a new line) was written as `new`;
this breaks `rule`, and the message points to `line` and `column`.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.making import RECORDS
from toolkit.record.source import decode
from toolkit.record.validate import check

TABLE = Path(__file__).with_name("corpus.tsv")
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_table_is_long_and_varied() -> None:
    assert len(ROWS) >= 60
    assert len({row["rule"] for row in ROWS}) >= 35


@pytest.mark.parametrize("row", ROWS, ids=[f"{n}-{row['rule']}" for n, row in enumerate(ROWS)])
def test_one_slip_is_one_message_at_its_place(row: dict[str, str]) -> None:
    text = RECORDS[row["record"]].read_text("utf-8")
    old, new = (row[key].replace("\\n", "\n") for key in ("old", "new"))
    assert old in text
    report, _ = check(decode("r.json", text.replace(old, new, 1).encode()))
    told = [(d.rule, d.line, d.column) for d in report.diagnostics]
    assert told == [(row["rule"], int(row["line"]), int(row["column"]))]
