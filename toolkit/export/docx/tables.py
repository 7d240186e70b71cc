"""Tables, panels and rows of numbers as WordprocessingML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from docx.oxml.ns import qn

from toolkit.document import blocks as b
from toolkit.export.docx.oxml import element
from toolkit.export.docx.table_styles import FACTS, TABLE

_SHORT_TABLE = 4


class Tables:
    """Writes tables before the end of a body, with paragraphs as `paragraph` makes them."""

    def __init__(self, paragraph: Callable[..., Any], end: Any, width_mm: float, rtl: bool) -> None:
        self.paragraph = paragraph
        self.end = end
        self.width_mm = width_mm
        self.rtl = rtl

    def _grid(
        self, style: str, weights: Iterable[float], title: str, *, header: bool
    ) -> tuple[Any, list[int]]:
        total = self.width_mm / 25.4 * 1440
        listed = list(weights)
        widths = [int(total * weight / sum(listed)) for weight in listed]
        table = element("tbl")
        form = element("tblPr")
        form.append(element("tblStyle", val=style.replace(" ", "")))
        if self.rtl:
            form.append(element("bidiVisual"))
        form.append(element("tblW", w=str(sum(widths)), type="dxa"))
        form.append(element("tblLayout", type="fixed"))
        first = "1" if header else "0"
        look = "0020" if header else "0000"
        form.append(
            element(
                "tblLook",
                val=look,
                firstRow=first,
                lastRow="0",
                firstColumn="0",
                lastColumn="0",
                noHBand="1",
                noVBand="1",
            )
        )
        if title:
            form.append(element("tblCaption", val=title[:250]))
        table.append(form)
        columns = element("tblGrid")
        for width in widths:
            columns.append(element("gridCol", w=str(width)))
        table.append(columns)
        self.end.addprevious(table)
        return table, widths

    def _row(
        self,
        table: Any,
        widths: list[int],
        fill: list[Callable[[Any], None]],
        *,
        header: bool = False,
        together: bool = False,
    ) -> None:
        row = element("tr")
        form = element("trPr")
        form.append(element("cantSplit"))
        if header:
            form.append(element("tblHeader"))
        row.append(form)
        for width, write_cell in zip(widths, fill, strict=True):
            cell = element("tc")
            properties = element("tcPr")
            properties.append(element("tcW", w=str(width), type="dxa"))
            cell.append(properties)
            write_cell(cell)
            if cell.find(qn("w:p")) is None:
                self.paragraph("Table Text", parent=cell)
            row.append(cell)
        for form in row.iter(qn("w:pPr")) if together else ():
            form.insert(1, element("keepNext"))
        table.append(row)

    def key_facts(self, block: b.KeyFacts) -> None:
        """Write the panel of key facts."""
        title = "".join(run.text for run in block.title)
        table, widths = self._grid(FACTS, (1, 5), title, header=False)
        for label, value in block.rows:

            def name(cell: Any, label: b.Inline = label) -> None:
                self.paragraph("Fact Label", label, parent=cell)

            def lines(cell: Any, value: b.Cell = value) -> None:
                for line in value:
                    self.paragraph("Fact", line, parent=cell)

            self._row(table, widths, [name, lines])

    def table(self, block: b.Table) -> None:
        """Write a table. Its first and its last two rows stay together, a short table as a whole."""
        title = "".join(run.text for run in block.caption)
        table, widths = self._grid(TABLE, (c.weight for c in block.columns), title, header=True)
        fills = [
            self._cell_writer((column.title,), column, "Table Header") for column in block.columns
        ]
        self._row(table, widths, fills, header=True)
        last = len(block.rows) - 1
        for number, row in enumerate(block.rows):
            fills = [
                self._cell_writer(cell, column, "Table Text")
                for column, cell in zip(block.columns, row, strict=True)
            ]
            ends = number in (0, last - 1)
            together = number < last and (ends or last < _SHORT_TABLE)
            self._row(table, widths, fills, together=together)
        self._after_table()

    def _cell_writer(self, cell: b.Cell, column: b.Column, style: str) -> Callable[[Any], None]:
        def fill(parent: Any) -> None:
            for index, content in enumerate(line for line in cell if line):
                made = self.paragraph(
                    style if index == 0 else "Table Remark", content, parent=parent
                )
                if column.align == "end":
                    made.find(qn("w:pPr")).append(
                        element("jc", val="right" if not self.rtl else "left")
                    )

        return fill

    def _after_table(self) -> None:
        """Leave a little room below a table: an own paragraph, two points high."""
        made = self.paragraph("Table Text")
        form = made.find(qn("w:pPr"))
        form.append(element("spacing", before="0", after="0", line="120", lineRule="exact"))
        mark = element("rPr")
        mark.append(element("sz", val="4"))
        form.append(mark)
        _ordered(form)

    def tiles(self, block: b.Tiles) -> None:
        """Write a row of numbers."""
        across = min(len(block.tiles), 3)
        table, widths = self._grid(FACTS, (1,) * across, "", header=False)
        for start in range(0, len(block.tiles), across):
            tiles: list[b.Tile | None] = [*block.tiles[start : start + across]]
            tiles += [None] * (across - len(tiles))
            self._row(table, widths, [self._tile_writer(tile) for tile in tiles])
        self._after_table()

    def _tile_writer(self, tile: b.Tile | None) -> Callable[[Any], None]:
        def fill(cell: Any) -> None:
            if tile:
                for style, content in (
                    ("Figure Value", tile.value),
                    ("Table Text", tile.label),
                    ("Table Remark", tile.remark),
                ):
                    if content:
                        self.paragraph(style, content, parent=cell)

        return fill


_ORDER = ("pStyle", "keepNext", "numPr", "tabs", "bidi", "spacing", "ind", "jc", "rPr")


def _ordered(form: Any) -> None:
    """Put the children of paragraph properties into the order of the schema."""
    place = {qn(f"w:{tag}"): index for index, tag in enumerate(_ORDER)}
    form[:] = sorted(form, key=lambda child: place[child.tag])
