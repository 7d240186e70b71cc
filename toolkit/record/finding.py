"""What reading and checking find, before it gets its place in lines and columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Path = tuple[str | int, ...]
Spot = Literal["value", "key", "opening"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake at a path of the record: at the value, its key, or the bracket that opens it.

    `suggestion` is what to write instead; `certain` says that nothing else can be meant. `key` is
    the key that lacks, or the one that a misspelt key was probably meant to be.
    """

    rule: str
    path: Path
    message: str
    spot: Spot = "value"
    suggestion: str | None = None
    certain: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """One mistake in the notation: replace text[start:end] of the file by `new`."""

    start: int
    end: int
    new: str
    rule: str
    message: str
