"""The summary as a tagged PDF: what no validator sees. The validators are in tests/conformance."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

import toolkit
from tests.conftest import Packs
from tests.export.reading import Node, page_texts, structure
from tests.making import FIRST, RECORDS, large_record, record, written


@pytest.fixture(scope="module")
def papers(packs: Packs, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The summary of every record, and their briefings as PDF, which run over many pages."""
    out = tmp_path_factory.mktemp("pdf")
    found = {name: packs.file(name, "summary") for name in RECORDS}
    for name in ("first", "arabic-record", "multilateral-summit"):
        pack = toolkit.build(RECORDS[name], out, only=["briefing.pdf"])
        found[f"{name}-briefing"] = pack.folder / pack.files[0].name
    large = toolkit.build(
        written(out / "r.json", large_record(300, 60)), out, only=["briefing.pdf"]
    )
    found["large-briefing"] = large.folder / large.files[0].name
    return found


@pytest.fixture(scope="module")
def trees(papers: dict[str, Path]) -> dict[str, Node]:
    return {name: structure(path) for name, path in papers.items()}


def test_the_first_records_summary_is_one_page(papers: dict[str, Path]) -> None:
    assert len(page_texts(papers["first"])) == 1


def test_most_summaries_are_two_pages_at_most(papers: dict[str, Path], packs: Packs) -> None:
    assert all(len(page_texts(papers[name])) <= 2 for name in RECORDS)
    assert len(page_texts(packs.file("large", "summary"))) <= 2


def test_names_are_in_right_letters(papers: dict[str, Path]) -> None:
    (text,) = page_texts(papers["first"])
    for name in ("Tǎchéng", "Қасым-Жомарт Тоқаев", "习近平"):
        assert name in text


def test_arabic_can_be_read_out_in_logical_order(papers: dict[str, Path]) -> None:
    (text,) = page_texts(papers["arabic-record"])
    for words in ("اجتماع وزيري خارجية", "وكازاخستان", "نوفمبر", "مذكرة تفاهم بشأن", "٢٠٢٤/١٧"):
        assert words in text


def test_every_piece_of_the_page_is_content_or_artifact(papers: dict[str, Path]) -> None:
    for path in papers.values():
        with pikepdf.open(path) as pdf:
            for page in pdf.pages:
                depth = 0
                for _, operator in pikepdf.parse_content_stream(page):
                    depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(str(operator), 0)
                    if str(operator) in ("Tj", "TJ", "S", "f"):
                        assert depth > 0
                assert depth == 0


def test_each_link_has_its_annotation_and_each_annotation_its_link(trees: dict[str, Node]) -> None:
    for tree in trees.values():
        links = tree.all("Link")
        for link in links:
            assert link.objects
            assert all(o.Subtype == "/Link" and o.Contents for o in link.objects)
        held = {o.objgen for link in links for o in link.objects}
        shown = {a.objgen for page in tree.raw.pages for a in page.get("/Annots", [])}
        assert held == shown


def test_links_lead_somewhere(trees: dict[str, Node]) -> None:
    for tree in trees.values():
        pages = {page.obj.objgen for page in tree.raw.pages}
        for link in tree.all("Link"):
            for annotation in link.objects:
                if annotation.A.S == "/GoTo":
                    assert annotation.A.D[0].objgen in pages
                else:
                    assert re.match("https?://", str(annotation.A.URI))


def test_foreign_words_carry_their_language(trees: dict[str, Node]) -> None:
    def language_of(tree: Node, text: str) -> str:
        return next(str(n.raw.Lang) for n in tree.all("Span") if n.said().strip() == text)

    assert language_of(trees["first"], "习近平") == "zh-Hans"
    assert language_of(trees["first"], "Қасым-Жомарт Тоқаев") == "kk"
    assert language_of(trees["arabic-record"], "Jordan Rail") == "en"


def test_a_table_over_many_pages_has_one_header_row(trees: dict[str, Node]) -> None:
    tree = trees["large-briefing"]
    assert len(tree.raw.pages) > 8
    sizes = []
    for each in trees.values():
        for table in each.all("Table"):
            heads = table.all("TH")
            assert len(table.all("THead")) == 1
            assert len(table.all("THead")[0].all("TR")) == 1
            assert all(str(h.raw.A[0].Scope) == "/Column" for h in heads)
            for row in table.all("TBody")[0].all("TR"):
                assert len(row.kids) == len(heads)
            sizes.append(len(table.all("TBody")[0].all("TR")))
    assert max(sizes) == 300


def test_heading_levels_do_not_skip_and_there_is_one_title(trees: dict[str, Node]) -> None:
    for tree in trees.values():
        levels = [int(n.kind[1]) for n in tree.walk() if re.fullmatch("H[1-6]", n.kind)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_reading_order_is_that_of_the_record(trees: dict[str, Node]) -> None:
    said = trees["large-briefing"].said()
    places = [said.index(f"Instrument {n} on") for n in (0, 1, 57, 150, 299)]
    assert places == sorted(places)
    first = trees["first"].said()
    order = ["When", "Where", "Who", "Why", "What was agreed", "Figures", "Next steps", "Sources"]
    assert [first.index(w) for w in order] == sorted(first.index(w) for w in order)


def test_figures_say_what_they_show(trees: dict[str, Node]) -> None:
    (figure,) = trees["multilateral-summit"].all("Figure")
    assert "2022: 36.9 million t" in str(figure.raw.Alt)
    assert len(figure.raw.A[0].BBox) == 4


def test_lists_have_labels_and_bodies(trees: dict[str, Node]) -> None:
    for tree in trees.values():
        for item in tree.all("LI"):
            assert [kid.kind for kid in item.kids] in (["Lbl", "LBody"], ["LBody"])


def test_bookmarks_follow_the_headings(trees: dict[str, Node]) -> None:
    # Shaped letters are drawn from left to right; there the texts do not compare letter by letter.
    for tree in (t for name, t in trees.items() if not name.startswith("arabic")):
        headings = [n.said() for n in tree.walk() if re.fullmatch("H[2-6]", n.kind)]
        with tree.raw.open_outline() as outline:

            def titles(items: list[pikepdf.OutlineItem]) -> list[str]:
                return [t for item in items for t in (item.title, *titles(item.children))]

            assert titles(outline.root) == headings


def test_the_document_tells_its_language_title_and_date(papers: dict[str, Path]) -> None:
    with pikepdf.open(papers["first"]) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert (
            str(pdf.docinfo.Title) == "Meeting of the Presidents of Kazakhstan and China – Summary"
        )
        assert str(pdf.docinfo.CreationDate).startswith("D:20231018")


def test_the_mark_and_the_page_number_stand_on_each_page(papers: dict[str, Path]) -> None:
    pages = page_texts(papers["multilateral-summit-briefing"])
    for number, text in enumerate(pages, 1):
        assert text.count("Official – For delegations only") == 2
        assert f"Page {number} of {len(pages)}" in text


def test_the_record_is_attached_as_source_byte_for_byte(papers: dict[str, Path]) -> None:
    assert toolkit.extract(papers["first"]).data == FIRST.read_bytes()


def test_text_is_never_markup(papers: dict[str, Path]) -> None:
    text = " ".join(page_texts(papers["text-is-data"])[0].split())
    for literal in (
        "<para>say</para> &amp;",
        '<a href="javascript:alert(1)">no link</a>',
        "<br/> ]]>",
    ):
        assert literal in text
    assert not structure(papers["text-is-data"]).all("Link")


@pytest.mark.parametrize("field", ["title", "occasion", "summary"])
def test_a_very_long_text_runs_over_pages_and_arrives_whole(tmp_path: Path, field: str) -> None:
    data = record(**{field: " ".join(f"w{n}" for n in range(7000))})
    pack = toolkit.build(
        written(tmp_path / "r.json", data), tmp_path, only=["summary", "briefing.pdf"]
    )
    for file in pack.files:
        said = structure(pack.folder / file.name).said()
        assert re.findall(r"\bw\d+", said)[-1] == "w6999"


def test_long_texts_in_every_place_are_laid_out(tmp_path: Path) -> None:
    def grown(node: object, key: str = "") -> object:
        if isinstance(node, dict):
            return {k: grown(v, k) for k, v in node.items()}
        if isinstance(node, list):
            return [grown(v, key) for v in node]
        long = {"title", "text", "summary", "occasion", "office", "note", "remarks", "label", "name",
                "publisher", "description", "city", "venue", "unit"}  # fmt: skip
        return f"{node} {'longer ' * 900}" if key in long and isinstance(node, str) else node

    data = json.loads(FIRST.read_text("utf-8"))
    data["participants"][0]["names"][0]["text"] += " longer" * 900
    path = written(tmp_path / "r.json", grown(data))
    toolkit.build(path, tmp_path, only=["summary", "briefing.pdf", "briefing"])


def test_a_character_that_no_font_has_is_reported_before_anything_is_written(
    tmp_path: Path,
) -> None:
    path = written(tmp_path / "r.json", record(title="Meeting 👍 with 𒀀"))
    with pytest.raises(toolkit.InvalidRecordError) as caught:
        toolkit.build(path, tmp_path / "out")
    told = caught.value.report.diagnostics
    assert [(d.rule, d.line) for d in told] == [("missing-glyph", 7)] * 2
    assert "U+1F44D" in told[0].message
    line = path.read_text("utf-8").splitlines()[6]
    assert [line[d.column - 1] for d in told] == ["👍", "𒀀"]
    assert not (tmp_path / "out").exists()


def test_fonts_are_loaded_only_when_a_record_needs_them(tmp_path: Path) -> None:
    code = """
import sys, toolkit
from toolkit.export.font_files import FontFiles
loaded = []
original = FontFiles.read
FontFiles.read = lambda files, face: loaded.append(face.family) or original(files, face)
toolkit.build(sys.argv[1], sys.argv[2], only=["summary"])
print(*sorted(set(loaded)), sep=",")
"""

    def families(path: Path) -> str:
        run = [sys.executable, "-c", code, str(path), str(tmp_path)]
        return subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()

    assert families(RECORDS["minimal"]) == "Source Sans 3"
    assert "Noto Sans SC" in families(FIRST)


def test_in_a_paper_from_the_right_a_sentence_from_the_left_ends_at_its_right(
    tmp_path: Path,
) -> None:
    path = written(tmp_path / "r.json", record(language="ar", summary="Only English stands here."))
    pack = toolkit.build(path, tmp_path, only=["summary"])
    with pypdfium2.PdfDocument(pack.folder / pack.files[0].name) as pdf:
        text = pdf[0].get_textpage()
        # pdfium tells the words in an order of its own, but where each letter stands.
        boxes = {text.get_text_range(n, 1): text.get_charbox(n) for n in range(text.count_chars())}
        page = pdf[0].get_width()
    assert boxes["."][0] > boxes["O"][2]
    # It stands at the side of its paper nevertheless.
    assert boxes["."][2] > page * 0.8
