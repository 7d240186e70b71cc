"""A record for one audience: what is marked above the audience's level is left out.

Whatever points to something left out goes with it, or loses the pointer where it can do without.
"""

from __future__ import annotations

import copy
from typing import Any

from toolkit.errors import BriefpackError, UsageError, WithheldError
from toolkit.record import schema
from toolkit.record.convert import as_json
from toolkit.record.load import Record, from_source
from toolkit.record.policy import Policy
from toolkit.record.rules import RULES
from toolkit.record.source import Source

_GONE = object()


def select(record: Record, audience: str) -> Record:
    """Return the record that readers up to a handling mark may see.

    Raises UsageError where the scheme has no such mark, and BriefpackError where the record as a
    whole stands above it or nothing of use would be left.
    """
    scheme = record.scheme
    if audience not in scheme:
        raise UsageError(
            f'there is no handling mark "{audience}" in this record; there are {", ".join(scheme)}'
        )
    level = scheme.index(audience)
    if scheme.index(record.meeting.handling.mark) > level:
        raise WithheldError(
            f'the whole record is marked "{record.meeting.handling.mark}", which is above "{audience}"'
        )
    above = set(scheme[level + 1 :])
    data = _without(copy.deepcopy(record.data), lambda node: node.get("handling") in above)
    while True:
        before = copy.deepcopy(data)
        data = _without_dangling(data)
        if data == before:
            break
    text = as_json(data)
    # The whole was checked; what is left has only to be what the documents rely on.
    policy = Policy(scheme, {rule.code: "off" for rule in RULES.values() if not rule.firm})
    try:
        return from_source(Source(f"{record.id}.json", text, text.decode("utf-8")), policy)
    except BriefpackError as error:
        raise BriefpackError(
            f'nothing that can stand alone is left of the record for "{audience}"'
        ) from error


def _without(node: Any, drop: Any) -> Any:
    """Return data without the objects that `drop` tells, wherever they stand."""
    if isinstance(node, list):
        kept = (_without(item, drop) for item in node)
        return [item for item in kept if item is not _GONE]
    if isinstance(node, dict):
        if isinstance(node.get("handling"), str) and drop(node):
            return _GONE
        kept_pairs = ((key, _without(value, drop)) for key, value in node.items())
        return {key: value for key, value in kept_pairs if value is not _GONE}
    return node


def _without_dangling(data: Any) -> Any:
    """Take out references to what is gone, and entries that make no sense without them."""
    ids = schema.ids_by(lambda pattern: schema.at(data, pattern))
    doomed: set[int] = set()
    for reference in schema.references():
        known: set[str] = set().union(*(ids[target] for target in reference.targets))
        in_list = reference.pattern[-1] == schema.EVERY
        holder = reference.pattern[:-2] if in_list else reference.pattern[:-1]
        key = reference.pattern[-2] if in_list else reference.pattern[-1]
        for _, node in schema.at(data, holder):
            if not isinstance(node, dict) or key not in node:
                continue
            if in_list:
                kept = [ref for ref in node[key] if ref in known]
                # What was said about nothing but entries left out would tell of them.
                if not kept and node[key] and key == "about":
                    doomed.add(id(node))
                node[key] = kept
                if not kept:
                    del node[key]
            elif node[key] not in known:
                del node[key]
                if not _stands(holder, node):
                    doomed.add(id(node))
    return _prune(data, doomed) if doomed else data


def _stands(pattern: schema.Pattern, node: dict[str, Any]) -> bool:
    """Tell whether an entry still has the keys that the schema asks for."""
    found = schema.node_at(pattern)
    branches = [branch["required"] for branch in found.get("anyOf", ()) if "required" in branch]
    return all(key in node for key in found.get("required", ())) and (
        not branches or any(all(key in node for key in branch) for branch in branches)
    )


def _prune(node: Any, doomed: set[int]) -> Any:
    if isinstance(node, list):
        return [_prune(item, doomed) for item in node if id(item) not in doomed]
    if isinstance(node, dict):
        return {
            key: _prune(value, doomed) for key, value in node.items() if id(value) not in doomed
        }
    return node
