"""Where each key and value of a TOML text stands (tree-sitter-toml finds it)."""

from __future__ import annotations

import re
import tomllib

import tree_sitter
import tree_sitter_toml

from toolkit.record.offsets import Offsets
from toolkit.record.positions import Path, Span
from toolkit.record.syntax import MOST_LEVELS

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
# What Python refuses to read as a decimal number has more than 4,300 digits.
_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|\'{3}.*?\'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*'''
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<dot>\.)|(?P<end>[\n,=])|(?P<number>\d(?:_?\d){4300,})",
    re.DOTALL,
)
_KEYS = ("bare_key", "quoted_key", "dotted_key")


def beyond(text: str) -> Span:
    """Return where a TOML text has more levels or digits than can be read; its start at worst."""
    depth = dots = 0
    for token in _TOKEN.finditer(text):
        depth += (token["open"] is not None) - (token["close"] is not None)
        dots = 0 if token["end"] else dots + (token["dot"] is not None)
        if token["number"] or depth > MOST_LEVELS or dots >= MOST_LEVELS:
            return token.span()
    return 0, 1


class TomlPositions:
    """Character offsets of keys and values of a sound TOML text."""

    def __init__(self, text: str) -> None:
        self._bytes = text.encode("utf-8")
        self._keys: dict[Path, tree_sitter.Node] = {}
        self._values: dict[Path, tree_sitter.Node] = {}
        self._arrays: dict[Path, int] = {}
        self._offset = Offsets(self._bytes)
        root = _PARSER.parse(self._bytes).root_node
        self._values[()] = root
        for node in root.named_children:
            if node.type == "pair":
                self._pair((), node)
            elif node.type in ("table", "table_array_element"):
                self._table(node)

    def value(self, path: Path) -> Span:
        """Return the span of the value at `path`, or of its nearest ancestor that exists."""
        return self._span(self._values, path)

    def key(self, path: Path) -> Span:
        """Return the span of the key of the last step of `path`."""
        return self._span(self._keys if path in self._keys else self._values, path)

    def _span(self, nodes: dict[Path, tree_sitter.Node], path: Path) -> Span:
        while path not in nodes:
            path = path[:-1]
        node = nodes[path]
        start, end = node.start_byte, node.end_byte
        while end > start and self._bytes[end - 1 : end].isspace():
            end -= 1
        return self._offset(start), self._offset(end)

    def _steps(self, key: tree_sitter.Node) -> list[tuple[str, tree_sitter.Node]]:
        if key.type == "dotted_key":
            return [step for child in key.named_children for step in self._steps(child)]
        text = self._bytes[key.start_byte : key.end_byte].decode()
        name = next(iter(tomllib.loads(f"{text} = 0")))
        return [(name, key)]

    def _pair(self, path: Path, node: tree_sitter.Node) -> None:
        key, value = node.named_children[0], node.named_children[1]
        for name, part in self._steps(key):
            path = (*path, name)
            self._keys[path] = part
            self._values[path] = value
        self._inside(path, value)

    def _inside(self, path: Path, value: tree_sitter.Node) -> None:
        if value.type == "inline_table":
            for child in value.named_children:
                if child.type == "pair":
                    self._pair(path, child)
        elif value.type == "array":
            items = [child for child in value.named_children if child.type != "comment"]
            for index, child in enumerate(items):
                self._keys[(*path, index)] = self._values[(*path, index)] = child
                self._inside((*path, index), child)

    def _table(self, node: tree_sitter.Node) -> None:
        head = next(child for child in node.named_children if child.type in _KEYS)
        path: Path = ()
        for name, part in self._steps(head):
            path = (*path, name)
            self._keys.setdefault(path, part)
            self._values.setdefault(path, part)
        if node.type == "table_array_element":
            count = self._arrays.get(path, 0)
            self._arrays[path] = count + 1
            path = (*path, count)
            self._keys[path] = self._values[path] = head
        else:
            self._values[path] = head
        for child in node.named_children:
            if child.type == "pair":
                self._pair(path, child)
