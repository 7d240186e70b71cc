"""A record from JSON to YAML and back, without loss of data; comments are not data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from toolkit.errors import BriefpackError, UsageError
from toolkit.record import source
from toolkit.record.diagnostic import Diagnostic, FileReport, InvalidFileError
from toolkit.record.notations import parse
from toolkit.record.source import Source, UnreadableError
from toolkit.record.validate import check, unreadable

# The escapes of a JSON text; the group is half of a pair.
_ESCAPES = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


def as_json(data: Any) -> bytes:
    """Return data as JSON text; numbers keep all their digits."""
    encoded = msgspec.json.Encoder(decimal_format="number").encode(data)
    return msgspec.json.format(encoded, indent=2) + b"\n"


def converted(path: str | Path, target: str | Path) -> bytes:
    """Return a record in the notation that the ending of `target` names: .json, .yaml or .yml.

    The record need not be valid, but its notation must be. Raises InvalidFileError where it cannot
    be read, UsageError for another ending.
    """
    ending = Path(target).suffix.casefold()
    if ending not in (".json", ".yaml", ".yml"):
        raise UsageError(f'"{target}" must end in .json, .yaml or .yml')
    try:
        text = source.read(path, pipes=True)
    except UnreadableError as error:
        raise InvalidFileError(unreadable(str(path), error)) from None
    parsed = parse(text)
    if parsed.fatal or parsed.fixes or parsed.duplicate_keys:
        raise InvalidFileError(check(text)[0])
    try:
        written = as_json(parsed.data) if ending == ".json" else _as_yaml(parsed.data)
    except UnicodeEncodeError:
        raise InvalidFileError(_half(text)) from None
    again = parse(Source(f"x{ending}", written, written.decode("utf-8")))
    if again.fatal or again.data != parsed.data:
        reason = f": {again.fatal.message}" if again.fatal else ""
        raise BriefpackError(f"{path}: cannot be written as {ending[1:].upper()}{reason}")
    return written


def _as_yaml(data: Any) -> bytes:
    from toolkit.record.yaml_writing import as_yaml

    return as_yaml(data).encode("utf-8")


def _half(text: Source) -> FileReport:
    """Return the report of a text with an escape for half of a character, which no file can hold."""
    at = next((match.start() for match in _ESCAPES.finditer(text.text) if match[1]), 0)
    message = f"{text.text[at : at + 6]} is half of a character; write the character itself"
    places = (*text.place(at), *text.place(at + 6))
    return FileReport(text.name, (Diagnostic("forbidden-character", message, *places),), text)
