"""The agreements spreadsheet: a working list, sorted, filtered, edited and chased."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from toolkit.document import parts
from toolkit.document.blocks import (
    Inline,
    Overdue,
    Overview,
    Sheet,
    SheetCell,
    SheetColumn,
    Value,
    Workbook,
)
from toolkit.document.context import Context
from toolkit.document.parts import plain
from toolkit.record import dates
from toolkit.record.model import Agreement, Party, Place, Text


@dataclass(frozen=True, slots=True)
class _Field:
    """A column and how its value comes from an entry; an optional one shows only where one has it."""

    key: str
    value: Callable[[Any], Value]
    kind: Literal["text", "date", "number"] = "text"
    width: int = 16
    choices: str = ""
    optional: bool = False
    hidden: bool = False


SHEETS: Final = ("agreements", "commitments", "figures")
"""The sheets of the workbook, in their usual order."""


def compose(ctx: Context) -> Workbook:
    """Return the spreadsheet of a record."""
    language = ctx.language
    fields = _Fields(ctx)
    meeting = ctx.meeting
    agreements = meeting.agreements
    items = agreements.items if agreements else ()
    waiting = language.group("commitment_status")
    overdue = Overdue(
        "due_until", "status", tuple(waiting[k] for k in ("open", "in_progress", "postponed"))
    )
    pending = Overdue(
        "next_step_due_until",
        "implementation",
        (*tuple(v for k, v in language.group("implementation").items() if k != "implemented"), ""),
    )
    known = {
        "agreements": lambda: _sheet(
            ctx,
            "agreements",
            "agreements",
            fields.agreements(),
            items,
            pending,
            plain(parts.coverage(ctx)) if agreements else "",
        ),
        "commitments": lambda: _sheet(
            ctx,
            "commitments",
            "commitments_sheet",
            fields.commitments(),
            meeting.commitments,
            overdue,
        ),
        "figures": lambda: _sheet(ctx, "figures", "figures", fields.figures(), meeting.figures),
    }
    sheets = tuple(known[name]() for name in ctx.shown("agreements", SHEETS))
    return Workbook(
        meta=ctx.meta("agreements"),
        mark_line=plain(ctx.mark_line()),
        overview=_overview(ctx, sheets),
        sheets=sheets,
        words=ctx.printed(),
        overdue_label=language.label("overdue"),
    )


def _sheet(
    ctx: Context,
    key: str,
    label: str,
    fields: list[_Field],
    entries: Iterable[Any],
    overdue: Overdue | None = None,
    remark: str = "",
) -> Sheet:
    rows = [[field.value(entry) for field in fields] for entry in entries]
    used = [
        index
        for index, field in enumerate(fields)
        if not field.optional or any(row[index] not in (None, "") for row in rows)
    ]
    columns = tuple(_column(ctx, fields[index]) for index in used)
    cells = tuple(tuple(SheetCell(row[index]) for index in used) for row in rows)
    return Sheet(key, ctx.language.label(label), columns, cells, remark, overdue)


def _column(ctx: Context, field: _Field) -> SheetColumn:
    choices = tuple(ctx.language.group(field.choices).values()) if field.choices else ()
    title = ctx.language.word("column", field.key.replace("next_step_due_until", "due_until"))
    return SheetColumn(field.key, title, field.kind, field.width, choices, field.hidden)


def _overview(ctx: Context, sheets: tuple[Sheet, ...]) -> Overview:
    meeting, language = ctx.meeting, ctx.language
    facts: list[tuple[str, SheetCell]] = [
        (language.label("meeting"), SheetCell(ctx.plain(meeting.title)))
    ]
    for label, cell in parts.key_facts(ctx).rows:
        facts.append((plain(label), SheetCell("\n".join(plain(line) for line in cell))))
    status = language.word("record_status", meeting.status)
    version = language.label("version", version=meeting.version)
    facts += [
        (language.label("handling"), SheetCell(plain(ctx.mark_line()))),
        (language.label("record"), SheetCell(language.listed((meeting.id, version, status)))),
        (language.label("date"), SheetCell(ctx.date)),
    ]
    if meeting.reference:
        facts.append((language.label("reference"), SheetCell(meeting.reference)))
    if meeting.department:
        facts.append((language.label("department"), SheetCell(ctx.plain(meeting.department))))
    facts += [
        (
            sheet.title,
            SheetCell(language.label("entries", count=len(sheet.rows)), f"#{sheet.title}"),
        )
        for sheet in sheets
    ]
    for source in meeting.sources:
        published = language.when(source.date) if source.date else ""
        told = (ctx.plain(source.publisher), ctx.plain(source.title), published)
        origin = language.listed(part for part in told if part)
        facts.append((language.label("sources"), SheetCell(origin, source.address)))
    how_to = tuple(language.group("how_to").values())
    return Overview(language.label("overview"), ctx.plain(meeting.title), tuple(facts), how_to)


class _Fields:
    """The columns of each sheet, in the words of treaty offices."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.topics = {t.id: ctx.plain(t.title) for t in ctx.meeting.topics}
        self.titles = {s.id: ctx.plain(s.title) for s in ctx.meeting.sources}

    def agreements(self) -> list[_Field]:
        """Columns of the agreements (UN Charter Article 102 registration, national databases)."""
        word, text, day, join = self._word, self._text, self._date, self._join
        place, other = self._place, self._other_language
        party = self._parties
        return [
            _Field("id", lambda a: a.id, hidden=True),
            _Field("number", lambda a: a.number, optional=True, width=12),
            _Field("title", lambda a: text(a.title), width=46),
            _Field("title_other", lambda a: other(a.title), optional=True, width=36),
            _Field(
                "type", lambda a: word("agreement_type", a.type), width=17, choices="agreement_type"
            ),
            _Field("level", lambda a: word("level", a.level), width=17, choices="level"),
            _Field("parties", party("delegation"), width=18),
            _Field("bodies", party("body"), optional=True, width=28),
            _Field("signatories", party("signatory"), optional=True, width=28),
            _Field("sectors", lambda a: join(text(s) for s in a.sectors), width=15),
            _Field(
                "status",
                lambda a: word("agreement_status", a.status),
                width=14,
                choices="agreement_status",
            ),
            _Field("initialled_on", lambda a: day(a.initialled_on), "date", optional=True),
            _Field("adopted_on", lambda a: day(a.adopted_on), "date", optional=True),
            _Field("adopted_at", lambda a: place(a.adopted_at), optional=True),
            _Field("signed_on", lambda a: day(a.signed_on), "date", width=14),
            _Field("signed_at", lambda a: place(a.signed_at), width=14),
            _Field("consent_required", self._consent, optional=True, choices="yes_no"),
            _Field("consent_on", lambda a: day(a.consent_on), "date", optional=True),
            _Field(
                "procedures_notified_on",
                lambda a: day(a.procedures_notified_on),
                "date",
                optional=True,
            ),
            _Field("in_force_on", lambda a: day(a.in_force_on), "date", width=13),
            _Field(
                "in_force_by",
                lambda a: word("in_force_by", a.in_force_by),
                optional=True,
                choices="in_force_by",
            ),
            _Field(
                "in_force_generally_on",
                lambda a: day(a.in_force_generally_on),
                "date",
                optional=True,
            ),
            _Field("ends_on", lambda a: day(a.ends_on), "date", optional=True),
            _Field(
                "authentic_texts",
                lambda a: join(self.ctx.language.language_name(t) for t in a.authentic_texts),
                optional=True,
            ),
            _Field(
                "prevailing_text",
                lambda a: a.prevailing_text and self.ctx.language.language_name(a.prevailing_text),
                optional=True,
            ),
            _Field(
                "attachments",
                lambda a: join(text(t) for t in a.attachments),
                optional=True,
                width=24,
            ),
            _Field("depositary", lambda a: text(a.depositary), optional=True, width=24),
            _Field("gazette_on", lambda a: day(a.gazette_on), "date", optional=True),
            _Field("registration_number", lambda a: a.registration_number, optional=True),
            _Field("registered_on", lambda a: day(a.registered_on), "date", optional=True),
            _Field("volume", lambda a: a.volume, optional=True, width=10),
            _Field("related", self._related, optional=True, width=28),
            _Field("responsible", party("responsible"), optional=True, width=28),
            _Field(
                "implementation",
                lambda a: word("implementation", a.implementation),
                width=15,
                choices="implementation",
            ),
            _Field("next_step", lambda a: text(a.next_step), width=22),
            _Field("next_step_by", lambda a: text(a.next_step_by), width=15),
            _Field("next_step_due", lambda a: day(a.next_step_due), "date", width=16),
            _Field(
                "next_step_due_until", lambda a: self._last(a.next_step_due), "date", hidden=True
            ),
            _Field("remarks", lambda a: text(a.remarks), width=26),
            _Field("sources", lambda a: self._sources(a.sources), optional=True, width=20),
            _Field("handling", lambda a: a.handling, optional=True, width=14),
        ]

    def commitments(self) -> list[_Field]:
        """Columns of the commitments and next steps."""
        word, text, day = self._word, self._text, self._date
        ctx = self.ctx
        return [
            _Field("id", lambda c: c.id, hidden=True),
            _Field("text", lambda c: text(c.text), width=56),
            _Field(
                "kind",
                lambda c: word("commitment_kind", c.kind),
                width=16,
                choices="commitment_kind",
            ),
            _Field("by", lambda c: plain(ctx.parties(c.by)), width=26),
            _Field("to", lambda c: plain(ctx.parties(c.to)), width=26),
            _Field("responsible", lambda c: text(c.responsible), width=24),
            _Field("due", lambda c: day(c.due), "date", width=18),
            _Field("due_until", lambda c: self._last(c.due), "date", hidden=True),
            _Field(
                "status",
                lambda c: word("commitment_status", c.status),
                width=16,
                choices="commitment_status",
            ),
            _Field("topic", lambda c: self.topics.get(c.topic or ""), optional=True, width=22),
            _Field("agreement", self._from_agreement, optional=True, width=36),
            _Field("note", lambda c: text(c.note), width=30),
            _Field("sources", lambda c: self._sources(c.sources), optional=True, width=28),
            _Field("handling", lambda c: c.handling, optional=True, width=14),
        ]

    def figures(self) -> list[_Field]:
        """Columns of the figures."""
        word, text, day = self._word, self._text, self._date
        return [
            _Field("id", lambda f: f.id, hidden=True),
            _Field("label", lambda f: text(f.label), width=48),
            _Field(
                "qualifier",
                lambda f: word("qualifier_name", f.qualifier),
                width=14,
                choices="qualifier_name",
            ),
            _Field("value", lambda f: f.value, "number", width=20),
            _Field("low", lambda f: f.low, "number", width=18, optional=True),
            _Field("high", lambda f: f.high, "number", width=18, optional=True),
            _Field("unit", lambda f: f.currency or text(f.unit), width=18),
            _Field("as_of", lambda f: day(f.as_of), "date", width=18),
            _Field("stated_by", lambda f: plain(self.ctx.party(f.stated_by or "")), width=26),
            _Field("series", lambda f: text(f.series), optional=True, width=20),
            _Field("topic", lambda f: self.topics.get(f.topic or ""), optional=True, width=22),
            _Field("note", lambda f: text(f.note), width=30),
            _Field("sources", lambda f: self._sources(f.sources), optional=True, width=28),
            _Field("handling", lambda f: f.handling, optional=True, width=14),
        ]

    def _text(self, value: Text | None) -> str | None:
        return self.ctx.plain(value) or None

    def _word(self, group: str, key: str | None) -> str | None:
        return self.ctx.language.word(group, key) if key else None

    def _join(self, items: Iterable[str | None]) -> str | None:
        return self.ctx.language.listed(i for i in items if i) or None

    def _date(self, text: str | None) -> date | str | None:
        """A real date where the day is known, the printed form where it is not."""
        return (dates.parse(text).day or self.ctx.language.when(text)) if text else None

    def _last(self, text: str | None) -> date | None:
        return dates.parse(text).last if text else None

    def _place(self, place: Place | None) -> str | None:
        return plain(self.ctx.place(place)) or None

    def _other_language(self, title: Text) -> str | None:
        shown = self.ctx.plain(title)
        forms = title.values() if isinstance(title, dict) else ()
        return self._join(form for form in forms if form != shown)

    def _parties(self, field: str) -> Callable[[Agreement], str | None]:
        def value(agreement: Agreement) -> str | None:
            return self._join(self._of_party(party, field) for party in agreement.parties)

        return value

    def _of_party(self, party: Party, field: str) -> str | None:
        if field == "delegation":
            content: Inline = self.ctx.side(party.delegation or "") or self.ctx.text(party.body)
            return plain(content)
        return self._text(getattr(party, field))

    def _consent(self, agreement: Agreement) -> str | None:
        if agreement.consent_required is None:
            return None
        return self._word("yes_no", "yes" if agreement.consent_required else "no")

    def _related(self, agreement: Agreement) -> str | None:
        known = self.ctx.agreements
        return self._join(
            self._text(known[text].title if isinstance(text, str) and text in known else text)
            for text in agreement.related
        )

    def _from_agreement(self, commitment: Any) -> str | None:
        agreement = self.ctx.agreements.get(commitment.agreement or "")
        return self._text(agreement.title) if agreement else None

    def _sources(self, refs: tuple[str, ...]) -> str | None:
        return self._join(self.titles.get(ref) for ref in refs)
