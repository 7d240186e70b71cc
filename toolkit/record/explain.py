"""Errors of the schema in plain words: what is wrong, where, and what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from toolkit.record import schema
from toolkit.record.finding import Finding, Path
from toolkit.record.guess import amount, clock, closest, country_code, day, language_tag
from toolkit.record.schema import regex, repeated, resolve

_TYPES = {
    "string": "a text in quotation marks",
    "number": "a number without quotation marks",
    "integer": "a whole number without quotation marks",
    "boolean": "true or false without quotation marks",
    "array": "a list in square brackets [ ]",
    "object": "an object in braces { }",
    "null": "null",
}

# A guess costs a fraction of a millisecond; nobody has mistyped so many keys of one object.
_MOST_GUESSES = 1000


def explained(data: Any, name: str = "meeting.schema.json") -> list[Finding]:
    """Return what is to be told of data that do not follow one of the published schemas."""
    root = schema.loaded(name)
    errors = schema.validator_of(name).iter_errors(data)
    return _without_followers([f for error in errors for f in explain(error, root)])


def _without_followers(findings: list[Finding]) -> list[Finding]:
    """Return findings without those that only follow from another: a misspelt key lacks, too."""
    meant = {(f.path[:-1], f.key) for f in findings if f.rule == "unknown-key" and f.key}
    return [f for f in findings if f.rule != "missing-key" or (f.path, f.key) not in meant]


def explain(error: Any, root: dict[str, Any]) -> Iterator[Finding]:
    """Yield what a user is told about one error of jsonschema; each cause is named once.

    `root` is the schema that was asked.
    """
    path = tuple(error.absolute_path)
    if error.validator == "required":
        yield from _required(error, path, root)
    elif error.validator == "additionalProperties":
        yield from _additional(error, path, root)
    else:
        yield from _EXPLAINERS.get(error.validator, _other)(error, path)


def _other(error: Any, path: Path) -> Iterator[Finding]:
    yield Finding(
        "schema", path, f"{_shown(path)} does not follow the schema: {error.message[:200]}"
    )


def _shown(path: Path) -> str:
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return "the record"
    entry = f" (entry {path[-1] + 1})" if isinstance(path[-1], int) else ""
    return f'"{names[-1]}"{entry}'


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _node_at(path: Path, root: dict[str, Any]) -> dict[str, Any]:
    """The subschema for the value at a path of the record."""
    node = root
    for step in path:
        node = resolve(node, root)
        node = (
            node.get("items", {})
            if isinstance(step, int)
            else node.get("properties", {}).get(step, {})
        )
    return resolve(node, root)


def _required(error: Any, path: Path, root: dict[str, Any]) -> Iterator[Finding]:
    # One error of jsonschema names one key; the message tells it.
    missing = [key for key in error.validator_value if key not in error.instance]
    key = next((k for k in missing if error.message.startswith(repr(k))), missing[0])
    node = resolve(_node_at(path, root).get("properties", {}).get(key, {}), root)
    hint = f", for example {_example(key, node)}" if node.get("examples") else ""
    yield Finding("missing-key", path, f'"{key}" is missing here{hint}', "opening", key=key)


def _example(key: str, node: dict[str, Any]) -> str:
    return f'"{key}": {_short(node["examples"][0])}'


def _additional(error: Any, path: Path, root: dict[str, Any]) -> Iterator[Finding]:
    known = [k for k in error.schema.get("properties", {}) if k != "$schema"]
    patterns = error.schema.get("patternProperties", {})
    free = [k for k in known if k not in error.instance] or known
    unknown = (
        key
        for key in error.instance
        if key not in error.schema.get("properties", {})
        and not any(re.search(p, key) for p in patterns)
    )
    for number, key in enumerate(unknown):
        match = closest(key, free) if number < _MOST_GUESSES else None
        own = "; a key of your own begins with x-" if patterns else ""
        inner = ", ".join(f'"{name}"' for name in _inside(key, error.schema, root))
        if match:
            hint = f'did you mean "{match}"?'
        elif inner:
            hint = f"it belongs further inside, in {inner}"
        else:
            hint = f"keys here are {', '.join(known)}{own}"
        yield Finding(
            "unknown-key",
            (*path, key),
            f'"{_cut(key)}" is not a key here; {hint}',
            "key",
            json.dumps(match) if match else None,
            key=match,
        )


def _inside(key: str, node: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """Return the first members of an object whose entries have a key."""
    found = []
    for name, child in node.get("properties", {}).items():
        entry = resolve(child, root)
        entry = resolve(entry.get("items", entry), root)
        if key in entry.get("properties", {}):
            found.append(name)
    return found[:3]


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _type(error: Any, path: Path) -> Iterator[Finding]:
    wanted = error.validator_value
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    words = " or ".join(_TYPES[kind] for kind in kinds)
    suggestion = None
    value = error.instance
    certain = True
    if isinstance(value, str) and {"number", "integer"} & set(kinds):
        plain = value.strip().replace(" ", "").replace("\u00a0", "")
        if re.fullmatch(
            r"-?(0|[1-9]\d*)(\.\d+)?" if "number" in kinds else r"-?(0|[1-9]\d*)", plain
        ):
            suggestion = plain
        else:
            guessed = amount(value)
            if guessed:
                suggestion, code = guessed
                beside = f', and beside it "currency": "{code}"' if code else ""
                message = f"{_shown(path)} must be {words}; write {suggestion}{beside}"
                yield Finding("wrong-type", path, message, "value", suggestion)
                return
    elif isinstance(value, str) and "boolean" in kinds and value.casefold() in ("true", "false"):
        suggestion = value.casefold()
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool) and "string" in kinds:
        suggestion = f'"{value}"'
    elif "array" in kinds and value is not None and not isinstance(value, list):
        certain = False
        suggestion = (
            f"[{json.dumps(value, ensure_ascii=False, default=str)}]"
            if isinstance(value, str)
            else None
        )
    instead = f"; write {suggestion}" if suggestion else ""
    example = next(iter(error.schema.get("examples", ())), None)
    if not instead and isinstance(example, (dict, list)) and value is not None:
        instead = f", as in {_short(example)}"
    hint = "; leave the key out if there is nothing to say" if value is None else ""
    yield Finding(
        "wrong-type",
        path,
        f"{_shown(path)} must be {words}{instead}{hint}",
        "value",
        suggestion,
        certain,
    )


def _enum(error: Any, path: Path) -> Iterator[Finding]:
    values = [str(v) for v in error.validator_value]
    word = str(error.instance)
    match = closest(word.replace(" ", "_").replace("-", "_"), values)
    hint = f'did you mean "{match}"?' if match else f"write one of {', '.join(values)}"
    yield Finding(
        "unknown-value",
        path,
        f"{_short(error.instance)} is not a value of {_shown(path)}; {hint}",
        "value",
        json.dumps(match) if match else None,
    )


def _const(error: Any, path: Path) -> Iterator[Finding]:
    right = json.dumps(error.validator_value)
    yield Finding("unknown-value", path, f"{_shown(path)} must be {right}", "value", right)


def _format(error: Any, path: Path) -> Iterator[Finding]:
    text = error.instance
    meant = day(text)
    suggestion, certain = (f'"{meant[0]}"', meant[1]) if meant else (None, False)
    if suggestion:
        message = f"{_short(text)} is no ISO 8601 date; write {suggestion}"
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        message = f"{_short(text)} does not exist in the calendar"
    elif error.validator_value == "date":
        message = f'{_short(text)} is no date; write year-month-day, as in "2023-10-17"'
    else:
        message = (
            f'{_short(text)} is no date; write "2023-10-17", or "2023-10" or "2023" where less is '
            'known, or "2023-10-16/2023-10-18" for a span'
        )
    yield Finding("bad-date", path, message, "value", suggestion, certain)


def _pattern(error: Any, path: Path) -> Iterator[Finding]:
    text = error.instance
    if not text.strip():
        yield Finding(
            "empty-text", path, f"{_shown(path)} is empty; write something or leave the key out"
        )
        return
    node = error.schema
    example = next(iter(node.get("examples", [])), None)
    suggestion = None
    slug = _slug(text)
    if path[-1:] == ("country",) and (code := country_code(text)):
        message = f'{_short(text)} is no country code; write "{code}" (ISO 3166-1 alpha-2)'
        yield Finding("bad-form", path, message, "value", f'"{code}"', len(text) < 4)
        return
    if path[-1:] == ("language",) and (tag := language_tag(text)):
        message = f'{_short(text)} is no language tag; write "{tag}" (BCP 47)'
        yield Finding("bad-form", path, message, "value", f'"{tag}"')
        return
    for candidate in (text.strip(), text.strip().upper(), slug, clock(text), f"https://{text}"):
        if candidate and candidate != text and regex(error.validator_value).search(candidate):
            suggestion = json.dumps(candidate, ensure_ascii=False)
            break
    instead = (
        f"write {suggestion}"
        if suggestion
        else f"write it as in {_short(example)}"
        if example
        else "write it as the schema says"
    )
    what = node.get("description", "").split(".")[0]
    yield Finding(
        "bad-form",
        path,
        f"{_short(text)} does not have the form of {_shown(path)}; {instead} ({what})",
        "value",
        suggestion,
        # Another identifier would have to be changed where it is mentioned, too.
        suggestion is not None and suggestion != json.dumps(slug, ensure_ascii=False),
    )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def _length(error: Any, path: Path) -> Iterator[Finding]:
    if error.validator == "minLength" and not error.instance:
        # The pattern that asks for a visible character reports the same text; say it once.
        if "pattern" not in error.schema:
            yield Finding(
                "empty-text", path, f"{_shown(path)} is empty; write something or leave the key out"
            )
    else:
        limit = error.validator_value
        yield Finding("bad-length", path, f"{_shown(path)} is too long: at most {limit} characters")


def _few(error: Any, path: Path) -> Iterator[Finding]:
    yield Finding("empty-list", path, f"{_shown(path)} needs at least one entry")


def _unique(error: Any, path: Path) -> Iterator[Finding]:
    for index, again in enumerate(repeated(error.instance)):
        if again:
            yield Finding(
                "repeated-entry",
                (*path, index),
                f"{_short(error.instance[index])} stands in this list already; remove it",
            )


def _range(error: Any, path: Path) -> Iterator[Finding]:
    bound = "at least" if error.validator == "minimum" else "at most"
    yield Finding("bad-number", path, f"{_shown(path)} must be {bound} {error.validator_value}")


def _choice(error: Any, path: Path) -> Iterator[Finding]:
    branches = error.validator_value
    if all(set(branch) == {"required"} for branch in branches):
        options = " or ".join(" and ".join(f'"{k}"' for k in b["required"]) for b in branches)
        # Where one branch is half there, name what lacks.
        yield Finding("missing-key", path, f"{options} is missing here", "opening")
    else:
        yield from _other(error, path)


def _not(error: Any, path: Path) -> Iterator[Finding]:
    keys = error.validator_value.get("required", [])
    names = " and ".join(f'"{k}"' for k in keys)
    yield Finding(
        "too-many-keys", (*path, keys[-1]), f"{names} exclude each other; keep one", "key"
    )


def _dependent(error: Any, path: Path) -> Iterator[Finding]:
    for key, needed in error.validator_value.items():
        for other in needed if key in error.instance and f"{key!r}" in error.message else ():
            if other not in error.instance:
                node = error.schema.get("properties", {}).get(other, {})
                hint = f", as in {_example(other, node)}" if node.get("examples") else ""
                message = f'"{key}" needs "{other}" beside it{hint}'
                yield Finding("missing-key", (*path, key), message, "key")


_EXPLAINERS = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "format": _format,
    "pattern": _pattern,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _few,
    "minProperties": _few,
    "uniqueItems": _unique,
    "minimum": _range,
    "maximum": _range,
    "anyOf": _choice,
    "not": _not,
    "dependentRequired": _dependent,
}
