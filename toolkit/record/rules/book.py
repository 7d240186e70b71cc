"""The book of rules: each with its code, its severity, and what to tell who asks about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from toolkit.record import archive, schema
from toolkit.record.diagnostic import Severity
from toolkit.record.finding import Finding
from toolkit.record.policy import USUAL, Policy

_ASCII = bytes(range(0x7F))


@dataclass(frozen=True)
class Facts:
    """What a rule may look at: any data, whether it follows the schema or not.

    `scheme` are the handling marks in force under the `policy`; `folder` is where the record's file is.
    """

    data: dict[str, Any]
    text: str
    scheme: tuple[str, ...]
    folder: Path | None = None
    policy: Policy = USUAL

    def entries(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the entries of a list of the record that are objects, with their places."""
        listed = self.data.get(name)
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(entry, dict):
                yield index, entry

    @cached_property
    def _watched(self) -> dict[schema.Pattern, list[tuple[schema.Path, Any]]]:
        return schema.at_all(self.data)

    def at(self, pattern: schema.Pattern) -> list[tuple[schema.Path, Any]]:
        """Return path and value of all that a pattern finds; one walk answers for most patterns."""
        found = self._watched.get(pattern)
        return schema.at(self.data, pattern) if found is None else found

    @cached_property
    def ids(self) -> dict[str, set[str]]:
        """The ids that each collection of the record holds."""
        return schema.ids_by(self.at)

    @cached_property
    def encoded(self) -> bytes:
        """The text in UTF-8: scanning bytes is many times as fast as scanning characters."""
        return self.text.encode("utf-8", "surrogatepass")

    @cached_property
    def foreign(self) -> str:
        """The characters of the text that are not of ASCII."""
        return self.encoded.translate(None, _ASCII).decode("utf-8", "surrogatepass")

    @cached_property
    def agreements(self) -> list[tuple[int, dict[str, Any]]]:
        """The instruments of the record that are objects, with their places."""
        holder = self.data.get("agreements")
        items = holder.get("items") if isinstance(holder, dict) else None
        listed = items if isinstance(items, list) else []
        return [(index, item) for index, item in enumerate(listed) if isinstance(item, dict)]

    @cached_property
    def archived(self) -> list[tuple[int, dict[str, Any], archive.Archive | str]]:
        """Each source that names an archived text, with its place and that text, or why it has none."""
        if self.folder is None:
            return []
        texts = archive.Reader(self.folder, self.policy)
        named = ((n, s, s.get("archived_text")) for n, s in self.entries("sources"))
        return [(n, s, texts.look(name)) for n, s, name in named if isinstance(name, str)]


Check = Callable[[Facts], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of validation. `wrong` and `right` are members of a record, as one would write them.

    A firm rule keeps what the documents rely on, so no project can change its severity.
    """

    code: str
    severity: Severity
    summary: str
    why: str
    wrong: str
    right: str
    check: Check | None = field(default=None, compare=False)
    firm: bool = True


RULES: dict[str, Rule] = {}
"""All rules by code."""


def rule(
    code: str,
    severity: Severity,
    summary: str,
    *,
    why: str,
    wrong: str,
    right: str,
    firm: bool = False,
) -> Callable[[Check], Check]:
    """Enter a check into the book."""

    def enter(check: Check) -> Check:
        RULES[code] = Rule(code, severity, summary, why, wrong, right, check, firm)
        return check

    return enter


def note(code: str, summary: str, *, why: str, wrong: str, right: str) -> None:
    """Enter a rule that notation or schema keep, without a check of its own; always an error."""
    RULES[code] = Rule(code, "error", summary, why, wrong, right)
