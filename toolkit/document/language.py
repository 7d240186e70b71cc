"""Languages, scripts and formats: how a document in one language prints dates, numbers and names.

CLDR's data come from Babel, the scripts of characters from fontTools.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import date
from decimal import Decimal, localcontext
from functools import cache, cached_property, lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_interval, format_skeleton, parse_pattern
from babel.numbers import format_compact_decimal
from fontTools import unicodedata as ucd

from toolkit.errors import UsageError
from toolkit.record.dates import When, parse
from toolkit.record.model import Text
from toolkit.resources import resource

_HAN = frozenset({"Hani"})
_SCRIPTS = {
    "Hans": _HAN | {"Bopo"},
    "Hant": _HAN | {"Bopo"},
    "Jpan": _HAN | {"Hira", "Kana"},
    "Kore": _HAN | {"Hang"},
}
_NEUTRAL = frozenset({"Zyyy", "Zinh"})
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_BLANK = re.compile(r"\{(\w+)\}")
_SHORT_MONTH = re.compile(r"(?<![ML])([ML])\1{2}(?![ML])")
_COMPACT_FROM, _COMPACT_TO = 10**6, 10**15


@lru_cache(maxsize=256)
def script_of(tag: str) -> str:
    """Return the ISO 15924 script in which a language (BCP 47) is written, `Latn` if unknown."""
    parts = tag.split("-")
    for part in parts[1:]:
        if len(part) == 4 and part.isalpha():
            return part.title()
    likely: Any = get_global("likely_subtags")
    for key in ("_".join(parts[:2]), parts[0].lower()):
        if key in likely:
            return str(likely[key]).split("_")[1]
    return "Latn"


def need_language(tag: str) -> None:
    """Raise UsageError where a tag is not that of a language, written as BCP 47 recommends."""
    known: Any = get_global("likely_subtags")
    if not _TAG.fullmatch(tag) or tag.split("-", maxsplit=1)[0] not in known:
        raise UsageError(f'there is no language "{tag}"; write one of BCP 47, as "kk" or "ru"')


@lru_cache(maxsize=256)
def _scripts(tag: str) -> frozenset[str]:
    script = script_of(tag)
    return _SCRIPTS.get(script, frozenset({script}))


@lru_cache(maxsize=65536)
def _script(char: str) -> str:
    return str(ucd.script(char))


@lru_cache(maxsize=256)
def is_rtl(tag: str) -> bool:
    """Tell whether a language (BCP 47) is written from right to left."""
    return bool(ucd.script_horizontal_direction(script_of(tag), "LTR") == "RTL")


def split_by_script(
    text: str, language: str, known: Iterable[str] = ()
) -> Iterator[tuple[str, str]]:
    """Split a text into pieces of one language each: `(piece, BCP 47 tag)`.

    A letter of a script in which `language` is not written gets the first of the `known` languages
    that is, or `und-` with the script. Signs that all scripts share stay with what stands before
    them, but return to `language` where it goes on.
    """
    own = _scripts(language)
    if text.isascii() and "Latn" in own:
        yield text, language
        return
    start, tag = 0, language
    pending: int | None = None
    for index, char in enumerate(text):
        script = _script(char)
        if script in _NEUTRAL:
            if pending is None and script == "Zyyy":
                pending = index
            continue
        here = language if script in own else _language_for(script, known)
        if here != tag:
            if pending is not None and tag != language:
                yield text[start:pending], tag
                start, tag = pending, language
            if index > start and here != tag:
                yield text[start:index], tag
                start = index
            tag = here
        pending = None
    if pending is not None and tag != language:
        yield text[start:pending], tag
        start, tag = pending, language
    if start < len(text):
        yield text[start:], tag


def _language_for(script: str, known: Iterable[str]) -> str:
    for tag in known:
        if script in _scripts(tag):
            return tag
    return f"und-{script}"


def pick(text: Text, wanted: str, record_language: str) -> tuple[str, str]:
    """Choose the form of a text for a document: `(text, BCP 47 tag)`.

    The wanted language first, then one that shares its first subtag, then the record's own, English,
    and what comes first.
    """
    if isinstance(text, str):
        return text, record_language
    for tag in (wanted, record_language, "en"):
        if tag in text:
            return text[tag], tag
        near = next((key for key in text if key.split("-")[0] == tag.split("-")[0]), None)
        if near:
            return text[near], near
    tag = next(iter(text))
    return text[tag], tag


@cache
def _labels(name: str) -> dict[str, Any]:
    return tomllib.loads(resource("templates", "labels", f"{name}.toml").read_text("utf-8"))


def english_labels() -> dict[str, Any]:
    """Return all printed words in English, by group and key."""
    return _labels("en")


@cache
def label_languages() -> list[str]:
    """Return the languages in which the documents can print their own words."""
    return sorted(path.stem for path in resource("templates", "labels").glob("*.toml"))


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return words with those of another set over them."""
    out = dict(base)
    for key, value in own.items():
        out[key] = {**base.get(key, {}), **value} if isinstance(value, Mapping) else value
    return out


@cache
def _locale(tag: str) -> Locale:
    if tag == "en":
        # Day before month, as diplomatic papers in English write it.
        return Locale.parse("en_001")
    parts = tag.split("-")
    while parts:
        try:
            return Locale.parse("_".join(parts))
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale.parse("en_001")


class Language:
    """The formats and the printed words of one document language (BCP 47)."""

    def __init__(self, tag: str, labels: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """`labels` are a house style's own words by language, group and key."""
        self.tag = tag
        self._own = labels or {}
        self.locale = _locale(tag)
        self.rtl = is_rtl(tag)
        names = {*label_languages(), *self._own}
        wanted = (
            tag,
            "-".join(tag.split("-")[:2]),
            tag.split("-", maxsplit=1)[0],
            f"{tag.split('-', maxsplit=1)[0]}-{script_of(tag)}",
        )
        self.labels_tag = next((name for name in wanted if name in names), "en")

    @cached_property
    def _words(self) -> dict[str, Any]:
        shipped = _labels(self.labels_tag) if self.labels_tag in label_languages() else {}
        return _over(_over(english_labels(), shipped), self._own.get(self.labels_tag, {}))

    def word(self, group: str, key: str, **values: object) -> str:
        """Return a printed word, as `word("role", "principal")`; values fill its blanks."""
        text = str(self._words[group][key])
        if not values:
            return text
        # In one go: a value may hold what looks like a blank.
        return _BLANK.sub(lambda match: str(values.get(match[1], match[0])), text)

    def sign(self, key: str) -> str:
        """Return a sign of the language: `quote_open`, `quote_close`, `list_separator`, `colon`."""
        return str(self._words[key])

    def group(self, group: str) -> dict[str, str]:
        """Return all words of a group."""
        return dict(self._words[group])

    def label(self, key: str, **values: object) -> str:
        """Return a label of a section, a row or a column."""
        return self.word("label", key, **values)

    def day(self, day: date) -> str:
        """Return a day in the long form of the language."""
        return str(format_date(day, "long", self.locale))

    def when(self, text: str) -> str:
        """Return a date of a record (ISO 8601 or EDTF) as it is read."""
        when = parse(text)
        shown = self._plain(when)
        if when.uncertain and when.approximate:
            return self.word("date", "both", date=shown)
        if when.approximate:
            return self.word("date", "approximate", date=shown)
        return self.word("date", "uncertain", date=shown) if when.uncertain else shown

    def _plain(self, when: When) -> str:
        if when.precision == "day":
            return self.day(when.first)
        if when.precision == "interval":
            return self._interval(when)
        if when.precision == "year":
            return str(when.first.year)
        return str(format_skeleton("yMMMM", when.first, locale=self.locale))

    def number(self, value: Decimal, compact: bool = True) -> str:
        """Return a number; a round one of a million or more in words, as 21 billion."""
        exponent = value.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        with localcontext(prec=len(value.as_tuple().digits) + abs(value.adjusted()) + 20):
            if compact and _COMPACT_FROM <= abs(value) < _COMPACT_TO:
                short, exact = (self._in_words(value, digits) for digits in (2, 12))
                if short == exact:
                    return short
            pattern = copy(self.locale.decimal_formats[None])
            pattern.frac_prec = (decimals, decimals)
            return str(pattern.apply(value, self.locale, decimal_quantization=False))

    def _interval(self, when: When) -> str:
        """Return two days or more; CLDR's form for a short month, with the month in full."""
        skeleton = _interval_skeleton(when.text)
        formats = self.locale.interval_formats.get(skeleton, {})
        first, last = when.first, when.last
        field = "y" if first.year != last.year else "M" if first.month != last.month else "d"
        if len(formats.get(field, ())) != 2:
            return str(format_interval(first, last, skeleton, locale=self.locale))
        pieces = (
            parse_pattern(_SHORT_MONTH.sub(r"\1\1\1\1", pattern)).apply(day, self.locale)
            for pattern, day in zip(formats[field], (first, last), strict=True)
        )
        return "".join(pieces)

    def _in_words(self, value: Decimal, digits: int) -> str:
        form: Any = "long" if "long" in self.locale.compact_decimal_formats else "short"
        exact: Any = value
        short = format_compact_decimal(
            exact, format_type=form, locale=self.locale, fraction_digits=digits
        )
        return str(short)

    def money(self, number: str, currency: str) -> str:
        """Put a currency code (ISO 4217) to a printed number, on the side the language has it."""
        pattern = self.locale.currency_formats["standard"].pattern
        return f"{currency} {number}" if pattern.startswith("¤") else f"{number} {currency}"

    def country(self, code: str) -> str:
        """Return the name of a country (ISO 3166-1 alpha-2), the code where CLDR has none."""
        return str(self.locale.territories.get(code, code))

    def language_name(self, tag: str) -> str:
        """Return the name of a language (BCP 47)."""
        name = self.locale.languages.get(tag.split("-", maxsplit=1)[0])
        return str(name) if name else tag

    def listed(self, items: Iterable[str]) -> str:
        """Join items to a plain list."""
        return self.sign("list_separator").join(items)


def _interval_skeleton(text: str) -> str:
    lengths = [len(part.rstrip("?~%")) for part in text.split("/")]
    return {4: "y", 7: "yMMM"}.get(min(lengths), "yMMMd")
