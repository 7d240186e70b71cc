"""Rules of what entries say: who was there, who agreed, what adds up, what may be passed on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from toolkit.record.finding import Finding
from toolkit.record.rules.book import Facts, rule

# "Total" as the first word of a label, in the languages of the documents.
_TOTAL = re.compile(
    r"(?i)^(total|sum|итого|всего|барлығы|合计|总计|总额|المجموع|الإجمالي)\b|^合计|^总"
)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for text in value.values() if isinstance(text, str)]
    return [value] if isinstance(value, str) else []


def _roles(facts: Facts) -> dict[str, Any]:
    people = (person for _, person in facts.entries("participants"))
    return {p["id"]: p.get("role") for p in people if isinstance(p.get("id"), str)}


@rule(
    "empty-sitting",
    "warning",
    "somebody took part in a sitting",
    why="A list of participants that is empty, or holds only persons who were absent, says that "
    "nobody was there; leave the list out where it is not known.",
    wrong='"sittings": [{"date": "2024-02-29", "place": {"country": "CH"}, "participants": []}]',
    right='"sittings": [{"date": "2024-02-29", "place": {"country": "CH"}, "participants": ["anna"]}]',
)
def sittings(facts: Facts) -> Iterator[Finding]:
    """Yield each empty-sitting."""
    roles = _roles(facts)
    for index, sitting in facts.entries("sittings"):
        people = sitting.get("participants")
        if isinstance(people, list) and all(roles.get(str(p)) == "absent" for p in people):
            message = "nobody took part in this sitting; name who did, or leave the list out"
            yield Finding("empty-sitting", ("sittings", index, "participants"), message)


@rule(
    "one-party",
    "warning",
    "an instrument has two parties at least",
    why="An agreement with oneself is a unilateral declaration, or the other party was forgotten.",
    wrong='"agreements": {"coverage": "complete", "items": [{"id": "a", "title": "Treaty", "type": '
    '"treaty", "parties": [{"delegation": "ch"}], "status": "signed"}]}',
    right='"agreements": {"coverage": "complete", "items": [{"id": "a", "title": "Treaty", "type": '
    '"treaty", "parties": [{"delegation": "ch"}, {"delegation": "kz"}], "status": "signed"}]}',
)
def parties(facts: Facts) -> Iterator[Finding]:
    """Yield each one-party."""
    for index, agreement in facts.agreements:
        listed = agreement.get("parties")
        if isinstance(listed, list) and len(listed) == 1:
            message = "an instrument with one party; name the other, or leave the list empty"
            yield Finding("one-party", ("agreements", "items", index, "parties"), message)


@rule(
    "absent-speaker",
    "warning",
    "who speaks is present",
    why="A statement by somebody who was absent, or who did not take part in the sitting that the "
    "statement names, is attributed to the wrong person or sitting.",
    wrong='"participants": [{"id": "anna", "delegation": "ch", "role": "absent", "names": [{"text": '
    '"Anna Muster", "language": "en"}]}], "statements": [{"id": "st", "kind": "thanks", "mode": '
    '"reported", "speaker": "anna", "text": "Thanked the hosts."}]',
    right='"participants": [{"id": "anna", "delegation": "ch", "role": "principal", "names": '
    '[{"text": "Anna Muster", "language": "en"}]}], "statements": [{"id": "st", "kind": "thanks", '
    '"mode": "reported", "speaker": "anna", "text": "Thanked the hosts."}]',
)
def speakers(facts: Facts) -> Iterator[Finding]:
    """Yield each absent-speaker."""
    roles = _roles(facts)
    present: dict[str, list[Any]] = {}
    for _, sitting in facts.entries("sittings"):
        people, identity = sitting.get("participants"), sitting.get("id")
        # Where somebody is not known, that is told already.
        if not isinstance(people, list) or not isinstance(identity, str):
            continue
        if people and all(str(person) in roles for person in people):
            present[identity] = people
    told: set[tuple[str, str]] = set()
    for index, statement in facts.entries("statements"):
        speaker, sitting_id = statement.get("speaker"), statement.get("sitting")
        if not isinstance(speaker, str):
            continue
        if roles.get(speaker) == "absent":
            message = f'"{speaker}" was not present, but speaks here'
            yield Finding("absent-speaker", ("statements", index, "speaker"), message)
        elif isinstance(sitting_id, str) and speaker not in present.get(sitting_id, [speaker]):
            if (speaker, sitting_id) in told:
                continue
            told.add((speaker, sitting_id))
            message = f'"{speaker}" is not among the participants of the sitting "{sitting_id}"'
            yield Finding("absent-speaker", ("statements", index, "speaker"), message)


@rule(
    "range-order",
    "error",
    "a range begins with its lower end",
    why="A range from 70 to 55 is a slip of the hand.",
    wrong='"figures": [{"id": "f", "label": "Share", "low": 70, "high": 55, "unit": "%"}]',
    right='"figures": [{"id": "f", "label": "Share", "low": 55, "high": 70, "unit": "%"}]',
)
def ranges(facts: Facts) -> Iterator[Finding]:
    """Yield each range-order."""
    for index, figure in facts.entries("figures"):
        low: Any = figure.get("low")
        high: Any = figure.get("high")
        if _is_number(low) and _is_number(high) and low > high:
            message = f'"low" ({low}) is above "high" ({high}); change the two'
            yield Finding("range-order", ("figures", index, "low"), message)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


@rule(
    "wrong-sum",
    "warning",
    "a total is the sum of its series",
    why="A figure whose label begins with Total is compared with the other figures of its series.",
    wrong='"figures": [{"id": "a", "label": "Grain", "value": 2, "unit": "t", "series": "Cargo"}, '
    '{"id": "b", "label": "Oil", "value": 3, "unit": "t", "series": "Cargo"}, '
    '{"id": "c", "label": "Total", "value": 6, "unit": "t", "series": "Cargo"}]',
    right='"figures": [{"id": "a", "label": "Grain", "value": 2, "unit": "t", "series": "Cargo"}, '
    '{"id": "b", "label": "Oil", "value": 3, "unit": "t", "series": "Cargo"}, '
    '{"id": "c", "label": "Total", "value": 5, "unit": "t", "series": "Cargo"}]',
)
def sums(facts: Facts) -> Iterator[Finding]:
    """Yield each wrong-sum."""
    series: dict[tuple[str, str, str], list[tuple[int, dict[str, Any]]]] = {}
    for index, figure in facts.entries("figures"):
        exact = figure.get("qualifier", "exact") == "exact"
        if exact and figure.get("series") and _is_number(figure.get("value")):
            key = str(figure["series"]), str(figure.get("unit")), str(figure.get("currency"))
            series.setdefault(key, []).append((index, figure))
    for members in series.values():
        totals = [m for m in members if any(_TOTAL.search(t) for t in _texts(m[1].get("label")))]
        parts = [figure["value"] for index, figure in members if index not in dict(totals)]
        if len(totals) == 1 and len(parts) > 1 and sum(parts) != totals[0][1]["value"]:
            index, total = totals[0]
            message = (
                f"the other figures of this series add up to {sum(parts)}, not {total['value']}"
            )
            yield Finding("wrong-sum", ("figures", index, "value"), message)


@rule(
    "lower-mark",
    "warning",
    "a handling mark is as strict as what it covers",
    why="Who passes on an entry passes on what is inside it; who passes on a record of the least "
    "strict mark passes on its stricter entries.",
    wrong='"topics": [{"id": "t2", "title": "Border", "handling": "official", "positions": [{"side": '
    '"ch", "text": "Would give way.", "handling": "confidential"}]}]',
    right='"topics": [{"id": "t2", "title": "Border", "handling": "confidential", "positions": '
    '[{"side": "ch", "text": "Would give way.", "handling": "confidential"}]}]',
)
def marks(facts: Facts) -> Iterator[Finding]:
    """Yield each lower-mark."""
    scheme = facts.scheme
    for index, topic in facts.entries("topics"):
        own = topic.get("handling")
        inside = topic.get("positions")
        for place, position in enumerate(inside if isinstance(inside, list) else ()):
            mark = position.get("handling") if isinstance(position, dict) else None
            if own in scheme and mark in scheme and scheme.index(mark) > scheme.index(own):
                path = ("topics", index, "positions", place, "handling")
                message = f'this is marked "{mark}", but stands in a topic that is marked "{own}"'
                yield Finding("lower-mark", path, message)


@rule(
    "access-date",
    "warning",
    "an address on the web comes with the day on which it was read",
    why="Web pages change; with the day, a reader can look for what stood there then.",
    wrong='"sources": [{"id": "s", "title": "Readout", "address": "https://www.example.org/r"}]',
    right='"sources": [{"id": "s", "title": "Readout", "address": "https://www.example.org/r", '
    '"accessed_on": "2024-03-01"}]',
)
def access_dates(facts: Facts) -> Iterator[Finding]:
    """Yield each access-date."""
    for index, source in facts.entries("sources"):
        address = str(source.get("address", ""))
        if address.startswith(("http://", "https://")) and "accessed_on" not in source:
            message = 'say when the address was read: "accessed_on": "YYYY-MM-DD"'
            yield Finding("access-date", ("sources", index, "address"), message)
