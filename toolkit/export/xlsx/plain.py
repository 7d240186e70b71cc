"""A bare workbook: the numbers behind a chart."""

from __future__ import annotations

from datetime import date
from typing import Any

from openpyxl import Workbook

from toolkit.export.xlsx.save import save


def plain_workbook(rows: list[tuple[str, Any]], day: date) -> bytes:
    """Return a workbook with one sheet of labels and numbers; `day` is its date."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet"
    for number, (label, value) in enumerate(rows, 1):
        cell = sheet.cell(number, 1)
        cell.value = label
        cell.data_type = "s"
        sheet.cell(number, 2, value)
    return save(book, day)
