"""Records in YAML 1.2 (ruamel.yaml): the same data as from JSON, with the place of each key and value.

Dates stay texts, and numbers with a decimal point become Decimal, as they do from JSON.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from toolkit.record.finding import Fix
from toolkit.record.positions import Path, Span
from toolkit.record.syntax import Parsed

_MOST_NODES = 500_000
_TAG = "tag:yaml.org,2002:"


class _Fatal(Exception):
    def __init__(self, node: Node, rule: str, message: str) -> None:
        self.fix = Fix(node.start_mark.index, node.start_mark.index + 1, "", rule, message)


class YamlParsed(Parsed):
    """Data with the nodes that they come from."""

    root: Node | None = None

    def positions(self) -> YamlPositions:
        """Return where keys and values stand."""
        return YamlPositions(self.root)


class YamlPositions:
    """Character offsets of keys and values of a sound YAML text."""

    def __init__(self, root: Node | None) -> None:
        self._root = root

    def value(self, path: Path) -> Span:
        """Return the span of the value at `path`, or of its nearest ancestor that exists."""
        return _span(self._find(path)[1])

    def key(self, path: Path) -> Span:
        """Return the span of the key of the last step of `path` (of the item in a list)."""
        return _span(self._find(path)[0])

    def opening(self, path: Path) -> Span:
        """Return the span of the first character of the object or list at `path`."""
        start, end = self.value(path)
        return start, min(start + 1, end)

    def duplicate_keys(self) -> Iterator[tuple[Path, Span]]:
        """Yield path and span of each key that its object holds already."""
        stack: list[tuple[Path, Node | None]] = [((), self._root)]
        while stack:
            path, node = stack.pop()
            seen = set()
            for step, key, value in _entries(node):
                if isinstance(node, MappingNode) and step in seen:
                    yield (*path, step), _span(key)
                seen.add(step)
                stack.append(((*path, step), value))

    def _find(self, path: Path) -> tuple[Node | None, Node | None]:
        key = value = self._root
        for step in path:
            found = [(k, v) for s, k, v in _entries(value) if s == step]
            if not found:
                break
            key, value = found[-1]
        return key, value


def _entries(node: Node | None) -> list[tuple[str | int, Node, Node]]:
    if isinstance(node, MappingNode):
        return [(str(key.value), key, value) for key, value in node.value]
    if isinstance(node, SequenceNode):
        return [(index, item, item) for index, item in enumerate(node.value)]
    return []


def _span(node: Node | None) -> Span:
    if node is None:
        return 0, 0
    start, end = node.start_mark, node.end_mark
    # A block ends where the next one begins; its first line is enough to show.
    flow = isinstance(node, ScalarNode) or getattr(node, "flow_style", False)
    return start.index, end.index if flow else start.index + 1


def parse(text: str) -> YamlParsed:
    """Read YAML text. Never raises; `fatal` says where the reading stopped."""
    parsed = YamlParsed(text)
    try:
        parsed.root = YAML(typ="safe", pure=True).compose(io.StringIO(text))
        if parsed.root is not None:
            parsed.data = _Reader(parsed).read(parsed.root)
    except _Fatal as error:
        parsed.fatal = error.fix
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = min(mark.index if mark else 0, max(len(text) - 1, 0))
        what = " ".join(str(error.problem or error.context).split())
        parsed.fatal = Fix(at, at + 1, "", "syntax", f"this is no YAML: {what}")
    except YAMLError as error:
        at = int(getattr(error, "position", 0) or 0)
        parsed.fatal = Fix(at, at + 1, "", "syntax", "this character may not stand in YAML")
    except (RecursionError, ValueError):
        message = "the record is nested too deeply to be read"
        parsed.fatal = Fix(0, 0, "", "too-deep", message)
    return parsed


class _Reader:
    """Nodes to data; what aliases repeat is counted, so that a small file stays a small record."""

    def __init__(self, parsed: YamlParsed) -> None:
        self._parsed = parsed
        self._count = 0
        self._open: set[int] = set()

    def read(self, node: Node) -> Any:
        self._count += 1
        if self._count > _MOST_NODES or id(node) in self._open:
            raise _Fatal(node, "too-deep", "an alias repeats more than a record can hold")
        if isinstance(node, ScalarNode):
            return _scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                return [self.read(item) for item in node.value]
            out: dict[str, Any] = {}
            for key, value in node.value:
                if not isinstance(key, ScalarNode):
                    raise _Fatal(key, "syntax", "a key is a text, not a list or an object")
                if key.value in out:
                    self._parsed.duplicate_keys = True
                out[str(key.value)] = self.read(value)
            return out
        finally:
            self._open.discard(id(node))


def _scalar(node: ScalarNode) -> Any:
    kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
    if kind in ("str", "timestamp"):
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.casefold() == "true"
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0 if text.lstrip("+-")[:2] in ("0o", "0x") else 10)
        if kind == "float":
            number = Decimal(text.replace("_", ""))
            if number.is_finite():
                return number
    except (ValueError, InvalidOperation):
        pass
    if kind in ("int", "float"):
        message = f"{text} is not a number; leave the key out if there is none"
        raise _Fatal(node, "bad-number", message)
    raise _Fatal(node, "syntax", f'the tag "{node.tag}" has no meaning in a record; remove it')


def as_yaml(data: Any) -> str:
    """Return data as YAML text, in its order, readable by `parse` without loss."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 100

    def decimal(representer: Any, value: Decimal) -> Any:
        text = str(value)
        plain = text if "." in text or "E" in text else f"{text}.0"
        return representer.represent_scalar(f"{_TAG}float", plain)

    yaml.representer.add_representer(Decimal, decimal)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()
