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
from toolkit.errors import BriefpackError, UsageError
from toolkit.record import schema
from toolkit.record.load import from_source
from toolkit.record.select import select
from toolkit.record.source import decode

MARKS = ["public", "official", "restricted", "confidential"]


def loaded(data: Any) -> toolkit.Record:
    return from_source(decode("r.json", json.dumps(data).encode()))


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
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "r.json"]
