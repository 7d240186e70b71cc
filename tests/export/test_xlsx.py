"""The agreements as a workbook, read back with openpyxl."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import toolkit
from tests.conftest import Packs
from tests.making import FIRST, RECORDS, large_record, record, written
from toolkit.export.xlsx.formats import date_format


def opened(packs: Packs, name: str) -> Any:
    return openpyxl.load_workbook(packs.file(name, "agreements"))


def table_of(sheet: Any) -> tuple[list[str], list[list[Any]]]:
    """The header and the rows of a sheet's table, as cells."""
    (table,) = sheet.tables.values()
    header, *rows = sheet[table.ref]
    return [cell.value for cell in header], [list(row) for row in rows]


def column(sheet: Any, title: str) -> list[Any]:
    header, rows = table_of(sheet)
    return [row[header.index(title)] for row in rows]


def test_the_sheets_of_the_first_record(packs: Packs) -> None:
    book = opened(packs, "first")
    shown = [s.title for s in book if s.sheet_state == "visible"]
    assert shown == ["Overview", "Agreements", "Commitments", "Figures"]
    assert book["Overview"]["A1"].value == "Meeting of the Presidents of Kazakhstan and China"


def test_every_agreement_is_a_row_with_its_columns(packs: Packs) -> None:
    sheet = opened(packs, "first")["Agreements"]
    titles = [cell.value for cell in column(sheet, "Title")]
    assert len(titles) == 5
    assert "Tǎchéng" in titles[2]
    assert {c.value for c in column(sheet, "Parties")} == {"Kazakhstan, China"}
    assert {c.value for c in column(sheet, "Status")} == {"Signed"}
    assert "list is not complete" in sheet["B2"].value


def test_dates_and_numbers_are_real(packs: Packs) -> None:
    sheet = opened(packs, "official-visit")["Accords"]
    signed = [cell.value for cell in column(sheet, "Signé le")]
    assert signed == [
        datetime(2024, 5, 14), "vers 2025", datetime(2024, 5, 14), datetime(2024, 5, 15),
    ]  # fmt: skip
    assert all(c.is_date for c in column(sheet, "Signé le") if isinstance(c.value, datetime))
    figures = opened(packs, "first")["Figures"]
    assert [c.value for c in column(figures, "Value")] == [52, 21000000000]


def test_a_number_with_more_digits_than_excel_keeps_is_a_text(packs: Packs) -> None:
    values = [c.value for c in column(opened(packs, "text-is-data")["Figures"], "Value")]
    assert values[0] == "12345678901234567890.123456789"
    assert values[1] == pytest.approx(1.234e-15)


def test_filters_frozen_headers_lists_and_print_setup(packs: Packs) -> None:
    book = opened(packs, "official-visit")
    sheet = book["Accords"]
    (table,) = sheet.tables.values()
    assert table.autoFilter.ref == table.ref
    header_row = int(table.ref.split(":")[0].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    assert sheet.freeze_panes == f"C{header_row + 1}"
    assert sheet.print_title_rows == f"${header_row}:${header_row}"
    # Its columns are too many to be read on one page.
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (2, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    status = column(sheet, "État")[0].coordinate
    rules = [v for v in sheet.data_validations.dataValidation if status in v.sqref]
    assert len(rules) == 1
    words = book.defined_names[rules[0].formula1].attr_text
    listed = [cell.value for (cell,) in book["Lists"][words.split("!")[1].replace("$", "")]]
    assert "En vigueur" in listed
    assert "Signé" in listed
    assert book["Lists"].sheet_state == "hidden"


def test_the_hidden_column_identifies_each_row(packs: Packs) -> None:
    for name in RECORDS:
        book = opened(packs, name)
        meeting = toolkit.load(RECORDS[name]).meeting
        items = meeting.agreements.items if meeting.agreements else ()
        if items:
            sheet = book.worksheets[1]
            assert sheet.column_dimensions["A"].hidden
            _, rows = table_of(sheet)
            assert [row[0].value for row in rows] == [a.id for a in items]
        else:
            assert "Agreements" not in book.sheetnames


def test_column_titles_are_unique_as_excel_asks(packs: Packs) -> None:
    for name in RECORDS:
        for sheet in opened(packs, name):
            if sheet.tables:
                header, _ = table_of(sheet)
                assert len({h.casefold() for h in header}) == len(header)


def test_the_mark_stands_at_the_top_and_foot_of_each_page(packs: Packs) -> None:
    for sheet in opened(packs, "multilateral-summit"):
        if sheet.sheet_state == "visible":
            assert sheet.oddHeader.center.text == "Official – For delegations only"
            assert sheet.oddFooter.center.text == "Official – For delegations only"
            assert "&P" in sheet.oddFooter.right.text


def test_no_text_is_a_formula_whatever_it_begins_with(packs: Packs) -> None:
    book = opened(packs, "text-is-data")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    titles = column(book["Agreements"], "Title")
    assert [c.value for c in titles] == ["=1+1", "'=1"]
    assert all(c.quotePrefix for c in titles)
    assert [c.value for c in column(book["Agreements"], "Number")] == ["00012", "007"]


def test_a_code_in_a_mark_is_no_code_of_the_print_header(packs: Packs) -> None:
    header = opened(packs, "text-is-data")["Overview"].oddHeader.center.text
    assert header.startswith("&&P <i>mark</i>")


def test_days_that_excel_cannot_hold_stay_readable(packs: Packs) -> None:
    book = opened(packs, "text-is-data")
    assert column(book["Commitments"], "By when")[0].value == "30 December 1899"
    signed = [c.value for c in column(book["Agreements"], "Signed on")]
    assert signed == ["31 December 999", datetime(9999, 12, 31)]


def test_overdue_rows_are_marked_by_a_rule(packs: Packs) -> None:
    sheet = opened(packs, "first")["Commitments"]
    (rules,) = list(sheet.conditional_formatting)
    assert "TODAY()" in rules.rules[0].formula[0]


def test_properties_and_record(packs: Packs) -> None:
    book = opened(packs, "first")
    assert book.properties.title == "Meeting of the Presidents of Kazakhstan and China – Agreements"
    assert book.properties.created == book.properties.modified == datetime(2023, 10, 18)
    assert toolkit.extract(packs.file("first", "agreements")).data == FIRST.read_bytes()


def test_rows_are_high_enough_for_wrapped_titles(packs: Packs) -> None:
    sheet = opened(packs, "first")["Agreements"]
    for cell in column(sheet, "Title"):
        lines = len(cell.value) / sheet.column_dimensions[cell.column_letter].width
        assert sheet.row_dimensions[cell.row].height >= 12 * lines


def test_five_hundred_agreements_are_five_hundred_rows(packs: Packs) -> None:
    assert len(column(opened(packs, "large")["Agreements"], "Title")) == 500


def test_a_right_to_left_workbook(packs: Packs) -> None:
    book = opened(packs, "arabic-record")
    assert all(s.sheet_view.rightToLeft for s in book if s.sheet_state == "visible")


def test_a_text_longer_than_a_cell_is_refused_with_its_place(tmp_path: Path) -> None:
    data = record(
        **{"x-a": 1, "commitments": [{"id": "c", "text": "x" * 40_000, "status": "open"}]}
    )
    path = written(tmp_path / "r.json", data)
    with pytest.raises(toolkit.InvalidRecordError) as caught:
        toolkit.build(path, tmp_path / "out")
    (diagnostic,) = caught.value.report.diagnostics
    assert diagnostic.rule == "unshowable-text"
    assert diagnostic.pointer == "/commitments/0/text"
    assert not (tmp_path / "out").exists()


def test_the_pack_of_a_large_record_lists_all(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", large_record(30, 0))
    pack = toolkit.build(path, tmp_path, only=["agreements"])
    assert len(pack.files) == 1


def test_a_sheet_too_wide_to_be_read_is_printed_on_pages_side_by_side(tmp_path: Path) -> None:
    many = {
        "adopted_on": "2023-02-01",
        "in_force_generally_on": "2024-05-01",
        "ends_on": "2034-05-01",
        "authentic_texts": ["en", "fr"],
        "prevailing_text": "en",
        "attachments": ["Annex"],
        "depositary": "Switzerland",
        "gazette_on": "2024-06-01",
        "registration_number": "I-1",
        "registered_on": "2024-07-01",
        "related": ["Treaty"],
    }
    treaty = {"id": "a", "title": "A", "type": "treaty", "status": "signed", "parties": []}
    items = {"coverage": "complete", "items": [{**treaty, **many}]}
    path = written(tmp_path / "r.json", record(agreements=items))
    pack = toolkit.build(path, tmp_path, only=["agreements"])
    sheet = openpyxl.load_workbook(pack.folder / pack.files[0].name)["Agreements"]
    assert sheet.page_setup.fitToWidth > 1
    # The title stands on each of them.
    assert sheet.print_title_cols == "$A:$B"
    assert sheet["B4"].value == "Title"


def test_a_date_format_holds_no_mark_of_direction() -> None:
    # With them, LibreOffice shows the day on the other side of month and year.
    for language in ("ar", "fa", "he", "ur"):
        assert not set(date_format(language)) & set("\u200e\u200f\u061c")
    assert date_format("ar").endswith("dd/mm/yyyy")
