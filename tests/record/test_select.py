"""A record for an audience: nothing above its mark is left, in any form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toolkit
from tests.making import RECORDS, first, record, written
from toolkit.document.context import Context
from toolkit.document.language import Language
from toolkit.document.registry import COMPOSERS
from toolkit.errors import BriefpackError, UsageError
from toolkit.record import schema
from toolkit.record.load import InvalidRecordError, from_source
from toolkit.record.policy import USUAL, Policy
from toolkit.record.select import select
from toolkit.record.source import decode

MARKS = ["public", "official", "restricted", "confidential"]


def loaded(data: Any, policy: Policy = USUAL) -> toolkit.Record:
    return from_source(decode("r.json", json.dumps(data).encode()), policy)


def test_what_is_marked_above_is_left_out() -> None:
    chosen = select(toolkit.load(RECORDS["briefing-pack"]), "official")
    texts = chosen.source.text
    assert "Бендер-Аббасе" not in texts
    assert "другим портом" not in texts
    assert "единый тариф" in texts


def test_what_depends_on_something_left_out_goes_too() -> None:
    data = record(
        participants=[
            {"id": "p", "delegation": "kz", "names": [{"text": "P", "language": "en"}], "role": "principal", "handling": "restricted"}
        ],
        statements=[{"id": "s", "kind": "thanks", "mode": "reported", "speaker": "p", "text": "Thanks."}],
        uncertainties=[{"text": "About it.", "about": ["s"]}, {"text": "General."}],
        commitments=[{"id": "c", "text": "Do", "status": "open", "by": ["p", "ch"]}],
    )  # fmt: skip
    chosen = select(loaded(data), "public").data
    assert "statements" not in chosen or chosen["statements"] == []
    assert [u["text"] for u in chosen["uncertainties"]] == ["General."]
    assert chosen["commitments"][0]["by"] == ["ch"]


def test_numbers_keep_all_their_digits() -> None:
    text = json.dumps(record(figures=[{"id": "f", "label": "F", "value": 0}]))
    exact = "12345678901234567890.1234567890"
    whole = from_source(decode("r.json", text.replace('"value": 0', f'"value": {exact}').encode()))
    assert exact in select(whole, "public").source.text


def test_an_unknown_mark_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="public, official"):
        select(loaded(record()), "secret")


def test_a_record_above_the_audience_is_refused_as_a_whole() -> None:
    with pytest.raises(BriefpackError, match="whole record"):
        select(loaded(record(handling={"mark": "official"})), "public")


def test_a_record_of_which_nothing_is_left_is_refused() -> None:
    data = record()
    for side in data["delegations"]:
        side["handling"] = "confidential"
    with pytest.raises(BriefpackError, match="stand alone"):
        select(loaded(data), "public")


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_text_above_the_mark_is_ever_left(data: st.DataObject) -> None:
    whole = first()
    secret = "zzsecretzz"
    places = [
        (path, node)
        for pattern in schema.mark_patterns()
        for path, node in schema.at(whole, pattern[:-1])
    ]
    chosen = data.draw(st.lists(st.sampled_from(range(len(places))), min_size=1, max_size=8))
    for index in chosen:
        node = places[index][1]
        node["handling"] = data.draw(st.sampled_from(MARKS[1:]))
        node["x-secret"] = secret
    try:
        left = select(loaded(whole), "public")
    except BriefpackError:
        return
    assert secret.encode() not in left.source.data


def test_the_pack_of_an_audience_carries_nothing_above_it(tmp_path: Path) -> None:
    path = written(
        tmp_path / "r.json",
        record(background=[{"text": "zzsecretzz", "handling": "restricted"}, {"text": "Open."}]),
    )
    pack = toolkit.build(path, tmp_path, audience="public")
    assert pack.folder.name == "made--public"
    for file in pack.files:
        assert b"zzsecretzz" not in toolkit.extract(pack.folder / file.name).data
        assert toolkit.extract(pack.folder / file.name).data


@pytest.mark.parametrize("mark", ["../../up", "TLP:RED", "a/b", "con", "..", "секретно", "<>|"])
def test_a_mark_never_becomes_a_path(tmp_path: Path, mark: str) -> None:
    data = record(handling={"mark": mark, "scheme": [mark, "higher"]})
    out = tmp_path / "out"
    pack = toolkit.build(
        written(tmp_path / "r.json", data), out, audience=mark, only=["agreements"]
    )
    assert pack.folder.parent == out
    assert not set(pack.folder.name) & set('<>:"/\\|?*')
    assert sorted(p.name for p in tmp_path.iterdir()) == [".briefpack", "out", "r.json"]


# What is left tells nothing of what was withheld


def held(collection: str) -> str:
    """Return the id of the withheld entry of a collection."""
    return f"zz-{collection.replace('.', '-').replace('_', '-')}"


def open_id(collection: str) -> str:
    """Return the id of the open entry of a collection."""
    return held(collection).replace("zz", "aa")


def filled(node: dict[str, Any], text: str, refer: Any, key: str = "") -> Any:
    """Return a value with every property that a subschema has.

    All free texts are `text`, and references are what `refer` returns for their lists.
    """
    resolved = schema.resolve(node)
    named = node.get("$ref", "").rsplit("/", 1)[-1]
    if "x-refers-to" in resolved:
        return refer(resolved["x-refers-to"])
    if named in ("text", "short_text"):
        return text
    if "enum" in resolved:
        return resolved["enum"][0]
    if "properties" in resolved:
        own = {
            k: filled(v, text, refer, k)
            for k, v in resolved["properties"].items()
            if k not in ("handling", "currency")
        }
        return {**own, "x-own": [{"deep": text}]}
    if "items" in resolved:
        return [filled(resolved["items"], text, refer, key)]
    if resolved["type"] == "string" and not named and not {"pattern", "format"} & set(resolved):
        return text
    return resolved["examples"][0]


COLLECTIONS = list(schema.id_patterns())
LISTS = [p[:-1] for p in schema.mark_patterns() if p[:2] != ("topics", "*") or len(p) == 3]
"""Where entries with a mark of their own stand, positions within topics apart."""


def entry(pattern: schema.Pattern, identity: str, text: str, refer: Any) -> dict[str, Any]:
    """Return an entry of a list of the record, filled as far as the rules let it be."""
    made: dict[str, Any] = filled(schema.node_at(pattern), text, refer)
    # What no record can say at once.
    for key in ("low", "high", "joined_from", "archived_text", "sha256"):
        made.pop(key, None)
    made.update({"id": identity} if "id" in schema.node_at(pattern)["properties"] else {})
    return made


def refer_to(name: Any) -> Any:
    return lambda targets: name(targets[0])


def collection_of(pattern: schema.Pattern) -> str:
    return ".".join(pattern[:-1])


def listed(data: dict[str, Any], pattern: schema.Pattern) -> list[Any]:
    """Return the list of a record in which the entries of a pattern stand."""
    holder = data
    for key in pattern[:-2]:
        holder = holder.setdefault(key, {"coverage": "complete"})
    found: list[Any] = holder.setdefault(pattern[-2], [])
    return found


def both(text: str = "Withheld", mark: str = "restricted") -> dict[str, Any]:
    """Return a record that has in every list an open entry, and one that is withheld."""
    data = record(sittings=[], delegations=[])
    for pattern in LISTS:
        name = collection_of(pattern)
        own = entry(pattern, open_id(name), "Open", refer_to(open_id))
        other = entry(pattern, held(name), text, refer_to(held))
        listed(data, pattern).extend((own, {**other, "handling": mark}))
    # A sitting of everybody, which stays whatever goes.
    data["sittings"].append({"date": "2023-10-19", "place": {"country": "CH"}})
    return data


def test_the_filled_record_is_valid_and_holds_every_list() -> None:
    data = both()
    assert loaded(data).id == "made"
    for pattern in schema.id_patterns().values():
        assert [value[:2] for _, value in schema.at(data, pattern)] == ["aa", "zz"], pattern


def test_no_text_of_any_withheld_entry_is_left_wherever_it_stands() -> None:
    token = "A secret"
    data = both(token)
    data["agreements"]["items"][1]["related"].append(token)
    for topic in data["topics"][:1]:
        topic["positions"].append(
            {**topic["positions"][0], "text": token, "x-own": token, "handling": "restricted"}
        )
    places = [p for p in schema.patterns_of("text") if any(p[: len(q)] == q for q in LISTS)]
    planted = {p: [v for _, v in schema.at(data, p)] for p in places if "joined_from" not in p}
    assert len(planted) > 40
    assert [p for p, values in planted.items() if token not in values] == []
    left = select(loaded(data), "public").source.text
    assert token not in left
    assert "zz-" not in left  # nor an id
    assert len(schema.at(json.loads(left), ("agreements", "items", "*"))) == 1


@pytest.mark.parametrize("reference", schema.references(), ids=lambda r: ".".join(r.pattern))
def test_every_pointer_to_something_withheld_goes_as_the_schema_states(
    reference: schema.Reference,
) -> None:
    in_list = reference.pattern[-1] == "*"
    place = reference.pattern[:-1] if in_list else reference.pattern
    stays = schema.when_withheld()[place] == "pointer-goes"
    for target in reference.targets:
        data = both()
        data["sittings"][0]["joined_from"] = [{"delegation": open_id("delegations")}]
        before = schema.at(select(loaded(data), "public").data, place[:-1])
        mine = schema.at(data, place[:-1])[0][1]
        mine[place[-1]] = [held(target)] if in_list else held(target)
        left = select(loaded(data), "public")
        now = [node for _, node in schema.at(left.data, place[:-1])]
        assert held(target) not in left.source.text
        assert len(now) == len(before) - (not stays)
        assert not any(place[-1] in node for node in now)


def test_a_list_of_persons_that_is_not_emptied_loses_the_withheld_ones_only() -> None:
    data = both()
    data["sittings"].append({**data["sittings"][0], "id": "more"})
    data["sittings"][0]["participants"] = [held("participants"), open_id("participants")]
    data["sittings"][-1]["participants"] = [held("participants")]
    left = select(loaded(data), "public").data
    assert [s.get("participants") for s in left["sittings"]] == [[open_id("participants")], None]


def test_what_is_about_something_withheld_goes_though_it_is_about_more() -> None:
    data = both()
    data["uncertainties"][0]["about"] = [open_id("topics"), held("agreements.items")]
    assert "uncertainties" not in select(loaded(data), "public").data


def test_an_agreement_without_one_of_its_sides_goes_as_a_whole() -> None:
    data = both()
    parties = data["agreements"]["items"][0]["parties"]
    parties.append({"delegation": held("delegations"), "signatory": "A. Nother"})
    left = select(loaded(data), "public")
    assert "agreements" not in left.data
    assert "A. Nother" not in left.source.text


def test_a_related_title_stays_and_a_related_id_must_be_one() -> None:
    data = both()
    agreement = data["agreements"]["items"][0]
    agreement["related"] = ["Convention of 1961", held("agreements.items"), {"en": "pact"}]
    left = select(loaded(data), "public").data
    assert left["agreements"]["items"][0]["related"] == ["Convention of 1961", {"en": "pact"}]
    agreement["related"] = ["zz-agreement-items"]
    with pytest.raises(InvalidRecordError) as error:
        loaded(data)
    (diagnostic,) = (d for d in error.value.report.diagnostics if d.severity == "error")
    assert diagnostic.rule == "unknown-reference"
    assert diagnostic.pointer == "/agreements/items/0/related/0"
    assert f'did you mean "{held("agreements.items")}"' in diagnostic.message


def test_sources_that_nothing_left_cites_go_unless_they_bear_an_open_mark() -> None:
    data = both()
    more = [("uncited", None), ("held-only", None), ("marked", "public"), ("higher", "official")]
    data["sources"] += [
        {"id": key, "title": key, **({"handling": mark} if mark else {})} for key, mark in more
    ]
    data["statements"][1]["sources"] = ["held-only"]
    left = select(loaded(data), "public").data
    assert [s["id"] for s in left["sources"]] == [open_id("sources"), "marked"]
    assert list(left)[-2:] == ["sources", "uncertainties"]  # each key stays in its place


def test_own_keys_reach_an_audience_only_where_the_project_lists_them() -> None:
    data = both()
    data["x-file-number"] = {"number": "F-1", "x-own": 1, "part": {"handling": "restricted"}}
    data["title"] = {"en": "x-title"}
    policy = Policy(extensions=("x-file-number",))
    left = select(loaded(data, policy), "public")
    assert left.data["x-file-number"] == {"number": "F-1"}
    assert '"x-own"' not in left.source.text
    assert left.data["title"] == {"en": "x-title"}
    assert "F-1" not in select(loaded(data), "public").source.text
    assert '"x-own"' not in select(loaded(data, policy), "confidential").source.text


@pytest.mark.parametrize("name", list(RECORDS))
def test_no_copy_for_an_audience_claims_that_a_list_is_complete(name: str) -> None:
    whole = toolkit.load(RECORDS[name])
    for mark in whole.scheme[whole.scheme.index(whole.meeting.handling.mark) :]:
        chosen = select(whole, mark)
        agreements = chosen.data.get("agreements", {})
        stated = whole.data.get("agreements", {}).get("coverage")
        assert agreements.get("coverage") in (None, "partial" if stated == "partial" else "unknown")
        for tag in ("en", "ru"):
            for compose in COMPOSERS.values():
                words = Language(tag).label("coverage_complete")
                assert words not in repr(compose(Context(chosen, tag)))


def test_a_list_from_which_all_is_withheld_looks_like_none() -> None:
    data = record(
        agreements={"coverage": "complete", "items": []},
        background=[{"text": "Held.", "handling": "restricted"}],
        topics=[{"id": "t", "title": "T", "positions": [{"side": "ch", "text": "H", "handling": "official"}]}],
    )  # fmt: skip
    assert select(loaded(data), "public").data == record(topics=[{"id": "t", "title": "T"}])


WORDS = st.text(st.characters(categories=("L", "N", "Zs")), min_size=1, max_size=12).filter(
    lambda text: bool(text.strip())
)


@st.composite
def with_withheld_entries(draw: st.DrawFn) -> dict[str, Any]:
    """Return a record whose open part is always the same, and all else is drawn."""
    data = both(draw(WORDS), draw(st.sampled_from(MARKS[1:])))
    # Open entries point to withheld ones, and those must be there whatever they say.
    data["statements"][0]["topic"] = held("topics")
    data["agreements"]["items"][0]["related"] = [held("agreements.items"), "A title"]
    data["commitments"][0]["by"] = [held("participants"), open_id("delegations")]
    data["figures"][0]["sources"] = [held("sources"), open_id("sources")]
    data["expected_points"].append({"text": "T", "side": held("delegations")})
    data["uncertainties"].append({"text": "About it.", "about": [held("statements")]})
    data["sources"].append({"id": "only-held", "title": draw(WORDS)})
    for index in range(draw(st.integers(0, 4))):
        pattern = draw(st.sampled_from(LISTS))
        pointing = draw(st.sampled_from((held, open_id)))
        more = entry(pattern, f"zz-more-{index}", draw(WORDS), refer_to(pointing))
        if "sources" in more and draw(st.booleans()):
            more["sources"] = ["only-held"]
        entries = listed(data, pattern)
        place = draw(st.integers(0, len(entries)))
        entries.insert(place, {**more, "handling": draw(st.sampled_from(MARKS[1:]))})
    for _ in range(draw(st.integers(0, 2))):
        position = {"side": held("delegations"), "text": draw(WORDS), "handling": "official"}
        data["topics"][0]["positions"].insert(draw(st.integers(0, 1)), position)
    keys = st.sampled_from(["x-own", "x-b", "x-zz"])
    for holder in (data, data["handling"], data["agreements"], data["background"][0]):
        holder.update(draw(st.dictionaries(keys, WORDS, max_size=2)))
    return data


@given(with_withheld_entries(), with_withheld_entries())
@settings(max_examples=60, deadline=None)
def test_records_that_differ_in_withheld_entries_only_give_the_same_bytes(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    chosen = [select(loaded(data), "public") for data in (one, other)]
    assert chosen[0].source.data == chosen[1].source.data
    assert b"zz-" not in chosen[0].source.data


def test_packs_of_such_records_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    def pack(folder: Path, data: dict[str, Any]) -> dict[str, bytes]:
        made = toolkit.build(written(folder / "r.json", data), folder / "out", audience="public")
        return {file.name: file.read_bytes() for file in made.folder.iterdir()}

    one, other = both("One"), both("Другое", "confidential")
    for data in (one, other):
        data["agreements"]["items"][0]["related"] = [held("agreements.items"), "A title"]
    other["sources"].append({"id": "zz-only", "title": "Cited by what is withheld"})
    other["statements"][1]["sources"] = ["zz-only"]
    other["x-own"] = "Ours"
    first_pack = pack(tmp_path / "one", one)
    assert len(first_pack) == 4
    assert first_pack == pack(tmp_path / "other", other)
