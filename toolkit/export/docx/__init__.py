"""DOCX: papers that an officer goes on editing in Word."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.document.blocks import Composed, Document
from toolkit.errors import UsageError
from toolkit.export.registry import Attachment
from toolkit.export.style import Style


class DocxExporter:
    """Papers as Word documents (ECMA-376 transitional)."""

    extension = "docx"
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def export(self, composed: Composed, style: Style, record: Attachment | None) -> bytes:
        """Return the file. Raises UsageError for a spreadsheet."""
        if not isinstance(composed, Document):
            raise UsageError("a spreadsheet cannot be written as DOCX")
        from toolkit.export.docx.writer import write

        return write(composed, style, record)

    def lacking(self, characters: Iterable[str], style: Style) -> list[str]:
        """Word chooses among the fonts of the reader's machine; nothing is lacking here."""
        return []
