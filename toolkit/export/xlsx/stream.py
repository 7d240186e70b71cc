"""Workbooks of any length: openpyxl makes all but the rows, which are written one after the other."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from toolkit.document.blocks import Sheet, SheetCell, SheetColumn, Workbook
from toolkit.errors import UnshowableTextError
from toolkit.export.package import Parts, entries_of, read_parts
from toolkit.export.style import Style
from toolkit.export.xlsx.save import save
from toolkit.export.xlsx.writer import (
    FIRST_DAY,
    HEADER_ROW,
    LINE,
    MOST_CHARACTERS,
    OVERDUE,
    OVERDUE_TEXT,
    TALLEST,
    Writer,
    lines_of,
)

MOST_ROWS: Final = 1_048_576 - HEADER_ROW
"""The rows of data that a sheet of Excel holds."""

Row = tuple[bool, Sequence[str | int | date | None]]
"""Whether a row is marked, and its values; a text is written as text, whatever it says."""

_EPOCH = date(1899, 12, 30).toordinal()
_STYLED = re.compile(r'<c r="[A-Z]+(\d+)" s="(\d+)"')
_DATA = re.compile(rf'<row r="{HEADER_ROW + 1}".*(?=</sheetData>)', re.DOTALL)
# Excel reads _x0041_ as the letter with that number.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "_x000D_"})
_SPECIAL = re.compile(r"[&<>\r]")
_QUOTED = ("=", "+", "-", "@", "'")
_BATCH = 500
_SAMPLES = 4
_LARGE = 500_000


@dataclass(frozen=True)
class LongSheet:
    """A sheet whose rows come when they are written; there are `count` of them."""

    title: str
    remark: str
    columns: tuple[SheetColumn, ...]
    count: int
    rows: Callable[[], Iterator[Row]]


def write_stream(
    target: BinaryIO, workbook: Workbook, sheets: Sequence[LongSheet], style: Style
) -> None:
    """Write a workbook with an overview and some long sheets into a file.

    Raises UnshowableTextError for a text that no cell holds.
    """
    writer = Writer(workbook, style)
    filled = [sheet for sheet in sheets if sheet.count]
    writer.overview(writer.book.active, workbook.overview, {sheet.title for sheet in filled})
    for number, sheet in enumerate(filled, 1):
        _skeleton(writer, sheet, number)
    writer.properties(workbook.meta)
    parts = read_parts(save(writer.book, workbook.meta.date))
    for number, sheet in enumerate(filled, 1):
        _stretch(parts, f"xl/tables/table{number}.xml", sheet)
    long = {f"xl/worksheets/sheet{number}.xml": s for number, s in enumerate(filled, 2)}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for info in entries_of(parts):
            name = info.filename
            if name not in long:
                archive.writestr(info, parts[name])
                continue
            large = long[name].count > _LARGE
            with archive.open(info, "w", force_zip64=large) as part:
                for piece in _part(parts[name].decode("utf-8"), long[name]):
                    part.write(piece.encode("utf-8"))


def _stretch(parts: Parts, name: str, content: LongSheet) -> None:
    """Let the table of a sheet reach to its last row."""
    last = get_column_letter(len(content.columns))
    short, full = (
        f'ref="A{HEADER_ROW}:{last}{HEADER_ROW + count}"' for count in (_SAMPLES, content.count)
    )
    parts[name] = parts[name].replace(short.encode(), full.encode())


def _skeleton(writer: Writer, content: LongSheet, number: int) -> None:
    """Make the sheet with four rows that show how cells look: plain, marked, and both quoted."""
    samples = tuple(
        tuple(SheetCell(_sample(column, quoted)) for column in content.columns)
        for quoted in (False, True)
        for _ in range(2)
    )
    sheet = writer.book.create_sheet(content.title)
    made = Sheet(f"register{number}", content.title, content.columns, samples, content.remark)
    writer.sheet(sheet, made, number, content.count)
    for row in (HEADER_ROW + 2, HEADER_ROW + 4):
        for cell in sheet[row]:
            cell.fill = PatternFill("solid", fgColor=OVERDUE)
            cell.font = Font(name=cell.font.name, size=cell.font.size, color=OVERDUE_TEXT)
    for row in range(HEADER_ROW + 1, HEADER_ROW + 1 + _SAMPLES):
        for cell, column in zip(sheet[row], content.columns, strict=True):
            if column.kind == "number":
                cell.number_format = "0"
        del sheet.row_dimensions[row]


def _sample(column: SheetColumn, quoted: bool) -> str | int | date:
    if column.kind == "date" and not quoted:
        return date(2000, 1, 1)
    if column.kind == "number" and not quoted:
        return 1
    return "=" if quoted else "text"


def _part(skeleton: str, content: LongSheet) -> Iterator[str]:
    """Yield a sheet's XML with all its rows in place of the samples."""
    found = _DATA.search(skeleton)
    assert found
    looks: dict[int, list[str]] = {}
    for row, look in _STYLED.findall(found[0]):
        looks.setdefault(int(row) - HEADER_ROW - 1, []).append(look)
    letters = [get_column_letter(n) for n in range(1, len(content.columns) + 1)]
    cells = _Cells(letters, looks, [0 if c.hidden else c.width for c in content.columns])
    last = f"{cells.letters[-1]}{HEADER_ROW + content.count}"
    yield re.sub(r'(<dimension ref="A1:)[^"]+', rf"\g<1>{last}", skeleton[: found.start()])
    batch: list[str] = []
    for number, (marked, values) in enumerate(content.rows(), HEADER_ROW + 1):
        batch.append(cells.row(number, values, marked))
        if len(batch) == _BATCH:
            yield "".join(batch)
            batch.clear()
    yield "".join(batch)
    yield skeleton[found.end() :]


class _Cells:
    """Rows as SpreadsheetML. A text looks as its column's samples do, also where it stands for a date."""

    def __init__(self, letters: list[str], looks: dict[int, list[str]], widths: list[int]) -> None:
        """`widths` are those of the columns in characters, 0 where a column is hidden."""
        self.letters = letters
        self._widths = widths
        self._plain = {marked: looks[int(marked)] for marked in (False, True)}
        self._text = {marked: looks[int(marked) + 2] for marked in (False, True)}

    def row(self, number: int, values: Sequence[str | int | date | None], marked: bool) -> str:
        out = [""]
        most = 1
        plain, text = self._plain[marked], self._text[marked]
        for letter, usual, quoted, value, width in zip(
            self.letters, plain, text, values, self._widths, strict=True
        ):
            if value is None or value == "":
                out.append(f'<c r="{letter}{number}" s="{usual}"/>')
            elif isinstance(value, str):
                # Only a text that is longer than its column's width, or has lines, needs more.
                if width and (len(value) * 2 > width or "\n" in value):
                    most = max(most, lines_of(value, width))
                look = quoted if value.startswith(_QUOTED) else usual
                out.append(
                    f'<c r="{letter}{number}" s="{look}" t="inlineStr"><is>'
                    f'<t xml:space="preserve">{_escaped(value)}</t></is></c>'
                )
            elif isinstance(value, int):
                out.append(f'<c r="{letter}{number}" s="{usual}"><v>{value}</v></c>')
            elif value < FIRST_DAY:
                out.append(
                    f'<c r="{letter}{number}" s="{quoted}" t="inlineStr"><is>'
                    f"<t>{value.isoformat()}</t></is></c>"
                )
            else:
                days = value.toordinal() - _EPOCH
                out.append(f'<c r="{letter}{number}" s="{usual}"><v>{days}</v></c>')
        out[0] = f'<row r="{number}" ht="{min(most * LINE + 4, TALLEST):g}" customHeight="1">'
        out.append("</row>")
        return "".join(out)


def _escaped(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise UnshowableTextError(
            f"a text is too long for a cell of a spreadsheet: {len(text):,} characters, where Excel "
            f"holds {MOST_CHARACTERS:,}",
            text,
        )
    if "_x" in text:
        text = _ESCAPE.sub("_x005F_", text)
    return text.translate(_SIGNS) if _SPECIAL.search(text) else text
