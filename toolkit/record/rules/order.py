"""Rules of the order of dates: what cannot have come before what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from toolkit.record import dates
from toolkit.record.finding import Finding
from toolkit.record.rules.book import Facts, rule

_STEPS = (
    ("initialled_on", "signed_on"),
    ("signed_on", "in_force_on"),
    ("in_force_on", "ends_on"),
    ("signed_on", "ends_on"),
    ("signed_on", "registered_on"),
)


def _span(value: Any) -> tuple[date, date] | None:
    """Return the first and the last day that a date may mean."""
    if not isinstance(value, str):
        return None
    try:
        when = dates.parse(value)
    except ValueError:
        return None
    return when.first, when.last


def _too_early(
    facts: Facts, entries: Iterable[tuple[int, dict[str, Any]]], key: str
) -> Iterator[tuple[int, str]]:
    """Yield where entries have a date before the first sitting, and what is to be said of it."""
    spans = [span for _, s in facts.entries("sittings") if (span := _span(s.get("date")))]
    if not spans:
        return
    began = min(first for first, _ in spans)
    for index, entry in entries:
        when = _span(entry.get(key))
        if when and when[1] < began:
            yield index, f"{entry[key]}, before the meeting began ({began})"


@rule(
    "date-order",
    "error",
    "the dates of an instrument follow each other",
    why="An instrument is initialled, then signed, then enters into force, then ends.",
    wrong='"agreements": {"coverage": "complete", "items": [{"id": "a", "title": "Treaty", "type": '
    '"treaty", "parties": [{"delegation": "ch"}, {"delegation": "kz"}], "status": "in_force", '
    '"signed_on": "2024-03-01", "in_force_on": "2024-02-01"}]}',
    right='"agreements": {"coverage": "complete", "items": [{"id": "a", "title": "Treaty", "type": '
    '"treaty", "parties": [{"delegation": "ch"}, {"delegation": "kz"}], "status": "in_force", '
    '"signed_on": "2024-03-01", "in_force_on": "2024-06-01"}]}',
)
def instruments(facts: Facts) -> Iterator[Finding]:
    """Yield each date-order."""
    for index, agreement in facts.agreements:
        for earlier, later in _STEPS:
            one, other = _span(agreement.get(earlier)), _span(agreement.get(later))
            if one and other and other[1] < one[0]:
                message = (
                    f'"{later}" ({agreement[later]}) is before "{earlier}" ({agreement[earlier]}); '
                    "one of the two is wrong"
                )
                yield Finding("date-order", ("agreements", "items", index, later), message)


@rule(
    "signed-before-meeting",
    "warning",
    "what was signed at a meeting was not signed before it began",
    why="A date of signature before the first sitting is mostly a slip; an earlier instrument "
    'belongs under "related" or among the events.',
    wrong='"agreements": {"coverage": "complete", "items": [{"id": "a", "title": "Treaty", "type": '
    '"treaty", "parties": [{"delegation": "ch"}, {"delegation": "kz"}], "status": "signed", '
    '"signed_on": "2023-02-29?"}]}'.replace("2023-02-29?", "2023-02-28"),
    right='"agreements": {"coverage": "complete", "items": [{"id": "a", "title": "Treaty", "type": '
    '"treaty", "parties": [{"delegation": "ch"}, {"delegation": "kz"}], "status": "signed", '
    '"signed_on": "2024-02-29"}]}',
)
def signed_before(facts: Facts) -> Iterator[Finding]:
    """Yield each signed-before-meeting."""
    for index, told in _too_early(facts, facts.agreements, "signed_on"):
        path = ("agreements", "items", index, "signed_on")
        yield Finding("signed-before-meeting", path, f"signed on {told}")


@rule(
    "due-before-decided",
    "warning",
    "nothing is due before the meeting that decided it",
    why="A commitment that was due before it was made is mostly a wrong year.",
    wrong='"commitments": [{"id": "c", "text": "Send the study", "status": "open", "due": "2023"}]',
    right='"commitments": [{"id": "c", "text": "Send the study", "status": "open", "due": "2025"}]',
)
def due_before(facts: Facts) -> Iterator[Finding]:
    """Yield each due-before-decided."""
    for index, told in _too_early(facts, facts.entries("commitments"), "due"):
        yield Finding("due-before-decided", ("commitments", index, "due"), f"due {told}")


@rule(
    "source-before-meeting",
    "warning",
    "a report of a meeting was not published before it",
    why="A readout cannot be older than what it reports. Sources of other kinds may be.",
    wrong='"sources": [{"id": "s", "title": "Readout", "kind": "readout", "date": "2023-10-16"}]',
    right='"sources": [{"id": "s", "title": "Readout", "kind": "readout", "date": "2024-03-01"}]',
)
def published_before(facts: Facts) -> Iterator[Finding]:
    """Yield each source-before-meeting."""
    reports = ("press_release", "news", "readout")
    found = ((n, source) for n, source in facts.entries("sources") if source.get("kind") in reports)
    for index, told in _too_early(facts, found, "date"):
        yield Finding("source-before-meeting", ("sources", index, "date"), f"published on {told}")


@rule(
    "read-before-published",
    "warning",
    "a source was not read before it was published",
    why="One of the two dates is wrong.",
    wrong='"sources": [{"id": "s", "title": "Readout", "date": "2024-03-05", "accessed_on": '
    '"2024-03-01"}]',
    right='"sources": [{"id": "s", "title": "Readout", "date": "2024-03-05", "accessed_on": '
    '"2024-03-06"}]',
)
def read_before(facts: Facts) -> Iterator[Finding]:
    """Yield each read-before-published."""
    for index, source in facts.entries("sources"):
        published, read = _span(source.get("date")), _span(source.get("accessed_on"))
        if published and read and read[1] < published[0]:
            message = f"read on {source['accessed_on']}, before it was published ({source['date']})"
            yield Finding("read-before-published", ("sources", index, "accessed_on"), message)
