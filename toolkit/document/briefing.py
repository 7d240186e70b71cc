"""The briefing: what an official carries into the next meeting, or files after this one.

Its order follows the standing instructions of foreign ministries: key facts, objectives, points to
make, then what happened, and the background last, with what may be used kept apart from what must
not be disclosed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from toolkit.document import parts
from toolkit.document.blocks import (
    Block,
    BulletList,
    Cell,
    Column,
    Document,
    Heading,
    Inline,
    Paragraph,
    Table,
)
from toolkit.document.context import Context
from toolkit.record.model import Background, Participant, Topic


def compose(ctx: Context) -> Document:
    """Return the briefing of a record."""
    meeting = ctx.meeting
    blocks = [*parts.sections(ctx, "briefing", SECTIONS)]
    if meeting.department:
        closing = ctx.language.label(
            "prepared", department=ctx.plain(meeting.department), date=ctx.language.day(ctx.date)
        )
        blocks.append(Paragraph(ctx.words(closing), "closing"))
    return Document(
        meta=ctx.meta("briefing"),
        mark_line=ctx.mark_line(),
        running_title=ctx.text(meeting.title),
        masthead=ctx.masthead("briefing"),
        blocks=tuple(blocks),
        notes=ctx.notes(),
        words=ctx.printed(),
        contents=True,
    )


def _key_facts(ctx: Context) -> Iterator[Block]:
    yield parts.key_facts(ctx, outcome=True)


def _objectives(ctx: Context) -> Iterator[Block]:
    items = [
        ctx.join((ctx.text(o.text), ctx.side(o.side or "")), " – ") for o in ctx.meeting.objectives
    ]
    if items:
        yield BulletList(tuple(items), numbered=len(items) > 1)


def _points(ctx: Context) -> Iterator[Block]:
    # What is for nobody alone comes first.
    to: dict[str, list[Inline]] = {"": []}
    for point in ctx.meeting.points_to_make:
        to.setdefault(point.to or "", []).append((*ctx.text(point.text), *ctx.cite(point.sources)))
    for ref, items in to.items():
        if ref:
            name = "".join(run.text for run in ctx.party(ref))
            yield Heading(2, ctx.label("point_to", name=name))
        if items:
            yield BulletList(tuple(items))


def _expected(ctx: Context) -> Iterator[Block]:
    rows = [
        (
            ((*ctx.text(p.text), *ctx.cite(p.sources)), ctx.party(p.side or "")),
            (ctx.text(p.response),),
        )
        for p in ctx.meeting.expected_points
    ]
    if rows:
        columns = Column(ctx.label("they_may_say")), Column(ctx.label("our_response"))
        yield Table(ctx.label("expected_points"), columns, tuple(rows))


def _press_line(ctx: Context) -> Iterator[Block]:
    if ctx.meeting.press_line:
        yield Paragraph(ctx.text(ctx.meeting.press_line))


def _sittings(ctx: Context) -> Iterator[Block]:
    """Only where there is more to tell than the key facts do."""
    sittings = ctx.meeting.sittings
    if len(sittings) < 2 and not sittings[0].note:
        return
    rows = []
    for sitting in sittings:
        form = ctx.words(ctx.language.word("format", sitting.format)) if sitting.format else ()
        title = ctx.text(sitting.title, bold=True) or form
        who = ctx.parties(sitting.participants)
        mode = (
            ()
            if sitting.mode == "in_person"
            else ctx.words(ctx.language.word("mode", sitting.mode))
        )
        rows.append(
            (
                (ctx.words(parts.times(ctx, sitting)),),
                tuple(
                    p for p in (title, form if title != form else (), ctx.text(sitting.note)) if p
                ),
                (ctx.join((ctx.place(sitting.place), mode)),),
                (who,),
            )
        )
    columns = (
        Column(ctx.label("when"), 1.1),
        Column(ctx.label("sitting"), 1.4),
        Column(ctx.label("where"), 1.1),
        Column(ctx.label("participants"), 1.4),
    )
    yield Table(ctx.label("sittings"), columns, tuple(rows))


def _participants(ctx: Context) -> Iterator[Block]:
    """A table for each of two sides; one table for all where there are more."""
    people = ctx.meeting.participants
    sides = [d for d in ctx.meeting.delegations if any(p.delegation == d.id for p in people)]
    if len(sides) > 2:
        rows = [_person(ctx, person, with_side=True) for person in ctx.ordered(people)]
        yield Table(ctx.label("participants"), _person_columns(ctx, with_side=True), tuple(rows))
        return
    for side in sides:
        part = ctx.words(ctx.language.word("part", side.part)) if side.part else ()
        yield Heading(2, ctx.join((ctx.side(side.id), part)))
        own = ctx.ordered(p for p in people if p.delegation == side.id)
        rows = [_person(ctx, person, with_side=False) for person in own]
        yield Table(ctx.side(side.id), _person_columns(ctx, with_side=False), tuple(rows))


def _person_columns(ctx: Context, *, with_side: bool) -> tuple[Column, ...]:
    side = (Column(ctx.label("side"), 1.5),) if with_side else ()
    return (
        Column(ctx.label("order"), 0.5, "end"),
        Column(ctx.label("name"), 2.2),
        Column(ctx.label("office"), 2.2 - 0.4 * with_side),
        *side,
        Column(ctx.label("role"), 1.2),
    )


def _person(ctx: Context, person: Participant, *, with_side: bool) -> tuple[Cell, ...]:
    side: tuple[Cell, ...] = ((ctx.side(person.delegation),),) if with_side else ()
    return (
        (ctx.words(str(person.precedence)) if person.precedence else (),),
        tuple(line for line in (ctx.person(person.id), ctx.other_forms(person)) if line),
        (ctx.office(person),),
        *side,
        (ctx.words(ctx.language.word("role", person.role)),),
    )


def _topics(ctx: Context) -> Iterator[Block]:
    for topic in ctx.meeting.topics:
        yield Heading(2, ctx.text(topic.title), f"topic-{topic.id}")
        yield from _topic(ctx, topic)


def _topic(ctx: Context, topic: Topic) -> Iterator[Block]:
    if topic.sectors:
        fields = ctx.join(ctx.text(sector) for sector in topic.sectors)
        yield Paragraph(
            (*ctx.label("sectors"), *ctx.words(ctx.language.sign("colon")), *fields), "fields"
        )
    if topic.summary:
        yield Paragraph((*ctx.text(topic.summary), *ctx.cite(topic.sources)))
    items = []
    for position in topic.positions:
        name = tuple(parts.bold(ctx.party(position.side)))
        colon = ctx.words(ctx.language.sign("colon"), bold=True)
        items.append((*name, *colon, *ctx.text(position.text), *ctx.cite(position.sources)))
    if items:
        yield BulletList(tuple(items))


def _statements(ctx: Context) -> Iterator[Block]:
    for side, statements in parts.statements_of(ctx, ctx.meeting.statements):
        yield Heading(2, ctx.side(side or ""))
        for statement in statements:
            if statement.mode == "verbatim":
                yield parts.quotation(ctx, statement, office=True)
            else:
                kind = ctx.language.word("statement_kind", statement.kind)
                speaker = ctx.speaker(statement) if statement.speaker else ()
                head = ctx.join((ctx.words(kind, bold=True), parts.bold(speaker)))
                colon = ctx.words(ctx.language.sign("colon"), bold=True)
                yield Paragraph(
                    (*head, *colon, *ctx.text(statement.text), *ctx.cite(statement.sources))
                )


def _agreements(ctx: Context) -> Iterator[Block]:
    agreements = ctx.meeting.agreements
    if agreements is None or not (agreements.items or agreements.note):
        return
    if agreements.items:
        rows = []
        for number, agreement in enumerate(agreements.items, 1):
            kind = ctx.language.word("agreement_type", agreement.type)
            level = ctx.language.word("level", agreement.level) if agreement.level else ""
            title = (*ctx.text(agreement.title), *ctx.cite(agreement.sources))
            rows.append(
                (
                    (ctx.words(str(number)),),
                    tuple(line for line in (title, ctx.text(agreement.remarks)) if line),
                    tuple(ctx.words(word) for word in (kind, level) if word),
                    (parts.party_names(ctx, agreement),),
                    (parts.agreement_state(ctx, agreement),),
                )
            )
        columns = (
            Column(ctx.label("order"), 0.5, "end"),
            Column(ctx.label("agreement"), 2.8),
            Column(ctx.label("type"), 1.5),
            Column(ctx.label("parties"), 1.4),
            Column(ctx.label("status"), 1.3),
        )
        yield Table(ctx.label("agreements"), columns, tuple(rows))
    yield Paragraph(parts.coverage(ctx), "remark")


def _commitments(ctx: Context) -> Iterator[Block]:
    rows = []
    for entry in ctx.meeting.commitments:
        what = (*ctx.text(entry.text), *ctx.cite(entry.sources))
        who = ctx.parties(entry.by)
        rows.append(
            (
                tuple(line for line in (what, ctx.text(entry.note)) if line),
                tuple(line for line in (who, ctx.text(entry.responsible)) if line),
                (ctx.when(entry.due) or ctx.label("not_dated"),),
                (ctx.words(ctx.language.word("commitment_status", entry.status)),),
            )
        )
    if rows:
        columns = (
            Column(ctx.label("what"), 2.8),
            Column(ctx.label("who"), 1.6),
            Column(ctx.label("by_when"), 1.4),
            Column(ctx.label("status"), 1.0),
        )
        yield Table(ctx.label("commitments"), columns, tuple(rows))


def _figures(ctx: Context) -> Iterator[Block]:
    drawn, _ = parts.charts(ctx, ctx.meeting.figures)
    yield from drawn
    rows = []
    for figure in ctx.meeting.figures:
        label = (*ctx.text(figure.label), *ctx.cite(figure.sources))
        rows.append(
            (
                tuple(line for line in (label, ctx.text(figure.note)) if line),
                (ctx.amount(figure),),
                (ctx.when(figure.as_of),),
                (ctx.party(figure.stated_by or ""),),
            )
        )
    if rows:
        columns = (
            Column(ctx.label("figure"), 2.4),
            Column(ctx.label("value"), 1.4, "end"),
            Column(ctx.label("as_of"), 1.3),
            Column(ctx.label("stated_by"), 1.5),
        )
        yield Table(ctx.label("figures"), columns, tuple(rows))


def _background(ctx: Context) -> Iterator[Block]:
    entries = ctx.meeting.background
    free = [e for e in entries if e.use == "free"]
    kept = [e for e in entries if e.use != "free"]
    for label, group in (("free_use", free), ("not_to_be_disclosed", kept)):
        if group:
            if kept:
                yield Heading(2, ctx.label(label))
            yield BulletList(tuple(_fact(ctx, entry) for entry in group))


def _fact(ctx: Context, entry: Background) -> Inline:
    colon = ctx.words(ctx.language.sign("colon"), bold=True)
    dated = (*parts.bold(ctx.when(entry.date)), *colon) if entry.date else ()
    return (*dated, *ctx.text(entry.text), *ctx.cite(entry.sources))


def _events(ctx: Context) -> Iterator[Block]:
    rows = []
    for event in ctx.meeting.events:
        name = (*ctx.text(event.name), *ctx.cite(event.sources))
        rows.append(
            (
                (ctx.when(event.date),),
                tuple(line for line in (name, ctx.text(event.description)) if line),
                (ctx.place(event.place),),
                (ctx.words(ctx.language.word("relation", event.relation)),),
            )
        )
    if rows:
        columns = (
            Column(ctx.label("date"), 1.2),
            Column(ctx.label("event"), 3.0),
            Column(ctx.label("where"), 1.2),
            Column(ctx.label("relation"), 1.0),
        )
        yield Table(ctx.label("events"), columns, tuple(rows))


def _uncertainties(ctx: Context) -> Iterator[Block]:
    items = [(*ctx.text(u.text), *ctx.cite(u.sources)) for u in ctx.meeting.uncertainties]
    if items:
        yield BulletList(tuple(items))


def _sources(ctx: Context) -> Iterator[Block]:
    ctx.all_sources()
    if ctx.meeting.sources:
        yield ctx.note_list()


SECTIONS: Final[dict[str, parts.Section]] = {
    "key_facts": _key_facts,
    "summary": parts.lead,
    "objectives": _objectives,
    "points_to_make": _points,
    "expected_points": _expected,
    "press_line": _press_line,
    "sittings": _sittings,
    "participants": _participants,
    "topics": _topics,
    "statements": _statements,
    "agreements": _agreements,
    "commitments": _commitments,
    "figures": _figures,
    "background": _background,
    "events": _events,
    "uncertain": _uncertainties,
    "sources": _sources,
}
"""The sections of the briefing, in their usual order."""
