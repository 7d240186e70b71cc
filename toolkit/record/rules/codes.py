"""Rules of codes: countries, currencies, languages (CLDR's lists, by Babel), time zones (tzdata)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from toolkit.record import schema
from toolkit.record.finding import Finding
from toolkit.record.rules.book import Facts, rule


@cache
def _cldr(name: str) -> Any:
    from babel import core

    get_global: Any = core.get_global
    return get_global(name)


@cache
def _languages() -> frozenset[str]:
    return frozenset(str(tag).split("_", maxsplit=1)[0] for tag in _cldr("likely_subtags"))


def _values(facts: Facts, definition: str) -> Iterator[tuple[schema.Path, str]]:
    for pattern in schema.patterns_of(definition):
        for path, value in facts.at(pattern):
            if isinstance(value, str):
                yield path, value


@rule(
    "unknown-country",
    "error",
    "a country code is one of ISO 3166-1",
    why="The documents print the country's name by its code; a code that does not exist has none.",
    wrong='"occasion": "A visit", "delegations": [{"id": "ch", "kind": "state", "country": "UK"}, '
    '{"id": "kz", "kind": "state", "country": "KZ"}]',
    right='"occasion": "A visit", "delegations": [{"id": "ch", "kind": "state", "country": "GB"}, '
    '{"id": "kz", "kind": "state", "country": "KZ"}]',
)
def countries(facts: Facts) -> Iterator[Finding]:
    """Yield each unknown-country."""
    for path, code in _values(facts, "country"):
        if len(code) != 2 or not code.isupper() or code in _cldr("territory_currencies"):
            continue
        if code in _cldr("territory_aliases") or code not in _territories():
            usual = _cldr("territory_aliases").get(code, [])
            right = f'"{usual[0]}"' if len(usual) == 1 else None
            hint = f"write {right}" if right else "write the two letters of ISO 3166-1"
            message = f'"{code}" is no country code; {hint}'
            yield Finding("unknown-country", path, message, "value", right, right is not None)


@cache
def _territories() -> frozenset[str]:
    from babel import Locale

    return frozenset(map(str, Locale("en").territories))


@rule(
    "unknown-currency",
    "error",
    "a currency code is one of ISO 4217",
    why="An amount in a currency that does not exist is no amount.",
    wrong='"figures": [{"id": "f", "label": "Trade", "value": 5, "currency": "USX"}]',
    right='"figures": [{"id": "f", "label": "Trade", "value": 5, "currency": "USD"}]',
)
def currencies(facts: Facts) -> Iterator[Finding]:
    """Yield each unknown-currency."""
    for path, code in _values(facts, "currency"):
        if len(code) == 3 and code.isupper() and code not in _cldr("all_currencies"):
            message = f'"{code}" is no currency code; write the three letters of ISO 4217'
            yield Finding("unknown-currency", path, message)


@rule(
    "unknown-language",
    "warning",
    "a language tag begins with a language that exists",
    why="Dates, names of countries and hyphenation follow the language; one that is not known falls "
    "back to English.",
    wrong='"sources": [{"id": "s", "title": "Readout", "language": "kz"}]',
    right='"sources": [{"id": "s", "title": "Readout", "language": "kk"}]',
)
def languages(facts: Facts) -> Iterator[Finding]:
    """Yield each unknown-language."""
    for path, tag in _values(facts, "language"):
        first = tag.split("-", maxsplit=1)[0]
        # Another length is a mistake of form, which the schema tells.
        if len(first) not in (2, 3) or first == "und" or first.casefold() in _languages():
            continue
        likely = _cldr("likely_subtags").get(f"und_{first.upper()}", "")
        meant = str(likely).split("_", maxsplit=1)[0]
        right = f'"{meant}"' if meant and meant != "en" else None
        hint = f"; did you mean {right}?" if right else ""
        message = f'"{first}" is no language of BCP 47{hint}'
        yield Finding("unknown-language", path, message, "value", right)


@rule(
    "unknown-time-zone",
    "error",
    "the name of a time zone is one of the IANA database",
    why="A time in a zone that does not exist is no time. The names are those of the package tzdata, "
    "the same on every machine.",
    wrong='"sittings": [{"date": "2024-02-29", "place": {"country": "CH"}, '
    '"start_time": "10:00", "time_zone": "Europe/Zurych"}]',
    right='"sittings": [{"date": "2024-02-29", "place": {"country": "CH"}, '
    '"start_time": "10:00", "time_zone": "Europe/Zurich"}]',
)
def time_zones(facts: Facts) -> Iterator[Finding]:
    """Yield each unknown-time-zone."""
    for path, name in _values(facts, "time_zone"):
        # Offsets and UTC need no list; another form is a mistake that the schema tells.
        if "/" not in name or not _form().fullmatch(name) or name in _zones():
            continue
        from toolkit.record.guess import closest

        meant = closest(name, sorted(_zones()))
        hint = f'did you mean "{meant}"?' if meant else 'write it as "Europe/Zurich" or "+05:00"'
        message = f'"{name[:60]}" is no time zone of the IANA database; {hint}'
        right = f'"{meant}"' if meant else None
        yield Finding("unknown-time-zone", path, message, "value", right)


@cache
def _form() -> re.Pattern[str]:
    return re.compile(schema.schema()["$defs"]["time_zone"]["pattern"])


@cache
def _zones() -> frozenset[str]:
    # zoneinfo would ask the system first, and systems differ.
    import tzdata

    listed = Path(tzdata.__file__).with_name("zones").read_text("utf-8")
    return frozenset(listed.split())
