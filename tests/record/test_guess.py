"""What a writer probably meant: days, times, references by name, keys of inner entries."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.making import record
from toolkit.record import dates
from toolkit.record.diagnostic import Diagnostic
from toolkit.record.guess import clock, day
from toolkit.record.source import decode
from toolkit.record.validate import check


def told(**changes: Any) -> list[Diagnostic]:
    text = json.dumps(record(**changes), ensure_ascii=False)
    return list(check(decode("r.json", text.encode()))[0].diagnostics)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("17.10.2023", ("2023-10-17", True)),
        ("10/17/2023", ("2023-10-17", True)),
        ("03/04/2023", ("2023-04-03", False)),
        ("2023-9-19", ("2023-09-19", True)),
        ("2023/10/17", ("2023-10-17", True)),
        ("19 September 2023", ("2023-09-19", True)),
        ("Sept. 19, 2023", ("2023-09-19", True)),
        ("17 октября 2023 г.", ("2023-10-17", True)),
        ("17 қазан 2023", ("2023-10-17", True)),
        ("30.02.2023", None),
        ("next year", None),
        ("2023", None),
    ],
)
def test_a_day_written_otherwise(text: str, meant: tuple[str, bool] | None) -> None:
    assert day(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [("3 pm", "15:00"), ("9:30", "09:30"), ("10.30", "10:30"), ("12 a.m.", "00:00"),
     ("15h30", "15:30"), ("25:00", None), ("13 pm", None), ("9", None), ("noon", None)],
)  # fmt: skip
def test_a_time_written_otherwise(text: str, meant: str | None) -> None:
    assert clock(text) == meant


@given(st.text(max_size=30))
def test_any_text_is_a_day_and_a_time_or_none(text: str) -> None:
    found = day(text)
    assert found is None or dates.is_day(found[0])
    assert clock(text) is None or len(str(clock(text))) == 5


def test_a_reference_by_name_is_told_the_id() -> None:
    person = {"delegation": "ch", "role": "chair", "names": [{"text": "Anna Li", "language": "en"}]}
    said = {"id": "s", "kind": "thanks", "mode": "reported", "speaker": "Anna Li", "text": "Thanks"}
    (found,) = told(participants=[{**person, "id": "al"}], statements=[said])
    assert found.suggestion == '"al"'
    found_all = told(participants=[person], statements=[said])
    (reference,) = [d for d in found_all if d.rule == "unknown-reference"]
    assert "has none" in reference.message
    assert reference.suggestion is None


def test_a_reference_by_name_to_an_entry_whose_id_is_no_text_is_told() -> None:
    side = {"id": [], "kind": "state", "country": "AT", "name": "Vienna"}
    found = told(delegations=[side], events=[], participants=[{"delegation": "Vienna"}])
    assert "unknown-reference" in {d.rule for d in found}


def test_a_key_of_inner_entries_is_told_where_it_belongs() -> None:
    (found,) = told(date="2023-10-17")
    assert '"sittings"' in found.message


def test_what_must_stand_beside_comes_with_an_example() -> None:
    sitting = {"date": "2024-02-29", "place": {"country": "CH"}, "start_time": "10:00"}
    (found,) = told(sittings=[sitting])
    assert '"time_zone": "' in found.message


def test_an_address_without_its_protocol_is_given_one() -> None:
    source = {"id": "s", "title": "S", "address": "www.example.org/x", "accessed_on": "2024-03-01"}
    (found,) = told(sources=[source])
    assert found.suggestion == '"https://www.example.org/x"'
