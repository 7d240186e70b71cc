"""What is too long, too deep or too many: a mistake with its place, at a cost in proportion."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import toolkit
from tests.making import record, written
from tests.test_cli import run
from toolkit.record import syntax, yaml_text
from toolkit.record.convert import converted
from toolkit.record.diagnostic import InvalidFileError
from toolkit.record.fix import fixed
from toolkit.record.offsets import Offsets
from toolkit.record.schema import repeated
from toolkit.record.source import decode
from toolkit.record.syntax import MOST_LEVELS
from toolkit.record.validate import check

Place = tuple[str, int, int]


def places(text: str, name: str = "r.json") -> list[Place]:
    report, _ = check(decode(name, text.encode()))
    return [(d.rule, d.line, d.column) for d in report.diagnostics]


def as_text(**changes: Any) -> str:
    return json.dumps(record(**changes), ensure_ascii=False)


# Numbers

ENDLESS = ["1e999999999999999999999", "-1E-999999999999999999999", "1e1000", "9" * 5000]


@pytest.mark.parametrize("number", ENDLESS)
def test_a_number_without_end_is_a_mistake_at_its_place(number: str) -> None:
    text = as_text(**{"x-a": "1e999999999999999999999 é", "x-b": [1.50, "@"]})
    text = text.replace('"@"', f'{number}, "x"').replace("1.5", "1.50")
    at = text.index(f"{number}, ") + 1
    assert places(text) == [("bad-number", 1, at)]
    assert places(text, "r.yaml") == [("bad-number", 1, at)]


def test_a_number_without_end_does_not_stop_a_batch(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        as_text(id="a", **{"x-a": 0}).replace(": 0}", ": 1e99999999999999999999}")
    )
    written(tmp_path / "b.json", record(id="b"))
    done = run("build", "a.json", "b.json", "-o", "packs", cwd=tmp_path)
    assert done.returncode == 1
    assert "bad-number" in done.stdout + done.stderr
    assert (tmp_path / "packs" / "b" / "manifest.json").is_file()
    assert not (tmp_path / "packs" / "a").exists()


NUMBERS = [
    "0.10",
    "1e400",
    "-0.0",
    "1E+2",
    "0.1234567890123456789012345",
    "0e-7",
    "12345678901234567890123",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_keep_what_they_say_there_and_back(number: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(f'{{"a": {number}}}')
    (tmp_path / "r.yaml").write_bytes(converted(path, "r.yaml"))
    back = syntax.parse(converted(tmp_path / "r.yaml", "b.json").decode()).data["a"]
    assert type(back) is (int if number.isdigit() else Decimal)
    assert str(back) == str(Decimal(number))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1_000", "1_000"), ("yes", "yes"), ("012", 12), ("0o17", 15), ("0x1F", 31), ("0b1", "0b1"),
        ("1:30", "1:30"), ("+1", 1), (".5", Decimal("0.5")), ("1.", Decimal(1)), ("~", None),
        ("TRUE", True), ("tRUE", "tRUE"), ("2001-01-01", "2001-01-01"), ("!!str 12", "12"),
        ("1e3", Decimal("1e3")), ("0o8", "0o8"), ("", None), ("<<", "<<"), ("=", "="),
    ],
)  # fmt: skip
def test_yaml_has_the_core_schema_of_1_2(text: str, value: Any) -> None:
    for written_as in (f"a: {text}", f"%YAML 1.1\n---\na: {text}"):
        parsed = yaml_text.parse(written_as)
        assert parsed.fatal is None
        assert parsed.data == {"a": value}
        assert type(parsed.data["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ('a: "\\UFFFFFFFF"', 1, 7, "invalid Unicode character"),
        ("%YAML 1.3\n---\na: b", 1, 1, "incompatible YAML document"),
        ("é: [?x]", 1, 5, "do not agree"),
        ("é: b\n---\nc: d", 2, 1, "a second document begins here"),
        ("é: !!int 12", 1, 4, 'the tag "tag:yaml.org,2002:int" has no meaning'),
        ("é: b\n? [c]\n: d", 2, 3, "a key is a text"),
        ("é: *b", 1, 4, 'there is no "&b" before this'),
        ("é: &b [*b]", 1, 8, '"*b" stands within what it repeats'),
        ("é: 'b'#c", 1, 7, "cannot be read as YAML"),
        ("a: 0x" + "f" * 5000, 1, 4, "too long"),
        ("a: b\x07", 1, 5, "may not stand in YAML"),
        ("é: " + "[" * 500 + "]" * 500, 1, 4 + MOST_LEVELS - 1, "deep in each other"),
        ("- " * 500 + "x", 1, 2 * MOST_LEVELS + 1, "deep in each other"),
        ("[a" + ", a" * 200_000 + "]", 1, 599_999, "at most 200000 values"),
        ("a: &a [1]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n".replace("*a", f"*b{i - 1}" if i else "*a") for i in range(40)), 2, 10, "aliases repeat more"),
        ("a: &a [1]\n" + "".join(f"b{i}: &b{i} [*b{i - 1}]\n".replace("*b-1", "*a") for i in range(120)), 2, 10, "deep in each other"),
    ],
)  # fmt: skip
def test_what_yaml_may_not_say_here(text: str, line: int, column: int, part: str) -> None:
    report, _ = check(decode("r.yaml", text.encode()))
    first = report.diagnostics[0]
    assert part in first.message
    assert (first.line, first.column) == (line, column)


# Depth


@pytest.mark.parametrize("opening", ["[" * 100_000, '{"é":' * 100_000, "[" * 101 + "]" * 101])
def test_what_is_too_deep_in_json(opening: str) -> None:
    each = 5 if "é" in opening else 1
    assert places('{"[[": ' + opening + "}") == [("too-deep", 1, 8 + each * (MOST_LEVELS - 1))]


def test_as_deep_as_may_be() -> None:
    inside = MOST_LEVELS - 1
    assert (
        places(as_text(**{"x-a": 0}).replace(": 0}", ": " + "[" * inside + "]" * inside + "}"))
        == []
    )


# Half of a character


@pytest.mark.parametrize("ending", [".yaml", ".json"])
def test_half_of_a_character_cannot_be_converted(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text('{"a": "\\ud83d\\ude00 \\\\ud800",\n "b\\uD83D": 1}', "utf-8")
    with pytest.raises(InvalidFileError) as caught:
        converted(path, tmp_path / f"out{ending}")
    (diagnostic,) = caught.value.report.diagnostics
    assert (diagnostic.line, diagnostic.column) == (2, 4)
    assert "\\uD83D is half of a character" in diagnostic.message


# Many mistakes

MANY = 5_000


def test_many_mistakes_on_one_line_have_their_places() -> None:
    entry = '{"id": "é%d", "text": "ж", "status": "nope", "by": ["ch"]}'
    text = as_text(commitments=[]).replace(
        '"commitments": []', '"commitments": [' + ", ".join(entry % i for i in range(MANY)) + "]"
    )
    told = [place for place in places(text) if place[0] == "unknown-value"]
    assert len(told) == MANY
    assert all(text.startswith('"nope"', column - 1) for _, _, column in told)


def test_many_keys_twice() -> None:
    text = as_text()[:-1] + ', "x-é": 1' * MANY + "}"
    assert [place[0] for place in places(text)] == ["duplicate-key"] * (MANY - 1)


def calls(text: str) -> int:
    """Count the calls of functions that checking a text takes: its cost, whatever the machine."""
    count = 0

    def counted(frame: Any, event: str, arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    source = decode("r.json", text.encode())
    check(source)
    sys.setprofile(counted)
    try:
        check(source)
    finally:
        sys.setprofile(None)
    return count


def references(n: int) -> str:
    states = [{"id": f"state-{i}", "kind": "state", "country": "CH"} for i in range(n)]
    promise = {"text": "t", "status": "open"}
    by = [{"id": f"c{i}", "by": [f"stade-{i}"], **promise} for i in range(n)]
    return as_text(delegations=states, commitments=by)


def unlike(n: int) -> str:
    return as_text(
        commitments=[{"id": "c", "text": "t", "status": "open", "by": [{"a": i} for i in range(n)]}]
    )


def keys(n: int) -> str:
    return as_text(**{f"kéy{i}": i for i in range(n)})


@pytest.mark.parametrize("made", [references, unlike, keys])
def test_twice_as_many_mistakes_cost_twice_as_much(made: Any) -> None:
    few, many = calls(made(500)), calls(made(1000))
    assert many < 2.5 * few


def test_equal_entries_of_a_list() -> None:
    items = [
        1,
        True,
        [1],
        [True],
        "1",
        None,
        {"a": [1]},
        {},
        [],
        Decimal("1.0"),
        {"a": [1]},
        [True],
    ]
    assert repeated(items) == [False] * 9 + [True] * 3


@given(st.text())
def test_offsets_are_those_of_characters(text: str) -> None:
    data = text.encode("utf-8", "replace")
    offset = Offsets(data)
    for at in range(len(text) + 1):
        assert offset(len(text[:at].encode("utf-8", "replace"))) == at


# Mending


@pytest.mark.parametrize(
    ("old", "new", "mended"),
    [
        ("'2024-02-29'\n", "|\n      29.02.2024\n", '"2024-02-29"\n'),
        ("'1'", "&v 1\nx-v: *v", "&v 1\nx-v: *v"),  # the anchor is needed: left alone
    ],
)
def test_mending_yaml_leaves_yaml(old: str, new: str, mended: str, tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", record())
    text = converted(path, "r.yaml").decode()
    assert text.count(old) == 1
    assert fixed(decode("r.yaml", text.replace(old, new).encode())).text == text.replace(
        old, mended
    )


def test_mending_writes_half_of_a_character_as_its_escape(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    address = '"sources": [{"id": "s", "title": "t", "url": " https://x.org/\\ud800 "}]'
    path.write_text(as_text(sources=[]).replace('"sources": []', address), "utf-8")
    assert run("validate", "--fix", "r.json", cwd=tmp_path).returncode == 1
    assert toolkit.validate(path).diagnostics != ()
