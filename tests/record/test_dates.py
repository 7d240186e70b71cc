"""Dates: ISO 8601 days, and the part of EDTF that records use."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.record.dates import is_day, is_edtf, parse


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2023-10-17", date(2023, 10, 17), date(2023, 10, 17), "day"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "year"),
        ("2024?", date(2024, 1, 1), date(2024, 12, 31), "year"),
        ("2024-03~", date(2024, 3, 1), date(2024, 3, 31), "month"),
        ("2023-10-16/2023-10-18", date(2023, 10, 16), date(2023, 10, 18), "interval"),
        ("2023/2024-02", date(2023, 1, 1), date(2024, 2, 29), "interval"),
    ],
)
def test_a_date_has_its_bounds(text: str, first: date, last: date, precision: str) -> None:
    when = parse(text)
    assert (when.first, when.last, when.precision) == (first, last, precision)


def test_only_a_certain_day_is_a_day() -> None:
    assert parse("2023-10-17").day == date(2023, 10, 17)
    assert parse("2023-10-17?").day is None
    assert parse("2023-10").day is None


@pytest.mark.parametrize(
    "text",
    ["", "2023-02-30", "2023-13", "17.10.2023", "2023-10-17T10:00", "2024/2023", "a", "2023-1-1",
     "2023/", "2023/2024/2025", "٢٠٢٣", "2023-10-17 ", "0000"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    assert not is_edtf(text)


@given(st.dates())
def test_every_day_of_the_calendar_is_one(day: date) -> None:
    assert is_day(day.isoformat())
    assert parse(day.isoformat()).day == day


@given(st.text(max_size=24))
def test_any_text_is_a_date_or_not(text: str) -> None:
    assert is_edtf(text) in (True, False)
