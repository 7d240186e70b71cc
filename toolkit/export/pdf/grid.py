"""Grids of cells: rows break across pages, headers repeat, each cell is read out in its order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from reportlab.platypus.flowables import Flowable

from toolkit.export.pdf.drawing import draw_lines, draw_untagged
from toolkit.export.pdf.flowables import Block
from toolkit.export.pdf.tags import Element
from toolkit.export.pdf.text import Paragraph


@dataclass(frozen=True, slots=True)
class Box:
    """A cell: paragraphs below each other, or some of their lines."""

    paragraphs: tuple[Paragraph, ...]
    start: int = 0
    stop: int | None = None

    def lines(self, width: float) -> list[tuple[Paragraph, Any]]:
        """Return the lines of the cell with the paragraph of each."""
        every = [(p, line) for p in self.paragraphs for line in p.lines(width)]
        return every[self.start : self.stop]

    def height(self, width: float) -> float:
        """Return the height of the lines in points."""
        return sum(p.style.leading for p, _ in self.lines(width))

    def fitting(self, width: float, height: float) -> int:
        """Return how many of the lines fit a height."""
        used, count = 0.0, 0
        for paragraph, _ in self.lines(width):
            used += paragraph.style.leading
            if used > height + 0.01:
                break
            count += 1
        return count


@dataclass(frozen=True, slots=True)
class GridLook:
    """How a grid is drawn; lengths in points, colours as hexadecimal digits."""

    padding_x: float = 4
    padding_y: float = 3
    gap: float = 0
    background: str | None = None
    rule: str | None = None
    header_background: str | None = None
    last_rule: bool = True


Row = tuple[Box, ...]


@dataclass(eq=False, slots=True)
class GridContent:
    """What the parts of one grid share."""

    rows: list[Row]
    weights: tuple[float, ...]
    look: GridLook
    rtl: bool
    page_height: float
    header: Row | None = None
    anchors: list[Element] = field(default_factory=list)

    def columns(self, width: float) -> list[tuple[float, float]]:
        """Return left edge and width of each column, in reading order."""
        gaps = self.look.gap * (len(self.weights) - 1)
        unit = (width - gaps) / sum(self.weights)
        out, x = [], 0.0
        for weight in self.weights:
            w = unit * weight
            out.append((width - x - w if self.rtl else x, w))
            x += w + self.look.gap
        return out

    def row_height(self, row: Row, width: float) -> float:
        """Return the height of a row with its padding, in points."""
        pad_x, pad_y = self.look.padding_x, self.look.padding_y
        columns = self.columns(width)
        tallest = max(b.height(w - 2 * pad_x) for b, (_, w) in zip(row, columns, strict=True))
        return tallest + 2 * pad_y


class Grid(Block):
    """Rows of cells. The header repeats on each page, but is read out once."""

    def __init__(
        self,
        content: GridContent,
        *,
        rows: list[Row] | None = None,
        first: bool = True,
        before: float = 0,
        after: float = 0,
    ) -> None:
        super().__init__(before if first else 0, after)
        self.content, self.first = content, first
        self.rows = content.rows if rows is None else rows
        self._end = after

    def _header_height(self, width: float) -> float:
        header = self.content.header
        return self.content.row_height(header, width) if header else 0.0

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """Return the size of header and rows."""
        self.width = available
        self._heights = [self.content.row_height(row, available) for row in self.rows]
        self.height = self._header_height(available) + sum(self._heights)
        return available, self.height

    def least(self, width: float) -> float:
        """A table may begin with its header and two rows, if it has more; a panel with one row."""
        rows = self.rows[: self._fewest()]
        room = self._header_height(width) + sum(self.content.row_height(r, width) for r in rows)
        return self.before + min(room, self.content.page_height / 3)

    def _fewest(self) -> int:
        """Return how many rows at least stand together at either end of a page."""
        return 2 if self.content.header and len(self.rows) > 2 else 1

    def split(self, available: float, height: float) -> list[Flowable]:
        """Return two grids; a row is broken only where it is higher than a third of a page."""
        self.wrap(available, height)
        used, count = self._header_height(available), 0
        for row_height in self._heights:
            if used + row_height > height + 0.01:
                break
            used += row_height
            count += 1
        fewest, third = self._fewest(), self.content.page_height / 3
        low = max(self._heights[:fewest], default=0.0) <= third
        if self.first and count < fewest and low:
            return []
        if len(self.rows) - count < fewest < count and self._heights[-1] <= third:
            count = len(self.rows) - fewest
        head, tail = self.rows[:count], self.rows[count:]
        if tail and self._heights[count] > third:
            broken = self._break_row(tail[0], available, height - used)
            if broken:
                head, tail = [*head, broken[0]], [broken[1], *tail[1:]]
        if not head or not tail:
            return []
        return [self._part(head, self.first, 0), self._part(tail, False, self._end)]

    def _part(self, rows: list[Row], first: bool, after: float) -> Grid:
        part = Grid(self.content, rows=rows, first=first, before=self.before, after=after)
        part._end = after
        return part

    def _break_row(self, row: Row, width: float, height: float) -> tuple[Row, Row] | None:
        look = self.content.look
        head: list[Box] = []
        tail: list[Box] = []
        for box, (_, w) in zip(row, self.content.columns(width), strict=True):
            fit = box.fitting(w - 2 * look.padding_x, height - 2 * look.padding_y)
            middle = box.start + fit
            head.append(replace(box, stop=middle))
            tail.append(replace(box, start=middle))
        if all(box.start == box.stop for box in head):
            return None
        return tuple(head), tuple(tail)

    def draw(self) -> None:
        """Draw backgrounds and rules as artifacts, and the cells in reading order."""
        y = self.height
        if self.content.header:
            y = self._draw_row(self.content.header, y, self._header_height(self.width), True)
        for index, (row, height) in enumerate(zip(self.rows, self._heights, strict=True)):
            y = self._draw_row(row, y, height, False, last=index == len(self.rows) - 1)

    def _draw_row(
        self, row: Row, y: float, height: float, header: bool, last: bool = False
    ) -> float:
        look, canvas = self.content.look, self.canv
        columns = self.content.columns(self.width)
        background = look.header_background if header else look.background
        if background:
            canvas.setFillColor(f"#{background}")
            if look.gap:
                for x, width in columns:
                    canvas.rect(x, y - height, width, height, stroke=0, fill=1)
            else:
                canvas.rect(0, y - height, self.width, height, stroke=0, fill=1)
        if look.rule and not header and (look.last_rule or not last):
            canvas.setStrokeColor(f"#{look.rule}")
            canvas.setLineWidth(0.5)
            canvas.line(0, y - height, self.width, y - height)
        draw = draw_untagged if header and not self.first else draw_lines
        for box, (x, width) in zip(row, columns, strict=True):
            top = y - look.padding_y
            inner = width - 2 * look.padding_x
            for paragraph in box.paragraphs:
                lines = [line for p, line in box.lines(inner) if p is paragraph]
                if lines:
                    if box.start == 0:
                        canvas.mark_place(paragraph.element, top)
                    draw(canvas, paragraph, lines, x + look.padding_x, top)
                    top -= len(lines) * paragraph.style.leading
        return y - height
