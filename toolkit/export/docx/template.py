"""Makes the Word template of a house style: styles only, to be edited in Word afterwards.

`python -m toolkit.export.docx.template FOLDER` writes FOLDER/briefing.docx from FOLDER/style.toml.
"""

from __future__ import annotations

import io
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from fontTools.ttLib import TTFont

from toolkit.export.docx.oxml import element
from toolkit.export.docx.table_styles import FACTS, TABLE, add_table_styles
from toolkit.export.font_files import FaceName
from toolkit.export.package import (
    add_custom_properties,
    custom_properties,
    parsed,
    read_parts,
    serialised,
    write_parts,
)
from toolkit.export.style import TEMPLATE, Style, load_style

EAST_ASIAN = "Microsoft YaHei"
COMPLEX = "Arial"
STYLES = (
    "Normal",
    "Title",
    "Heading 1",
    "Heading 2",
    "Heading 3",
    "Kicker",
    "Reference Line",
    "Lead",
    "Remark",
    "Fields",
    "Closing",
    "Fact Label",
    "Fact",
    "Table Text",
    "Table Remark",
    "Table Header",
    "Figure Value",
    "Caption",
    "Quote",
    "Attribution",
    "List Bullet",
    "List Number",
    "Source",
    "toc 1",
    "TOC Heading",
    "Header",
    "Footer",
    "Handling Mark",
    "footnote text",
    "footnote reference",
    "Hyperlink",
    TABLE,
    FACTS,
)
"""The Word styles that the papers use; a template that is edited in Word must keep them."""


def make_template(style: Style) -> bytes:
    """Return a DOCX without text whose styles follow a house style."""
    document: Any = Document()
    document.natural_line = _natural_line(style)
    for name in list(document.styles):
        if name.type == WD_STYLE_TYPE.TABLE and name.name != "Normal Table":
            name.delete()
    _defaults(document, style)
    _paragraph_styles(document, style)
    _character_styles(document, style)
    add_table_styles(document, style)
    _settings(document)
    _drop_ballast(document)
    out = io.BytesIO()
    document.save(out)
    parts = read_parts(out.getvalue())
    add_custom_properties(parts, _palette(style))
    return write_parts(parts)


def restyled(style: Style) -> bytes:
    """Return the template of a style with the colours and the family of its style.toml.

    A template remembers the colours from which it was made. Where style.toml has others now, they
    take their places; what was changed in Word stays as it is.
    """
    parts = read_parts(style.template)
    old, new = custom_properties(parts), _palette(style)
    changed = {old[k]: v for k, v in new.items() if old.get(k, v) != v}
    if not changed:
        return style.template
    for name in ("word/styles.xml", "word/fontTable.xml"):
        root = parsed(parts[name])
        for node in root.iter():
            for key, value in node.attrib.items():
                if value in changed:
                    node.set(key, changed[str(value)])
        parts[name] = serialised(root)
    return write_parts(parts)


def _palette(style: Style) -> dict[str, str]:
    colours = {f"Style {k}": v.upper() for k, v in msgspec.structs.asdict(style.colours).items()}
    return {**colours, "Style family": style.fonts.family}


def _natural_line(style: Style) -> float:
    """Return the line height that the family asks for, by the size of its letters."""
    data = style.font_files.read(FaceName(style.fonts.family))
    font = TTFont(io.BytesIO(data), lazy=True)
    metrics: Any = font["OS/2"]
    if metrics.fsSelection & 128:
        total = metrics.sTypoAscender - metrics.sTypoDescender + metrics.sTypoLineGap
    else:
        total = metrics.usWinAscent + metrics.usWinDescent
    return float(total / font["head"].unitsPerEm)


def _defaults(document: Any, style: Style) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in list(properties):
        properties.remove(child)
    properties.append(_fonts(style.fonts.family))
    properties.append(element("sz", val="21"))
    properties.append(element("szCs", val="21"))
    properties.append(element("lang", val="en-GB", eastAsia="zh-CN", bidi="ar-SA"))


def _fonts(family: str) -> Any:
    return element("rFonts", ascii=family, hAnsi=family, eastAsia=EAST_ASIAN, cs=COMPLEX)


def _plain(style: Any) -> None:
    """Take away what the default template sets, theme fonts above all."""
    properties = style.element.find(qn("w:rPr"))
    if properties is not None:
        style.element.remove(properties)


def _set(
    document: Any,
    name: str,
    *,
    size: float,
    colour: str,
    bold: bool = False,
    italic: bool = False,
    before: float = 0,
    after: float = 0,
    line: float = 1.3,
    keep: bool = False,
    align: Any = None,
    base: str | None = "Normal",
) -> Any:
    styles = document.styles
    try:
        style = styles[name]
    except KeyError:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.quick_style = True
    if name != "Normal" and base:
        style.base_style = styles[base]
    _plain(style)
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    style.font.bold = bold
    style.font.italic = italic
    run = style.element.get_or_add_rPr()
    # Complex scripts, such as Arabic, have properties of their own, and know no italics.
    if bold:
        run.append(element("bCs"))
    run.append(element("szCs", val=str(int(size * 2))))
    _in_order(run)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.line_spacing_rule = WD_LINE_SPACING.MULTIPLE
    # Word multiplies the line height that the font asks for; ours is by the size of the letters.
    form.line_spacing = round(line / document.natural_line, 3)
    form.keep_with_next = keep
    form.widow_control = True
    if align is not None:
        form.alignment = align
    style.hidden = False
    return style


def _in_order(properties: Any) -> None:
    """Put run properties into the order of CT_RPr."""
    order = ("rFonts", "b", "bCs", "i", "iCs", "caps", "color", "sz", "szCs", "u", "vertAlign")
    place = {qn(f"w:{tag}"): number for number, tag in enumerate(order)}
    properties[:] = sorted(properties, key=lambda child: place[child.tag])


def _paragraph_styles(document: Any, style: Style) -> None:
    c = style.colours
    _set(document, "Normal", size=10.5, colour=c.text, after=6)
    for name, size, before, after in (
        ("Heading 1", 16, 20, 5),
        ("Heading 2", 12, 12, 3),
        ("Heading 3", 10.5, 9, 2),
    ):
        heading = _set(
            document,
            name,
            size=size,
            colour=c.accent,
            bold=True,
            before=before,
            after=after,
            keep=True,
        )
        heading.next_paragraph_style = document.styles["Normal"]
        heading.paragraph_format.keep_together = True
    title = _set(
        document, "Title", size=23, colour=c.accent, bold=True, before=0, after=10, line=1.15
    )
    title.font.all_caps = True
    _in_order(title.element.rPr)
    border = title.element.pPr.find(qn("w:pBdr"))
    if border is not None:
        title.element.pPr.remove(border)
    _set(document, "Kicker", size=10, colour=c.muted, bold=True, before=20, after=2)
    _set(document, "Reference Line", size=9.5, colour=c.muted, after=0)
    _set(document, "Lead", size=11.5, colour=c.text, before=10, after=8, line=1.36)
    _set(document, "Remark", size=9, colour=c.muted, after=6)
    _set(document, "Fields", size=9, colour=c.muted, after=4, keep=True)
    _set(document, "Closing", size=9, colour=c.muted, before=16)
    _set(document, "Fact Label", size=9.5, colour=c.accent, bold=True, before=3, after=3, line=1.24)
    _set(document, "Fact", size=10.5, colour=c.text, before=3, after=3, line=1.24)
    _set(document, "Table Text", size=9.5, colour=c.text, before=2, after=2, line=1.24)
    _set(document, "Table Remark", size=8.5, colour=c.muted, after=2, line=1.24)
    _set(
        document,
        "Table Header",
        size=9,
        colour=c.paper,
        bold=True,
        before=3,
        after=3,
        keep=True,
    )
    _set(
        document,
        "Figure Value",
        size=18,
        colour=c.accent,
        bold=True,
        before=5,
        after=0,
        keep=True,
    )
    _set(document, "Caption", size=9, colour=c.accent, bold=True, before=8, after=4, keep=True)
    quote = _set(
        document, "Quote", size=10.5, colour=c.text, italic=True, before=4, after=0, keep=True
    )
    _bar(quote, c.accent)
    said = _set(document, "Attribution", size=9, colour=c.muted, after=9)
    _bar(said, c.accent)
    for name in ("List Bullet", "List Number"):
        item = _set(document, name, size=10.5, colour=c.text, after=3)
        number = item.element.pPr.find(qn("w:numPr"))
        if number is not None:
            item.element.pPr.remove(number)
    _set(document, "Source", size=9, colour=c.text, after=3, line=1.24)
    for level, indent in ((1, 0), (2, 14)):
        entry = _set(document, f"toc {level}", size=9.5, colour=c.text, after=1, line=1.24)
        entry.paragraph_format.left_indent = Pt(indent)
    _set(
        document, "TOC Heading", size=9.5, colour=c.accent, bold=True, before=10, after=3, keep=True
    )
    for name in ("Header", "Footer"):
        edge = _set(document, name, size=8.5, colour=c.muted)
        stops = edge.element.pPr.find(qn("w:tabs"))
        if stops is not None:
            edge.element.pPr.remove(stops)
    _set(
        document,
        "Handling Mark",
        size=9,
        colour=c.accent,
        bold=True,
        align=WD_ALIGN_PARAGRAPH.CENTER,
    )
    note = _set(document, "footnote text", size=8.5, colour=c.text, after=1, line=1.24)
    note.paragraph_format.left_indent, note.paragraph_format.first_line_indent = Pt(14), Pt(-14)
    note.paragraph_format.tab_stops.add_tab_stop(Pt(14))


def _bar(style: Any, colour: str) -> None:
    borders = element("pBdr")
    borders.append(element("left", val="single", sz="14", space="9", color=colour))
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc"
    )
    style.paragraph_format.left_indent = Pt(12)


def _character_styles(document: Any, style: Style) -> None:
    styles = document.styles
    mark = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    mark.font.superscript = True
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb = RGBColor.from_string(style.colours.accent)
    link.font.underline = True


def _settings(document: Any) -> None:
    settings = document.settings.element
    for child in list(settings):
        if child.tag in (qn("w:themeFontLang"), qn("w:rsids"), qn("w:proofState"), qn("w:zoom")):
            settings.remove(child)
    compat = settings.find(qn("w:compat"))
    if compat is not None:
        for child in list(compat):
            if child.tag != qn("w:compatSetting"):
                compat.remove(child)
            elif child.get(qn("w:name")) == "compatibilityMode":
                child.set(qn("w:val"), "15")


def _drop_ballast(document: Any) -> None:
    for part in (document.part, document.part.package):
        for key, relation in list(part.rels.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail", "/customXml")):
                part.rels.pop(key)
    core = document.core_properties
    core.author = core.comments = core.title = core.last_modified_by = ""
    core.created = core.modified = datetime(2000, 1, 1)
    core.revision = 1


def main(folder: str) -> None:
    """Write the template of a style folder."""
    target = Path(folder) / TEMPLATE
    target.touch()
    target.write_bytes(make_template(load_style(folder)))


if __name__ == "__main__":
    main(sys.argv[1])
