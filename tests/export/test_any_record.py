"""Records that Hypothesis makes by the schema go through all exporters, whatever their texts hold."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import toolkit
from tests.conformance.test_validators import passes, validator
from tests.making import record, written
from toolkit.record import schema

# Texts as people write them, and as nobody does; marks that other programs take for markup.
COMMON = st.characters(
    min_codepoint=0x20, max_codepoint=0x52F, blacklist_categories=("Cc", "Co", "Cn")
)
LETTERS = st.text(COMMON, max_size=40)
ANY = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Co", "Cn")), max_size=4)
NASTY = st.sampled_from(
    ["=1+1", "@SUM(A1)", "-2+3", "+49", "<b>x</b>", "&amp;", "]]>", "{PAGE}", "a\tb\nc\r\nd", "%s {0}",
     "Қасым-Жомарт", "习近平（主席）", "مرحبا (بالعالم) 12", "שלום 3", "ไทย", "한국어", "x" * 300, "\u00ad\u200b\u200f",
     "_x0041_", "'quoted", "javascript:alert(1)", "é e\u0301", "ﬁ ﷺ", "१२", "½ № €", "e" * 40]
)  # fmt: skip
TEXT = (NASTY | LETTERS).filter(lambda text: bool(text.strip()))
LANGUAGES = st.sampled_from(
    ["en", "kk", "kk-Latn", "ru", "zh-Hans", "ar", "he", "fr", "ja", "th", "qaa"]
)
DATES = st.sampled_from(
    [
        "2023-10-17",
        "2024-02",
        "2024",
        "2024?",
        "2023-09~",
        "2023-10-16/2023-10-18",
        "0999",
        "9999-12-31",
    ]
)
IDS = {
    "delegations": ["side-1", "side-2"],
    "participants": ["person-1"],
    "topics": ["topic-1"],
    "sittings": ["sitting-1"],
    "events": ["event-1"],
    "sources": ["source-1", "source-2"],
    "agreements.items": ["agreement-1"],
}


def values(node: dict[str, Any], key: str = "") -> st.SearchStrategy[Any]:
    """Return values that a subschema allows; references name entries that exist."""
    reference = node.get("$ref", "").rsplit("/", 1)[-1]
    resolved = schema.resolve(node)
    if "x-refers-to" in resolved:
        known = [i for target in resolved["x-refers-to"] for i in IDS.get(target, [])]
        return st.sampled_from(known)
    special = {
        "id": st.just("replaced"),
        "text": TEXT | st.dictionaries(LANGUAGES, TEXT, min_size=1, max_size=3),
        "short_text": TEXT.map(lambda text: text[:100] if text[:100].strip() else "x"),
        "language": LANGUAGES,
        "date": DATES,
        "day": st.dates().map(str),
        "country": st.sampled_from(["KZ", "CN", "XK", "ZZ"]),
        "currency": st.sampled_from(["USD", "KZT", "XAU"]),
        "time": st.just("10:30"),
        "time_zone": st.sampled_from(["UTC", "Asia/Almaty", "+05:00"]),
        "address": st.sampled_from(["https://example.org/a?b=1&c=2", "http://example.org/%3Cx%3E"]),
        "mark": st.sampled_from(["public", "official", "confidential"]),
    }
    if reference in special:
        return special[reference]
    if "enum" in resolved:
        return st.sampled_from(resolved["enum"])
    if "const" in resolved:
        return st.just(resolved["const"])
    kind = resolved.get("type")
    if kind == "object":
        return entries(resolved)
    if kind == "array":
        most = 1 if resolved.get("uniqueItems") else 3
        least = resolved.get("minItems", 0)
        return st.lists(values(resolved["items"], key), min_size=least, max_size=most)
    if kind == "boolean":
        return st.booleans()
    if kind == "integer":
        return st.integers(1, 99)
    if kind == "number":
        return st.decimals(-(10**12), 10**13, places=3).map(float) | st.integers(0, 10**6)
    if "pattern" in resolved:
        return st.sampled_from(resolved["examples"])
    return TEXT


def entries(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return objects with all that is required and some of what is not."""
    properties = {k: v for k, v in node["properties"].items() if k not in ("id", "$schema")}
    needed = set(node.get("required", ()))
    chosen = {k: values(v, k) for k, v in properties.items()}
    return st.fixed_dictionaries(
        {k: v for k, v in chosen.items() if k in needed},
        optional={k: v for k, v in chosen.items() if k not in needed},
    )


def repaired(data: Any) -> Any:
    """Make a record keep the few rules that stand between its entries."""
    for name, ids in IDS.items():
        holder, _, inner = name.partition(".")
        entry = data.get(holder) if not inner else data.get(holder, {}).get(inner)
        if entry is None:
            entry = []
        for index, identity in enumerate(ids):
            if index >= len(entry):
                entry.append(json.loads(json.dumps(SEEDS[name])))
            entry[index]["id"] = identity
        for index, extra in enumerate(entry[len(ids) :]):
            extra["id"] = f"more-{holder}-{index}"
        if inner:
            data[holder] = {"coverage": "partial", **data.get(holder, {}), inner: entry}
        else:
            data[holder] = entry
    for index, statement in enumerate(data.get("statements", [])):
        statement.update(id=f"statement-{index}", speaker="person-1")
    for name in ("commitments", "figures"):
        for index, one in enumerate(data.get(name, [])):
            one["id"] = f"{name}-{index}"
    for figure in data.get("figures", []):
        figure.setdefault("value", 1)
        if "low" in figure and "high" in figure:
            figure["low"], figure["high"] = sorted((figure["low"], figure["high"]))
        if "unit" in figure:
            figure.pop("currency", None)
    for sitting in data["sittings"]:
        sitting.setdefault("time_zone", "UTC")
        sitting.setdefault("place", {"country": "CH"})
        if sitting.get("mode") in ("telephone", "video"):
            sitting.pop("place", None)
    for side in data["delegations"]:
        side.setdefault("country", "CH")
        side.setdefault("name", "A side")
    for agreement in data["agreements"]["items"]:
        steps = ("initialled_on", "signed_on", "in_force_on", "ends_on", "registered_on")
        for key in [key for key in steps if key in agreement][1:]:
            del agreement[key]
        for party in agreement["parties"]:
            party.setdefault("delegation", "side-1")
    for entry in data.get("background", []):
        if entry.get("use") == "not_to_be_disclosed":
            entry["handling"] = "confidential"
    data["handling"].pop("scheme", None)
    return data


SEEDS: dict[str, Any] = {
    "delegations": {"kind": "state", "country": "KZ"},
    "participants": {"delegation": "side-1", "role": "principal", "names": [{"text": "A B", "language": "en"}]},
    "topics": {"title": "A topic"},
    "sittings": {"date": "2024-05-06", "place": {"country": "CH"}},
    "events": {"name": "An event", "relation": "planned"},
    "sources": {"title": "A source"},
    "agreements.items": {"title": "An agreement", "type": "treaty", "status": "signed", "parties": []},
}  # fmt: skip


def records() -> st.SearchStrategy[Any]:
    whole = entries(schema.schema())
    return whole.map(lambda data: repaired({**data, "id": "made"}))


def built(data: Any, folder: Path) -> toolkit.Pack | None:
    """Build all five papers and check that they open; None where a letter is refused."""
    path = written(folder / "r.json", data)
    report = toolkit.validate(path)
    assert report.valid, report.diagnostics[0]
    only = ["briefing", "briefing.pdf", "summary", "summary.docx", "agreements"]
    try:
        pack = toolkit.build(path, folder / "out", only=only)
    except toolkit.InvalidRecordError as error:
        assert {d.rule for d in error.report.diagnostics} <= {"missing-glyph", "unshowable-text"}
        return None
    for file in pack.files:
        content = (pack.folder / file.name).read_bytes()
        assert toolkit.extract(pack.folder / file.name).data == path.read_bytes()
        if file.name.endswith(".pdf"):
            with pikepdf.open(io.BytesIO(content)) as pdf:
                assert len(pdf.pages) > 0
        elif file.name.endswith(".docx"):
            assert docx.Document(io.BytesIO(content)).paragraphs
        else:
            book = openpyxl.load_workbook(io.BytesIO(content))
            kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
            assert "f" not in kinds
        if not file.name.endswith(".pdf"):
            assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    return pack


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@given(records())
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
def test_any_record_by_the_schema_becomes_files_that_open(data: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        built(data, Path(name))


@given(
    TEXT, st.sampled_from(["title", "occasion", "summary", "department", "press_line", "reference"])
)
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
def test_any_text_at_the_top_of_a_paper(text: str, key: str) -> None:
    if not text.strip():
        return
    with tempfile.TemporaryDirectory() as name:
        built(record(**{key: text}), Path(name))


@pytest.mark.slow
def test_any_record_passes_the_reference_validators(tmp_path: Path) -> None:
    files: list[Path] = []

    @given(records())
    @settings(
        max_examples=60, deadline=None, suppress_health_check=SLOW, database=None, derandomize=True
    )
    def make(data: Any) -> None:
        folder = tmp_path / str(len(files))
        folder.mkdir(exist_ok=True)
        pack = built(data, folder)
        if pack:
            files.extend(pack.folder / file.name for file in pack.files)

    make()
    assert len(files) > 100
    papers = [f for f in files if f.suffix == ".pdf"]
    for flavour in ("ua1", "3a"):
        passes(validator("verapdf"), "-f", flavour, *papers)
    passes(validator("ooxml-validator"), *(f for f in files if f.suffix != ".pdf"))


def test_what_no_file_may_hold_is_refused_with_its_place(tmp_path: Path) -> None:
    for char in ("\x00", "\x1b", "\x85", "\u202e", "\u202d", "\ufffe", "\uffff"):
        path = written(tmp_path / "r.json", record(title=f"A{char}B"))
        (diagnostic,) = toolkit.validate(path).diagnostics
        assert (diagnostic.rule, diagnostic.line) == ("forbidden-character", 7)
        assert f"U+{ord(char):04X}" in diagnostic.message
    path = tmp_path / "r.json"
    path.write_text(json.dumps(record(title="A\ud800B")), "utf-8")
    assert [d.rule for d in toolkit.validate(path).diagnostics] == ["forbidden-character"]


def test_a_link_leads_to_the_web_or_nowhere(tmp_path: Path) -> None:
    for address in ("javascript:alert(1)", "file:///etc/passwd", "https://a b", "http://"):
        path = written(
            tmp_path / "r.json", record(sources=[{"id": "s", "title": "S", "address": address}])
        )
        told = [d.rule for d in toolkit.validate(path).diagnostics if d.severity == "error"]
        assert told == ["bad-form"], address
