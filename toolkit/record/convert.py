"""A record from JSON to YAML and back, without loss of data; comments are not data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from toolkit.errors import BriefpackError, UsageError
from toolkit.record import source
from toolkit.record.diagnostic import InvalidFileError
from toolkit.record.notations import parse
from toolkit.record.source import Source, UnreadableError
from toolkit.record.validate import check, unreadable


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
        text = source.read(path)
    except UnreadableError as error:
        raise InvalidFileError(unreadable(str(path), error)) from None
    parsed = parse(text)
    if parsed.fatal or parsed.fixes or parsed.duplicate_keys:
        raise InvalidFileError(check(text)[0])
    if ending == ".json":
        made = as_json(parsed.data)
    else:
        from toolkit.record.yaml_writing import as_yaml

        made = as_yaml(parsed.data).encode("utf-8")
    again = parse(Source(f"x{ending}", made, made.decode("utf-8")))
    if again.fatal or again.data != parsed.data:
        raise BriefpackError(f"{path}: holds something that {ending[1:].upper()} cannot say")
    return made
