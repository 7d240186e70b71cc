"""What no schema can say: ids, references, marks, characters. Each rule takes any data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from toolkit.record import schema
from toolkit.record.explain import Finding, closest
from toolkit.record.schema import EVERY, Path

# What XML 1.0 cannot hold, the two bidirectional overrides (which make a text read as another one),
# and surrogates without their half.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]"
)
_MOST_DECIMALS = 30
_ESCAPED = re.compile(r"\\[bf]|\\u(?:00[0189]|202|[dD][89a-fA-F]|[fF]{3}|007)")


def check(data: Any, text: str, usual: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Yield what is wrong with a record beyond its shape; data need not follow the schema.

    `usual` are the handling marks where the record names no scheme.
    """
    if not isinstance(data, dict):
        return
    yield from unique_ids(data)
    yield from known_references(data)
    scheme = scheme_of(data, usual)
    yield from known_marks(data, scheme)
    yield from kept_back(data, scheme)
    yield from decimals(data)
    if _FORBIDDEN.search(text) or _ESCAPED.search(text):
        yield from characters(data)


def unique_ids(data: Any) -> Iterator[Finding]:
    """`duplicate-id`: an id names one entry of the record."""
    seen: dict[str, str] = {}
    for collection, pattern in schema.id_patterns().items():
        for path, value in schema.at(data, pattern):
            if not isinstance(value, str):
                continue
            if value in seen:
                where = f'in "{seen[value]}"'
                yield Finding(
                    "duplicate-id",
                    path,
                    f'the id "{value}" is used already {where}; choose another',
                )
            else:
                seen[value] = collection


def ids_of(data: Any) -> dict[str, set[str]]:
    """Return the ids that each collection of a record holds."""
    return {
        collection: {v for _, v in schema.at(data, pattern) if isinstance(v, str)}
        for collection, pattern in schema.id_patterns().items()
    }


def known_references(data: Any) -> Iterator[Finding]:
    """`unknown-reference`: every id that is mentioned names an entry of the right kind."""
    ids = ids_of(data)
    for reference in schema.references():
        known: set[str] = set().union(*(ids[target] for target in reference.targets))
        for path, value in schema.at(data, reference.pattern):
            if isinstance(value, str) and value not in known:
                yield _unknown(path, value, reference.targets, known, ids)


def _unknown(
    path: Path, value: str, targets: tuple[str, ...], known: set[str], ids: dict[str, set[str]]
) -> Finding:
    where = " or ".join(f'"{target}"' for target in targets)
    match = closest(value, sorted(known))
    elsewhere = next((name for name, held in ids.items() if value in held), None)
    if elsewhere:
        message = (
            f'"{value}" is an entry of "{elsewhere}"; here the id of an entry of {where} is needed'
        )
    elif match:
        message = f'there is no "{value}" in {where}; did you mean "{match}"?'
    elif known:
        message = f'there is no "{value}" in {where}; there are {", ".join(sorted(known)[:8])}'
    else:
        message = f'there is no "{value}": {where} is empty; add the entry there'
    return Finding(
        "unknown-reference",
        path,
        message,
        "value",
        f'"{match}"' if match and not elsewhere else None,
    )


def scheme_of(data: Any, usual: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the handling marks in force for a record, least strict first."""
    handling = data.get("handling") if isinstance(data, dict) else None
    scheme = handling.get("scheme") if isinstance(handling, dict) else None
    if isinstance(scheme, list) and scheme and all(isinstance(m, str) for m in scheme):
        return tuple(scheme)
    return usual or schema.default_scheme()


def known_marks(data: Any, scheme: tuple[str, ...]) -> Iterator[Finding]:
    """`unknown-mark`: every handling mark is one of the scheme in force."""
    for pattern in (("handling", "mark"), *schema.mark_patterns()):
        for path, value in schema.at(data, pattern):
            if isinstance(value, str) and value not in scheme:
                match = closest(value, list(scheme))
                hint = f'did you mean "{match}"?' if match else "its marks are"
                listed = "" if match else " " + ", ".join(scheme)
                yield Finding(
                    "unknown-mark",
                    path,
                    f'"{value}" is no handling mark of the scheme; {hint}{listed}',
                    "value",
                    f'"{match}"' if match else None,
                )


def kept_back(data: Any, scheme: tuple[str, ...]) -> Iterator[Finding]:
    """`disclosable-mark`: what must not be disclosed stands above the least strict mark."""
    handling = data.get("handling")
    whole = handling.get("mark") if isinstance(handling, dict) else None
    for path, use in schema.at(data, ("background", EVERY, "use")):
        entry = data["background"][path[1]]
        mark = entry.get("handling", whole)
        if use == "not_to_be_disclosed" and mark == scheme[0]:
            higher = f', such as "handling": "{scheme[1]}"' if len(scheme) > 1 else ""
            yield Finding(
                "disclosable-mark",
                path,
                f'what must not be disclosed cannot be marked "{mark}"; '
                f"give the entry a stricter handling mark{higher}",
            )


def decimals(data: Any) -> Iterator[Finding]:
    """`bad-number`: a number has no more decimals than a document can show."""
    for key in ("value", "low", "high"):
        for path, value in schema.at(data, ("figures", EVERY, key)):
            exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
            if isinstance(exponent, int) and exponent < -_MOST_DECIMALS:
                message = f'"{key}" has too many decimals: at most {_MOST_DECIMALS}'
                yield Finding("bad-number", path, message)


def characters(data: Any) -> Iterator[Finding]:
    """`forbidden-character`: a character that no document can hold or that falsifies what is read."""
    stack: list[tuple[Path, Any]] = [((), data)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            match = _FORBIDDEN.search(value)
            if match:
                yield Finding("forbidden-character", path, _character(match.group()))
        elif isinstance(value, dict):
            for key, item in value.items():
                match = _FORBIDDEN.search(key)
                if match:
                    yield Finding(
                        "forbidden-character", (*path, key), _character(match.group()), "key"
                    )
                stack.append(((*path, key), item))
        elif isinstance(value, list):
            stack.extend(((*path, i), item) for i, item in enumerate(value))


def _character(char: str) -> str:
    code = f"U+{ord(char):04X}"
    if char in "\u202d\u202e":
        return f"this text holds {code}, which turns the order of what is read; remove it"
    if "\ud800" <= char <= "\udfff":
        return f"this text holds {code}, half of a character; write the character itself"
    return f"this text holds {code}, a control character that no document can show; remove it"
