"""Values of a YAML text with their places, and where to find those by path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from toolkit.record.positions import Path, Span


@dataclass(slots=True)
class Node:
    """A value with its place: the entries of an object with their keys, or those of a list."""

    start: int
    end: int
    value: Any = None
    keys: list[Node] | None = None
    items: list[Node] | None = None

    @property
    def span(self) -> Span:
        """From where to where it stands."""
        return self.start, self.end

    def entries(self) -> Iterator[tuple[str | int, Node, Node]]:
        """Yield step, key and value of each entry; in a list, the value takes the key's place."""
        items = self.items or []
        for index, (key, item) in enumerate(zip(self.keys or items, items, strict=True)):
            yield (key.value if self.keys else index), key, item


@dataclass
class YamlPositions:
    """Character offsets of keys and values of a sound YAML text."""

    root: Node
    _known: dict[int, dict[str | int, tuple[Node, Node]]] = field(default_factory=dict)

    def value(self, path: Path) -> Span:
        """Return the span of the value at `path`, or of its nearest ancestor that exists."""
        return self._find(path)[1].span

    def key(self, path: Path) -> Span:
        """Return the span of the key of the last step of `path` (of the item in a list)."""
        return self._find(path)[0].span

    def opening(self, path: Path) -> Span:
        """Return the span of the first character of the object or list at `path`."""
        start, end = self.value(path)
        return start, min(start + 1, end)

    def duplicate_keys(self) -> Iterator[tuple[Path, Span]]:
        """Yield path and span of each key that its object holds already."""
        stack: list[tuple[Path, Node]] = [((), self.root)]
        while stack:
            path, node = stack.pop()
            seen = set()
            for step, key, value in node.entries():
                if step in seen:
                    yield (*path, step), key.span
                seen.add(step)
                stack.append(((*path, step), value))

    def _find(self, path: Path) -> tuple[Node, Node]:
        key = value = self.root
        for step in path:
            entries = self._known.get(id(value))
            if entries is None:
                entries = {name: (k, v) for name, k, v in value.entries()}
                self._known[id(value)] = entries
            if step not in entries:
                break
            key, value = entries[step]
        return key, value
