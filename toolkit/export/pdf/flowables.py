"""What reportlab's frames are filled with: paragraphs, charts, the emblem."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
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
