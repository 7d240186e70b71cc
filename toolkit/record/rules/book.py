"""The book of rules: each with its code, its severity, and what to tell who asks about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from toolkit.record.diagnostic import Severity
from toolkit.record.explain import Finding

_BEYOND_ASCII = re.compile(r"[^\x00-\x7e]+")


@dataclass(frozen=True)
class Facts:
    """What a rule may look at: any data, whether it follows the schema or not.

    `scheme` are the handling marks in force; `folder` is where the record's file is.
    """

    data: dict[str, Any]
    text: str
    scheme: tuple[str, ...]
    folder: Path | None = None

    def entries(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the entries of a list of the record that are objects, with their places."""
        listed = self.data.get(name)
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(entry, dict):
                yield index, entry

    @cached_property
    def beyond_ascii(self) -> list[tuple[int, int]]:
        """Where the text holds characters that are not of ASCII: one scan for all who ask."""
        return [match.span() for match in _BEYOND_ASCII.finditer(self.text)]

    @cached_property
    def foreign(self) -> str:
        """The characters of the text that are not of ASCII."""
        return "".join(self.text[start:end] for start, end in self.beyond_ascii)

    @cached_property
    def agreements(self) -> list[tuple[int, dict[str, Any]]]:
        """The instruments of the record that are objects, with their places."""
        holder = self.data.get("agreements")
        items = holder.get("items") if isinstance(holder, dict) else None
        listed = items if isinstance(items, list) else []
        return [(index, item) for index, item in enumerate(listed) if isinstance(item, dict)]


Check = Callable[[Facts], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of validation. `wrong` and `right` are members of a record, as one would write them."""

    code: str
    severity: Severity
    summary: str
    why: str
    wrong: str
    right: str
    check: Check | None = field(default=None, compare=False)


RULES: dict[str, Rule] = {}
"""All rules by code."""


def rule(
    code: str, severity: Severity, summary: str, *, why: str, wrong: str, right: str
) -> Callable[[Check], Check]:
    """Enter a check into the book."""

    def enter(check: Check) -> Check:
        RULES[code] = Rule(code, severity, summary, why, wrong, right, check)
        return check

    return enter


def note(code: str, summary: str, *, why: str, wrong: str, right: str) -> None:
    """Enter a rule that notation or schema keep, without a check of its own; always an error."""
    RULES[code] = Rule(code, "error", summary, why, wrong, right)
