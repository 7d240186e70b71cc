"""The record out of a file that was made from it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from toolkit.errors import BriefpackError
from toolkit.export.registry import Attachment

_NO_RECORD = "this file carries no record; only documents made by briefpack do"


def extract(path: str | Path) -> Attachment:
    """Return the record that a PDF, DOCX or XLSX file of a pack carries, byte for byte.

    Raises BriefpackError where the file cannot be read or carries none.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise BriefpackError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        found = _from_pdf(data) if data.startswith(b"%PDF") else _from_package(data)
    except BriefpackError as error:
        raise BriefpackError(f"{path}: {error}") from None
    if found is None:
        raise BriefpackError(f"{path}: {_NO_RECORD}")
    return found


def _from_pdf(data: bytes) -> Attachment | None:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for name, spec in pdf.attachments.items():
                if spec.obj.get("/AFRelationship") == pikepdf.Name.Source:
                    return Attachment(name, spec.get_file().read_bytes())
    except pikepdf.PdfError:
        raise BriefpackError("this PDF is damaged") from None
    return None


def _from_package(data: bytes) -> Attachment | None:
    from toolkit.export.package import read_parts, record_in

    try:
        return record_in(read_parts(data))
    except (zipfile.BadZipFile, ValueError):
        raise BriefpackError(_NO_RECORD) from None
