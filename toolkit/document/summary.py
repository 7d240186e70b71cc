"""The summary: the meeting at a glance, on one page, two at most for nearly every record.

Long lists are cut, and a line says how much more there is and where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from toolkit.document import parts
from toolkit.document.blocks import (
    Block,
    BulletList,
    Column,
    Document,
    Paragraph,
    Table,
)
from toolkit.document.context import Context

_MOST_AGREEMENTS = 8
_MOST_STEPS = 6
_MOST_FIGURES = 6
_MOST_QUOTATIONS = 3


def compose(ctx: Context) -> Document:
    """Return the summary of a record."""
    blocks = parts.sections(ctx, "summary", SECTIONS)
    return Document(
        meta=ctx.meta("summary"),
        mark_line=ctx.mark_line(),
        running_title=ctx.text(ctx.meeting.title),
        masthead=ctx.masthead("summary"),
        blocks=blocks,
        notes=ctx.notes(),
        words=ctx.printed(),
        compact=True,
    )


def _key_facts(ctx: Context) -> Iterator[Block]:
    yield parts.key_facts(ctx, topics=True)


def _agreed(ctx: Context) -> Iterator[Block]:
    agreements = ctx.meeting.agreements
    if agreements is None or not agreements.items:
        return
    shown = agreements.items[:_MOST_AGREEMENTS]
    # What all have in common is said once, below the list.
    states = {parts.plain(parts.agreement_state(ctx, a)) for a in shown}
    common = len(states) == 1 and len(shown) > 1
    lines = (parts.agreement_line(ctx, a, state=not common) for a in shown)
    yield BulletList(tuple(lines), numbered=True)
    rest = len(agreements.items) - len(shown)
    more = ctx.label("more", count=rest) if rest else ()
    partial = parts.coverage(ctx) if agreements.coverage != "complete" else ()
    state = parts.agreement_state(ctx, shown[0]) if common else ()
    if more or partial or state:
        yield Paragraph(ctx.join((more, state, partial), " · "), "remark")


def _figures(ctx: Context) -> Iterator[Block]:
    figures = ctx.meeting.figures
    yield from parts.figure_blocks(ctx, figures, _MOST_FIGURES)
    if len(figures) > _MOST_FIGURES:
        yield Paragraph(ctx.label("more", count=len(figures) - _MOST_FIGURES), "remark")


def _next_steps(ctx: Context) -> Iterator[Block]:
    steps = parts.open_commitments(ctx)
    rows = [
        (
            (ctx.when(c.due) or ctx.label("not_dated"),),
            ((*ctx.text(c.text), *ctx.cite(c.sources)),),
            (ctx.parties(c.by),),
        )
        for c in steps[:_MOST_STEPS]
    ]
    if rows:
        columns = (
            Column(ctx.label("by_when"), 1.1),
            Column(ctx.label("what"), 3.4),
            Column(ctx.label("who"), 1.5),
        )
        yield Table(ctx.label("next_steps"), columns, tuple(rows))
    if len(steps) > len(rows):
        yield Paragraph(ctx.label("more", count=len(steps) - len(rows)), "remark")


def _quotations(ctx: Context) -> Iterator[Block]:
    verbatim = [s for s in ctx.meeting.statements if s.mode == "verbatim" and s.of_note]
    for statement in verbatim[:_MOST_QUOTATIONS]:
        yield parts.quotation(ctx, statement, office=False)


def _sources(ctx: Context) -> Iterator[Block]:
    if ctx.notes():
        yield ctx.note_list()


SECTIONS: Final[dict[str, parts.Section]] = {
    "key_facts": _key_facts,
    "summary": parts.lead,
    "what_was_agreed": _agreed,
    "figures": _figures,
    "next_steps": _next_steps,
    "quotations": _quotations,
    "sources": _sources,
}
"""The sections of the summary, in their usual order."""
