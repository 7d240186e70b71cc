"""Records in YAML: the same schema, rules and places, and no loss on the way there and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toolkit
from tests.making import FIRST, RECORDS, record, written
from tests.test_cli import run
from toolkit.errors import UsageError
from toolkit.record import syntax, yaml_text, yaml_writing
from toolkit.record.convert import as_json, converted
from toolkit.record.diagnostic import InvalidFileError
from toolkit.record.source import decode
from toolkit.record.validate import check

SMALL = """\
# A record with comments
schema_version: "1.0"
id: made
version: "1"
language: en
status: draft
title: A meeting
kind: talks
handling: {mark: public}
sittings:
  - date: 2024-02-29   # a date stays a text
    place: {country: CH}
delegations:
  - id: ch
    kind: state
    country: CH
figures:
  - {id: f, label: Share, value: 0.10}
"""


def found(text: str) -> list[tuple[str, int, int]]:
    report, _ = check(decode("r.yaml", text.encode("utf-8", "surrogatepass")))
    return [(d.rule, d.line, d.column) for d in report.diagnostics]


def test_a_record_in_yaml_is_valid_and_has_the_same_data() -> None:
    report, data = check(decode("r.yaml", SMALL.encode()))
    assert report.diagnostics == ()
    assert data["sittings"][0]["date"] == "2024-02-29"
    assert str(data["figures"][0]["value"]) == "0.10"


@pytest.mark.parametrize(
    ("old", "new", "rule", "line", "column"),
    [
        ("status: draft", "staus: draft", "unknown-key", 6, 1),
        ("status: draft", "status: drafft", "unknown-value", 6, 9),
        ("2024-02-29", "2023-02-29", "bad-date", 11, 11),
        ("country: CH}", "country: UK}", "unknown-country", 12, 22),
        ('version: "1"', "version: 1", "wrong-type", 4, 10),
        ("  - id: ch\n", "  - id: made2\n    id: ch\n", "duplicate-key", 15, 5),
        ("title: A meeting", "title: 'A meeting", "syntax", 19, 1),
        ("status: draft", "status: [draft", "syntax", 7, 6),
        ("value: 0.10", "value: .inf", "bad-number", 18, 34),
        ("kind: talks", "kind: !!python/object:os.system talks", "syntax", 8, 7),
    ],
)
def test_mistakes_have_their_place(old: str, new: str, rule: str, line: int, column: int) -> None:
    assert SMALL.count(old) == 1
    told = found(SMALL.replace(old, new))
    assert [t[0] for t in told] == [rule]
    if rule != "syntax":
        assert told[0] == (rule, line, column)


@pytest.mark.parametrize("name", list(RECORDS))
def test_there_and_back_without_loss(name: str, tmp_path: Path) -> None:
    there = tmp_path / "r.yaml"
    there.write_bytes(converted(RECORDS[name], there))
    assert [d.rule for d in toolkit.validate(there).diagnostics if d.severity == "error"] == []
    back = converted(there, tmp_path / "r.json")
    read = syntax.parse(back.decode()).data
    assert read == syntax.parse(RECORDS[name].read_text("utf-8")).data
    assert list(read) == list(json.loads(RECORDS[name].read_text("utf-8")))


@pytest.mark.parametrize(
    "text",
    ["", "- a", "&a [*a]", "a: &a {b: *a}", "? [1]\n: 2", "\t", "a: b: c", "{" * 3000, "a: !x y", "%YAML 9", "a: \x07",
     "a: &x [1,1,1,1,1,1,1,1,1]\nb: &y [*x,*x,*x,*x,*x,*x,*x,*x,*x]\nc: &z [*y,*y,*y,*y,*y,*y,*y,*y]\nd: &w [*z,*z,*z,*z,*z,*z,*z,*z]\ne: &v [*w,*w,*w,*w,*w,*w,*w,*w]\nf: &u [*v,*v,*v,*v,*v,*v,*v,*v]\ng: [*u,*u,*u,*u,*u,*u,*u,*u]"],
)  # fmt: skip
def test_nothing_breaks_the_reader(text: str) -> None:
    assert found(text) if text.strip() else True


@given(st.text(max_size=120))
@settings(max_examples=200, deadline=None)
def test_any_text_gets_an_answer(text: str) -> None:
    parsed = yaml_text.parse(text)
    assert parsed.fatal is None or parsed.fatal.message


# Signs that end a line in YAML are no part of a valid record's texts, or are escaped.
SIGNS = st.characters(
    blacklist_categories=("Cc", "Cs", "Zl", "Zp"), blacklist_characters="\ufeff\ufffe\uffff"
)
LEAF = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(SIGNS, max_size=30)
    | st.decimals(allow_nan=False, allow_infinity=False, places=4)
)  # fmt: skip
DATA = st.dictionaries(
    st.text(SIGNS, max_size=8),
    st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(SIGNS, max_size=6), inner, max_size=3), max_leaves=8),
    min_size=1,
    max_size=4,
)  # fmt: skip


@given(DATA)
@settings(max_examples=200, deadline=None)
def test_any_data_goes_there_and_back(data: dict[str, Any]) -> None:
    assert yaml_text.parse(yaml_writing.as_yaml(data)).data == data
    assert syntax.parse(as_json(data).decode()).data == data


def test_a_pack_from_yaml_carries_the_yaml(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(SMALL, "utf-8")
    pack = toolkit.build(path, tmp_path)
    for file in pack.files:
        assert toolkit.extract(pack.folder / file.name).data == SMALL.encode()
        assert toolkit.extract(pack.folder / file.name).name == "made.yaml"


def test_convert_on_the_command_line(tmp_path: Path) -> None:
    assert run("convert", FIRST, "-o", "r.yaml", cwd=tmp_path).returncode == 0
    assert run("validate", "r.yaml", cwd=tmp_path).returncode == 0
    assert run("convert", "r.yaml", "-o", "r.json", cwd=tmp_path).returncode == 0
    assert run("convert", FIRST, "-o", "r.json", cwd=tmp_path).returncode == 1
    assert run("convert", FIRST, "-o", "r.txt", cwd=tmp_path).returncode == 2
    (tmp_path / "bad.json").write_text('{"a": 1,}')
    done = run("convert", "bad.json", "-o", "bad.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "trailing-comma" in done.stderr


def test_only_the_two_notations_are_known(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", record())
    with pytest.raises(UsageError):
        converted(path, tmp_path / "r.toml")
    with pytest.raises(InvalidFileError):
        converted(tmp_path / "none.json", tmp_path / "r.yaml")
