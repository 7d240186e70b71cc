"""The record out of a file that was made from it.

The file may be damaged, or made to do harm: what comes out is the record byte for byte, or an error.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from pathlib import Path
from typing import Any

from toolkit import intake
from toolkit.errors import BriefpackError
from toolkit.export.registry import Attachment
from toolkit.intake import IntakeError
from toolkit.places import reason

_NO_RECORD = "this file carries no record; only documents made by briefpack do"
_DAMAGED = "this PDF is damaged"
_UNPACKED = 64  # megabytes
_QPDF = 0xFFFFFFFF  # the highest limit that qpdf takes
# Filters without a limit of their own, and a filter that is not stated where it stands; a name may be
# written with the numbers of its letters (ISO 32000-1, 7.3.5). No document of ours has either.
_UNBOUND = re.compile(rb"/Filter\s*(\d|\[?[^\]>]{0,99}/(L|#4[cC])(Z|#5[aA])(W|#57))")


def extract(path: str | Path) -> Attachment:
    """Return the record that a PDF, DOCX or XLSX file of a pack carries, byte for byte.

    Raises BriefpackError where the file cannot be read or carries none.
    """
    try:
        data = intake.read_file(path, intake.DOCUMENT, pipes=True)
        found = _from_pdf(data) if data.startswith(b"%PDF") else _from_package(data)
    except (OSError, ValueError) as error:
        raise BriefpackError(f"{path}: cannot be read: {reason(error)}") from None
    except IntakeError as error:
        raise BriefpackError(f"{path}: cannot be read: {error}") from None
    except BriefpackError as error:
        raise BriefpackError(f"{path}: {error}") from None
    if found is None:
        raise BriefpackError(f"{path}: {_NO_RECORD}")
    return found


def _from_package(data: bytes) -> Attachment | None:
    from toolkit.export.package import PackageError, record_in

    try:
        return record_in(data)
    except PackageError as error:
        raise BriefpackError(f"{_NO_RECORD} ({error})") from None


def _from_pdf(data: bytes) -> Attachment | None:
    import pikepdf
    from pikepdf.settings import set_qpdf_limits

    if _UNBOUND.search(data):
        raise BriefpackError(_NO_RECORD)
    most = min(intake.limit(_UNPACKED), _QPDF)
    earlier: Any = set_qpdf_limits(
        flate_max_memory=most,
        run_length_max_memory=most,
        png_max_memory=most,
        tiff_max_memory=most,
    )
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            for name, spec in pdf.attachments.items():
                if spec.obj.get("/AFRelationship") == pikepdf.Name.Source:
                    return Attachment(name, _content(spec.obj.EF.F))
    except BriefpackError:
        raise
    except pikepdf.PasswordError:
        raise BriefpackError("this PDF is protected by a password; save it without") from None
    except Exception:  # a damaged file breaks its reader in many ways
        raise BriefpackError(_DAMAGED) from None
    finally:
        set_qpdf_limits(**earlier)
    return None


def _content(stream: Any) -> bytes:
    """Return what an embedded file holds (ISO 32000-1, 7.11.4), and not more than a record may."""
    from pikepdf import Array

    most = intake.limit(intake.RECORD)
    data, whole = bytes(stream.read_raw_bytes()), True
    names = stream.get("/Filter", [])
    filters = [str(name) for name in names] if isinstance(names, (list, Array)) else [str(names)]
    if stream.get("/DecodeParms") is not None or filters not in ([], ["/FlateDecode"]):
        raise BriefpackError(
            "the record in it is compressed in a way that briefpack does not write"
        )
    if filters:
        unpacking = zlib.decompressobj()
        data, whole = unpacking.decompress(data, most + 1), unpacking.eof
    if len(data) > most:
        raise BriefpackError(f"the record in it is {intake.too_large(most)}")
    stated = stream.get("/Params", {})
    # Flate has a check sum of its own.
    size, check = stated.get("/Size", len(data) if filters else None), stated.get("/CheckSum")
    md5 = hashlib.md5(data, usedforsecurity=False).digest()
    if not whole or size != len(data) or (check is not None and bytes(check) != md5):
        raise BriefpackError("the record in it is damaged")
    return data
