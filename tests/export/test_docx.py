"""The briefing as a Word document, read back with python-docx."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

import toolkit
from tests.conftest import Packs
from tests.making import FIRST, RECORDS, record, written


def opened(packs: Packs, name: str) -> Any:
    return docx.Document(str(packs.file(name, "briefing")))


def all_text(document: Any) -> str:
    return "\n".join(
        "".join(t.text or "" for t in p.iter(qn("w:t")))
        for p in document.element.body.iter(qn("w:p"))
    )


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_headings_are_real_and_in_order(packs: Packs) -> None:
    document = opened(packs, "first")
    found = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert found == [
        "Participants", "Topics and positions", "Statements", "Agreements",
        "Commitments and next steps", "Figures", "Background", "Related events",
        "What is uncertain", "Sources",
    ]  # fmt: skip
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == [
        "Meeting of the Presidents of Kazakhstan and China"
    ]


def test_the_facts_are_there(packs: Packs) -> None:
    text = all_text(opened(packs, "first"))
    for fact in ("习近平", "Қасым-Жомарт Тоқаев", "Tǎchéng", "USD 21 billion", "52 projects", "rapeseed",
                 "advanced world power", "initial aspirations", "17 October 2023 (uncertain)"):  # fmt: skip
        assert fact in text, fact


def test_every_style_that_is_used_is_named_in_the_template(packs: Packs) -> None:
    for name in RECORDS:
        document = opened(packs, name)
        known = {style.style_id for style in document.styles}
        for tag in ("w:pStyle", "w:rStyle", "w:tblStyle"):
            used = {e.get(qn("w:val")) for e in document.element.body.iter(qn(tag))}
            assert used <= known
        for paragraph in document.element.body.iter(qn("w:p")):
            assert paragraph.find(qn("w:pPr") + "/" + qn("w:pStyle")) is not None


def test_tables_repeat_their_header_and_keep_their_rows_whole(packs: Packs) -> None:
    document = opened(packs, "large")
    tables = [t for t in document.tables if t.style.name == "Briefpack Table"]
    assert max(len(t.rows) for t in tables) == 501
    for table in tables:
        first, *rest = table._tbl.tr_lst
        assert first.find(".//" + qn("w:tblHeader")) is not None
        assert all(row.find(".//" + qn("w:cantSplit")) is not None for row in rest)
        assert not any(row.find(".//" + qn("w:tblHeader")) is not None for row in rest)


def test_the_mark_stands_at_the_top_and_foot_of_each_page(packs: Packs) -> None:
    section = opened(packs, "briefing-pack").sections[0]
    assert section.different_first_page_header_footer
    for part in (
        section.header,
        section.first_page_header,
        section.footer,
        section.first_page_footer,
    ):
        text = "".join(t.text or "" for t in part._element.iter(qn("w:t")))
        assert "Конфиденциально" in text
        assert "Только для членов делегации" in text
    for part in (section.footer, section.first_page_footer):
        fields = [f.get(qn("w:instr")).strip() for f in part._element.iter(qn("w:fldSimple"))]
        assert fields == ["PAGE", "NUMPAGES"]


def test_the_contents_lead_to_the_headings(packs: Packs) -> None:
    body = opened(packs, "first").element.body
    instructions = [i.text.strip() for i in body.iter(qn("w:instrText"))]
    assert instructions[0].startswith("TOC")
    anchors = {h.get(qn("w:anchor")) for h in body.iter(qn("w:hyperlink"))} - {None}
    bookmarks = {b.get(qn("w:name")) for b in body.iter(qn("w:bookmarkStart"))}
    assert len(anchors) == 10
    assert anchors <= bookmarks


def test_bookmarks_are_unique(packs: Packs) -> None:
    for name in RECORDS:
        starts = list(opened(packs, name).element.body.iter(qn("w:bookmarkStart")))
        assert len({b.get(qn("w:name")) for b in starts}) == len(starts)
        assert len({b.get(qn("w:id")) for b in starts}) == len(starts)


def test_sources_are_footnotes_where_first_cited_and_numbers_after(packs: Packs) -> None:
    path = packs.file("multilateral-summit", "briefing")
    notes = parts(path)["word/footnotes.xml"].decode()
    assert notes.count("<w:footnote ") == 4
    assert "Danube Commission" in notes
    body = opened(packs, "multilateral-summit").element.body
    assert len(list(body.iter(qn("w:footnoteReference")))) == 2
    assert any("NOTEREF" in f.get(qn("w:instr")) for f in body.iter(qn("w:fldSimple")))


@pytest.mark.parametrize(
    ("name", "text", "attribute", "language"),
    [("first", "习近平", "eastAsia", "zh-CN"), ("first", "Қасым-Жомарт Тоқаев", "val", "kk-KZ"),
     ("arabic-record", "ليلى الخطيب", "bidi", "ar-EG"), ("briefing-pack", "فرهاد رستمی", "bidi", "fa-IR")],
)  # fmt: skip
def test_runs_carry_their_language(
    packs: Packs, name: str, text: str, attribute: str, language: str
) -> None:
    body = opened(packs, name).element.body
    runs = [
        r for r in body.iter(qn("w:r")) if "".join(t.text or "" for t in r.iter(qn("w:t"))) == text
    ]
    assert runs
    for run in runs:
        lang = run.find(qn("w:rPr") + "/" + qn("w:lang"))
        assert lang.get(qn(f"w:{attribute}")) == language
        assert (run.find(qn("w:rPr") + "/" + qn("w:rtl")) is not None) == (attribute == "bidi")


def test_a_right_to_left_paper_runs_from_right_to_left(packs: Packs) -> None:
    document = opened(packs, "arabic-record")
    paragraphs = list(document.element.body.iter(qn("w:pPr")))
    assert all(p.find(qn("w:bidi")) is not None for p in paragraphs)
    assert all(t._tbl.tblPr.find(qn("w:bidiVisual")) is not None for t in document.tables)


def test_the_properties_come_from_the_record(packs: Packs) -> None:
    core = opened(packs, "first").core_properties
    assert core.title == "Meeting of the Presidents of Kazakhstan and China – Briefing"
    assert core.author == "briefpack records desk"
    assert core.language == "en"
    assert core.identifier == "2023-10-17-beijing"
    assert core.created.date().isoformat() == core.modified.date().isoformat() == "2023-10-18"


def test_the_chart_is_one_of_words_own_with_a_text_for_those_who_cannot_see_it(
    packs: Packs,
) -> None:
    path = packs.file("multilateral-summit", "briefing")
    names = parts(path)
    chart = names["word/charts/chart1.xml"].decode()
    assert "41.2 million t" in chart
    assert zipfile.is_zipfile(io.BytesIO(names["word/embeddings/chart1.xlsx"]))
    assert 'descr="Bar chart, Cargo on the river' in names["word/document.xml"].decode()


def test_the_record_is_inside_byte_for_byte(packs: Packs) -> None:
    assert toolkit.extract(packs.file("first", "briefing")).data == FIRST.read_bytes()


def test_text_is_never_a_field_or_markup(packs: Packs) -> None:
    document = opened(packs, "text-is-data")
    text = all_text(document)
    for literal in (
        "<para>say</para> &amp;",
        "{PAGE} %s {0} ${x}",
        "&lt;not red&gt;</font>",
        "=cmd|' /C calc'!A0",
    ):
        assert literal in text
    instructions = [i.text.split()[0] for i in document.element.body.iter(qn("w:instrText"))]
    assert set(instructions) <= {"TOC"}


def test_breaks_and_tabs_stay_what_they_are(packs: Packs) -> None:
    body = opened(packs, "text-is-data").element.body
    assert list(body.iter(qn("w:br")))
    assert list(body.iter(qn("w:tab")))


def test_the_same_paper_can_be_had_as_pdf(tmp_path: Path) -> None:
    pack = toolkit.build(FIRST, tmp_path, only=["briefing.pdf", "summary.docx"])
    assert [f.name.rsplit("-", 1)[1] for f in pack.files] == ["briefing.pdf", "summary.docx"]


def test_a_long_paragraph_arrives_whole(tmp_path: Path) -> None:
    long = "word & <b> " * 4000
    pack = toolkit.build(written(tmp_path / "r.json", record(summary=long)), tmp_path)
    document = docx.Document(str(pack.folder / pack.files[0].name))
    assert long.strip() in all_text(document)


def test_the_manifest_tells_the_truth(packs: Packs) -> None:
    manifest = json.loads((packs["first"].folder / "manifest.json").read_text("utf-8"))
    assert [f["name"] for f in manifest["files"]] == [f.name for f in packs["first"].files]
