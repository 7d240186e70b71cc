"""JSONTestSuite, yaml-test-suite and toml-test: nothing falls over, nothing wrong is read, no value changes."""

from __future__ import annotations

import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import toolkit
from tests.record.suites import Case, cases, needed
from toolkit.errors import BriefpackError
from toolkit.record.convert import converted
from toolkit.record.notations import parse
from toolkit.record.settings import InvalidSettingsError, read_settings
from toolkit.record.source import UnreadableError, decode
from toolkit.record.syntax import MOST_LEVELS

JSON, YAML, TOML = (cases(suite) for suite in ("json", "yaml", "toml"))


def named(listed: list[Case]) -> Any:
    return pytest.mark.parametrize("case", listed, ids=[case.name for case in listed])


def read(name: str, data: bytes) -> tuple[bool, Any]:
    """Return whether a text is read without a mistake in its notation, and its data."""
    try:
        parsed = parse(decode(name, data))
    except UnreadableError:
        return False, None
    return not (parsed.fatal or parsed.fixes or parsed.duplicate_keys), parsed.data


def first_of(text: str) -> Any:
    """Return the first of several JSON texts that follow each other; None where there is none."""
    return json.JSONDecoder(parse_float=Decimal).raw_decode(text.strip() or "null")[0]


def goes_everywhere(case: Case, ending: str, other: str, tmp_path: Path) -> None:
    """Take a text through all that reads records: whole there and back, or refused with a place."""
    path = tmp_path / f"case{ending}"
    path.write_bytes(case.data)
    report = toolkit.validate(path)
    assert not report.valid  # none of the suite is a record
    assert all(d.line >= 1 and d.column >= 1 and d.message for d in report.diagnostics)
    is_read, data = read(path.name, case.data)
    there = tmp_path / f"there{other}"
    try:
        there.write_bytes(converted(path, there))
    except BriefpackError as error:
        # What half of a character can say in JSON, no file can.
        assert not is_read or "half of a character" in str(vars(error))
        return
    assert is_read
    assert read(there.name, there.read_bytes()) == (True, data)
    assert read("back" + ending, converted(there, tmp_path / f"back{ending}")) == (True, data)


def test_the_suites_are_there() -> None:
    needed()
    assert [len(JSON), len(YAML), len(TOML)] == [318, 402, 709]


@named(JSON)
def test_json(case: Case, tmp_path: Path) -> None:
    is_read, data = read("case.json", case.data)
    if case.expect == "accept" and "duplicated_key" not in case.name:
        assert is_read
    if is_read:
        assert case.expect != "reject"
        assert data == json.loads(case.data, parse_float=Decimal)
    goes_everywhere(case, ".json", ".yaml", tmp_path)


@named([case for case in JSON if case.expect == "accept"])
def test_json_read_as_yaml_is_the_same_or_refused(case: Case) -> None:
    is_read, data = read("case.yaml", case.data)
    if is_read:
        assert data == json.loads(case.data, parse_float=Decimal)


# YAML that is right and refused, because records have no such thing or one of the two readers does not
# take it: each with its sentence. The number may shrink.
REFUSED = 106


@named(YAML)
def test_yaml(case: Case, tmp_path: Path) -> None:
    is_read, data = read("case.yaml", case.data)
    if is_read:
        assert case.expect == "accept"
        assert case.json is None or data == first_of(case.json)
    goes_everywhere(case, ".yaml", ".json", tmp_path)


def test_most_of_yaml_is_read() -> None:
    needed()
    right = [case for case in YAML if case.expect == "accept"]
    assert sum(not read("case.yaml", case.data)[0] for case in right) <= REFUSED


def settings_of(path: Path, data: bytes) -> tuple[str, dict[str, Any]]:
    """Return the first rule that a file of settings breaks, and what follows from it."""
    path.write_bytes(data)
    try:
        return "", read_settings(path, "project.schema.json", lambda _: iter(()))
    except InvalidSettingsError as error:
        assert all(d.line >= 1 and d.column >= 1 for d in error.report.diagnostics)
        return error.report.diagnostics[0].rule, {}


@named(TOML)
def test_toml(case: Case, tmp_path: Path) -> None:
    rule, data = settings_of(tmp_path / "case.toml", case.data)
    assert (rule in ("syntax", "unreadable")) == (case.expect == "reject")
    assert rule != "too-deep"
    # A setting is never without a value, though TOML has such numbers.
    assert rule != "bad-number" or re.search(rb"\b(inf|nan)\b", case.data)
    if not rule:
        assert data == tomllib.loads(case.data.decode("utf-8-sig"))


DEEP = MOST_LEVELS + 1


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"),
    [
        ("# é\na = " + "[" * 50_000 + "]" * 50_000, "too-deep", 2, 5 + MOST_LEVELS),
        ("a = " + "[" * 50_000, "too-deep", 1, 5 + MOST_LEVELS),
        ("a = " + "{b = " * DEEP + "1" + "}" * DEEP, "too-deep", 1, 5 + 5 * MOST_LEVELS),
        ("é = '[['\n" + ".".join("a" * 3000) + " = 1", "syntax", 1, 1),
        ("b = '[['\n" + ".".join("a" * 3000) + " = 1", "too-deep", 2, 2 * MOST_LEVELS),
        ("[" + ".".join("a" * 3000) + "]", "too-deep", 1, 2 * MOST_LEVELS + 1),
        ("b = '''9\n'''\na = " + "9" * 5000, "bad-number", 3, 5),
        ("a = [1, 0x" + "f" * 5000 + "]", "bad-number", 1, 9),
        ("a = 9223372036854775808", "bad-number", 1, 5),
        ("a = -9223372036854775808", "unknown-key", 1, 1),
        ("a = 1\nb = [1, -inf]", "bad-number", 2, 9),
        ("a = 1\nb.c = nan", "bad-number", 2, 7),
        ('output = "pa\\u0000cks"', "forbidden-character", 1, 10),
    ],
)
def test_settings_beyond_what_can_be_read(
    text: str, rule: str, line: int, column: int, tmp_path: Path
) -> None:
    path = tmp_path / "briefpack.toml"
    path.write_text(text, "utf-8", newline="")
    with pytest.raises(InvalidSettingsError) as caught:
        read_settings(path, "project.schema.json", lambda _: iter(()))
    (diagnostic,) = caught.value.report.diagnostics
    assert (diagnostic.rule, diagnostic.line, diagnostic.column) == (rule, line, column)
