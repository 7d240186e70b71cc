"""Records of diplomatic meetings: validate them, and build their documents.

    import toolkit

    report = toolkit.validate("meeting.json")     # every mistake, with line and column
    record = toolkit.load("meeting.json")         # a valid record, or InvalidRecordError
    pack = toolkit.build(record, "packs")         # briefing, summary, spreadsheet, manifest

The names are imported when they are first used, so that `validate` loads no document library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.errors import BriefpackError, UsageError
    from toolkit.export.style import load_style
    from toolkit.pack.build import Pack, build
    from toolkit.pack.extract import extract
    from toolkit.record.diagnostic import Diagnostic, FileReport
    from toolkit.record.load import InvalidRecordError, Record, load
    from toolkit.record.validate import validate

_HOMES = {
    "BriefpackError": "toolkit.errors",
    "Diagnostic": "toolkit.record.diagnostic",
    "FileReport": "toolkit.record.diagnostic",
    "InvalidRecordError": "toolkit.record.load",
    "Pack": "toolkit.pack.build",
    "Record": "toolkit.record.load",
    "UsageError": "toolkit.errors",
    "build": "toolkit.pack.build",
    "extract": "toolkit.pack.extract",
    "load": "toolkit.record.load",
    "load_style": "toolkit.export.style",
    "validate": "toolkit.record.validate",
}

__all__ = [
    "BriefpackError",
    "Diagnostic",
    "FileReport",
    "InvalidRecordError",
    "Pack",
    "Record",
    "UsageError",
    "build",
    "extract",
    "load",
    "load_style",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
