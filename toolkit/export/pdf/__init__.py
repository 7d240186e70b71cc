"""PDF: tagged by construction, drawn by reportlab, finished by pikepdf."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Frame, PageTemplate
from reportlab.platypus.flowables import Flowable

from toolkit.document.blocks import Composed, Document, Run
from toolkit.errors import UsageError
from toolkit.export.fonts import Fonts
from toolkit.export.pdf.finish import finish
from toolkit.export.pdf.flowables import Block, TextBlock
from toolkit.export.pdf.story import Story
from toolkit.export.pdf.tags import Element, TaggedCanvas
from toolkit.export.pdf.text import Paragraph, TextStyle, draw_untagged
from toolkit.export.registry import Attachment
from toolkit.export.style import Style


class PdfExporter:
    """Papers as PDF/UA-1 and PDF/A-3a."""

    extension = "pdf"
    media_type = "application/pdf"

    def export(self, composed: Composed, style: Style, record: Attachment) -> bytes:
        """Return the file. Raises UsageError for a spreadsheet."""
        if not isinstance(composed, Document):
            raise UsageError("a spreadsheet cannot be written as PDF")
        return _Build(composed, style).run(record)

    def lacking(self, characters: Iterable[str], style: Style) -> list[str]:
        """Return the characters that no installed font shows."""
        return Fonts(style.fonts.family).lacking(characters)


class _Build:
    def __init__(self, document: Document, style: Style) -> None:
        self.document = document
        self.style = style
        self.fonts = Fonts(style.fonts.family)
        paper = style.paper
        self.width, self.height = A4 if paper.size == "A4" else LETTER
        self.top, self.bottom = paper.top * mm, paper.bottom * mm
        self.left, self.right = paper.left * mm, paper.right * mm
        if document.compact:
            self.top, self.bottom = self.top * 0.8, self.bottom * 0.8
            self.left, self.right = self.left * 0.82, self.right * 0.82

    def run(self, record: Attachment) -> bytes:
        buffer = io.BytesIO()
        made: list[TaggedCanvas] = []
        root = Element("Document")

        def canvas(*args: object, **kwargs: object) -> TaggedCanvas:
            kwargs["initialFontName"] = self.fonts.main().ttfont.fontName
            kwargs["pageCompression"] = 1
            kwargs["pdfVersion"] = (1, 7)
            made.append(TaggedCanvas(*args, furniture=self._furniture, root=root, **kwargs))
            return made[0]

        inner = self.width - self.left - self.right, self.height - self.top - self.bottom
        frame = Frame(self.left, self.bottom, *inner, 0, 0, 0, 0)
        template = BaseDocTemplate(buffer, pagesize=(self.width, self.height))
        template.addPageTemplates(PageTemplate(frames=[frame]))
        story = Story(self.document, self.style, self.fonts, root, inner[1])
        template.build(list(_kept(list(story.flow()), *inner)), canvasmaker=canvas)
        title = self.document.meta.title
        return finish(buffer.getvalue(), made[0], self.document.meta, record, title)

    def _furniture(self, canvas: TaggedCanvas, number: int, count: int) -> None:
        """Draw handling mark, running title and page number; all are artifacts."""
        colours = self.style.colours
        language = self.document.meta.language
        words = self.document.words
        small = TextStyle(7.8, 10, colours.muted)
        mark = TextStyle(8.2, 10, colours.accent, bold=True, centred=True)
        top = self.height - self.top + 22
        self._line(canvas, self.document.mark_line, mark, top)
        self._line(canvas, self.document.mark_line, mark, self.bottom - 12)
        page = f"{words.page} {number} {words.page_of} {count}"
        end = replace(small, align_end=True)
        self._line(canvas, (Run(page, language),), end, self.bottom - 12)
        reference = self.document.masthead.reference
        if reference:
            self._line(canvas, reference, small, self.bottom - 12)
        if number > 1:
            self._line(
                canvas, self.document.running_title, small, self.height - self.top + 34, one=True
            )
        canvas.setStrokeColor(f"#{colours.rule}")
        canvas.setLineWidth(0.5)
        for y in (self.height - self.top + 9, self.bottom - 8):
            canvas.line(self.left, y, self.width - self.right, y)

    def _line(
        self,
        canvas: TaggedCanvas,
        content: tuple[Run, ...],
        style: TextStyle,
        top: float,
        one: bool = True,
    ) -> None:
        meta = self.document.meta
        paragraph = Paragraph(content, style, Element("P"), self.fonts, meta.language, meta.rtl)
        width = self.width - self.left - self.right
        lines = paragraph.lines(width)
        draw_untagged(canvas, paragraph, lines[:1] if one else lines, self.left, top)


def _kept(blocks: list[Block], width: float, height: float) -> Iterable[Flowable]:
    """Yield the blocks, with a page break before a heading that would stand alone.

    A heading asks for the room that it and the beginning of what follows need, not for all of it: a
    long table begins below its heading instead of jumping to the next page.
    """
    for index, block in enumerate(blocks):
        if _is_heading(block):
            needed, at = 0.0, index
            while at < len(blocks) and _is_heading(blocks[at]):
                needed += blocks[at].least(width) + blocks[at].after
                at += 1
            if at < len(blocks):
                needed += blocks[at].least(width)
            yield CondPageBreak(min(needed, height * 0.6))
        yield block


def _is_heading(block: Block) -> bool:
    return isinstance(block, TextBlock) and (
        block.bookmark is not None or (block.together and block.label is None and not block.indent)
    )
