"""What a writer probably meant: the nearest word, a country or language by name, an amount in words."""

from __future__ import annotations

import difflib
import re
from decimal import Decimal
from typing import Any

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
