"""Dates as records write them: ISO 8601 days, and EDTF (ISO 8601-2) where less is known.

A record uses a small part of EDTF: day, month, year, each with ? (uncertain), ~ (approximate) or %
(both), and an interval of two of them. The standard library's date type decides what exists.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

Precision = Literal["day", "month", "year", "interval"]

_PLAIN = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class When:
    """A date with its bounds: the first and the last day that it may mean."""

    text: str
    first: date
    last: date
    precision: Precision
    uncertain: bool = False
    approximate: bool = False

    @property
    def day(self) -> date | None:
        """The day, where the date is known to the day and certain."""
        exact = self.precision == "day" and not (self.uncertain or self.approximate)
        return self.first if exact else None


def _plain(text: str) -> When | None:
    match = _PLAIN.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        if month is None:
            return When(text, date(year, 1, 1), date(year, 12, 31), "year")
        if day is None:
            last = calendar.monthrange(year, month)[1]
            return When(text, date(year, month, 1), date(year, month, last), "month")
        return When(text, date(year, month, day), date(year, month, day), "day")
    except (ValueError, IndexError):
        return None


def _part(text: str) -> When | None:
    if not text:
        return None
    mark = text[-1] if text[-1] in "?~%" else ""
    plain = _plain(text.removesuffix(mark))
    if plain is None or not mark:
        return plain
    return When(text, plain.first, plain.last, plain.precision, mark in "?%", mark in "~%")


@lru_cache(maxsize=4096)
def parse(text: str) -> When:
    """Read a date of a record. Raises ValueError where it is neither ISO 8601 nor EDTF we accept."""
    when = _plain(text)
    if when is not None:
        return when
    found = [_part(part) for part in text.split("/")]
    first, last = found[0], found[-1]
    if len(found) > 2 or first is None or last is None or last.last < first.first:
        raise ValueError(f"not a date: {text!r}")
    if len(found) == 1:
        return first
    uncertain = first.uncertain or last.uncertain
    approximate = first.approximate or last.approximate
    return When(text, first.first, last.last, "interval", uncertain, approximate)


def is_edtf(text: str) -> bool:
    """Tell whether a text is a date that records may hold."""
    try:
        parse(text)
    except ValueError:
        return False
    return True


def is_day(text: str) -> bool:
    """Tell whether a text is an ISO 8601 calendar day that exists."""
    when = _plain(text)
    return when is not None and when.precision == "day"
