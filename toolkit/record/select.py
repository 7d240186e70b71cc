"""A record for one audience: what is marked above the audience's level is left out.

Nothing that is left depends on what was withheld, or tells of it: two records that differ only in
withheld entries give the same bytes. What becomes of an entry that points to something withheld is
stated in the schema, by `x-if-withheld`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from toolkit.errors import BriefpackError, UsageError, WithheldError
from toolkit.record import schema
from toolkit.record.convert import as_json
from toolkit.record.load import Record, from_source
from toolkit.record.policy import Choice
from toolkit.record.rules import RULES
from toolkit.record.schema import EVERY, Pattern
from toolkit.record.source import Source

_WITHHELD: Final = object()


def select(record: Record, audience: str) -> Record:
    """Return the record that readers up to a handling mark may see.

    Left out are, besides the entries marked above it and what depends on them: sources that nothing
    left cites, unless they bear a mark of their own; keys beginning with `x-` that `policy` does not
    list; and the claim that the list of agreements is complete.

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
    data = _Audience(scheme[: level + 1], record.policy.extensions).view(record.data)
    _keep_cited_sources(data)
    _claim_nothing(data)
    text = as_json(data)
    # The whole was checked; what is left has only to be what the documents rely on.
    off: dict[str, Choice] = {rule.code: "off" for rule in RULES.values() if not rule.firm}
    policy = replace(record.policy, severities=off)
    try:
        return from_source(Source(f"{record.id}.json", text, text.decode("utf-8")), policy)
    except BriefpackError as error:
        raise BriefpackError(
            f'nothing that can stand alone is left of the record for "{audience}"'
        ) from error


@dataclass(frozen=True, slots=True)
class _Audience:
    """Who reads: the handling marks that are open to them, and the ministry's own keys."""

    marks: tuple[str, ...]
    extensions: tuple[str, ...]

    def view(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what is left of a record's data.

        The whole is read again and again without what was withheld the last time, since an entry
        that goes may take others along.
        """
        ids = _ids(data)
        while True:
            known = {
                reference.pattern: set().union(*(ids[target] for target in reference.targets))
                for reference in schema.references()
            }
            left: dict[str, Any] = self._left(data, (), known)
            now = _ids(left)
            if now == ids:
                return left
            ids = now

    def _left(self, value: Any, pattern: Pattern, known: Mapping[Pattern, set[str]]) -> Any:
        """Return what is left of a value; `known` are the ids to which each reference may point."""
        if isinstance(value, list):
            items = (self._left(item, (*pattern, EVERY), known) for item in value)
            return [item for item in items if item is not _WITHHELD]
        if isinstance(value, dict):
            return self._left_of_object(value, pattern, known)
        reference = _references().get(pattern)
        if reference and reference.refers(value) and value not in known[pattern]:
            return _WITHHELD
        return value

    def _left_of_object(
        self, node: dict[str, Any], pattern: Pattern, known: Mapping[Pattern, set[str]]
    ) -> Any:
        # The record's own mark stands one level deeper; an unknown mark has no place in the order.
        if pattern and "handling" in node and node["handling"] not in self.marks:
            return _WITHHELD
        left = {}
        for key, value in node.items():
            if key.startswith("x-") and key not in self.extensions:
                continue
            place = (*pattern, key)
            item = self._left(value, place, known)
            lost = item is _WITHHELD or (isinstance(value, list) and len(item) < len(value))
            then = schema.when_withheld().get(place) if lost else None
            if then == "entry-goes" or (then == "entry-goes-with-last" and not item):
                return _WITHHELD
            # A list from which all is gone looks like one that never was.
            if item is not _WITHHELD and (item != [] or place not in schema.optional_lists()):
                left[key] = item
        return left


def _keep_cited_sources(data: dict[str, Any]) -> None:
    """Take out the sources that nothing cites, save those that bear a mark of their own."""
    cited = {
        value
        for reference in schema.references()
        if "sources" in reference.targets
        for _, value in schema.at(data, reference.pattern)
    }
    sources = [s for s in data.get("sources", ()) if s["id"] in cited or "handling" in s]
    if sources:
        data["sources"] = sources
    else:
        data.pop("sources", None)


def _claim_nothing(data: dict[str, Any]) -> None:
    """Leave open whether the list of agreements is complete, and show no list that is empty."""
    agreements = data.get("agreements")
    if agreements and agreements["coverage"] == "complete":
        agreements["coverage"] = "unknown"
    if agreements and not agreements["items"] and set(agreements) == {"coverage", "items"}:
        del data["agreements"]


@cache
def _references() -> dict[Pattern, schema.Reference]:
    return {reference.pattern: reference for reference in schema.references()}


def _ids(data: Any) -> dict[str, set[str]]:
    return schema.ids_by(lambda pattern: schema.at(data, pattern))
