"""What reportlab's frames are filled with: paragraphs, grids of cells, charts. All can be split."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.platypus.flowables import Flowable

from toolkit.export.emblem import Picture
from toolkit.export.pdf.drawing import draw_lines, draw_untagged
from toolkit.export.pdf.tags import Element, TaggedCanvas
from toolkit.export.pdf.text import Paragraph

_LEAST_LINES = 2
_MOST_TOGETHER = 12


class Block(Flowable):
    """A flowable that tells how much room it needs at least to begin."""

    canv: TaggedCanvas
    width: float
    height: float
    leads = False
    """Whether the block makes no sense without the beginning of the next one on its page."""

    def __init__(self, before: float = 0, after: float = 0) -> None:
        super().__init__()
        self.before, self.after = before, after

    def drawOn(self, canvas: TaggedCanvas, x: float, y: float, _sW: float = 0) -> None:
        """Draw the block; on a canvas that only measures, nothing."""
        if not canvas.dry:
            super().drawOn(canvas, x, y, _sW)

    def getSpaceBefore(self) -> float:
        """Return the room above, in points."""
        return self.before

    def getSpaceAfter(self) -> float:
        """Return the room below, in points."""
        return self.after

    def least(self, width: float) -> float:
        """Return the least height in points with which the block may begin on a page."""
        return self.before + float(self.wrap(width, 1e9)[1])


class TextBlock(Block):
    """A paragraph, or some of its lines."""

    def __init__(
        self,
        paragraph: Paragraph,
        *,
        start: int = 0,
        stop: int | None = None,
        indent: float = 0,
        label: Paragraph | None = None,
        bar: str | None = None,
        bookmark: tuple[int, str] | None = None,
        together: bool = False,
        leads: bool = False,
    ) -> None:
        first, last = start == 0, stop is None
        style = paragraph.style
        super().__init__(style.space_before if first else 0, style.space_after if last else 0)
        self.paragraph, self.start, self.stop = paragraph, start, stop
        self.indent, self.label, self.bar = indent, label, bar
        self.bookmark, self.together = bookmark, together
        self.leads = leads

    def _lines(self) -> Sequence[Any]:
        return self.paragraph.lines(self.width - self.indent)[self.start : self.stop]

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """Return the size that the lines take."""
        self.width = available
        self.height = len(self._lines()) * self.paragraph.style.leading
        return available, self.height

    def split(self, available: float, height: float) -> list[Flowable]:
        """Return two blocks, of which the first fits; none where that would leave a lone line."""
        self.wrap(available, height)
        count = len(self._lines())
        fit = int((height + 0.01) / self.paragraph.style.leading)
        fit = min(fit, count - _LEAST_LINES)
        if self._whole(count) or fit < _LEAST_LINES:
            return []
        middle = self.start + fit
        shared: dict[str, Any] = {"indent": self.indent, "bar": self.bar}
        head = TextBlock(
            self.paragraph,
            start=self.start,
            stop=middle,
            label=self.label,
            bookmark=self.bookmark,
            **shared,
        )
        tail = TextBlock(self.paragraph, start=middle, stop=self.stop, leads=self.leads, **shared)
        return [head, tail]

    def least(self, width: float) -> float:
        """A paragraph may begin with two lines."""
        self.wrap(width, 0)
        count = len(self._lines())
        lines = count if count < 2 * _LEAST_LINES or self._whole(count) else _LEAST_LINES
        return self.before + lines * self.paragraph.style.leading

    def _whole(self, lines: int) -> bool:
        """Tell whether the block must not be broken; one as long as a page has to be."""
        return self.together and lines <= _MOST_TOGETHER

    def draw(self) -> None:
        """Draw label, lines and side rule."""
        rtl = self.paragraph.rtl
        if self.start == 0:
            self.canv.mark_place(self.paragraph.element, self.height)
            if self.bookmark:
                self.canv.bookmark(*self.bookmark, self.paragraph.element, self.height)
            if self.label:
                lines = self.label.lines(self.indent)
                x = self.width - self.indent if rtl else 0
                draw_lines(self.canv, self.label, lines, x, self.height)
        if self.bar:
            self.canv.setFillColor(f"#{self.bar}")
            x = self.width - 2 if rtl else 0
            self.canv.rect(x, -self.after / 2, 2, self.height + self.after / 2, stroke=0, fill=1)
        x = 0 if rtl else self.indent
        draw_lines(self.canv, self.paragraph, self._lines(), x, self.height)


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


@dataclass(frozen=True, slots=True)
class ChartBar:
    """A bar: its share of the longest one, its label and its number."""

    share: float
    label: Paragraph
    shown: Paragraph


class Chart(Block):
    """Horizontal bars from a common zero, with the numbers written beside them."""

    def __init__(
        self,
        element: Element,
        bars: Sequence[ChartBar],
        colours: tuple[str, str],
        rtl: bool,
        before: float,
        after: float,
    ) -> None:
        super().__init__(before, after)
        self.element, self.bars, self.rtl = element, bars, rtl
        self.colour, self.rule = colours

    def _widths(self) -> tuple[float, float]:
        """Widths of the labels' and of the numbers' column, in points."""
        label = min(max(b.label.natural_width() for b in self.bars) + 8, self.width * 0.34)
        shown = min(max(b.shown.natural_width() for b in self.bars) + 8, self.width * 0.34)
        return label, shown

    def _row(self, bar: ChartBar) -> float:
        label, shown = self._widths()
        lines = max(len(bar.label.lines(label - 8)), len(bar.shown.lines(shown - 8)))
        return lines * bar.label.style.leading + 5

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """Return the size of the chart."""
        self.width = available
        self.height = sum(self._row(bar) for bar in self.bars)
        return available, self.height

    def draw(self) -> None:
        """Draw the chart as one figure."""
        canvas = self.canv
        label, shown = self._widths()
        room = self.width - label - shown
        x0, y0 = canvas.absolutePosition(0, 0)
        x1, y1 = canvas.absolutePosition(self.width, self.height)
        self.element.attributes["Layout"] = {"BBox": [x0, y0, x1, y1], "Placement": "Block"}
        with canvas.tag(self.element):
            canvas.setStrokeColor(f"#{self.rule}")
            canvas.setLineWidth(0.75)
            zero = self.width - label if self.rtl else label
            y = self.height
            for bar in self.bars:
                row = self._row(bar)
                length = room * bar.share
                thick = bar.label.style.size * 0.95
                middle = y - 2.5 - bar.label.style.leading / 2
                canvas.setFillColor(f"#{self.colour}")
                left = zero - length if self.rtl else zero
                canvas.rect(left, middle - thick / 2, length, thick, stroke=0, fill=1)
                text_x = self.width - label + 8 if self.rtl else 0
                draw_untagged(canvas, bar.label, bar.label.lines(label - 8), text_x, y - 2.5)
                text_x = left - shown if self.rtl else left + length + 6
                draw_untagged(canvas, bar.shown, bar.shown.lines(shown - 8), text_x, y - 2.5)
                y -= row
            canvas.line(zero, 0, zero, self.height)


class EmblemBlock(Block):
    """The emblem of the house style, a figure with its text for those who cannot see it."""

    def __init__(self, element: Element, picture: Picture, height: float, rtl: bool) -> None:
        super().__init__(0, 8)
        self.element, self.picture, self.rtl = element, picture, rtl
        self.size = height * picture.ratio, height

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        """Return the emblem's size; one wider than the page is made smaller."""
        width, height = self.size
        scale = min(1.0, available / width)
        self.shown = width * scale, height * scale
        self.width, self.height = available, self.shown[1]
        return available, self.height

    def draw(self) -> None:
        """Draw the emblem at the start of the line."""
        canvas = self.canv
        width, height = self.shown
        x = self.width - width if self.rtl else 0.0
        corners = (*canvas.absolutePosition(x, 0), *canvas.absolutePosition(x + width, height))
        self.element.attributes["Layout"] = {"BBox": list(corners), "Placement": "Block"}
        with canvas.tag(self.element):
            canvas.drawImage(ImageReader(io.BytesIO(self.picture.png)), x, 0, width, height)
