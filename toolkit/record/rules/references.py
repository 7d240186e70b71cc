"""Rules of what entries say of each other: ids, references, handling marks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from toolkit.record import schema
from toolkit.record.finding import Finding
from toolkit.record.rules.book import Facts, rule
from toolkit.record.schema import EVERY, Path
from toolkit.record.texts import values

# What the guesses of a record may cost: some tenths of a second.
_MOST_COMPARED = 20_000


@rule(
    "duplicate-id",
    "error",
    "an id names one entry of the record",
    why="An id is how entries point to each other; where two share one, nobody can tell which is meant.",
    wrong='"topics": [{"id": "trade", "title": "Trade"}, {"id": "trade", "title": "Transit"}]',
    right='"topics": [{"id": "trade", "title": "Trade"}, {"id": "transit", "title": "Transit"}]',
    firm=True,
)
def unique_ids(facts: Facts) -> Iterator[Finding]:
    """Yield each duplicate-id."""
    seen: dict[str, str] = {}
    for collection, pattern in schema.id_patterns().items():
        for path, value in facts.at(pattern):
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


@rule(
    "unknown-reference",
    "error",
    "every id that is mentioned names an entry of the right kind",
    why="A speaker, a source or a topic that is not in the record cannot be printed.",
    wrong='"commitments": [{"id": "c", "text": "Send the study", "status": "open", "by": ["swiss"]}]',
    right='"commitments": [{"id": "c", "text": "Send the study", "status": "open", "by": ["ch"]}]',
    firm=True,
)
def known_references(facts: Facts) -> Iterator[Finding]:
    """Yield each unknown-reference."""
    compared = 0
    for reference in schema.references():
        ids = set().union(*(facts.ids[target] for target in reference.targets))
        unknown = [
            (path, value)
            for path, value in facts.at(reference.pattern)
            if reference.refers(value) and value not in ids
        ]
        known, called = sorted(ids), _called(facts, reference.targets) if unknown else {}
        for path, value in unknown:
            compared += len(known)
            near = known if compared < _MOST_COMPARED else []
            named = called.get(value.casefold(), [])
            yield _unknown(facts, path, value, reference, known, near, named)


def _unknown(
    facts: Facts,
    path: Path,
    value: str,
    reference: schema.Reference,
    known: list[str],
    near: list[str],
    named: list[dict[str, Any]],
) -> Finding:
    from toolkit.record.guess import closest

    targets = reference.targets
    where = " or ".join(f'"{target}"' for target in targets)
    nameless = any("id" not in entry for entry in named)
    own = (entry["id"] for entry in named if isinstance(entry.get("id"), str))
    match = next(own, None) or closest(value, near)
    elsewhere = next((name for name, held in facts.ids.items() if value in held), None)
    if elsewhere:
        message = (
            f'"{value}" is an entry of "{elsewhere}"; here the id of an entry of {where} is needed'
        )
    elif nameless:
        message = (
            f'this points to an entry of {where} by its "id", and the one of that name has none'
        )
        match = None
    elif match:
        message = f'there is no "{value}" in {where}; did you mean "{match}"?'
    elif known:
        message = f'there is no "{value}" in {where}; there are {", ".join(known[:8])}'
    else:
        message = f'there is no "{value}": {where} is empty; add the entry there'
    if reference.form:
        message += "; a title is written as one reads it, with spaces or capital letters"
    return Finding(
        "unknown-reference",
        path,
        message,
        "value",
        f'"{match}"' if match and not elsewhere else None,
    )


def _called(facts: Facts, targets: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """Return the entries of collections by the texts that are their name or title, case aside."""
    out: dict[str, list[dict[str, Any]]] = {}
    for target in targets:
        first, _, second = target.partition(".")
        holder = facts.data.get(first)
        listed = holder.get(second) if second and isinstance(holder, dict) else holder
        for entry in listed if isinstance(listed, list) else ():
            for key in ("name", "names", "title") if isinstance(entry, dict) else ():
                for _, text in values(entry.get(key)):
                    out.setdefault(text.casefold(), []).append(entry)
    return out


def scheme_of(data: Any, stated: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the handling marks in force for a record, least strict first.

    They are those that project or house style state; where they state none, the record's own.
    """
    return stated or _own_scheme(data) or schema.default_scheme()


def _own_scheme(data: Any) -> tuple[str, ...]:
    handling = data.get("handling") if isinstance(data, dict) else None
    scheme = handling.get("scheme") if isinstance(handling, dict) else None
    listed = scheme if isinstance(scheme, list) else []
    return tuple(listed) if all(isinstance(mark, str) for mark in listed) else ()


@rule(
    "other-scheme",
    "error",
    "a record states no other handling marks, and no other order, than its ministry",
    why="The order of the marks decides what leaves the house. Where the house style or "
    "briefpack.toml states it, no record may turn it round.",
    wrong='"handling": {"mark": "public", "scheme": ["restricted", "public"]}',
    right='"handling": {"mark": "public"}',
    firm=True,
)
def own_marks(facts: Facts) -> Iterator[Finding]:
    """Yield each other-scheme."""
    own, stated = _own_scheme(facts.data), facts.policy.scheme
    if stated and own and own != stated:
        yield Finding(
            "other-scheme",
            ("handling", "scheme"),
            "these are not the handling marks of the house style or the project, in their order: "
            f'{", ".join(stated)}; leave "scheme" out, or write them so',
            "value",
            json.dumps(stated, ensure_ascii=False),
        )


@rule(
    "unknown-mark",
    "error",
    "every handling mark is one of the scheme in force",
    why="A mark that is not in the scheme has no place in its order, so nobody can tell what is stricter.",
    wrong='"objectives": [{"text": "Agree on a date.", "handling": "secret"}]',
    right='"objectives": [{"text": "Agree on a date.", "handling": "restricted"}]',
    firm=True,
)
def known_marks(facts: Facts) -> Iterator[Finding]:
    """Yield each unknown-mark."""
    scheme = facts.scheme
    for pattern in (("handling", "mark"), *schema.mark_patterns()):
        for path, value in facts.at(pattern):
            if isinstance(value, str) and value not in scheme:
                from toolkit.record.guess import closest

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


@rule(
    "disclosable-mark",
    "error",
    "what must not be disclosed stands above the least strict mark",
    why="An entry that must not be disclosed but bears the mark of public papers ends up in public papers.",
    wrong='"background": [{"text": "We talk to others, too.", "use": "not_to_be_disclosed", "handling": "public"}]',
    right='"background": [{"text": "We talk to others, too.", "use": "not_to_be_disclosed", "handling": "restricted"}]',
    firm=True,
)
def kept_back(facts: Facts) -> Iterator[Finding]:
    """Yield each disclosable-mark."""
    data, scheme = facts.data, facts.scheme
    handling = data.get("handling")
    whole = handling.get("mark") if isinstance(handling, dict) else None
    for path, use in facts.at(("background", EVERY, "use")):
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
