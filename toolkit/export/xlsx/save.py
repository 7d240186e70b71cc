"""Saving a workbook so that it is valid, and the same every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from lxml import etree
from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from toolkit.export.package import Parts, read_parts, write_parts

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# The order of CT_Font in the schema; openpyxl writes another one.
_FONT = (
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
)


def save(book: Workbook, day: date, change: Callable[[Parts], None] | None = None) -> bytes:
    """Return a workbook as bytes; `day` is its date. `change` may add parts to the package before it is closed."""
    book.properties.created = book.properties.modified = datetime.combine(day, time())
    out = io.BytesIO()
    # Workbook.save would set the time of modification to now.
    with zipfile.ZipFile(out, "w") as archive:
        ExcelWriter(book, archive).write_data()
    parts = read_parts(out.getvalue())
    parts["xl/styles.xml"] = _with_fonts_in_order(parts["xl/styles.xml"])
    if change:
        change(parts)
    return write_parts(parts)


def _with_fonts_in_order(styles: bytes) -> bytes:
    root = etree.fromstring(styles)
    place = {f"{{{_MAIN}}}{tag}": index for index, tag in enumerate(_FONT)}
    for font in root.iter(f"{{{_MAIN}}}font"):
        children: Any = sorted(font, key=lambda child: place[child.tag])
        font[:] = children
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
