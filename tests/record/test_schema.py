"""The schema is complete, explained, and the same as the model."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args, get_origin

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.making import RECORDS, ROOT, record
from toolkit.record import model, schema
from toolkit.resources import resource

SCHEMA = schema.schema()


def nodes(node: Any, where: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every subschema that describes a value, with its place."""
    yield where, node
    for key, child in node.get("properties", {}).items():
        yield from nodes(child, f"{where}/{key}")
    for key, child in node.get("$defs", {}).items():
        yield from nodes(child, f"{where}/$defs/{key}")
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield from nodes(node[key], f"{where}/{key}")


PROPERTIES = [(w, n) for w, n in nodes(SCHEMA) if w != "#" and not w.endswith("/items")]


def test_the_schema_is_valid_itself_and_has_an_id_and_a_version() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    version = SCHEMA["properties"]["schema_version"]["const"]
    assert SCHEMA["$id"].endswith(version)


@pytest.mark.parametrize(("where", "node"), PROPERTIES, ids=[w for w, _ in PROPERTIES])
def test_every_property_has_title_description_and_valid_examples(
    where: str, node: dict[str, Any]
) -> None:
    resolved = schema.resolve(node)
    assert resolved["title"].strip()
    assert len(resolved["description"]) > 8
    assert resolved["examples"]
    checker = schema.validator_of("meeting.schema.json").evolve(
        schema={**node, "$defs": SCHEMA["$defs"]}
    )
    for example in resolved["examples"]:
        assert list(checker.iter_errors(example)) == []


STANDARDS = {
    "country": "ISO 3166-1",
    "currency": "ISO 4217",
    "language": "BCP 47",
    "date": "EDTF",
    "day": "ISO 8601",
    "time": "ISO 8601",
    "time_zone": "IANA",
    "address": "RFC 3986",
}


def test_descriptions_name_the_standard_that_a_value_follows() -> None:
    followed = [(w, n, n.get("$ref", "").rsplit("/", 1)[-1]) for w, n in PROPERTIES]
    checked = [(w, n, STANDARDS[name]) for w, n, name in followed if name in STANDARDS]
    assert len(checked) > 25
    for where, node, standard in checked:
        assert standard in node["description"], where


def test_every_value_of_an_enumeration_is_explained() -> None:
    enumerations = [(w, n) for w, n in nodes(SCHEMA) if "enum" in n]
    assert len(enumerations) > 15
    for where, node in enumerations:
        assert len(node["enumDescriptions"]) == len(node["enum"]), where
        assert all(text.strip() for text in node["enumDescriptions"]), where


def test_every_object_refuses_unknown_keys_save_those_of_a_ministry() -> None:
    objects = [(w, n) for w, n in nodes(SCHEMA) if "properties" in n]
    assert len(objects) > 20
    for where, node in objects:
        assert node["additionalProperties"] is False, where
        assert node["patternProperties"] == {"^x-": True}, where


def test_a_ministrys_own_keys_are_accepted_everywhere() -> None:
    data = record(**{"x-own": {"any": ["thing"]}})
    data["sittings"][0]["x-room"] = 12
    assert list(schema.validator_of("meeting.schema.json").iter_errors(data)) == []


@pytest.mark.parametrize("tail", ["\n", " ", "\u2028"])
def test_patterns_end_where_the_text_ends(tail: str) -> None:
    assert list(schema.validator_of("meeting.schema.json").iter_errors(record(id=f"made{tail}")))


def test_no_property_holds_an_id_without_saying_to_what_it_refers() -> None:
    declared = {id(n) for _, n in nodes(SCHEMA) if "x-refers-to" in n}
    speaking = 0
    for where, node in nodes(SCHEMA):
        if node.get("$ref", "").endswith("/id"):
            assert where.endswith("/properties/id") or where.rsplit("/", 1)[1] == "id", where
        # The descriptions of properties and of the items of their lists speak of ids in these words.
        inner = node.get("items", node)
        if re.search(r"\b(an|the) ids? of\b", node.get("description", ""), re.IGNORECASE):
            speaking += 1
            assert id(node) in declared or id(inner) in declared, where
    assert speaking > 25
    known = set(schema.id_patterns())
    for reference in schema.references():
        assert reference.targets, reference.pattern
        assert set(reference.targets) <= known, reference.pattern


def test_every_reference_states_what_becomes_of_an_entry_whose_pointer_is_withheld() -> None:
    fates = schema.when_withheld()
    stated = set()
    for reference in schema.references():
        in_list = reference.pattern[-1] == schema.EVERY
        place = reference.pattern[:-1] if in_list else reference.pattern
        allowed = {"pointer-goes", "entry-goes"} | ({"entry-goes-with-last"} if in_list else set())
        assert fates[place] in allowed, place
        holder = schema.node_at(place[:-1])
        needed = {k for branch in (holder, *holder.get("anyOf", ())) for k in branch["required"]}
        if place[-1] in needed:
            assert fates[place] == "entry-goes", place
        stated.add(place)
    assert set(fates) - stated == {("agreements", "items", "*", "parties")}
    for fate in ("x-if-withheld", "x-refers-to", *fates.values()):
        assert fate in SCHEMA["$comment"]
    # Where a missing value means everybody or ourselves, withholding must not make it missing.
    speaking = [
        n
        for _, n in nodes(SCHEMA)
        if re.search("le(ave|ft) out where|s where left out", n.get("description", ""))
    ]
    assert len(speaking) == 2
    assert all(node["x-if-withheld"].startswith("entry-goes") for node in speaking)


STRUCTS = {
    "#": model.Meeting,
    "agreements": model.Agreements,
    "handling": model.Handling,
    **{
        name: getattr(model, struct)
        for name, struct in {
            "place": "Place",
            "name": "Name",
            "delegation": "Delegation",
            "participant": "Participant",
            "sitting": "Sitting",
            "event": "Event",
            "objective": "Objective",
            "point": "Point",
            "expected_point": "ExpectedPoint",
            "background": "Background",
            "topic": "Topic",
            "statement": "Statement",
            "commitment": "Commitment",
            "agreement": "Agreement",
            "figure": "Figure",
            "source": "SourceEntry",
            "uncertainty": "Uncertainty",
        }.items()
    },
}


def schema_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = (
        SCHEMA if name == "#" else SCHEMA["$defs"].get(name) or SCHEMA["properties"][name]
    )
    return found


@pytest.mark.parametrize("name", list(STRUCTS))
def test_the_model_has_the_properties_of_the_schema(name: str) -> None:
    node = schema_of(name)
    fields = {f.encode_name: f for f in msgspec.structs.fields(STRUCTS[name])}
    assert set(fields) == set(node["properties"]) - {"$schema"}
    for key, field in fields.items():
        assert field.required == (key in node["required"]), key
        child = schema.resolve(node["properties"][key])
        if "default" in child and key != "scheme":
            assert field.default == child["default"], key
        assert json_type(field.type) == child.get("type", "string"), key


def json_type(kind: Any) -> Any:
    options = [option for option in get_args(kind) if option is not type(None)]
    if get_origin(kind) is tuple:
        return "array"
    if kind == model.Text or set(options) == set(get_args(model.Text)):
        return ["string", "object"]
    if options:
        return json_type(options[0])
    simple = {str: "string", int: "integer", bool: "boolean", Decimal: "number"}
    return simple.get(kind, "object")


def test_the_schema_is_published_as_readable_json() -> None:
    assert json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n" == resource(
        "schemas", "meeting.schema.json"
    ).read_text("utf-8")


def test_other_tools_accept_schema_and_records() -> None:
    """check-jsonschema reads patterns as ECMA-262 does, and so do editors."""
    command = [sys.executable, "-m", "check_jsonschema"]
    schemas = [str(path) for path in sorted((ROOT / "schemas").glob("*.json"))]
    subprocess.run([*command, "--check-metaschema", *schemas], check=True, capture_output=True)
    published = str(ROOT / "schemas" / "meeting.schema.json")
    records = [str(path) for path in RECORDS.values()]
    subprocess.run([*command, "--schemafile", published, *records], check=True, capture_output=True)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.decimals(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_both_validators_say_the_same(data: st.DataObject) -> None:
    """The fast one must never accept what the other would explain an error of."""
    whole = json.loads(RECORDS["official-visit"].read_text("utf-8"))
    node: Any = whole
    while True:
        steps = list(node) if isinstance(node, dict) else list(range(len(node)))
        step = data.draw(st.sampled_from(steps))
        if not isinstance(node[step], (dict, list)) or not node[step] or data.draw(st.booleans()):
            break
        node = node[step]
    node[step] = data.draw(ANYTHING)
    assert schema.accepts(whole) == (
        not list(schema.validator_of("meeting.schema.json").iter_errors(whole))
    )
