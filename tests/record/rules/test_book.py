"""Every rule of the book: its wrong example breaks it, its right one breaks nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.making import ROOT
from toolkit.record.policy import Policy
from toolkit.record.rules import RULES, Rule
from toolkit.record.source import decode
from toolkit.record.validate import check

BASE = {
    "schema_version": '"1.0"',
    "id": '"made"',
    "version": '"1"',
    "language": '"en"',
    "status": '"draft"',
    "title": '"A meeting"',
    "kind": '"talks"',
    "handling": '{"mark": "public"}',
    "sittings": '[{"date": "2024-02-29", "place": {"country": "CH"}}]',
    "delegations": '[{"id": "ch", "kind": "state", "country": "CH"}, {"id": "kz", "kind": "state", "country": "KZ"}]',
    "participants": '[{"id": "anna", "delegation": "ch", "role": "principal", "names": [{"text": "Anna Serikkyzy", "language": "en"}]}]',
}
TOLD_ELSEWHERE = {"unreadable", "schema", "missing-glyph", "unshowable-text"}
MINISTRY = Policy(("public", "official", "restricted", "confidential"))
"""What the ministry decides where the examples are checked: the marks of the schema, stated."""
ARCHIVE = "The minister said: “We are grateful for your warm   welcome.” She left the same day."


def record_with(members: str, like: str | None = None) -> str:
    """Return a record's text with some members, written as they are, in place of the usual ones.

    `like` are sound members with the same keys, where the others are not.
    """
    own = set(json.loads("{" + (like or members) + "}"))
    lines = [f'  "{key}": {value}' for key, value in BASE.items() if key not in own]
    return "{\n" + ",\n".join([*lines, f"  {members}"]) + "\n}\n"


def archived(folder: Path, text: str, name: str = "readout.txt") -> Path:
    """Write an archived text to where those of a record in a folder lie."""
    path = folder / "sources" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def told(members: str, folder: Path, like: str | None = None) -> list[str]:
    archived(folder, ARCHIVE)
    text = record_with(members, like)
    source = replace(decode("r.json", text.encode()), folder=folder)
    return [d.rule for d in check(source, MINISTRY)[0].diagnostics]


EXAMPLES = [rule for code, rule in RULES.items() if code not in TOLD_ELSEWHERE]


@pytest.mark.parametrize("rule", EXAMPLES, ids=[rule.code for rule in EXAMPLES])
def test_the_wrong_example_breaks_the_rule_and_the_right_one_nothing(
    rule: Rule, tmp_path: Path
) -> None:
    found = told(rule.wrong, tmp_path, rule.right)
    assert rule.code in found
    # A bracket that lacks is followed by one that does not fit.
    assert set(found) <= {rule.code, "wrong-bracket"}
    assert told(rule.right, tmp_path) == []


def test_every_rule_explains_itself() -> None:
    assert len(RULES) > 45
    for code, rule in RULES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        assert rule.summary[0].islower()
        assert rule.why.endswith(".")
        assert bool(rule.wrong) == bool(rule.right) == (code not in TOLD_ELSEWHERE)


def test_every_code_that_the_program_tells_is_in_the_book() -> None:
    codes = set()
    for path in (ROOT / "toolkit").rglob("*.py"):
        text = path.read_text("utf-8")
        codes |= set(re.findall(r'(?:Finding|Diagnostic)\(\s*"([a-z-]+)"', text))
        if path.name == "syntax.py":
            codes |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text))
    settings_only = {"low-contrast", "unknown-font", "bad-font", "bad-emblem"}
    settings_only |= {"firm-rule", "bad-path", "no-match", "output-among-records"}
    assert codes - settings_only - set(RULES) == set()


def test_a_near_miss_of_a_quotation_says_how_it_differs(tmp_path: Path) -> None:
    archived(tmp_path, ARCHIVE)
    members = RULES["not-in-source"].wrong.replace("your help.", "your warm reception.")
    source = replace(decode("r.json", record_with(members).encode()), folder=tmp_path)
    (diagnostic,) = check(source)[0].diagnostics
    assert diagnostic.message.endswith('; it differs at "reception." (word 7 of 7)')


def test_an_archive_outside_the_records_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x", "utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    members = '"sources": [{"id": "s", "title": "R", "archived_text": "../secret.txt"}]'
    assert told(members, inner) == ["archive-missing"]


def test_many_entries_cost_time_in_proportion() -> None:
    def cost(count: int) -> float:
        import time

        statements = [
            {
                "id": f"s-{n}",
                "kind": "thanks",
                "mode": "reported",
                "side": "ch",
                "text": f"Минис {n} Serikkyza",
            }
            for n in range(count)
        ]
        text = record_with('"statements": ' + json.dumps(statements, ensure_ascii=False))
        start = time.process_time()
        check(decode("r.json", text.encode()))
        return time.process_time() - start

    cost(20)
    assert cost(3000) < 40 * max(cost(300), 0.01)
