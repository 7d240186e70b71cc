"""The schema: read once, with what the code derives from it.

`schemas/meeting.schema.json` is the only statement of what a record is. Which values point to other
entries (its keyword `x-refers-to`), what becomes of an entry whose pointer is withheld from an
audience (`x-if-withheld`), which are handling marks, and where ids stand is read from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from toolkit.record import dates
from toolkit.resources import resource

EVERY: Final = "*"
"""A step of a pattern that stands for each item of a list."""

_CODES = ("country", "currency", "language", "time_zone")
_END = re.compile(r"(?<!\\)\$(?=\)|$)")

Pattern = tuple[str, ...]
Path = tuple[str | int, ...]


def schema() -> dict[str, Any]:
    """Return the schema of records as data."""
    return loaded("meeting.schema.json")


@cache
def _fast(name: str) -> Any:
    """The same validator in Rust: it only says yes or no, but a hundred times as fast."""
    import jsonschema_rs

    formats = {"edtf": dates.is_edtf, "date": dates.is_day}
    return jsonschema_rs.Draft202012Validator(loaded(name), formats=formats, validate_formats=True)


def accepts(data: Any, name: str = "meeting.schema.json") -> bool:
    """Tell whether data follow a schema; where in doubt, jsonschema is asked for the errors."""
    try:
        return bool(_fast(name).is_valid(data))
    except Exception:
        return False


@cache
def loaded(name: str) -> dict[str, Any]:
    """Return one of the published schemas as data."""
    found: dict[str, Any] = json.loads(resource("schemas", name).read_text("utf-8"))
    return found


@cache
def validator_of(name: str) -> Any:
    """Return the compiled validator of one of the published schemas."""
    import jsonschema

    extend: Any = jsonschema.validators.extend
    made = extend(jsonschema.Draft202012Validator, {"pattern": _pattern, "uniqueItems": _unique})
    formats = jsonschema.FormatChecker(formats=())
    formats.checks("edtf")(lambda v: not isinstance(v, str) or dates.is_edtf(v))
    formats.checks("date")(lambda v: not isinstance(v, str) or dates.is_day(v))
    return made(loaded(name), format_checker=formats)


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[Any]:
    import jsonschema

    if isinstance(instance, str) and not regex(pattern).search(instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def _unique(_: Any, unique: bool, instance: Any, __: Any) -> Iterator[Any]:
    import jsonschema

    if unique and isinstance(instance, list) and any(repeated(instance)):
        yield jsonschema.ValidationError("a list has equal entries")


def repeated(items: list[Any]) -> list[bool]:
    """Tell of each entry of a list whether an equal one stands before it; linear in the list."""
    seen: set[Any] = set()
    out = []
    for key in map(_hashable, items):
        out.append(key in seen)
        seen.add(key)
    return out


def _hashable(value: Any) -> Any:
    """A value of JSON as a key that is equal where the values are: true is not 1, but 1.0 is."""
    if isinstance(value, dict):
        return frozenset((key, _hashable(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    return (bool, value) if isinstance(value, bool) else value


@cache
def regex(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the schema (ECMA-262): there, `$` is the very end, not before a newline."""
    return re.compile(_END.sub(r"\\Z", pattern))


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a record that names the id of an entry in one of `targets`.

    Where there is a `form`, a value that is not written as this pattern says is a text of its own.
    """

    pattern: Pattern
    targets: tuple[str, ...]
    form: str = ""

    def refers(self, value: Any) -> bool:
        """Tell whether a value that stands there is meant as an id."""
        return isinstance(value, str) and (
            not self.form or regex(self.form).search(value) is not None
        )


def resolve(node: dict[str, Any], root: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a subschema with its `$ref`, if it has one, merged in."""
    if "$ref" not in node:
        return node
    root = root or schema()
    target: dict[str, Any] = root["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return {**resolve(target, root), **node}


def _walk(node: dict[str, Any], pattern: Pattern) -> Iterator[tuple[Pattern, dict[str, Any]]]:
    resolved = resolve(node)
    yield pattern, {**resolved, "$ref": node.get("$ref", "")}
    for key, child in resolved.get("properties", {}).items():
        yield from _walk(child, (*pattern, key))
    if "items" in resolved:
        yield from _walk(resolved["items"], (*pattern, EVERY))


def _patterns(wanted: Callable[[Pattern, dict[str, Any]], bool]) -> list[tuple[Pattern, Any]]:
    return [(pattern, node) for pattern, node in _walk(schema(), ()) if wanted(pattern, node)]


@cache
def references() -> tuple[Reference, ...]:
    """Return every place that refers to another entry."""
    definitions = schema()["$defs"]
    found = _patterns(lambda _, node: "x-refers-to" in node)
    return tuple(
        Reference(
            pattern,
            tuple(node["x-refers-to"]),
            definitions[node["x-refers-as"]]["pattern"] if "x-refers-as" in node else "",
        )
        for pattern, node in found
    )


@cache
def when_withheld() -> dict[Pattern, str]:
    """Return what becomes of an entry when something that a property of it names is withheld.

    `pointer-goes`: it stays without the pointer; `entry-goes`: it goes; `entry-goes-with-last`: it
    goes when all that the property names are withheld.
    """
    return {p: node["x-if-withheld"] for p, node in _patterns(lambda _, n: "x-if-withheld" in n)}


@cache
def optional_lists() -> frozenset[Pattern]:
    """Return where lists stand that may as well be missing."""
    return frozenset(
        (*pattern, key)
        for pattern, node in _walk(schema(), ())
        for key, child in node.get("properties", {}).items()
        if resolve(child).get("type") == "array" and key not in node.get("required", ())
    )


@cache
def id_patterns() -> dict[str, Pattern]:
    """Return where the ids of each collection stand; a collection is named as in `agreements.items`."""
    found = _patterns(lambda p, _: len(p) > 2 and p[-2:] == (EVERY, "id"))
    return {".".join(pattern[:-2]): pattern for pattern, _ in found}


@cache
def mark_patterns() -> tuple[Pattern, ...]:
    """Return where single entries carry a handling mark of their own."""
    found = _patterns(lambda p, node: p[-1:] == ("handling",) and node["$ref"].endswith("/mark"))
    return tuple(pattern for pattern, _ in found)


@cache
def patterns_of(definition: str) -> tuple[Pattern, ...]:
    """Return where values of a definition of the schema stand, such as `country`."""
    found = _patterns(lambda _, node: node["$ref"].endswith(f"/{definition}"))
    return tuple(pattern for pattern, _ in found)


@cache
def default_scheme() -> tuple[str, ...]:
    """Return the handling marks of a record that names no scheme, least strict first."""
    return tuple(schema()["properties"]["handling"]["properties"]["scheme"]["default"])


def node_at(pattern: Pattern) -> dict[str, Any]:
    """Return the subschema of the values that a pattern finds."""
    node: dict[str, Any] = resolve(schema())
    for step in pattern:
        node = resolve(node["items"] if step == EVERY else node["properties"][step])
    return node


def at(data: Any, pattern: Pattern) -> list[tuple[Path, Any]]:
    """Return path and value of all that a pattern finds in data of any shape."""
    found: list[tuple[Path, Any]] = [((), data)]
    for step in pattern:
        if not found:
            break
        if step == EVERY:
            lists = ((path, value) for path, value in found if isinstance(value, list))
            found = [((*path, i), item) for path, listed in lists for i, item in enumerate(listed)]
        else:
            found = [
                ((*path, step), value[step])
                for path, value in found
                if isinstance(value, dict) and step in value
            ]
    return found


@cache
def watched() -> tuple[Pattern, ...]:
    """Return every pattern that this module derives from the schema."""
    codes = (p for name in _CODES for p in patterns_of(name))
    references_ = (reference.pattern for reference in references())
    found = (*references_, *id_patterns().values(), *mark_patterns(), *codes)
    return tuple(dict.fromkeys(found))


class _Step:
    """A step into a record: what it finds there, and the steps that may follow."""

    __slots__ = ("deeper", "items", "keys", "pattern")

    def __init__(self) -> None:
        self.pattern: Pattern | None = None
        self.keys: dict[str, _Step] = {}
        self.items: _Step | None = None
        self.deeper = False

    def next(self, key: str) -> _Step:
        self.deeper = True
        if key != EVERY:
            return self.keys.setdefault(key, _Step())
        self.items = self.items or _Step()
        return self.items


@cache
def _ways() -> _Step:
    root = _Step()
    for pattern in watched():
        step = root
        for key in pattern:
            step = step.next(key)
        step.pattern = pattern
    return root


def at_all(data: Any) -> dict[Pattern, list[tuple[Path, Any]]]:
    """Return what `at` finds for each watched pattern, in one walk through the data."""
    found: dict[Pattern, list[tuple[Path, Any]]] = {pattern: [] for pattern in watched()}
    _gather(data, (), _ways(), found)
    return found


def _gather(
    value: Any, path: Path, step: _Step, found: dict[Pattern, list[tuple[Path, Any]]]
) -> None:
    if isinstance(value, dict):
        for key in value:
            inner = step.keys.get(key)
            if inner is not None:
                if inner.pattern is not None:
                    found[inner.pattern].append(((*path, key), value[key]))
                if inner.deeper:
                    _gather(value[key], (*path, key), inner, found)
    elif step.items is not None and isinstance(value, list):
        inner = step.items
        for index, item in enumerate(value):
            if inner.pattern is not None:
                found[inner.pattern].append(((*path, index), item))
            if inner.deeper:
                _gather(item, (*path, index), inner, found)


def ids_by(find: Callable[[Pattern], list[tuple[Path, Any]]]) -> dict[str, set[str]]:
    """Return the ids that each collection of a record holds; `find` looks a pattern up in it."""
    return {
        collection: {value for _, value in find(pattern) if isinstance(value, str)}
        for collection, pattern in id_patterns().items()
    }
