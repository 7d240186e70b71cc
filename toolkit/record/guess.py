"""What a writer probably meant: the nearest word, a country or language by name, an amount in words."""

from __future__ import annotations

import difflib
import re
from decimal import Decimal
from functools import cache
from typing import Any

from toolkit.record import dates

_CURRENCY_SIGNS = {
    "$": "USD",
    "US$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "CNY",
    "₸": "KZT",
    "₽": "RUB",
}
_SCALES = {
    "": 1,
    "thousand": 10**3,
    "million": 10**6,
    "mln": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "bln": 10**9,
    "trillion": 10**12,
}
_MONEY = re.compile(
    r"(US\$|[$€£¥₸₽]|[A-Z]{3}\b)?\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s*(thousand|million|mln|m|billion|bn|bln|trillion)?\s*([$€£¥₸₽]|[A-Z]{3})?",
    re.IGNORECASE,
)


_DAY_FIRST = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[./\- ](\d{1,2})[./\- ](\d{1,2})")
_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?\s+([^\W\d]+)\.?,?\s+(\d{4})(?:\s*(?:г|ж)\.?)?", re.I
)
_NAME_FIRST = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.I)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d\d))?(?::00)?\s*(?:([ap])\.?\s*m\.?)?(?:\s*h)?", re.I)
_MONTH_LANGUAGES = ("en", "ru", "kk", "fr")


def day(text: str) -> tuple[str, bool] | None:
    """Return a day that is not written as ISO 8601 has it, and whether nothing else can be meant."""
    text = text.strip()
    if match := _DAY_FIRST.fullmatch(text):
        first, second, year = match.groups()
        # With dots the day comes first; with other signs only where the numbers leave no choice.
        certain = "." in text or int(first) > 12 or int(second) > 12 or first == second
        usual = _iso(year, second, first)
        return (usual, certain) if usual else _sure(_iso(year, first, second), certain)
    if match := _YEAR_FIRST.fullmatch(text):
        return _sure(_iso(*match.groups()))
    if match := _NAMED.fullmatch(text):
        number, name, year = match.groups()
    elif match := _NAME_FIRST.fullmatch(text):
        name, number, year = match.groups()
    else:
        return None
    month = _months().get(name.casefold())
    return _sure(_iso(year, str(month), number)) if month else None


def _sure(found: str | None, certain: bool = True) -> tuple[str, bool] | None:
    return (found, certain) if found else None


def _iso(year: str, month: str, day: str) -> str | None:
    text = f"{year}-{month:0>2}-{day:0>2}"
    return text if dates.is_day(text) else None


@cache
def _months() -> dict[str, int]:
    from babel import Locale

    found: dict[str, int] = {}
    for tag in _MONTH_LANGUAGES:
        months: Any = Locale(tag).months
        for kind in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names = months[kind][width].items()
                found.update({str(name).rstrip(".").casefold(): int(n) for n, name in names})
    return found


def clock(text: str) -> str | None:
    """Return a time of day that is not written as hours and minutes of 24 hours."""
    match = _CLOCK.fullmatch(text.strip())
    if not match or not (match[2] or match[3]):
        return None
    hour, minute, half = int(match[1]), match[2] or "00", (match[3] or "").casefold()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half:
        return None
    return f"{hour:02d}:{minute}" if hour < 24 and int(minute) < 60 else None


def closest(word: str, words: list[str]) -> str | None:
    """Return the word that another one was probably meant to be, None where none is near."""
    matches = difflib.get_close_matches(word.casefold(), [w.casefold() for w in words], 1, 0.6)
    return next((w for w in words if w.casefold() == matches[0]), None) if matches else None


def amount(text: str) -> tuple[str, str] | None:
    """Return number and currency code ("" where there is none) of an amount as one writes it."""
    match = _MONEY.fullmatch(text.strip())
    if not match:
        return None
    before, digits, scale, after = match.groups()
    number = Decimal(digits.replace(",", "")) * _SCALES[(scale or "").casefold()]
    sign = (before or after or "").strip()
    return f"{number.normalize():f}", _CURRENCY_SIGNS.get(sign, sign.upper())


def country_code(text: str) -> str | None:
    """Return the code of a country that is written out or misspelt, or given by another code."""
    from babel import Locale, core

    get_global: Any = core.get_global
    other = get_global("territory_aliases").get(text.upper(), ())
    if len(other) == 1:
        return str(other[0])
    if len(text) < 4:
        return None
    codes = {str(name): str(code) for code, name in Locale("en").territories.items()}
    match = closest(text, [name for name, code in codes.items() if len(code) == 2])
    return codes[match] if match else None


def language_tag(text: str) -> str | None:
    """Return the tag of a language that is written out."""
    from babel import Locale

    tags = {str(name): str(tag) for tag, name in Locale("en").languages.items()}
    match = closest(text, list(tags))
    return tags[match].replace("_", "-") if match else None
