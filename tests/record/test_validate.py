"""Validation: every mistake at once, each with its rule, its place and what to write instead."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import toolkit
from tests.making import FIRST, RECORDS, first, record, written
from toolkit.record.source import decode
from toolkit.record.validate import check


def found(text: str) -> list[tuple[str, int, int]]:
    report, _ = check(decode("record.json", text.encode("utf-8", "surrogatepass")))
    return [(d.rule, d.line, d.column) for d in report.diagnostics]


@pytest.mark.parametrize("name", list(RECORDS))
def test_the_records_are_valid(name: str) -> None:
    report = toolkit.validate(RECORDS[name])
    if name == "text-is-data":  # strange on purpose
        assert {d.severity for d in report.diagnostics} == {"warning"}
    else:
        assert report.diagnostics == ()
    assert report.valid


SMALL = """{
  "schema_version": "1.0",
  "id": "made",
  "version": "1",
  "language": "en",
  "status": "draft",
  "title": "A meeting",
  "kind": "talks",
  "handling": { "mark": "public" },
  "sittings": [{ "date": "2024-02-29", "place": { "country": "CH" } }],
  "delegations": [{ "id": "ch", "kind": "state", "country": "CH" }],
  "commitments": [{ "id": "c", "text": "Do it", "status": "open", "by": ["ch"] }]
}
"""

# What is replaced, by what, and what is said of it: rule, line, column, suggestion.
MISTAKES = [
    # Notation
    ('"made",', '"made"', "missing-comma", 3, 15, ","),
    ('"by": ["ch"] }]', '"by": ["ch"] },]', "trailing-comma", 12, 81, None),
    ('"status": "draft",', '"status": “draft”,', "wrong-quotes", 6, 13, '"draft"'),
    ('"status": "draft",', "'status': \"draft\",", "wrong-quotes", 6, 3, '"status"'),
    ('"status": "draft",', 'status: "draft",', "unquoted-key", 6, 3, '"status"'),
    ('"status": "draft",', '"status": draft,', "unquoted-text", 6, 13, '"draft"'),
    ('"status": "draft",', '"status" "draft",', "missing-colon", 6, 11, ":"),
    ('"status": "draft",', '"status": "draft", // soon', "comment", 6, 22, None),
    ('"status": "draft",', '"status": "draft,', "missing-quote", 6, 19, '"'),
    ("A meeting", "A \\meeting", "bad-escape", 7, 15, "\\"),
    ('"status": "draft"', '"status": None', "wrong-word", 6, 13, "null"),
    ("\n}\n", "\n", "missing-bracket", 12, 82, "}"),
    # Schema
    ('"status": "draft",', '"staus": "draft",', "unknown-key", 6, 3, '"status"'),
    ('  "title": "A meeting",\n', "", "missing-key", 1, 1, None),
    ('"draft"', '"drafft"', "unknown-value", 6, 13, '"draft"'),
    ('"version": "1"', '"version": 1', "wrong-type", 4, 14, '"1"'),
    ("2024-02-29", "2023-02-29", "bad-date", 10, 26, None),
    ("2024-02-29", "29.02.2024", "bad-date", 10, 26, '"2024-02-29"'),
    ('"made"', '"My Meeting"', "bad-form", 3, 9, '"my-meeting"'),
    ('"country": "CH" } }]', '"country": "ch" } }]', "bad-form", 10, 62, '"CH"'),
    ('"A meeting"', '" "', "empty-text", 7, 12, None),
    ('"1.0"', '"1.1"', "unknown-value", 2, 21, '"1.0"'),
    # References and what else no schema can say
    ('["ch"]', '["cch"]', "unknown-reference", 12, 74, '"ch"'),
    ('"id": "c",', '"id": "ch",', "duplicate-id", 12, 27, None),
    ('"public"', '"pubic"', "unknown-mark", 9, 25, '"public"'),
    ("A meeting", "A \\u202emeeting", "forbidden-character", 7, 12, None),
    ('"version": "1",', '"version": "1", "version": "2",', "duplicate-key", 4, 19, None),
]


@pytest.mark.parametrize(
    ("old", "new", "rule", "line", "column", "suggestion"),
    MISTAKES,
    ids=[f"{m[2]}-{n}" for n, m in enumerate(MISTAKES)],
)
def test_each_mistake_is_found_at_its_place(
    old: str, new: str, rule: str, line: int, column: int, suggestion: str | None
) -> None:
    assert SMALL.count(old) == 1
    report, _ = check(decode("record.json", SMALL.replace(old, new).encode()))
    told = [d for d in report.diagnostics if d.rule == rule]
    assert [(d.line, d.column) for d in told] == [(line, column)]
    assert told[0].suggestion == suggestion
    assert told[0].message
    assert [d.rule for d in report.diagnostics if d.rule != rule] == []


def test_the_untouched_text_is_valid() -> None:
    assert found(SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('"language": "en"', '"language": "english"', 'write "en"'),
        ('"country": "CH" } }]', '"country": "KAZ" } }]', 'write "KZ"'),
        ('"country": "CH" } }]', '"country": "Kazakstan" } }]', 'write "KZ"'),
        ('{ "mark": "public" }', '"public"', 'as in {"mark": "public"}'),
        ('"A meeting"', "[]", '"title" must be a text in quotation marks or an object'),
    ],
)
def test_the_message_says_what_to_write(old: str, new: str, part: str) -> None:
    report, _ = check(decode("record.json", SMALL.replace(old, new).encode()))
    (diagnostic,) = report.diagnostics
    assert part in diagnostic.message


def test_all_mistakes_are_told_in_one_run_in_the_order_of_the_file() -> None:
    text = (
        SMALL.replace('"made",', '"made"')
        .replace("2024-02-29", "2024-02-30")
        .replace('["ch"]', '["nobody"]')
        .replace('"status": "open"', '"status": “open”')
    )
    assert [(rule, line) for rule, line, _ in found(text)] == [
        ("missing-comma", 3),
        ("bad-date", 10),
        ("wrong-quotes", 12),
        ("unknown-reference", 12),
    ]


def test_columns_count_characters_not_bytes() -> None:
    text = SMALL.replace('"A meeting",', '"Тоқаев 习近平 𝔛", "kindd": 1,')
    assert ("unknown-key", 7, 28) in found(text)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_are_counted_for_every_kind_of_line_end(end: str) -> None:
    text = SMALL.replace('"draft"', '"drafft"').replace("\n", end)
    assert found(text) == [("unknown-value", 6, 13)]


def test_a_reference_to_an_entry_of_another_kind_is_told_as_such() -> None:
    data = record(commitments=[{"id": "c", "text": "x", "status": "open", "topic": "ch"}])
    report, _ = check(decode("r.json", json.dumps(data).encode()))
    assert [d.rule for d in report.diagnostics] == ["unknown-reference"]
    assert '"delegations"' in report.diagnostics[0].message


@pytest.mark.parametrize("number", ["1e999999", "-1e25", "1e-999999", "0." + "1" * 31])
def test_a_number_that_no_document_can_show_is_refused(number: str) -> None:
    data = json.dumps(record(figures=[{"id": "f", "label": "F", "value": 0}]))
    assert [rule for rule, _, _ in found(data.replace('"value": 0', f'"value": {number}'))] == [
        "bad-number"
    ]


def test_what_must_not_be_disclosed_needs_a_mark_above_the_lowest() -> None:
    entry = {"text": "Secret.", "use": "not_to_be_disclosed"}

    def rules(data: Any) -> list[str]:
        return [d.rule for d in check(decode("r", json.dumps(data).encode()))[0].diagnostics]

    assert rules(record(background=[entry])) == ["disclosable-mark"]
    assert rules(record(background=[{**entry, "handling": "restricted"}])) == []
    assert rules(record(background=[entry], handling={"mark": "official"})) == []


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        ('{"title": "Тоқаев"}'.encode("utf-16"), "UTF-16"),
        ('{"title": "Токаев"}'.encode("cp1251"), "Windows-1251"),
    ],
)
def test_a_file_that_is_no_readable_text_gives_one_plain_message(
    tmp_path: Path, data: bytes, part: str
) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(data)
    report = toolkit.validate(path)
    assert [d.rule for d in report.diagnostics] == ["unreadable"]
    assert part in report.diagnostics[0].message


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert "no such file" in toolkit.validate(tmp_path / "no.json").diagnostics[0].message
    assert "a folder" in toolkit.validate(tmp_path).diagnostics[0].message


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(record()).encode())
    assert toolkit.validate(path).valid


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        "9" * 6_000,
        '{"value": ' + "1" * 6_000 + "}",
        '{"value": 1e999999}',
        '{"value": NaN}',
        "null",
        '"text"',
        "{}{}",
        '{"a": "\\ud800"}',
        "{\x00}",
        '"' * 1001,
        "{" * 60 + "}" * 30,
    ],
)
def test_nothing_breaks_the_validator(text: str) -> None:
    assert found(text)


def test_the_time_grows_in_proportion_to_the_record(tmp_path: Path) -> None:
    def cost(count: int) -> float:
        entries = [{"id": f"s-{n}", "title": f"Source {n}"} for n in range(count)]
        path = written(tmp_path / f"{count}.json", record(sources=entries))
        start = time.process_time()
        assert toolkit.validate(path).valid
        return time.process_time() - start

    cost(10)
    assert cost(4000) < 40 * max(cost(400), 0.01)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_gets_an_answer(text: str) -> None:
    for _, line, column in found(text) if text.strip() else []:
        assert line >= 1
        assert column >= 1


@given(st.data(), ANY_JSON)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_value_at_any_place_gets_an_answer(data: st.DataObject, value: Any) -> None:
    whole = first()
    node: Any = whole
    for _ in range(data.draw(st.integers(1, 4))):
        steps = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not steps:
            break
        step = data.draw(st.sampled_from(steps))
        if not isinstance(node[step], (dict, list)) or data.draw(st.booleans()):
            break
        node = node[step]
    if isinstance(node, list) and not node:
        return
    node[step if isinstance(node, dict) or isinstance(step, int) else 0] = value
    found(json.dumps(whole, ensure_ascii=False))


@given(st.integers(0, 20_000), st.text(max_size=3))
@settings(max_examples=200, deadline=None)
def test_any_slip_of_the_hand_gets_an_answer_within_the_file(at: int, slip: str) -> None:
    text = FIRST.read_text("utf-8")
    broken = text[:at] + slip + text[at + 1 :]
    lines = broken.count("\n") + broken.count("\r") + 1
    for _, line, _ in found(broken):
        assert line <= lines
