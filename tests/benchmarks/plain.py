"""The yardstick: the same blocks by reportlab's own flowables, without tags, notes or attachment."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from toolkit.document import blocks as b
from toolkit.export.font_files import FaceName
from toolkit.export.fonts import Fonts

_FAMILY = "Source Sans 3"


def register() -> None:
    """Give reportlab the same fonts."""
    fonts = Fonts(_FAMILY)
    for face in (FaceName(_FAMILY), FaceName(_FAMILY, bold=True), FaceName(_FAMILY, italic=True)):
        pdfmetrics.registerFont(fonts.face(face).ttfont)
    pdfmetrics.registerFont(fonts.face(FaceName("Noto Sans SC")).ttfont)


def markup(content: b.Inline) -> str:
    """Return runs as reportlab's markup."""
    out = []
    for run in content:
        text = escape(run.text)
        if any("\u4e00" <= char <= "\u9fff" for char in text):
            text = f'<font name="NotoSansSC-Regular">{text}</font>'
        elif run.bold:
            text = f'<font name="SourceSans3-Bold">{text}</font>'
        out.append(text)
    return "".join(out)


def plain(document: b.Document) -> bytes:
    """Return an untagged PDF of a paper's blocks."""
    body = ParagraphStyle("body", fontName="SourceSans3-Regular", fontSize=10.4, leading=14.6)
    head = ParagraphStyle("head", body, fontName="SourceSans3-Bold", fontSize=14, leading=20)

    def para(content: b.Inline, style: ParagraphStyle = body) -> Paragraph:
        return Paragraph(markup(content), style)

    def table(rows: list[list[list[Paragraph]]], columns: int) -> Table:
        return Table(rows, colWidths=[455 / columns] * columns, repeatRows=1)

    story: list[Flowable] = [para(document.masthead.title, head)]
    for block in document.blocks:
        match block:
            case b.Heading():
                story.append(para(block.content, head))
            case b.Paragraph():
                story.append(para(block.content))
            case b.BulletList():
                story += [Paragraph(markup(i), body, bulletText="-") for i in block.items]
            case b.KeyFacts():
                facts = [[[para(k)], [para(line) for line in v]] for k, v in block.rows]
                story.append(table(facts, 2))
            case b.Table():
                rows = [[[para(c.title)] for c in block.columns]]
                rows += [[[para(line) for line in cell] for cell in row] for row in block.rows]
                story.append(table(rows, len(block.columns)))
            case b.Quotation():
                story += [para(block.content), para(block.attribution)]
            case b.Tiles():
                story += [para(part) for t in block.tiles for part in (t.value, t.label)]
            case b.BarChart():
                story += [para((*bar.label, *bar.shown)) for bar in block.bars]
            case b.NoteList():
                story += [para(note.full) for note in block.notes]
        story.append(Spacer(1, 4))
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build(story)
    return out.getvalue()
