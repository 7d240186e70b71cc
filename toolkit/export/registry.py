"""Exporters by format name, found through the entry point group `briefpack.exporters`.

A third party adds a format with one class and one line in its own package:

    [project.entry-points."briefpack.exporters"]
    html = "my_package:HtmlExporter"
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, runtime_checkable

from toolkit.document.blocks import Composed
from toolkit.errors import UsageError
from toolkit.export.style import Style

GROUP = "briefpack.exporters"


@dataclass(frozen=True, slots=True)
class Attachment:
    """The record that a file carries: its name and its bytes, exactly as they were read."""

    name: str
    data: bytes


@runtime_checkable
class Exporter(Protocol):
    """What a format needs: its ending, its media type, and one method."""

    extension: str
    media_type: str

    def export(self, composed: Composed, style: Style, record: Attachment | None) -> bytes:
        """Return the file, which carries the record unless that is None.

        The same arguments give the same bytes.
        """
        ...

    def lacking(self, characters: Iterable[str], style: Style) -> list[str]:
        """Return those of the characters that the format could not show."""
        ...


@cache
def _entry_points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def formats() -> list[str]:
    """Return the names of the formats that are installed."""
    return sorted(_entry_points())


def exporter(name: str) -> Exporter:
    """Return the exporter of a format. Raises UsageError where none is installed."""
    point = _entry_points().get(name)
    if point is None:
        raise UsageError(f'there is no format "{name}"; there are {", ".join(formats())}')
    made: Exporter = point.load()()
    return made
