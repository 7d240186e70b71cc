"""Where each key and value of a record stands in its text (tree-sitter-json finds it).

Loaded only when there is something to report: reading a sound record needs no positions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property

import tree_sitter
import tree_sitter_json

from toolkit.record.offsets import Offsets

Path = tuple[str | int, ...]
Span = tuple[int, int]

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_json.language()))
_Entry = tuple[str | int, tree_sitter.Node, tree_sitter.Node]


class Positions:
    """Character offsets of keys and values of a sound JSON text."""

    def __init__(self, text: str) -> None:
        # Half of a surrogate pair has no UTF-8 form; any other sign holds its place.
        self._bytes = text.encode("utf-8", "replace")
        self._tree = _PARSER.parse(self._bytes)
        self._offset = Offsets(self._bytes)
        self._known: dict[int, dict[str | int, _Entry]] = {}

    def value(self, path: Path) -> Span:
        """Return the span of the value at `path`, or of its nearest ancestor that exists."""
        return self._span(self._find(path)[1])

    def key(self, path: Path) -> Span:
        """Return the span of the key of the last step of `path` (of the item in a list)."""
        return self._span(self._find(path)[0])

    def opening(self, path: Path) -> Span:
        """Return the span of the bracket that opens the object or list at `path`."""
        start, end = self.value(path)
        return start, min(start + 1, end)

    def duplicate_keys(self) -> Iterator[tuple[Path, Span]]:
        """Yield path and span of each key that its object holds already."""
        stack: list[tuple[Path, tree_sitter.Node]] = [((), self._root)]
        while stack:
            path, node = stack.pop()
            seen = set()
            for step, key, value in self._entries(node):
                if node.type == "object" and step in seen:
                    yield (*path, step), self._span(key)
                seen.add(step)
                stack.append(((*path, step), value))

    @cached_property
    def _root(self) -> tree_sitter.Node:
        children = [n for n in self._tree.root_node.named_children if n.type != "comment"]
        return children[0] if children else self._tree.root_node

    def _find(self, path: Path) -> tuple[tree_sitter.Node, tree_sitter.Node]:
        key = value = self._root
        for step in path:
            entries = self._known.get(value.id)
            if entries is None:
                # The last of several equal keys is the one whose value counts.
                entries = {entry[0]: entry for entry in self._entries(value)}
                self._known[value.id] = entries
            if step not in entries:
                break
            _, key, value = entries[step]
        return key, value

    def _entries(self, node: tree_sitter.Node) -> Iterator[_Entry]:
        if node.type == "array":
            for index, child in enumerate(node.named_children):
                yield index, child, child
        elif node.type == "object":
            for pair in node.named_children:
                key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
                if key is not None and value is not None:
                    yield str(json.loads(self._bytes[key.start_byte : key.end_byte])), key, value

    def _span(self, node: tree_sitter.Node) -> Span:
        return self._offset(node.start_byte), self._offset(node.end_byte)
