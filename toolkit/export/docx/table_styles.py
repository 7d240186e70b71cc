"""The table styles of the Word template."""

from __future__ import annotations

from typing import Any

from toolkit.export.docx.oxml import element
from toolkit.export.style import Style

TABLE, FACTS = "Briefpack Table", "Briefpack Facts"


def add_table_styles(document: Any, style: Style) -> None:
    """Add the styles of tables and of key facts to a template."""
    _table_style(document, style)
    _facts_style(document, style)


def _table(document: Any, name: str) -> Any:
    made = element("style", type="table", customStyle="1", styleId=name.replace(" ", ""))
    for tag, value in (("name", name), ("basedOn", "TableNormal"), ("uiPriority", "59")):
        made.append(element(tag, val=value))
    made.append(element("qFormat"))
    document.styles.element.append(made)
    return made


def _margins(properties: Any, top: int, side: int) -> None:
    margins = element("tblCellMar")
    for edge, width in (("top", top), ("left", side), ("bottom", top), ("right", side)):
        margins.append(element(edge, w=str(width), type="dxa"))
    properties.append(margins)


def _table_style(document: Any, style: Style) -> None:
    c = style.colours
    made = _table(document, TABLE)
    properties = element("tblPr")
    borders = element("tblBorders")
    for edge in ("top", "bottom", "insideH"):
        borders.append(element(edge, val="single", sz="4", space="0", color=c.rule))
    properties.append(borders)
    _margins(properties, 20, 90)
    made.append(properties)
    first = element("tblStylePr", type="firstRow")
    run = element("rPr")
    run.append(element("b"))
    run.append(element("color", val=c.paper))
    first.append(run)
    first.append(element("tblPr"))
    cell = element("tcPr")
    cell.append(element("shd", val="clear", color="auto", fill=c.accent))
    first.append(cell)
    made.append(first)


def _facts_style(document: Any, style: Style) -> None:
    made = _table(document, FACTS)
    properties = element("tblPr")
    _margins(properties, 20, 140)
    made.append(properties)
    cell = element("tcPr")
    cell.append(element("shd", val="clear", color="auto", fill=style.colours.panel))
    made.append(cell)
