"""What is due when, over all records: for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from toolkit.register.entries import Entry
from toolkit.report.escaping import printable, to_json


def due(entries: Iterable[Entry]) -> list[Entry]:
    """Return what is still to be done, by its last day; what has none comes last.

    An agreement counts where it has a next step, a commitment until it is done or dropped.
    """
    listed = [e for e in entries if e.open and (e.due or e.next_step or e.kind == "commitment")]
    return sorted(listed, key=lambda e: (e.due_until or date.max, e.meeting_on, e.meeting_id))


def as_text(listed: list[Entry], as_of: date) -> Iterator[str]:
    """Yield the agenda in lines: what is overdue, what is due, what has no date."""
    late = [e for e in listed if e.overdue(as_of)]
    coming = [e for e in listed if e.due_until and not e.overdue(as_of)]
    open_ended = [e for e in listed if not e.due_until]
    for title, group in (("Overdue", late), ("Due", coming), ("Without a date", open_ended)):
        if group:
            yield f"{title} ({len(group)})"
            yield from (f"  {_line(e, as_of)}" for e in group)
    yield f"As of {as_of}: {len(late)} overdue, {len(coming)} due, {len(open_ended)} without a date"


def _line(e: Entry, as_of: date) -> str:
    late = f", {(as_of - e.due_until).days} days" if e.due_until and e.overdue(as_of) else ""
    when = f"{e.due}{late}: " if e.due else ""
    step = f" - {e.next_step}" if e.next_step else ""
    who = f" ({e.responsible})" if e.responsible else ""
    return printable(f"{when}{e.title}{step}{who} [{e.meeting_id}/{e.id}]")


def as_json(listed: list[Entry], as_of: date) -> str:
    """Return the agenda as JSON."""
    content = {
        "version": 1,
        "as_of": as_of.isoformat(),
        "entries": [_item(e, as_of) for e in listed],
    }
    return to_json(content)


def _item(e: Entry, as_of: date) -> dict[str, Any]:
    return {
        "entry": e.kind,
        "meeting_id": e.meeting_id,
        "meeting": e.meeting,
        "meeting_on": e.meeting_on.isoformat(),
        "id": e.id,
        "title": e.title,
        "status": e.status,
        "next_step": e.next_step or None,
        "responsible": e.responsible or None,
        "parties": list(e.parties),
        "due": e.due or None,
        "due_until": e.due_until.isoformat() if e.due_until else None,
        "overdue": e.overdue(as_of),
        "handling": e.handling,
        "record": e.record,
    }
