"""Records in YAML 1.2: the same data as from JSON, with the place of each key and value.

Two readers must agree on a text: libyaml (PyYAML) gives each value as it is written, with its place;
yaml12 reads what YAML 1.2 allows and nothing else, and says what it means. What YAML offers beyond
JSON's data is refused: a second document, keys that are no texts, and tags other than !!str, !!map
and !!seq. Dates stay texts, numbers with a decimal point become Decimal, as they do from JSON.
"""

from __future__ import annotations

import re
from decimal import DecimalException
from math import isinf
from typing import Any

import yaml12
from yaml import events
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.error import MarkedYAMLError, YAMLError

from toolkit.record.finding import Fix
from toolkit.record.positions import Span
from toolkit.record.syntax import MOST_DIGITS, MOST_LEVELS, Parsed, decimal, too_deep
from toolkit.record.yaml_nodes import Node, YamlPositions

# A value with its place takes about a kilobyte of memory.
_MOST_VALUES = 200_000
# What aliases may repeat, so that a small file stays a small record.
_MOST_REPEATED = 100_000
_TAG = "tag:yaml.org,2002:"
_TAGS = {
    events.ScalarEvent: "str",
    events.SequenceStartEvent: "seq",
    events.MappingStartEvent: "map",
}

# How yaml12 says what it does not take, and where.
_STOPPED = re.compile(r"YAML parse error: (.*) at byte (\d+) line \d+ column \d+")

# The core schema of YAML 1.2, chapter 10.3.
_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class _Fatal(Exception):
    def __init__(self, fix: Fix) -> None:
        self.fix = fix


class YamlParsed(Parsed):
    """Data with the nodes that they come from."""

    root: Node | None = None

    def positions(self) -> YamlPositions:
        """Return where keys and values stand."""
        return YamlPositions(self.root or Node(0, 0))


def parse(text: str) -> YamlParsed:
    """Read YAML text. Never raises; `fatal` says where the reading stopped."""
    parsed = YamlParsed(text)
    try:
        composer = _Composer(text, parsed)
        parsed.root = composer.document()
        parsed.data = _Reader(parsed, composer).read(parsed.root)
        meant = yaml12.parse_yaml(text)
        if not parsed.duplicate_keys:
            _compare(parsed.root, meant)
    except _Fatal as error:
        parsed.fatal = error.fix
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(error.problem or error.context).split())
        parsed.fatal = _refused(text, mark.index if mark else 0, what)
    except YAMLError as error:
        at = int(getattr(error, "position", 0) or 0)
        parsed.fatal = _syntax((at, at + 1), "this character may not stand in YAML")
    except UnicodeEncodeError as error:
        message = "half of a surrogate pair is no character and may not stand in YAML"
        parsed.fatal = _syntax((error.start, error.start + 1), message)
    except ValueError as error:
        match = _STOPPED.fullmatch(str(error))
        at, what = (int(match[2]), match[1]) if match else (0, str(error))
        parsed.fatal = _refused(text, at, what)
    return parsed


def _syntax(span: Span, message: str) -> Fix:
    return Fix(*span, "", "syntax", message)


def _refused(text: str, at: int, what: str) -> Fix:
    at = min(at, max(len(text) - 1, 0))
    return _syntax((at, at + 1), f"this cannot be read as YAML: {what}")


class _Reader:
    """Nodes to data; what aliases repeat is limited in number and depth."""

    def __init__(self, parsed: Parsed, composer: _Composer) -> None:
        self._parsed = parsed
        self._alias = composer.first_alias
        self._left = composer.count + _MOST_REPEATED

    def read(self, node: Node, level: int = 0) -> Any:
        self._left -= 1
        if self._left < 0:
            message = "aliases repeat more than a record can hold, from this one on"
            raise _Fatal(Fix(*self._alias, "", "too-deep", message))
        if node.items is None:
            return node.value
        if level == MOST_LEVELS:
            raise _Fatal(too_deep(node.start))
        items = [self.read(item, level + 1) for item in node.items]
        if node.keys is None:
            return items
        data = {key.value: item for key, item in zip(node.keys, items, strict=True)}
        self._parsed.duplicate_keys |= len(data) < len(items)
        return data


def _compare(node: Node, meant: Any) -> None:
    """Raise where a value is not what yaml12 takes it for; keys that are no texts are left aside."""
    if isinstance(meant, yaml12.Yaml):
        meant = meant.value
    if node.items is not None and isinstance(meant, list if node.keys is None else dict):
        inner = list(meant.values() if isinstance(meant, dict) else meant)
        same = len(inner) == len(node.items)
        if same and node.keys is not None:
            pairs = zip(node.keys, meant, strict=True)
            same = all(key.value == name or not isinstance(name, str) for key, name in pairs)
        for item, value in zip(node.items, inner, strict=True) if same else ():
            _compare(item, value)
    elif isinstance(meant, float):
        # What has more digits than a float is infinite to yaml12, or is refused already.
        same = node.value is None or isinf(meant) or float(node.value) == meant
    else:
        same = node.items is None and type(node.value) is type(meant) and node.value == meant
    if not same:
        message = "readers of YAML do not agree on this; write it in double quotation marks"
        raise _Fatal(_syntax(node.span, message))


class _Composer:
    """Events of libyaml to nodes: one document, of values that JSON has, too."""

    def __init__(self, text: str, parsed: Parsed) -> None:
        self.count = 0
        self.first_alias: Span = (0, 1)
        self._text = text
        self._parser = CParser(text)
        self._parsed = parsed
        self._anchors: dict[str, Node] = {}
        self._open: set[str] = set()
        self._levels = 0

    def document(self) -> Node:
        self._next()  # the stream
        if self._parser.check_event(events.StreamEndEvent):
            return Node(0, 0)
        self._next()  # the document
        root = self._node()
        self._next()
        event = self._next()
        if isinstance(event, events.DocumentStartEvent):
            message = "a second document begins here; a file holds one record"
            raise _Fatal(_syntax(_span(event), message))
        return root

    def _next(self) -> Any:
        return self._parser.get_event()

    def _node(self) -> Node:
        event = self._next()
        self.count += 1
        if self.count > _MOST_VALUES:
            message = (
                f"a record in YAML holds at most {_MOST_VALUES} values; write this one as JSON"
            )
            raise _Fatal(Fix(*_span(event), "", "too-deep", message))
        if isinstance(event, events.AliasEvent):
            return self._alias(event)
        return self._new(event)

    def _new(self, event: Any) -> Node:
        tag = (event.tag or "").removeprefix(_TAG)
        if tag not in ("", "!", _TAGS[type(event)]):
            message = f'the tag "{event.tag[:60]}" has no meaning in a record; remove it'
            raise _Fatal(_syntax(_span(event), message))
        self._open.add(event.anchor)
        if isinstance(event, events.ScalarEvent):
            plain = event.implicit[0] and not tag
            start, end = _span(event)
            while event.style in ("|", ">") and end > start and self._text[end - 1].isspace():
                end -= 1
            node = Node(start, end, self._plain(event) if plain else event.value)
        else:
            self._levels += 1
            if self._levels > MOST_LEVELS:
                raise _Fatal(too_deep(event.start_mark.index))
            listed = isinstance(event, events.SequenceStartEvent)
            node = self._list(event) if listed else self._object(event)
            self._levels -= 1
        self._open.discard(event.anchor)
        self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        if event.anchor in self._open:
            message = f'"*{event.anchor[:60]}" stands within what it repeats'
            raise _Fatal(_syntax(_span(event), message))
        if event.anchor not in self._anchors:
            message = f'there is no "&{event.anchor[:60]}" before this that it could repeat'
            raise _Fatal(_syntax(_span(event), message))
        if self.first_alias == (0, 1):
            self.first_alias = _span(event)
        meant = self._anchors[event.anchor]
        return Node(*_span(event), meant.value, meant.keys, meant.items)

    def _list(self, start: Any) -> Node:
        items = []
        while not self._parser.check_event(events.SequenceEndEvent):
            items.append(self._node())
        return Node(*_extent(start, self._next()), items=items)

    def _object(self, start: Any) -> Node:
        keys, items = [], []
        while not self._parser.check_event(events.MappingEndEvent):
            keys.append(self._key())
            items.append(self._node())
        return Node(*_extent(start, self._next()), keys=keys, items=items)

    def _key(self) -> Node:
        event = self._next()
        if not isinstance(event, events.ScalarEvent):
            message = "a key is a text that is written out: no list, no object and no alias"
            raise _Fatal(_syntax(_span(event), message))
        event.implicit = (False, True)
        return self._new(event)

    def _plain(self, event: Any) -> Any:
        """What a text without quotation marks and tag is in the core schema."""
        text = event.value
        if _NULL.fullmatch(text):
            return None
        if _BOOL.fullmatch(text):
            return text.casefold() == "true"
        try:
            if _INT.fullmatch(text):
                return int(text)
            if _OTHER_BASE.fullmatch(text):
                # Python limits no digits of these bases, but what it prints in the usual one.
                return int(str(int(text, 0)))
            if _FLOAT.fullmatch(text):
                return decimal(text)
        except (ValueError, DecimalException):
            message = f"this number is too long: at most {MOST_DIGITS} digits, written out"
        else:
            if not _NO_NUMBER.fullmatch(text):
                return text
            message = f"{text} is not a number; leave the key out if there is none"
        self._parsed.fixes.append(Fix(*_span(event), "null", "bad-number", message))
        return None


def _span(event: Any) -> Span:
    return event.start_mark.index, event.end_mark.index


def _extent(start: Any, end: Any) -> Span:
    # A block ends where the next one begins; its first line is enough to show.
    at = start.start_mark.index
    return at, end.end_mark.index if start.flow_style else at + 1
