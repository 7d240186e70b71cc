"""The version of the installed distribution, and of the libraries whose bytes are in packs."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

try:
    VERSION = version("briefpack")
except PackageNotFoundError:  # pragma: no cover - a checkout on the path, not installed
    VERSION = "0"

LIBRARIES: Final = (
    "Babel",
    "fonttools",
    "lxml",
    "openpyxl",
    "pikepdf",
    "pillow",
    "pymupdf-fonts",
    "python-bidi",
    "python-docx",
    "rendercv-fonts",
    "reportlab",
    "resvg-py",
    "tzdata",
    "uharfbuzz",
)
"""The distributions, as the index spells them, of which another release may give other bytes."""


@cache
def libraries() -> dict[str, str]:
    """Return name and version of all that gives a pack its bytes, the compressor among them.

    `zlib` is the library that Python runs with (RFC 1950); some builds of Python have another
    compressor in its place, whose output is as right and not the same. None of the libraries is
    imported. One that is not installed is left out.
    """
    import zlib

    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {**versions, "zlib": zlib.ZLIB_RUNTIME_VERSION}
