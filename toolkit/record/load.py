"""A record that has passed validation, ready for the documents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toolkit.record import rules, schema, source
from toolkit.record.diagnostic import Diagnostic, InvalidFileError
from toolkit.record.model import Meeting
from toolkit.record.policy import USUAL, Policy
from toolkit.record.source import Source, UnreadableError
from toolkit.record.validate import check, unreadable


class InvalidRecordError(InvalidFileError):
    """A record has errors; `report` holds them all."""


@dataclass(frozen=True)
class Record:
    """A valid record: its text as it was read, its data, and the same as typed values."""

    source: Source
    data: dict[str, Any]
    meeting: Meeting
    scheme: tuple[str, ...]
    """The handling marks in force, least strict first."""
    policy: Policy = USUAL
    """How it was checked."""
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def id(self) -> str:
        """The record's identifier, which also names its files."""
        return self.meeting.id

    def marks(self) -> set[str]:
        """Return the handling marks of single entries."""
        found = (value for p in schema.mark_patterns() for _, value in schema.at(self.data, p))
        return set(found)


def load(path: str | Path, policy: Policy = USUAL, name: str | None = None) -> Record:
    """Read and validate a record, as `policy` has it; messages call the file by its `name`.

    Raises InvalidRecordError, which carries the report, where the file cannot be read or has errors.
    """
    try:
        text = source.read(path)
    except UnreadableError as error:
        raise InvalidRecordError(unreadable(name or str(path), error)) from None
    return from_source(replace(text, name=name) if name else text, policy)


def from_source(text: Source, policy: Policy = USUAL) -> Record:
    """Validate a text that was read already; raises as `load` does."""
    import msgspec

    report, data = check(text, policy)
    if not report.valid:
        raise InvalidRecordError(report)
    marks = rules.scheme_of(data, policy.scheme)
    return Record(text, data, msgspec.convert(data, Meeting), marks, policy, report.diagnostics)
