"""PDF: tagged by construction, drawn by reportlab, finished by pikepdf."""

from __future__ import annotations

import io
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from functools import cached_property

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Frame, PageTemplate
from reportlab.platypus.flowables import Flowable

from toolkit.document.blocks import Composed, Document, Inline, Run
from toolkit.errors import UsageError
from toolkit.export.fonts import Fonts
from toolkit.export.pdf.drawing import draw_untagged
from toolkit.export.pdf.finish import finish
from toolkit.export.pdf.flowables import Block
from toolkit.export.pdf.story import Story
from toolkit.export.pdf.tags import Element, TaggedCanvas
from toolkit.export.pdf.text import Paragraph, TextStyle
from toolkit.export.registry import Attachment
from toolkit.export.style import Style

_DENSITIES = (0.95, 0.89)
# A last page that holds less than this share of it is worth saving.
_LITTLE = 0.22
_SHORT_PAPER = 8


class PdfExporter:
    """Papers as PDF/UA-1 and PDF/A-3a."""

    extension = "pdf"
    media_type = "application/pdf"
    version = 1

    def export(self, composed: Composed, style: Style, record: Attachment | None) -> bytes:
        """Return the file. Raises UsageError for a spreadsheet."""
        if not isinstance(composed, Document):
            raise UsageError("a spreadsheet cannot be written as PDF")
        return _Build(composed, style, self.version).run(record)

    def lacking(self, characters: Iterable[str], style: Style) -> list[str]:
        """Return the characters that no installed font shows."""
        return Fonts(style.fonts.family, style.font_files).lacking(characters)


class Pdf2Exporter(PdfExporter):
    """Papers as PDF/UA-2 and PDF/A-4f (PDF 2.0)."""

    version = 2


@dataclass(frozen=True, slots=True)
class _Repeated:
    mark: Paragraph
    title: Paragraph
    reference: Paragraph


@dataclass(frozen=True, slots=True)
class _Layout:
    """Blocks with the structure tree that grows as they are drawn."""

    root: Element
    blocks: list[Flowable]


class _Build:
    def __init__(self, document: Document, style: Style, version: int) -> None:
        self.document = document
        self.version = version
        self.style = style
        self.fonts = Fonts(style.fonts.family, style.font_files)
        paper = style.paper
        self.width, self.height = A4 if paper.size == "A4" else LETTER
        self.top, self.bottom = paper.top * mm, paper.bottom * mm
        self.left, self.right = paper.left * mm, paper.right * mm
        if document.compact:
            self.top, self.bottom = self.top * 0.8, self.bottom * 0.8
            self.left, self.right = self.left * 0.82, self.right * 0.82

    def run(self, record: Attachment | None) -> bytes:
        layout = self._fitted()
        buffer = io.BytesIO()
        canvas, _ = self._place(layout, buffer, dry=False)
        texts, meta = self.fonts.texts(), self.document.meta
        return finish(buffer.getvalue(), canvas, meta, record, texts, self.version)

    def _fitted(self) -> _Layout:
        """Return the blocks, set tighter where that saves a page that would hold little."""
        layout = self._layout(1.0)
        width, height = self._room()
        total = sum(b.wrap(width, height)[1] for b in layout.blocks if isinstance(b, Block))
        if not height * 0.8 < total < height * _SHORT_PAPER:
            return layout
        pages, filled = self._measure(layout)
        if 1 < pages <= _SHORT_PAPER and filled < _LITTLE:
            for density in _DENSITIES:
                tighter = self._layout(density)
                if self._measure(tighter)[0] < pages:
                    return tighter
        return layout

    def _layout(self, density: float) -> _Layout:
        root = Element("Document")
        width, height = self._room()
        story = Story(self.document, self.style, self.fonts, root, height, density)
        return _Layout(root, list(_kept(list(story.flow()), width, height)))

    def _room(self) -> tuple[float, float]:
        return self.width - self.left - self.right, self.height - self.top - self.bottom

    def _measure(self, layout: _Layout) -> tuple[int, float]:
        """Return how many pages the blocks take, and how far the last one is filled (0 to 1)."""
        canvas, filled = self._place(layout, io.BytesIO(), dry=True)
        return canvas.page, filled

    def _place(
        self, layout: _Layout, target: io.BytesIO, *, dry: bool
    ) -> tuple[TaggedCanvas, float]:
        """Set the blocks on pages; a dry run draws nothing."""
        made: list[TaggedCanvas] = []
        width, height = self._room()

        def canvas(*args: object, **kwargs: object) -> TaggedCanvas:
            # The last step compresses.
            kwargs["pageCompression"] = 0
            made.append(
                TaggedCanvas(*args, furniture=self._furniture, root=layout.root, dry=dry, **kwargs)
            )
            return made[0]

        frame = Frame(self.left, self.bottom, width, height, 0, 0, 0, 0)
        template = BaseDocTemplate(target, pagesize=(self.width, self.height))
        template.addPageTemplates(PageTemplate(frames=[frame]))
        # reportlab leaves marks of its own on what it sets.
        template.build([copy(block) for block in layout.blocks], canvasmaker=canvas)
        return made[0], (self.bottom + height - frame._y) / height

    def _furniture(self, canvas: TaggedCanvas, number: int, count: int) -> None:
        """Draw handling mark, running title and page number; all are artifacts."""
        colours, words, repeated = self.style.colours, self.document.words, self.repeated
        width = self.width - self.left - self.right
        top = self.height - self.top + 12 + len(repeated.mark.lines(width)) * 10
        self._draw(canvas, repeated.mark, self.left, width, top)
        if number > 1:
            self._draw(canvas, repeated.title, self.left, width, top + 12, most=1)
        # Three columns, so that a long mark stands clear of what is beside it.
        side, foot = width / 4, self.bottom - 12
        first, last = (self.left, self.left + 3 * side)
        if self.document.meta.rtl:
            first, last = last, first
        self._draw(canvas, repeated.reference, first, side, foot, 2)
        self._draw(canvas, repeated.mark, self.left + side, 2 * side, foot)
        page = f"{words.page} {number} {words.page_of} {count}"
        end = TextStyle(7.8, 10, colours.muted, align_end=True)
        numbered = self._set((Run(page, self.document.meta.language),), end)
        self._draw(canvas, numbered, last, side, foot)
        canvas.setStrokeColor(f"#{colours.rule}")
        canvas.setLineWidth(0.5)
        for y in (self.height - self.top + 9, self.bottom - 8):
            canvas.line(self.left, y, self.width - self.right, y)

    @cached_property
    def repeated(self) -> _Repeated:
        """What stands on each page, set once."""
        colours, document = self.style.colours, self.document
        small = TextStyle(7.8, 10, colours.muted)
        mark = TextStyle(8.2, 10, colours.accent, bold=True, centred=True)
        return _Repeated(
            self._set(document.mark_line, mark),
            self._set(document.running_title, small),
            self._set(document.masthead.reference, small),
        )

    def _set(self, content: Inline, style: TextStyle) -> Paragraph:
        meta = self.document.meta
        return Paragraph(content, style, Element("P"), self.fonts, meta.language, meta.rtl)

    def _draw(
        self,
        canvas: TaggedCanvas,
        paragraph: Paragraph,
        left: float,
        width: float,
        top: float,
        most: int | None = None,
    ) -> None:
        draw_untagged(canvas, paragraph, paragraph.lines(width)[:most], left, top)


class _Room(CondPageBreak):
    """A page break where there is less room than asked for; spaces around it still overlap."""

    _SPACETRANSFER = True


def _kept(blocks: list[Block], width: float, height: float) -> Iterable[Flowable]:
    """Yield the blocks, with a page break before one that would stand alone, as a heading.

    It asks for the room that it and the beginning of what follows need, not for all of it: a long
    table begins below its heading instead of jumping to the next page.
    """
    for index, block in enumerate(blocks):
        if block.leads:
            # The room above overlaps with the room below what comes before.
            needed, at = -min(blocks[index - 1].after if index else 0.0, block.before), index
            while at < len(blocks) and blocks[at].leads:
                needed += blocks[at].least(width) + blocks[at].after
                at += 1
            if at < len(blocks):
                needed += blocks[at].least(width)
            yield _Room(min(needed, height * 0.6))
        yield block
