"""The agreements and commitments of records as entries of one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from toolkit.document.context import Context
from toolkit.document.parts import plain
from toolkit.record import dates
from toolkit.record.load import Record
from toolkit.record.model import Agreement, Commitment, Sourced

Kind = Literal["agreement", "commitment"]
_ENDED = ("terminated", "expired", "superseded")
_OPEN = ("open", "in_progress", "postponed")


@dataclass(frozen=True, slots=True)
class Entry:
    """An agreement, or a commitment, of one meeting, in the words of one language.

    `signed_on`, `in_force_on` and `due` are dates as the record writes them (ISO 8601, EDTF), ""
    where there are none; `due_until` is the last day that `due` may mean. `open` says that something
    is still to be done.
    """

    kind: Kind
    record: str
    meeting_id: str
    meeting: str
    meeting_on: date
    id: str
    title: str
    type: str
    parties: tuple[str, ...]
    sectors: tuple[str, ...]
    status: str
    year: int
    signed_on: str
    in_force_on: str
    next_step: str
    responsible: str
    due: str
    due_until: date | None
    open: bool
    handling: str

    def overdue(self, as_of: date) -> bool:
        """Tell whether the last day has passed and something is still to be done."""
        return self.open and self.due_until is not None and self.due_until < as_of


def entries_of(record: Record, language: str, name: str = "") -> Iterator[Entry]:
    """Yield the entries of a record: its agreements, then its commitments, in its order.

    `name` is the record's file, where it is not the one that was read.
    """
    made = _Entries(Context(record, language), name or record.source.name)
    agreements = record.meeting.agreements
    for agreement in agreements.items if agreements else ():
        yield made.agreement(agreement)
    for commitment in record.meeting.commitments:
        yield made.commitment(commitment)


class _Entries:
    def __init__(self, ctx: Context, file: str) -> None:
        self._ctx = ctx
        self._file = file
        meeting = ctx.meeting
        self._first = min(dates.parse(sitting.date).first for sitting in meeting.sittings)
        self._title = ctx.plain(meeting.title)
        self._sides = {side.id: plain(ctx.side(side.id)) for side in meeting.delegations}
        self._sectors = {t.id: tuple(ctx.plain(s) for s in t.sectors) for t in meeting.topics}

    def agreement(self, a: Agreement) -> Entry:
        ctx = self._ctx
        parties = (self._sides.get(p.delegation or "") or ctx.plain(p.body) for p in a.parties)
        own = tuple(ctx.plain(sector) for sector in a.sectors)
        when = a.signed_on or a.adopted_on
        done = a.implementation == "implemented" or a.status in _ENDED
        responsible = [ctx.plain(a.next_step_by), *(ctx.plain(p.responsible) for p in a.parties)]
        return self._entry(
            "agreement", a, a.id, parties, a.next_step_due or "",
            title=ctx.plain(a.title),
            type=ctx.language.word("agreement_type", a.type),
            sectors=own or self._sectors.get(a.topic or "", ()),
            status=ctx.language.word("agreement_status", a.status),
            year=dates.parse(when).first.year if when else self._first.year,
            signed_on=a.signed_on or "",
            in_force_on=a.in_force_on or "",
            next_step=ctx.plain(a.next_step),
            responsible=ctx.language.listed(dict.fromkeys(r for r in responsible if r)),
            open=not done,
        )  # fmt: skip

    def commitment(self, c: Commitment) -> Entry:
        ctx = self._ctx
        sides = (self._sides.get(ref) or plain(ctx.party(ref)) for ref in (*c.by, *c.to))
        return self._entry(
            "commitment", c, c.id, sides, c.due or "",
            title=ctx.plain(c.text),
            type=ctx.language.word("commitment_kind", c.kind),
            sectors=self._sectors.get(c.topic or "", ()),
            status=ctx.language.word("commitment_status", c.status),
            year=self._first.year,
            signed_on="",
            in_force_on="",
            next_step="",
            responsible=ctx.plain(c.responsible) or plain(ctx.parties(c.by)),
            open=c.status in _OPEN,
        )  # fmt: skip

    def _entry(
        self, kind: Kind, item: Sourced, identity: str, parties: Iterable[str], due: str, **own: Any
    ) -> Entry:
        """Return an entry: what all entries have, and `own`, which is that of its kind."""
        record = self._ctx.record
        return Entry(
            kind=kind,
            record=self._file,
            meeting_id=record.id,
            meeting=self._title,
            meeting_on=self._first,
            id=identity,
            parties=tuple(dict.fromkeys(party for party in parties if party)),
            due=due,
            due_until=dates.parse(due).last if due else None,
            handling=item.handling or record.meeting.handling.mark,
            **own,
        )
