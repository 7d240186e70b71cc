"""The register: what is in it, in which order, in which form, and for whom."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.making import FIRST, RECORDS, record, written
from tests.test_cli import run
from toolkit.export.style import default_style
from toolkit.record.policy import Policy
from toolkit.register.collect import collect
from toolkit.register.store import Store
from toolkit.register.workbook import write_workbook

ALL = [*RECORDS.values()]
AS_OF = date(2024, 7, 1)


def agreement(identity: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "id": identity,
        "title": identity.title(),
        "type": "treaty",
        "status": "signed",
        "parties": [{"delegation": "ch"}, {"delegation": "kz"}],
    }
    return {**usual, **changes}


def meeting(identity: str, day: str, *agreements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return record(
        id=identity,
        sittings=[{"date": day, "place": {"country": "CH"}}],
        agreements={"coverage": "complete", "items": list(agreements)},
        **more,
    )


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two meetings, the later one in the file that is named first."""
    late = {"id": "c", "text": "=Send it", "status": "open", "due": "2024-06", "by": ["ch"]}
    done = {"id": "d", "text": "Sent", "status": "done", "due": "2024-01-01"}
    coming = {"id": "e", "text": "Reply", "status": "in_progress", "due": "2025-01-31"}
    written(
        tmp_path / "a.json",
        meeting(
            "later", "2024-05-01",
            agreement("one", signed_on="2024-05-01", sectors=["Trade"]),
            agreement("two", signed_on="2024?", handling="confidential"),
            commitments=[late, done, coming],
        ),
    )  # fmt: skip
    step = {"next_step": "Ratify", "next_step_due": "2023-12-31", "implementation": "not_started"}
    written(tmp_path / "b.json", meeting("earlier", "2023-05-01", agreement("three", **step)))
    return tmp_path


def table(path: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by the titles of its columns."""
    book = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row] for row in book[sheet].iter_rows(min_row=4)]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_a_workbook_has_all_entries_by_the_day_of_the_meeting(two: Path) -> None:
    done = run("register", "a.json", "b.json", "-o", "r.xlsx", "--as-of", "2024-07-01", cwd=two)
    assert done.returncode == 0, done.stderr
    assert "6 entries" in done.stdout
    agreements = table(two / "r.xlsx", "Agreements")
    assert [row["Title"] for row in agreements] == ["Three", "One", "Two"]
    assert agreements[1]["Signed on"] == datetime(2024, 5, 1)
    assert agreements[2]["Signed on"] == "2024 (uncertain)"
    assert [row["Year"] for row in agreements] == [2023, 2024, 2024]
    assert [row["Overdue"] for row in agreements] == ["yes", None, None]
    assert agreements[1]["Parties"] == "Switzerland, Kazakhstan"
    commitments = table(two / "r.xlsx", "Commitments")
    assert [row["Title"] for row in commitments] == ["=Send it", "Sent", "Reply"]
    assert [row["Overdue"] for row in commitments] == ["yes", None, None]


def test_the_overview_counts_and_the_pages_bear_the_strictest_mark(two: Path) -> None:
    run("register", "a.json", "b.json", "-o", "r.xlsx", "--as-of", "2024-07-01", cwd=two)
    book = openpyxl.load_workbook(two / "r.xlsx")
    facts = {row[0].value: row[1].value for row in book["Overview"].iter_rows()}
    assert facts["Parties: Switzerland"] == "Agreements: 3 · Commitments: 1 · Overdue: 2"
    assert facts["Year: 2023"] == "Agreements: 1 · Overdue: 1"
    assert facts["Fields: Trade"] == "Agreements: 1"
    assert facts["Status: Open"] == "Commitments: 1 · Overdue: 1"
    for sheet in book:
        assert sheet.oddHeader.center.text == "Confidential"


@pytest.mark.parametrize(
    ("others", "line"), [(["shut", "ajar"], "ajar"), (["ajar", "open", "shut"], "shut, ajar, open")]
)
def test_the_strictest_mark_follows_from_the_records_own_order(
    tmp_path: Path, others: list[str], line: str
) -> None:
    def write(name: str, scheme: list[str], *marks: str) -> None:
        entries = (agreement(f"{name}-{mark}", handling=mark) for mark in marks)
        handling = {"mark": scheme[0], "scheme": scheme}
        written(tmp_path / f"{name}.json", meeting(name, "2024-01-01", *entries, handling=handling))

    write("a", ["shut", "ajar"], "shut", "ajar")
    write("b", others, *(mark for mark in others if mark not in ("shut", "ajar")), others[0])
    done = run("register", "a.json", "b.json", "-o", "r.xlsx", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    footer = openpyxl.load_workbook(tmp_path / "r.xlsx").active.oddFooter
    assert line in {footer.left.text, footer.center.text, footer.right.text}


def test_for_an_audience_what_is_marked_above_is_left_out(two: Path) -> None:
    written(two / "c.json", meeting("closed", "2024-01-01", handling={"mark": "restricted"}))
    arguments = ["a.json", "b.json", "c.json", "--audience", "public", "--as-of", "2024-07-01"]
    done = run("register", *arguments, "-o", "r.csv", cwd=two)
    assert done.returncode == 0
    assert "c.json: left out" in done.stderr
    text = (two / "r.csv").read_text("utf-8-sig")
    assert "confidential" not in text
    assert "Two" not in text
    assert "One" in text


def test_csv_holds_no_formula_and_says_what_it_is_encoded_in(two: Path) -> None:
    run("register", "a.json", "b.json", "-o", "r.csv", "--as-of", "2024-07-01", cwd=two)
    data = (two / "r.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert [row["title"] for row in rows] == ["Three", "One", "Two", "'=Send it", "Sent", "Reply"]
    assert rows[3]["due"] == "2024-06"
    assert rows[3]["due_until"] == "2024-06-30"
    assert [row["overdue"] for row in rows] == ["yes", "no", "no", "yes", "no", "no"]


def test_duckdb_reads_the_parquet(tmp_path: Path) -> None:
    target = tmp_path / "r.parquet"
    done = run("register", *ALL, "-o", target, "--as-of", "2026-01-01", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with duckdb.connect() as base:
        base.execute(f"create view register as from '{target}'")
        found = base.execute(
            "select count(*) from register where entry = 'agreement' and "
            "list_contains(parties, 'China')"
        ).fetchone()
        first = json.loads(FIRST.read_text("utf-8"))["agreements"]["items"]
        assert found is not None
        assert found[0] >= len(first)
        kinds = dict(
            base.execute("select column_name, column_type from (describe register)").fetchall()
        )
    assert kinds["meeting_on"] == "DATE"
    assert kinds["parties"] == "VARCHAR[]"
    assert kinds["overdue"] == "BOOLEAN"


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
def test_the_same_records_give_the_same_bytes_in_any_order(two: Path, ending: str) -> None:
    made = []
    for names in (["a.json", "b.json"], ["b.json", "a.json"]):
        run("register", *names, "-o", f"r.{ending}", "--as-of", "2024-07-01", cwd=two)
        made.append((two / f"r.{ending}").read_bytes())
    assert made[0] == made[1]


def test_a_broken_record_is_told_and_the_others_are_collected(two: Path) -> None:
    written(two / "bad.json", record(kind="talk"))
    done = run("register", "a.json", "bad.json", "-o", "r.csv", cwd=two)
    assert done.returncode == 1
    assert "bad.json:8:11" in done.stderr
    assert "5 entries" in done.stdout
    done = run("register", "bad.json", "-o", "none.csv", cwd=two)
    assert done.returncode == 1
    assert not (two / "none.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["a.json", "-o", "r.txt"], 2), (["a.json", "-o", "r.csv", "--as-of", "1.1.2024"], 2),
     (["-o", "r.csv"], 2), (["a.json", "-o", "none/r.csv"], 1),
     (["a.json", "-o", "r.csv", "--language", "english"], 2)],
)  # fmt: skip
def test_wrong_calls_leave_nothing_behind(two: Path, arguments: list[str], code: int) -> None:
    before = sorted(two.iterdir())
    done = run("register", *arguments, cwd=two)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert sorted(two.iterdir()) == before


def test_rows_beyond_what_a_sheet_holds_are_split_by_year(two: Path) -> None:
    with Store(AS_OF) as store:
        paths = [str(two / "a.json"), str(two / "b.json")]
        assert not list(collect(paths, store, Policy(), "en", None))
        with (two / "r.xlsx").open("wb") as file:
            split = write_workbook(file, store, default_style(), "en", "", most_rows=1)
    assert split == [
        "Agreements 2023", "Agreements 2024 (1)", "Agreements 2024 (2)",
        "Commitments 2024 (1)", "Commitments 2024 (2)", "Commitments 2024 (3)",
    ]  # fmt: skip
    titles = [table(two / "r.xlsx", sheet)[0]["Title"] for sheet in split]
    assert titles == ["Three", "One", "Two", "=Send it", "Sent", "Reply"]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() and not set(text) & set("\u202d\u202e\ufffe\uffff")
)


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_any_text_arrives_in_excel_as_itself(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    items = [agreement(f"a{n}", title=text) for n, text in enumerate(texts)]
    path = written(folder / "r.json", meeting("made", "2024-01-01", *items))
    with Store(AS_OF) as store:
        assert not list(collect([str(path)], store, Policy(), "en", None))
        with (folder / "r.xlsx").open("wb") as file:
            write_workbook(file, store, default_style(), "en", "")
    assert [row["Title"] for row in table(folder / "r.xlsx", "Agreements")] == texts


def test_status_lists_what_is_due_with_what_is_overdue_first(two: Path) -> None:
    done = run("status", "a.json", "b.json", "--as-of", "2024-07-01", cwd=two)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Overdue (2)"
    assert lines[1].startswith("  2023-12-31, 183 days: Three - Ratify")
    assert lines[2].startswith("  2024-06, 1 days: =Send it (Switzerland)")
    assert lines[3] == "Due (1)"
    assert "Reply" in lines[4]
    assert "Sent" not in done.stdout


def test_status_as_json_is_for_programs(two: Path) -> None:
    done = run("status", "a.json", "b.json", "--as-of", "2024-07-01", "--format", "json", cwd=two)
    content = json.loads(done.stdout)
    assert content["as_of"] == "2024-07-01"
    assert [e["id"] for e in content["entries"]] == ["three", "c", "e"]
    assert [e["overdue"] for e in content["entries"]] == [True, True, False]


def test_status_of_a_project_takes_all_its_records_and_its_language(two: Path) -> None:
    (two / "briefpack.toml").write_text('records = ["*.json"]\nlanguages = ["ru"]\n')
    done = run("status", "--as-of", "2024-07-01", cwd=two)
    assert done.returncode == 0
    assert "Швейцария" in done.stdout
