"""Blocks to WordprocessingML, on top of python-docx and a template of styles."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

import docx
from docx.enum.section import WD_SECTION
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn
from docx.shared import Mm

from toolkit.document import blocks as b
from toolkit.document.language import script_of
from toolkit.errors import BriefpackError
from toolkit.export.docx import template
from toolkit.export.docx.chart import add_chart
from toolkit.export.docx.embed import embed_fonts
from toolkit.export.docx.notes import Footnotes
from toolkit.export.docx.oxml import (
    element,
    field_parts,
    simple_field,
    tab_run,
    text_run,
    word_language,
)
from toolkit.export.docx.tables import Tables
from toolkit.export.package import add_custom_properties, add_record, read_parts, write_parts
from toolkit.export.registry import Attachment
from toolkit.export.style import TEMPLATE, Style

_PAPER = {"A4": (210, 297), "Letter": (215.9, 279.4)}
_ROLES = {
    "body": "Normal",
    "lead": "Lead",
    "fields": "Fields",
    "remark": "Remark",
    "closing": "Closing",
}
_CONTENTS_FROM = 4
_OWN_SCRIPTS = {"Latn", "Cyrl", "Grek"}


def write(document: b.Document, style: Style, record: Attachment | None) -> bytes:
    """Return a DOCX file."""
    return _Writer(document, style).run(record)


class _Writer:
    def __init__(self, document: b.Document, style: Style) -> None:
        self.composed = document
        self.style = style
        self.docx = self._template()
        self.body = self.docx.element.body
        self.end = self.body.find(qn("w:sectPr"))
        self.styles = {s.name: s.style_id for s in self.docx.styles}
        self.rtl = document.meta.rtl
        self.notes = Footnotes(self.docx, document.notes, self.rtl)
        self.bookmarks = 0
        self.figures = 0
        self.anchors: dict[str, str] = {}
        self.numbering = self._numbering()
        paper = _PAPER[style.paper.size]
        self.width_mm = paper[0] - style.paper.left - style.paper.right
        self.tables = Tables(self._paragraph, self.end, self.width_mm, self.rtl)

    def _template(self) -> Any:
        path = self.style.folder / TEMPLATE
        try:
            opened = docx.Document(io.BytesIO(template.restyled(self.style)))
            names = {s.name for s in opened.styles}
            opened.core_properties.title = ""
            _ = opened.settings.element, opened.part.numbering_part.element
        except Exception:  # what the check of templates knows nothing of
            message = f"{path} cannot be used as a Word document; open and save it in Word"
            raise BriefpackError(message) from None
        lacking = [name for name in template.STYLES if name not in names]
        if lacking:
            raise BriefpackError(f'{path} lacks the Word style "{lacking[0]}"; add it again')
        return opened

    def run(self, record: Attachment | None) -> bytes:
        composed = self.composed
        self._section()
        self._language()
        self._masthead(composed.masthead)
        headings = [
            block for block in composed.blocks if isinstance(block, b.Heading) and block.level == 1
        ]
        for index, block in enumerate(composed.blocks):
            if composed.contents and len(headings) >= _CONTENTS_FROM and block is headings[0]:
                self._contents(headings)
            following = composed.blocks[index + 1] if index + 1 < len(composed.blocks) else None
            self._block(block, following)
        self.notes.attach()
        self._properties()
        out = io.BytesIO()
        self.docx.save(out)
        parts = read_parts(out.getvalue())
        meta = composed.meta
        add_custom_properties(
            parts,
            {
                "Record": meta.record_id,
                "Record version": meta.record_version,
                "Handling": meta.mark,
            },
        )
        if record:
            add_record(parts, "word/document.xml", record)
        embed_fonts(parts, self.style.fonts.family, self.style.font_files)
        return write_parts(parts)

    # Pieces

    def _paragraph(self, style: str, content: b.Inline = (), *, parent: Any = None) -> Any:
        made = element("p")
        form = element("pPr")
        form.append(element("pStyle", val=self.styles[style]))
        if self.rtl:
            form.append(element("bidi"))
        made.append(form)
        for item in self._inline(content):
            made.append(item)
        if parent is None:
            self.end.addprevious(made)
        else:
            parent.append(made)
        return made

    def _inline(self, content: b.Inline, part: Any = None) -> Iterable[Any]:
        noted = False
        for run in content:
            if run.note is not None:
                if noted:
                    yield text_run(b.Run(",", "zxx"), self.styles["footnote reference"])
                yield from self.notes.cite(run.note)
                noted = True
                continue
            noted = False
            if run.link:
                yield self._hyperlink(run, part)
            elif run.text:
                yield text_run(run)

    def _hyperlink(self, run: b.Run, part: Any) -> Any:
        assert run.link
        made = element("hyperlink")
        if run.link.startswith("#"):
            made.set(qn("w:anchor"), self._anchor(run.link[1:]))
        else:
            owner = part or self.docx.part
            made.set(qn("r:id"), owner.relate_to(run.link, RT.HYPERLINK, is_external=True))
        made.append(text_run(run, self.styles["Hyperlink"]))
        return made

    def _anchor(self, anchor: str) -> str:
        """Return the bookmark name of an anchor; Word allows forty letters, digits and _."""
        return self.anchors.setdefault(anchor, f"_Place{len(self.anchors) + 1}")

    def _bookmark(self, paragraph: Any, name: str) -> None:
        self.bookmarks += 1
        start = element("bookmarkStart", id=str(self.bookmarks), name=name)
        paragraph.insert(1, start)
        paragraph.append(element("bookmarkEnd", id=str(self.bookmarks)))

    # The paper

    def _section(self) -> None:
        section = self.docx.sections[0]
        section.start_type = WD_SECTION.NEW_PAGE
        paper = self.style.paper
        width, height = _PAPER[paper.size]
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.top_margin, section.bottom_margin = Mm(paper.top + 4), Mm(paper.bottom + 4)
        section.left_margin, section.right_margin = Mm(paper.left), Mm(paper.right)
        section.header_distance = section.footer_distance = Mm(11)
        section.different_first_page_header_footer = True
        if self.rtl:
            # In the order of CT_SectPr, after the title page and before the grid of lines.
            self.end.find(qn("w:titlePg")).addnext(element("bidi"))
        for header, first in ((section.first_page_header, True), (section.header, False)):
            header.is_linked_to_previous = False
            self._fill(header, [("Handling Mark", self.composed.mark_line)])
            if not first:
                self._paragraph("Header", self.composed.running_title, parent=header._element)
        for footer in (section.first_page_footer, section.footer):
            footer.is_linked_to_previous = False
            self._footer(footer)

    def _fill(self, container: Any, lines: list[tuple[str, b.Inline]]) -> None:
        for old in list(container._element):
            container._element.remove(old)
        for style, content in lines:
            self._paragraph(style, content, parent=container._element)

    def _footer(self, footer: Any) -> None:
        composed, words = self.composed, self.composed.words
        self._fill(footer, [("Footer", composed.masthead.reference)])
        made = footer._element[0]
        tabs = element("tabs")
        for position, kind in ((0.5, "center"), (1.0, "right")):
            tabs.append(
                element("tab", val=kind, pos=str(int(self.width_mm * position / 25.4 * 1440)))
            )
        made.find(qn("w:pPr")).insert_element_before(tabs, "w:bidi", "w:jc")
        made.append(tab_run())
        for run in composed.mark_line:
            made.append(text_run(b.Run(run.text, run.language, bold=True)))
        made.append(tab_run())
        language = composed.meta.language
        made.append(text_run(b.Run(f"{words.page} ", language)))
        made.append(simple_field("PAGE", text_run(b.Run("1", "zxx"))))
        made.append(text_run(b.Run(f" {words.page_of} ", language)))
        made.append(simple_field("NUMPAGES", text_run(b.Run("1", "zxx"))))

    def _language(self) -> None:
        """Make the document's language that of all runs that name no other."""
        defaults = self.docx.styles.element.find(qn("w:docDefaults"))
        if script_of(self.composed.meta.language) not in _OWN_SCRIPTS:
            # The lines are set for the family's letters; those of other fonts are higher.
            for spacing in self.docx.styles.element.iter(qn("w:spacing")):
                if spacing.get(qn("w:lineRule")) == "auto":
                    spacing.set(qn("w:line"), str(max(240, int(spacing.get(qn("w:line"))))))
        for border in self.docx.styles.element.iter(qn("w:pBdr")) if self.rtl else ():
            # The bar beside a quotation stands where its lines begin.
            for side in border.findall(qn("w:left")):
                side.tag = qn("w:right")
        language = next(defaults.iter(qn("w:lang")))
        key = "w:bidi" if self.rtl else "w:val"
        language.set(qn(key), word_language(self.composed.meta.language))

    def _properties(self) -> None:
        meta, core = self.composed.meta, self.docx.core_properties
        core.title, core.subject = meta.title[:255], meta.subject[:255]
        core.author = core.last_modified_by = meta.author[:255]
        core.keywords = ", ".join(meta.keywords)[:255]
        core.language, core.version = meta.language[:255], meta.record_version[:255]
        core.identifier = meta.record_id[:255]
        core.created = core.modified = datetime.combine(meta.date, time())

    def _emblem(self) -> None:
        """Put the style's emblem at the top of the first page."""
        emblem, picture = self.style.emblem, self.style.picture
        if emblem is None or picture is None:
            return
        holder = self.docx.add_paragraph(style="Reference Line")
        drawn = holder.add_run().add_picture(io.BytesIO(picture.png), height=Mm(emblem.height))
        drawn._inline.docPr.set("descr", emblem.alt)
        drawn._inline.docPr.set("name", "Emblem")
        for side in ("distT", "distB", "distL", "distR"):
            drawn._inline.set(side, "0")
        form = holder._p.get_or_add_pPr()
        if self.rtl:
            form.append(element("bidi"))
        _uncut(form)

    def _masthead(self, head: b.Masthead) -> None:
        self._emblem()
        if head.reference or head.copy:
            line = self._paragraph("Reference Line", head.reference)
            if head.copy:
                tabs = element("tabs")
                tabs.append(element("tab", val="right", pos=str(int(self.width_mm / 25.4 * 1440))))
                line.find(qn("w:pPr")).insert_element_before(tabs, "w:bidi", "w:jc")
                line.append(tab_run())
                for item in self._inline(head.copy):
                    line.append(item)
        for content in (head.date, head.department):
            if content:
                self._paragraph("Reference Line", content)
        if head.kicker:
            self._paragraph("Kicker", head.kicker)
        self._paragraph("Title", head.title)
        if head.subtitle:
            self._paragraph("Lead", head.subtitle)

    def _contents(self, headings: list[b.Heading]) -> None:
        """Write a table of contents whose entries are there at once; Word can update it."""
        language = self.composed.meta.language
        self._paragraph("TOC Heading", (b.Run(self.composed.words.contents, language),))
        opening, closing = field_parts(' TOC \\o "1-1" \\n \\h \\z \\u ')
        last: Any = None
        for index, heading in enumerate(headings):
            entry = self._paragraph("toc 1")
            if index == 0:
                for run in opening:
                    entry.append(run)
            link = element("hyperlink", anchor=self._toc_name(heading), history="1")
            for run in heading.content:
                link.append(text_run(run))
            entry.append(link)
            last = entry
        last.append(closing)

    def _toc_name(self, heading: b.Heading) -> str:
        return self._anchor(f"toc:{heading.anchor}").replace("_Place", "_Toc")

    # Blocks

    def _block(self, block: b.Block, following: b.Block | None) -> None:
        match block:
            case b.Heading():
                made = self._paragraph(f"Heading {min(block.level, 3)}", block.content)
                if block.anchor:
                    self._bookmark(made, self._anchor(block.anchor))
                    if block.level == 1 and self.composed.contents:
                        self._bookmark(made, self._toc_name(block))
            case b.Paragraph():
                self._paragraph(_ROLES[block.role], block.content)
            case b.BulletList():
                self._list(block)
            case b.KeyFacts():
                self.tables.key_facts(block)
            case b.Table():
                self.tables.table(block)
                if isinstance(following, b.Table):
                    self._paragraph("Table Text")
            case b.Quotation():
                self._paragraph("Quote", block.content)
                self._paragraph("Attribution", block.attribution)
            case b.Tiles():
                self.tables.tiles(block)
            case b.BarChart():
                self._chart(block)
            case b.NoteList():
                self._sources(block)

    def _list(self, block: b.BulletList) -> None:
        number = self._new_list(block.numbered)
        style = "List Number" if block.numbered else "List Bullet"
        for item in block.items:
            made = self._paragraph(style, item)
            listed = element("numPr")
            listed.append(element("ilvl", val="0"))
            listed.append(element("numId", val=str(number)))
            made.find(qn("w:pPr")).insert(1, listed)

    def _numbering(self) -> Any:
        """Replace the template's lists by two: bullets in the body font, and decimal numbers."""
        root = self.docx.part.numbering_part.element
        for child in list(root):
            root.remove(child)
        for identity, form, text in ((1, "bullet", "•"), (2, "decimal", "%1.")):
            abstract = element("abstractNum", abstractNumId=str(identity))
            abstract.append(element("multiLevelType", val="singleLevel"))
            level = element("lvl", ilvl="0")
            for tag, value in (
                ("start", "1"),
                ("numFmt", form),
                ("lvlText", text),
                ("lvlJc", "left"),
            ):
                level.append(element(tag, val=value))
            properties = element("pPr")
            properties.append(element("ind", left="340", hanging="340"))
            level.append(properties)
            look = element("rPr")
            look.append(element("color", val=self.style.colours.accent))
            level.append(look)
            abstract.append(level)
            root.append(abstract)
        return root

    def _new_list(self, numbered: bool) -> int:
        count = len(self.numbering.findall(qn("w:num"))) + 1
        made = element("num", numId=str(count))
        made.append(element("abstractNumId", val="2" if numbered else "1"))
        if numbered:
            override = element("lvlOverride", ilvl="0")
            override.append(element("startOverride", val="1"))
            made.append(override)
        self.numbering.append(made)
        return count

    def _chart(self, block: b.BarChart) -> None:
        self.figures += 1
        language = self.composed.meta.language
        caption = self._paragraph("Caption", (b.Run(f"{self.composed.words.figure} ", language),))
        caption.append(
            simple_field("SEQ Figure \\* ARABIC", text_run(b.Run(str(self.figures), "zxx")))
        )
        caption.append(text_run(b.Run(" – ", language)))
        for item in self._inline(block.caption):
            caption.append(item)
        holder = self._paragraph("Normal")
        _uncut(holder.find(qn("w:pPr")))
        day = self.composed.meta.date
        holder.append(add_chart(self.docx, block, self.figures, self.width_mm, self.style, day))

    def _sources(self, block: b.NoteList) -> None:
        for note in block.notes:
            language = self.composed.meta.language
            made = self._paragraph(
                "Source", (b.Run(f"{note.number}\t", language, bold=True), *note.full)
            )
            form = made.find(qn("w:pPr"))
            form.append(element("ind", left="340", hanging="340"))
            self._bookmark(made, self._anchor(note.anchor))


def _uncut(form: Any) -> None:
    """Give a picture's paragraph a whole line's height; a lower one would cut the picture."""
    form.append(element("spacing", line="240", lineRule="auto"))
