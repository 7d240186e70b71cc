"""XLSX: working lists that an officer sorts, filters and edits in Excel."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.document.blocks import Composed, Workbook
from toolkit.errors import UsageError
from toolkit.export.registry import Attachment
from toolkit.export.style import Style


class XlsxExporter:
    """Spreadsheets as Excel workbooks (ECMA-376 transitional)."""

    extension = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def export(self, composed: Composed, style: Style, record: Attachment | None) -> bytes:
        """Return the file. Raises UsageError for a paper."""
        if not isinstance(composed, Workbook):
            raise UsageError("only the agreements can be written as XLSX")
        from toolkit.export.xlsx.writer import write

        return write(composed, style, record)

    def lacking(self, characters: Iterable[str], style: Style) -> list[str]:
        """Excel chooses among the fonts of the reader's machine; nothing is lacking here."""
        return []
