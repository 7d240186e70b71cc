"""Sheets to SpreadsheetML, on top of openpyxl."""

from __future__ import annotations

import math
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook as Book
from openpyxl.formatting import rule as rules
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo

from toolkit.document.blocks import Meta, Overview, Sheet, SheetCell, SheetColumn, Workbook
from toolkit.document.language import Language
from toolkit.errors import UnshowableTextError
from toolkit.export.package import Parts, add_custom_properties, add_record
from toolkit.export.registry import Attachment
from toolkit.export.style import Style
from toolkit.export.xlsx.formats import date_format, number_format
from toolkit.export.xlsx.save import save

HEADER_ROW = 4
# Before it, Excel counts days of its own or none at all.
FIRST_DAY = date(1900, 3, 1)
MOST_CHARACTERS = 32_767
_MOST_DIGITS = 15
LINE = 13.5
TALLEST = 405.0
_LISTS = "Lists"
_FONT = "Calibri"
OVERDUE, OVERDUE_TEXT = "FBE9E7", "9C1C12"
_PAPER = {"A4": 9, "Letter": 1}
_DOUBLE_PAPER = {"A4": 8, "Letter": 3}
_WIDE_FROM, _WIDEST = 190, 330


def write(workbook: Workbook, style: Style, record: Attachment | None) -> bytes:
    """Return an XLSX file."""
    return Writer(workbook, style).run(record)


class Writer:
    """The sheets of one workbook, in the colours of a house style."""

    def __init__(self, workbook: Workbook, style: Style) -> None:
        self.composed = workbook
        self.style = style
        self.book = Book()
        self.lists: dict[tuple[str, ...], str] = {}
        colours = style.colours
        self.text = Font(name=_FONT, size=10, color=colours.text)
        self.muted = Font(name=_FONT, size=10, color=colours.muted)
        self.strong = Font(name=_FONT, size=10, bold=True, color=colours.accent)
        self.title = Font(name=_FONT, size=16, bold=True, color=colours.accent)
        self.head = Font(name=_FONT, size=10, bold=True, color=colours.paper)
        self.link = Font(name=_FONT, size=10, underline="single", color=colours.accent)
        self.dark = PatternFill("solid", fgColor=colours.accent)
        self.panel = PatternFill("solid", fgColor=colours.panel)
        self.rule = Border(bottom=Side("thin", color=colours.rule))
        self.dates = date_format(workbook.meta.language)

    def run(self, record: Attachment | None) -> bytes:
        """Return the file with all sheets and the record."""
        first = self.book.active
        filled = [sheet for sheet in self.composed.sheets if sheet.rows]
        self.overview(first, self.composed.overview, {sheet.title for sheet in filled})
        for number, sheet in enumerate(filled, 1):
            self.sheet(self.book.create_sheet(sheet.title), sheet, number, len(sheet.rows))
        self._lists()
        meta = self.composed.meta
        self.properties(meta)

        def change(parts: Parts) -> None:
            add_custom_properties(
                parts,
                {
                    "Record": meta.record_id,
                    "Record version": meta.record_version,
                    "Handling": meta.mark,
                },
            )
            if record:
                add_record(parts, "xl/workbook.xml", record)

        return save(self.book, meta.date, change)

    def properties(self, meta: Meta) -> None:
        """Say what the file is."""
        p = self.book.properties
        p.title, p.subject = meta.title[:255], meta.subject[:255]
        p.creator = p.lastModifiedBy = meta.author[:255] or "briefpack"
        p.language, p.version = meta.language[:255], meta.record_version[:255]
        p.identifier = meta.record_id[:255]
        p.keywords = ", ".join(meta.keywords)[:255]

    # Cells

    def _put(self, cell: Any, value: SheetCell, *, font: Font | None = None) -> None:
        """Write a value as what it is; a text is never taken for a formula."""
        content = value.value
        cell.font = font or self.text
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if content is None:
            return
        if isinstance(content, date) and content < FIRST_DAY:
            self._put_text(cell, Language(self.composed.meta.language).day(content))
        elif isinstance(content, date):
            cell.value = content
            cell.number_format = self.dates
            cell.alignment = Alignment(vertical="top", horizontal="left")
        elif isinstance(content, Decimal | int) and _digits(content) <= _MOST_DIGITS:
            cell.value = content
            cell.number_format = number_format(content)
            cell.alignment = Alignment(vertical="top", horizontal="right", indent=1)
        else:
            self._put_text(cell, str(content))
        if value.link:
            self._link(cell, value.link)

    def _put_text(self, cell: Any, text: str) -> None:
        if len(text) > MOST_CHARACTERS:
            raise UnshowableTextError(
                f"is too long for a cell of a spreadsheet: {len(text):,} characters, where Excel holds {MOST_CHARACTERS:,}",
                text,
            )
        cell.value = text
        cell.data_type = "s"
        if text[:1] in "=+-@'":
            cell.quotePrefix = True

    def _link(self, cell: Any, target: str) -> None:
        if target.startswith("#"):
            if target[1:] not in self.linkable:
                return
            place = f"{quote_sheetname(target[1:])}!A1"
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place)
        else:
            cell.hyperlink = target
        cell.font = self.link

    # Sheets

    def overview(self, sheet: Any, overview: Overview, linkable: set[str]) -> None:
        """Fill the first sheet; `linkable` are the titles of the others."""
        self.linkable = linkable
        sheet.title = overview.title
        self._view(sheet)
        sheet.column_dimensions["A"].width = 26
        sheet.column_dimensions["B"].width = 86
        self._put(sheet["A1"], SheetCell(overview.heading), font=self.title)
        sheet["A1"].alignment = Alignment(vertical="center", wrap_text=True)
        sheet.merge_cells("A1:B1")
        sheet.row_dimensions[1].height = 26 * lines_of(overview.heading, 62)
        self._put(sheet["A2"], SheetCell(self.composed.mark_line), font=self.strong)
        row = 4
        for label, value in overview.facts:
            self._put(sheet.cell(row, 1), SheetCell(label), font=self.strong)
            self._put(sheet.cell(row, 2), value)
            for column in (1, 2):
                sheet.cell(row, column).fill = self.panel
                sheet.cell(row, column).border = self.rule
            lines = max(lines_of(label, 26), lines_of(_shown(value), 86))
            sheet.row_dimensions[row].height = min(LINE * lines + 5, TALLEST)
            row += 1
        row += 1
        for line in overview.how_to:
            self._put(sheet.cell(row, 1), SheetCell(line), font=self.muted)
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
            row += 1
        self._print(sheet, landscape=False)
        sheet.print_area = f"A1:B{row}"

    def sheet(self, sheet: Any, content: Sheet, number: int, count: int) -> None:
        """Fill a sheet that in the end has `count` rows."""
        self._view(sheet)
        last = get_column_letter(len(content.columns))
        first = next(i for i, c in enumerate(content.columns, 1) if not c.hidden)
        self._put(sheet.cell(1, first), SheetCell(content.title), font=self.title)
        sheet.cell(1, first).alignment = Alignment(vertical="center")
        sheet.row_dimensions[1].height = 24
        head = " · ".join(part for part in (self.composed.mark_line, content.remark) if part)
        self._put(sheet.cell(2, first), SheetCell(head), font=self.muted)
        sheet.cell(2, first).alignment = Alignment(vertical="center")
        for index, column in enumerate(content.columns, 1):
            self._column(sheet, index, column, count)
        widths = [column.width for column in content.columns]
        for offset, row in enumerate(content.rows, 1):
            line = HEADER_ROW + offset
            height = 1
            for index, (value, column) in enumerate(zip(row, content.columns, strict=True), 1):
                cell = sheet.cell(line, index)
                self._put(cell, value)
                cell.border = self.rule
                if not column.hidden:
                    height = max(height, lines_of(_shown(value), widths[index - 1]))
            sheet.row_dimensions[line].height = min(height * LINE + 4, TALLEST)
        bottom = HEADER_ROW + count
        # openpyxl makes every cell of a table, so that a long one is stretched when it is there.
        here = HEADER_ROW + len(content.rows)
        table = Table(displayName=f"Table{number}_{content.key}", ref=f"A{HEADER_ROW}:{last}{here}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        sheet.add_table(table)
        sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, first + 1)
        self._overdue(sheet, content, bottom)
        shown = sum(column.width for column in content.columns if not column.hidden)
        self._print(sheet, landscape=True, width=shown)
        sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
        if sheet.page_setup.fitToWidth > 1:
            # On every page, the columns up to the title say which row it is.
            sheet.print_title_cols = f"A:{get_column_letter(_naming(content.columns))}"
        sheet.print_area = f"A1:{last}{bottom}"

    def _column(self, sheet: Any, index: int, column: SheetColumn, rows: int) -> None:
        letter = get_column_letter(index)
        cell = sheet.cell(HEADER_ROW, index)
        self._put(cell, SheetCell(column.title), font=self.head)
        cell.fill = self.dark
        side, indent = ("right", 1) if column.kind == "number" else (None, 0)
        cell.alignment = Alignment(
            vertical="center", wrap_text=True, horizontal=side, indent=indent
        )
        sheet.row_dimensions[HEADER_ROW].height = 32
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].hidden = column.hidden
        if column.choices:
            rule = DataValidation(
                type="list", formula1=self._list_name(column.choices), allow_blank=True
            )
            rule.showErrorMessage = True
            rule.errorStyle = "warning"
            rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{HEADER_ROW + rows}")
            sheet.add_data_validation(rule)

    def _list_name(self, choices: tuple[str, ...]) -> str:
        return self.lists.setdefault(choices, f"List_{len(self.lists) + 1}")

    def _lists(self) -> None:
        """Write the words of the drop-down lists on a sheet that is not shown."""
        if not self.lists:
            return
        sheet = self.book.create_sheet(_LISTS)
        sheet.sheet_state = "hidden"
        for index, (choices, name) in enumerate(self.lists.items(), 1):
            for row, word in enumerate(choices, 1):
                self._put(sheet.cell(row, index), SheetCell(word))
            letter = get_column_letter(index)
            place = f"{_LISTS}!${letter}$1:${letter}${len(choices)}"
            self.book.defined_names[name] = DefinedName(name, attr_text=place)

    def _overdue(self, sheet: Any, content: Sheet, bottom: int) -> None:
        """Mark rows past their last day whose status is still open."""
        keys = [column.key for column in content.columns]
        if (
            content.overdue is None
            or content.overdue.due not in keys
            or content.overdue.status not in keys
        ):
            return
        top = HEADER_ROW + 1
        due = get_column_letter(keys.index(content.overdue.due) + 1)
        status = get_column_letter(keys.index(content.overdue.status) + 1)
        words = ",".join(f'${status}{top}="{word}"' for word in content.overdue.open_values)
        formula = f"AND(ISNUMBER(${due}{top}),${due}{top}<TODAY(),OR({words}))"
        last = get_column_letter(len(keys))
        make_rule: Any = rules.FormulaRule
        fill = PatternFill("solid", bgColor=OVERDUE, fgColor=OVERDUE)
        rule = make_rule(formula=[formula], fill=fill, font=Font(color=OVERDUE_TEXT))
        sheet.conditional_formatting.add(f"A{top}:{last}{bottom}", rule)

    def _view(self, sheet: Any) -> None:
        sheet.sheet_view.showGridLines = False
        sheet.sheet_view.rightToLeft = self.composed.meta.rtl

    def _print(self, sheet: Any, *, landscape: bool, width: int = 0) -> None:
        """Set up printing; `width` is that of all columns, in characters."""
        setup = sheet.page_setup
        setup.orientation = "landscape" if landscape else "portrait"
        # A sheet of many columns goes on A3 (or Tabloid), so that it can be read.
        setup.paperSize = (_DOUBLE_PAPER if width > _WIDE_FROM else _PAPER)[self.style.paper.size]
        # What is wider still goes on several pages side by side.
        setup.fitToWidth, setup.fitToHeight = max(1, math.ceil(width / _WIDEST)), 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.page_margins.top = sheet.page_margins.bottom = 0.75
        mark = self.composed.mark_line.replace("&", "&&")[:200]
        words = self.composed.words
        # A digit after a code of Excel's would be read as a part of it.
        safe = (f" {mark}" if mark[:1].isdigit() else mark) or None
        sheet.oddHeader.center.text = safe
        sheet.oddFooter.center.text = safe
        sheet.oddFooter.right.text = f"{words.page} &P {words.page_of} &N"
        sheet.oddFooter.left.text = self.composed.meta.record_id.replace("&", "&&")


def _naming(columns: tuple[SheetColumn, ...]) -> int:
    """Return up to which column, from 1, a row is named."""
    keys = [column.key for column in columns]
    return 1 + next((keys.index(key) for key in ("title", "text", "label") if key in keys), 0)


def _digits(value: int | Decimal) -> int:
    return len(Decimal(value).normalize().as_tuple().digits)


def _shown(value: SheetCell) -> str:
    return "" if value.value is None else str(value.value)


def lines_of(text: str, width: int) -> int:
    """Return how many lines a text takes in a column of a width in characters."""
    total = 0
    for line in text.split("\n"):
        wide = len(line)
        if not line.isascii():
            wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        total += max(1, math.ceil(wide * 1.08 / max(width - 1, 1)))
    return total
