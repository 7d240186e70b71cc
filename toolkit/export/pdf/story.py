"""Blocks to flowables, and the structure tree that goes with them, in the order of the blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reportlab.lib.units import mm

from toolkit.document import blocks as b
from toolkit.export.fonts import Fonts
from toolkit.export.pdf.flowables import Block, Chart, ChartBar, EmblemBlock, TextBlock
from toolkit.export.pdf.grid import Box, Grid, GridContent, GridLook, Row
from toolkit.export.pdf.tags import Element
from toolkit.export.pdf.text import Paragraph, TextStyle
from toolkit.export.style import Style

_TILES_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of one document, in points."""

    body: TextStyle
    lead: TextStyle
    small: TextStyle
    label: TextStyle
    kicker: TextStyle
    title: TextStyle
    headings: tuple[TextStyle, ...]
    header_cell: TextStyle
    cell: TextStyle
    quotation: TextStyle
    attribution: TextStyle
    tile: TextStyle
    indent: float


def sizes(style: Style, compact: bool, density: float = 1.0) -> Sizes:
    """Return the sizes: small and tight for one page, roomy for reading.

    A density below 1 takes most from the room between lines, and less from the letters.
    """
    colours = style.colours
    s, lead = (9.4, 12.6) if compact else (10.4, 14.6)
    s, lead = s * (1 + density) / 2, lead * density
    gap = (3.4 if compact else 6) * density
    body = TextStyle(s, lead, colours.text, space_after=gap)
    small = replace(body, size=s - 1.4, leading=lead - 2.2, colour=colours.muted)
    accent = replace(body, colour=colours.accent, bold=True)
    top = (9 if compact else 17) * density
    return Sizes(
        body=body,
        lead=replace(body, size=s + 0.8, leading=lead + 1.6, space_before=gap, space_after=gap),
        small=small,
        label=replace(accent, size=s - 0.8, leading=lead - 0.4, space_after=0),
        kicker=replace(accent, size=s - 0.6, colour=colours.muted, space_after=2),
        title=replace(
            accent,
            size=s + (8.6 if compact else 13),
            leading=(s + 12) if compact else s + 17.5,
            space_after=gap,
        ),
        headings=(
            replace(
                accent,
                size=s + (2.2 if compact else 5),
                leading=lead + (2 if compact else 6),
                space_before=top,
                space_after=gap * 0.7,
            ),
            replace(
                accent,
                size=s + (0.8 if compact else 1.8),
                leading=lead + 1.4,
                space_before=top * 0.62,
                space_after=gap * 0.5,
            ),
            replace(accent, size=s, space_before=top * 0.5, space_after=gap * 0.5),
        ),
        header_cell=replace(
            body, size=s - 1, leading=lead - 1.6, colour=colours.paper, bold=True, space_after=0
        ),
        cell=replace(body, size=s - 0.6, leading=lead - 1, space_after=0),
        quotation=replace(
            body, size=s + 0.2, leading=lead + 0.4, italic=True, space_before=2, space_after=0
        ),
        attribution=replace(small, space_after=gap + 1),
        tile=replace(accent, size=s + 6.6, leading=lead + 7, space_after=0),
        indent=15,
    )


class Story:
    """Turns blocks into flowables; `root` grows the structure tree meanwhile."""

    def __init__(
        self,
        document: b.Document,
        style: Style,
        fonts: Fonts,
        root: Element,
        page_height: float,
        density: float = 1.0,
    ) -> None:
        self.document = document
        self.style = style
        self.fonts = fonts
        self.root = root
        self.page_height = page_height
        self.sizes = sizes(style, document.compact, density)
        self.density = density
        self.rtl = document.meta.rtl

    def flow(self) -> Iterator[Block]:
        """Yield the flowables of masthead and blocks."""
        yield from self._masthead(self.document.masthead)
        for block in self.document.blocks:
            match block:
                case b.Heading():
                    yield self._heading(block)
                case b.Paragraph():
                    yield self._paragraph(block)
                case b.BulletList():
                    yield from self._list(block)
                case b.KeyFacts():
                    yield self._key_facts(block)
                case b.Table():
                    yield self._table(block)
                case b.Quotation():
                    yield from self._quotation(block)
                case b.Tiles():
                    yield self._tiles(block)
                case b.BarChart():
                    yield from self._chart(block)
                case b.NoteList():
                    yield from self._notes(block)

    def set(self, content: b.Inline, style: TextStyle, element: Element) -> Paragraph:
        """Return runs as a paragraph of the document's language and direction."""
        return Paragraph(content, style, element, self.fonts, self.document.meta.language, self.rtl)

    def _emblem(self) -> Iterator[Block]:
        emblem, picture = self.style.emblem, self.style.picture
        if emblem and picture:
            figure = self.root.child("Figure", alt=emblem.alt)
            yield EmblemBlock(figure, picture, emblem.height * mm, self.rtl)

    def _masthead(self, head: b.Masthead) -> Iterator[Block]:
        s = self.sizes
        yield from self._emblem()
        left = tuple(part for part in (head.reference, head.date) if part)
        right = tuple(part for part in (head.copy, head.department) if part)
        if left or right:
            boxes = []
            for side, end in ((left, False), (right, True)):
                style = replace(s.small, align_end=end)
                boxes.append(Box(tuple(self.set(p, style, self.root.child("P")) for p in side)))
            look = GridLook(padding_x=0, padding_y=0)
            rows: list[Row] = [tuple(boxes)]
            yield Grid(
                GridContent(rows, (1, 1), look, self.rtl, self.page_height),
                after=s.body.leading * (0.5 if self.document.compact else 1.4),
            )
        if head.kicker:
            yield TextBlock(self.set(head.kicker, s.kicker, self.root.child("P")))
        title = self.set(head.title, s.title, self.root.child("H1"))
        yield TextBlock(title)
        if head.subtitle:
            yield TextBlock(self.set(head.subtitle, s.lead, self.root.child("P")))

    def _heading(self, block: b.Heading) -> Block:
        # The title is the only heading of the first level.
        element = self.root.child(f"H{block.level + 1}", anchor=block.anchor)
        style = self.sizes.headings[min(block.level, len(self.sizes.headings)) - 1]
        paragraph = self.set(block.content, style, element)
        bookmark = (block.level - 1, paragraph.text)
        return TextBlock(paragraph, bookmark=bookmark, together=True, leads=True)

    def _paragraph(self, block: b.Paragraph) -> Block:
        s = self.sizes
        style = {
            "lead": s.lead,
            "fields": s.small,
            "remark": s.small,
            "closing": replace(s.small, space_before=s.body.leading),
        }.get(block.role, s.body)
        return TextBlock(self.set(block.content, style, self.root.child("P")))

    def _list(self, block: b.BulletList) -> Iterator[Block]:
        kind = "Decimal" if block.numbered else "Disc"
        top = self.root.child("L", attributes={"List": {"ListNumbering": kind}})
        style = replace(self.sizes.body, space_after=self.sizes.body.space_after * 0.5)
        for number, item in enumerate(block.items, 1):
            label = f"{number}." if block.numbered else "•"
            yield self._item(top, label, item, style, self.sizes.indent)

    def _item(
        self,
        top: Element,
        label: str,
        item: b.Inline,
        style: TextStyle,
        indent: float,
        anchor: str | None = None,
    ) -> Block:
        entry = top.child("LI")
        language = self.document.meta.language
        colour = replace(style, colour=self.style.colours.accent, bold=True)
        mark = self.set((b.Run(label, language),), colour, entry.child("Lbl"))
        body = self.set(item, style, entry.child("LBody", anchor=anchor))
        room = max(indent, mark.natural_width() + 5)
        return TextBlock(body, indent=room, label=mark)

    def _key_facts(self, block: b.KeyFacts) -> Block:
        kind = {"List": {"ListNumbering": "Description"}}
        s, top = self.sizes, self.root.child("L", attributes=kind)
        rows: list[Row] = []
        for label, value in block.rows:
            entry = top.child("LI")
            name = self.set(label, s.label, entry.child("Lbl"))
            body = entry.child("LBody")
            style = replace(s.body, space_after=0)
            rows.append(
                (Box((name,)), Box(tuple(self.set(line, style, body.child("P")) for line in value)))
            )
        pad = (2.6 if self.document.compact else 4) * self.density
        look = GridLook(padding_x=9, padding_y=pad, background=self.style.colours.panel)
        weights = (1.0, 5.6)
        after = s.body.leading * (0.3 if self.document.compact else 0.8)
        return Grid(
            GridContent(rows, weights, look, self.rtl, self.page_height), before=2, after=after
        )

    def _table(self, block: b.Table) -> Block:
        s = self.sizes
        table = self.root.child("Table")
        row = table.child("THead").child("TR")
        header = []
        for column in block.columns:
            head = row.child("TH", attributes={"Table": {"Scope": "Column"}})
            style = replace(s.header_cell, align_end=column.align == "end")
            header.append(Box((self.set(column.title, style, head),)))
        body = table.child("TBody")
        rows: list[Row] = []
        for cells in block.rows:
            row = body.child("TR")
            boxes = []
            for column, cell in zip(block.columns, cells, strict=True):
                boxes.append(Box(tuple(self._cell(cell, column, row.child("TD")))))
            rows.append(tuple(boxes))
        colours = self.style.colours
        look = GridLook(
            padding_x=5,
            padding_y=(2.8 if self.document.compact else 3.6) * self.density,
            rule=colours.rule,
            header_background=colours.accent,
        )
        weights = tuple(column.weight for column in block.columns)
        content = GridContent(rows, weights, look, self.rtl, self.page_height, header=tuple(header))
        return Grid(content, before=2, after=s.body.space_after + 3)

    def _cell(self, cell: b.Cell, column: b.Column, holder: Element) -> Iterator[Paragraph]:
        s = self.sizes
        for index, content in enumerate(line for line in cell if line):
            # Further lines of a cell are remarks to the first.
            style = (
                s.cell
                if index == 0
                else replace(
                    s.small, size=s.cell.size - 0.8, leading=s.cell.leading - 0.8, space_after=0
                )
            )
            yield self.set(
                content, replace(style, align_end=column.align == "end"), holder.child("P")
            )

    def _quotation(self, block: b.Quotation) -> Iterator[Block]:
        s, holder = self.sizes, self.root.child("BlockQuote")
        bar = self.style.colours.accent
        quote = self.set(block.content, s.quotation, holder.child("P"))
        yield TextBlock(quote, indent=12, bar=bar, leads=True)
        said = self.set(block.attribution, s.attribution, holder.child("P"))
        yield TextBlock(said, indent=12, together=True)

    def _tiles(self, block: b.Tiles) -> Block:
        s, top = self.sizes, self.root.child("L", attributes={"List": {"ListNumbering": "None"}})
        count = len(block.tiles)
        across = min(count, _TILES_A_ROW) if count != 4 else 2
        rows: list[Row] = []
        for start in range(0, count, across):
            boxes = []
            for tile in block.tiles[start : start + across]:
                body = top.child("LI").child("LBody")
                label = replace(s.body, space_after=0)
                parts = (
                    (tile.value, s.tile),
                    (tile.label, label),
                    (tile.remark, replace(s.small, space_after=0)),
                )
                boxes.append(
                    Box(tuple(self.set(c, style, body.child("P")) for c, style in parts if c))
                )
            boxes += [Box(())] * (across - len(boxes))
            rows.append(tuple(boxes))
        look = GridLook(
            padding_x=9,
            padding_y=(5 if self.document.compact else 8) * self.density,
            gap=8,
            background=self.style.colours.panel,
        )
        return Grid(
            GridContent(rows, (1.0,) * across, look, self.rtl, self.page_height),
            before=2,
            after=s.body.leading * 0.5,
        )

    def _chart(self, block: b.BarChart) -> Iterator[Block]:
        s = self.sizes
        caption = replace(s.label, space_before=2, space_after=2)
        said = self.set(block.caption, caption, self.root.child("P"))
        yield TextBlock(said, together=True, leads=True)
        figure = self.root.child("Figure", alt=block.alt)
        longest = max(bar.value for bar in block.bars)
        bars = [
            ChartBar(
                float(bar.value / longest),
                self.set(bar.label, s.cell, figure),
                self.set(bar.shown, s.cell, figure),
            )
            for bar in block.bars
        ]
        colours = self.style.colours
        yield Chart(figure, bars, (colours.accent, colours.rule), self.rtl, 2, s.body.leading * 0.7)

    def _notes(self, block: b.NoteList) -> Iterator[Block]:
        top = self.root.child("L", attributes={"List": {"ListNumbering": "Decimal"}})
        style = replace(self.sizes.small, colour=self.style.colours.text, space_after=2)
        for note in block.notes:
            yield self._item(
                top, str(note.number), note.full, style, self.sizes.indent, note.anchor
            )
