"""Parts that more than one document shows: facts, agreements, next steps, figures, statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from toolkit.document.blocks import (
    Bar,
    BarChart,
    Block,
    Cell,
    Heading,
    Inline,
    KeyFacts,
    Paragraph,
    Quotation,
    Run,
    Tile,
    Tiles,
)
from toolkit.document.context import Context, DocumentName
from toolkit.document.language import script_of
from toolkit.record import dates
from toolkit.record.model import (
    Agreement,
    Commitment,
    Figure,
    Participant,
    Place,
    Sitting,
    Statement,
)

_MOST_BARS = 12
_LONGEST_LABEL = 80

Section = Callable[[Context], Iterator[Block]]
"""What writes a section's blocks; none where the record has nothing for it."""

# Sections that stand without a heading.
_UNTITLED = frozenset({"key_facts", "summary"})
_SOURCES = "sources"

Rows = list[tuple[Inline, Cell]]


def plain(content: Inline) -> str:
    """Return the text of runs."""
    return "".join(run.text for run in content)


def key_facts(ctx: Context, *, outcome: bool = False, topics: bool = False) -> KeyFacts:
    """Return the panel: when, where, who, why; where wanted topics, outcome and what comes next."""
    meeting = ctx.meeting
    rows: Rows = [
        (ctx.label("when"), when(ctx)),
        (ctx.label("where"), where(ctx)),
        (ctx.label("who"), who(ctx)),
        (ctx.label("why"), (ctx.text(meeting.occasion),) if meeting.occasion else ()),
    ]
    if topics and meeting.topics:
        titles = (ctx.text(topic.title) for topic in meeting.topics)
        rows.append((ctx.label("topics_short"), (ctx.join(titles, " · "),)))
    if outcome:
        rows.append((ctx.label("agreed"), agreed(ctx)))
        rows.append((ctx.label("next"), upcoming(ctx)))
    return KeyFacts(ctx.label("key_facts"), tuple(row for row in rows if row[1]))


def sections(
    ctx: Context, document: DocumentName, known: Mapping[str, Section]
) -> tuple[Block, ...]:
    """Return the sections that a document shows, each under its heading.

    The sources are written last, wherever they stand: only then is it known what was cited.
    """
    names = ctx.shown(document, known)
    written = {name: list(known[name](ctx)) for name in sorted(names, key=_SOURCES.__eq__)}
    blocks: list[Block] = []
    for name in names:
        if written[name] and name not in _UNTITLED:
            blocks.append(Heading(1, ctx.label(name), name))
        blocks += written[name]
    return tuple(blocks)


def lead(ctx: Context) -> Iterator[Block]:
    """Yield the record's own summary."""
    if ctx.meeting.summary:
        yield Paragraph(ctx.text(ctx.meeting.summary), "lead")


def times(ctx: Context, sitting: Sitting) -> str:
    """Return day and times of a sitting, with the zone in which they are told."""
    text = ctx.language.when(sitting.date)
    if sitting.start_time or sitting.end_time:
        span = "–".join(t for t in (sitting.start_time, sitting.end_time) if t)
        text += f"{ctx.language.sign('list_separator')}{span} ({sitting.time_zone})"
    return text


def when(ctx: Context) -> Cell:
    """Return the days and times of the sittings, each once."""
    return tuple(ctx.words(t) for t in dict.fromkeys(times(ctx, s) for s in ctx.meeting.sittings))


def where(ctx: Context) -> Cell:
    """Return the places, or how a call was held and from where."""
    out: list[Inline] = []
    for sitting in ctx.meeting.sittings:
        mode = (
            ()
            if sitting.mode == "in_person"
            else ctx.words(ctx.language.word("mode", sitting.mode))
        )
        here = ctx.join((ctx.place(sitting.place), mode))
        ends = [
            ctx.join(
                (ctx.side(line.delegation), _end(ctx, line.place, line.time_zone)),
                ctx.language.sign("colon"),
            )
            for line in sitting.joined_from
        ]
        for part in (here, *ends):
            if part and part not in out:
                out.append(part)
    return tuple(out)


def _end(ctx: Context, place: Place | None, zone: str | None) -> Inline:
    return ctx.join((ctx.place(place), ctx.runs(zone) if zone else ()))


def principals(ctx: Context) -> list[str]:
    """Return the ids of those who speak for the sides, in order of precedence."""
    people = [
        p
        for p in ctx.meeting.participants
        if p.role in ("principal", "head_of_delegation", "chair")
    ]
    return [p.id for p in ctx.ordered(people)]


def who(ctx: Context) -> Cell:
    """Return the principals with their offices; the sides where no principal is named."""
    people = [ctx.participants[ref] for ref in principals(ctx)]
    lines = [ctx.join((_named(ctx, p), ctx.office(p) or ctx.side(p.delegation))) for p in people]
    silent = [d.id for d in ctx.meeting.delegations if d.id not in {p.delegation for p in people}]
    if silent:
        lines.append(ctx.parties(silent))
    return tuple(lines)


def _named(ctx: Context, person: Participant) -> Inline:
    """A name, with its form in the person's own script where that is another one."""
    shown = ctx.name_of(person)
    script = script_of(shown.language)
    own = next((n for n in person.names if script_of(n.language) != script), None)
    other = (*ctx.words(" ("), *ctx.runs(own.text, own.language), *ctx.words(")")) if own else ()
    return (*bold(ctx.person(person.id)), *other)


def bold(content: Inline) -> Inline:
    """Return runs in bold."""
    return tuple(Run(r.text, r.language, True, r.italic, r.link, r.note) for r in content)


def agreed(ctx: Context) -> Cell:
    """Return how many instruments there are, and whether that is all."""
    agreements = ctx.meeting.agreements
    if agreements is None or not agreements.items:
        return ()
    count = len(agreements.items)
    key = "documents_signed_one" if count == 1 else "documents_signed"
    text = ctx.label(key, count=count)
    partial = ctx.label("not_complete") if agreements.coverage == "partial" else ()
    return (ctx.join((text, partial)),)


def open_commitments(ctx: Context) -> list[Commitment]:
    """Return what is still to be done, the first due first, undated last."""
    waiting = [c for c in ctx.meeting.commitments if c.status not in ("done", "dropped")]
    return sorted(waiting, key=lambda c: dates.parse(c.due).last if c.due else date.max)


def upcoming(ctx: Context) -> Cell:
    """Return the first three next steps, in a line each."""
    steps = open_commitments(ctx)[:3]
    return tuple(ctx.join((ctx.text(c.text), ctx.when(c.due)), " – ") for c in steps)


def party_names(ctx: Context, agreement: Agreement) -> Inline:
    """Return the parties of an instrument: side, and body where it is told."""
    names = []
    for party in agreement.parties:
        side = ctx.side(party.delegation or "")
        body = ctx.text(party.body)
        names.append(
            (*side, *ctx.runs(" ("), *body, *ctx.runs(")")) if side and body else side or body
        )
    return ctx.join(names)


def agreement_line(ctx: Context, agreement: Agreement, *, state: bool) -> Inline:
    """Return an instrument in one line: title, and where wanted its state with the date."""
    title = ctx.text(agreement.title, bold=state)
    told = agreement_state(ctx, agreement) if state else ()
    return (*ctx.join((title, told), " – "), *ctx.cite(agreement.sources))


def agreement_state(ctx: Context, agreement: Agreement) -> Inline:
    """Return status and the date that goes with it."""
    status = ctx.words(ctx.language.word("agreement_status", agreement.status))
    dated = {
        "initialled": agreement.initialled_on,
        "in_force": agreement.in_force_on or agreement.signed_on,
        "ratified": agreement.consent_on or agreement.signed_on,
        "terminated": agreement.ends_on,
        "expired": agreement.ends_on,
    }.get(agreement.status, agreement.signed_on)
    return ctx.join((status, ctx.when(dated)))


def coverage(ctx: Context) -> Inline:
    """Return what is known of the list being complete, with the record's own note."""
    agreements = ctx.meeting.agreements
    assert agreements is not None
    sentence = ctx.label(f"coverage_{agreements.coverage}")
    return ctx.join((sentence, ctx.text(agreements.note)), " ")


def statements_of(
    ctx: Context, statements: Iterable[Statement]
) -> Iterator[tuple[str | None, list[Statement]]]:
    """Yield the statements of each side, in the order of the delegations."""
    order = {d.id: index for index, d in enumerate(ctx.meeting.delegations)}
    keyed = sorted(statements, key=lambda s: order.get(ctx.side_of(s) or "", len(order)))
    for side, group in groupby(keyed, key=ctx.side_of):
        yield side, list(group)


def quotation(ctx: Context, statement: Statement, *, office: bool) -> Quotation:
    """Return a verbatim statement in its marks, with who said it."""
    language = ctx.language
    marks = language.sign("quote_open"), language.sign("quote_close")
    text = ctx.text(statement.text)
    content = (*ctx.words(marks[0]), *text, *ctx.words(marks[1]), *ctx.cite(statement.sources))
    person = ctx.participants.get(statement.speaker or "")
    attribution = ctx.join(
        (
            bold(ctx.speaker(statement)),
            ctx.office(person) if person and office else (),
            _translation(ctx, statement),
        )
    )
    return Quotation(content, attribution)


def _translation(ctx: Context, statement: Statement) -> Inline:
    if not statement.translated:
        return ()
    label = ctx.language.label("translated")
    tongue = statement.original_language
    return ctx.words(f"{label} ({ctx.language.language_name(tongue)})" if tongue else label)


def charts(ctx: Context, figures: Iterable[Figure]) -> tuple[list[BarChart], list[Figure]]:
    """Return a chart for each series of two or more like numbers, and the figures left over."""
    rest: list[Figure] = []
    series: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in figures:
        if figure.series is None or figure.value is None or figure.value < 0:
            rest.append(figure)
        else:
            key = ctx.plain(figure.series), figure.currency or "", ctx.plain(figure.unit)
            series.setdefault(key, []).append(figure)
    out = []
    for (name, _, _), members in series.items():
        short = all(len(ctx.plain(f.label)) <= _LONGEST_LABEL for f in members)
        if not 2 <= len(members) <= _MOST_BARS or not short or not any(f.value for f in members):
            rest.extend(members)
        else:
            out.append(_chart(ctx, name, members))
    return out, rest


def _chart(ctx: Context, name: str, figures: list[Figure]) -> BarChart:
    bars = tuple(
        Bar(ctx.text(f.label), f.value, ctx.amount(f)) for f in figures if f.value is not None
    )
    colon = ctx.language.sign("colon")
    said = ctx.language.listed(f"{plain(b.label)}{colon}{plain(b.shown)}" for b in bars)
    alt = ctx.language.label("chart_alt", caption=name, bars=said)
    cited = dict.fromkeys(ref for f in figures for ref in f.sources)
    return BarChart((*ctx.runs(name), *ctx.cite(list(cited))), bars, alt)


def tiles(ctx: Context, figures: Iterable[Figure]) -> Tiles:
    """Return figures as a row of numbers."""
    return Tiles(
        tuple(
            Tile(
                (*ctx.amount(f), *ctx.cite(f.sources)),
                ctx.text(f.label),
                ctx.join((ctx.party(f.stated_by or ""), ctx.when(f.as_of))),
            )
            for f in figures
        )
    )


def figure_blocks(ctx: Context, figures: Iterable[Figure], most: int) -> list[Block]:
    """Return charts, and the other figures in rows of tiles."""
    drawn, rest = charts(ctx, list(figures)[:most])
    out: list[Block] = list(drawn)
    if rest:
        out.append(tiles(ctx, rest))
    return out
