"""What the documents say, before any file format: facts, order, what is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

import toolkit
from tests.making import FIRST, RECORDS, large_record, record
from toolkit.document import blocks as b
from toolkit.document.context import Context
from toolkit.document.parts import plain
from toolkit.document.registry import COMPOSERS
from toolkit.record.load import from_source
from toolkit.record.source import decode


def context(data: Any) -> Context:
    return Context(from_source(decode("r.json", json.dumps(data).encode())))


def paper(ctx: Context, name: str) -> b.Document:
    composed = COMPOSERS[name](ctx)
    assert isinstance(composed, b.Document)
    return composed


def first(name: str) -> b.Document:
    return paper(Context(toolkit.load(FIRST)), name)


def headings(document: b.Document, level: int = 1) -> list[str]:
    found = (x for x in document.blocks if isinstance(x, b.Heading) and x.level == level)
    return [plain(heading.content) for heading in found]


def texts(document: b.Document) -> str:
    """All that a paper says, in its order."""
    out: list[str] = []

    def cell(content: b.Cell) -> None:
        out.extend(plain(line) for line in content)

    for block in document.blocks:
        match block:
            case b.Heading() | b.Paragraph():
                out.append(plain(block.content))
            case b.BulletList():
                out.extend(plain(item) for item in block.items)
            case b.KeyFacts():
                for label, value in block.rows:
                    out.append(plain(label))
                    cell(value)
            case b.Table():
                for row in block.rows:
                    for entry in row:
                        cell(entry)
            case b.Quotation():
                out += [plain(block.content), plain(block.attribution)]
            case b.Tiles():
                for tile in block.tiles:
                    out += [plain(tile.value), plain(tile.label), plain(tile.remark)]
            case b.BarChart():
                out.append(block.alt)
            case b.NoteList():
                out.extend(plain(note.full) for note in block.notes)
    return "\n".join(out)


def test_the_briefing_follows_the_order_of_foreign_ministries() -> None:
    document = paper(Context(toolkit.load(RECORDS["briefing-pack"]), "en"), "briefing")
    assert headings(document) == [
        "Objectives",
        "Points to make",
        "Their likely points, and our response",
        "Press line",
        "Participants",
        "Topics and positions",
        "Commitments and next steps",
        "Figures",
        "Background",
    ]


def test_the_background_keeps_apart_what_must_not_be_disclosed() -> None:
    document = paper(Context(toolkit.load(RECORDS["briefing-pack"]), "en"), "briefing")
    subheadings = headings(document, 2)
    assert subheadings.index("May be used freely") < subheadings.index("Not to be disclosed")
    said = texts(document)
    assert (
        said.index("последний раз")
        < said.index("Not to be disclosed")
        < said.index("другим портом")
    )


def test_the_first_page_tells_reference_date_copy_and_department() -> None:
    head = paper(Context(toolkit.load(RECORDS["multilateral-summit"])), "briefing").masthead
    assert plain(head.reference) == "MD/114/2024"
    assert plain(head.date) == "21 June 2024"
    assert plain(head.copy) == "Copy 3 of 12"
    assert plain(head.department) == "Multilateral Department"
    assert plain(head.title) == "Summit of the Inland Waterways Conference"


def test_participants_stand_in_order_of_precedence() -> None:
    people = [
        {"id": f"p{n}", "delegation": "kz", "names": [{"text": f"Person {n}", "language": "en"}],
         "role": "accompanying", **({"precedence": n} if n else {})}
        for n in (3, 0, 1, 2)
    ]  # fmt: skip
    said = texts(paper(context(record(participants=people)), "briefing"))
    places = [said.index(f"Person {n}") for n in (1, 2, 3, 0)]
    assert places == sorted(places)


def test_statements_are_grouped_by_side_with_speaker_and_source() -> None:
    document = first("briefing")
    sides = headings(document, 2)
    at = sides.index("Kazakhstan")
    assert "China" in sides[at:]
    quotations = [x for x in document.blocks if isinstance(x, b.Quotation)]
    assert len(quotations) == 7
    for quotation in quotations:
        assert plain(quotation.content).startswith("“")
        assert plain(quotation.attribution).startswith(("Kassym-Jomart Tokayev", "Xi Jinping"))
        assert any(run.note == 1 for run in quotation.content)


def test_only_what_a_speaker_said_is_quoted() -> None:
    reported = [s for s in toolkit.load(FIRST).meeting.statements if s.mode == "reported"]
    said = texts(first("briefing"))
    for statement in reported:
        assert f"“{statement.text}" not in said
        assert str(statement.text) in said


@pytest.mark.parametrize("name", ["briefing", "summary"])
def test_the_first_record_is_told(name: str) -> None:
    said = texts(first(name))
    for fact in (
        "17 October 2023", "Beijing", "Kassym-Jomart Tokayev", "Xi Jinping", "习近平",
        "Third Belt and Road Forum", "Tǎchéng", "rapeseed", "52 projects", "USD 21 billion",
        "State visit of President Xi to Kazakhstan", "2024", "list is not complete", "Akorda",
    ):  # fmt: skip
        assert fact in said, fact


def test_an_uncertain_date_is_told_as_uncertain() -> None:
    assert "17 October 2023 (uncertain)" in texts(first("briefing"))


def test_next_steps_come_by_date_and_leave_out_what_is_done() -> None:
    commitments = [
        {"id": "late", "text": "Late", "status": "open", "due": "2026-01-10"},
        {"id": "year", "text": "Year", "status": "open", "due": "2025"},
        {"id": "soon", "text": "Soon", "status": "open", "due": "2025-02"},
        {"id": "never", "text": "Undated", "status": "open"},
        {"id": "done", "text": "Done thing", "status": "done", "due": "2025-01"},
    ]
    said = texts(paper(context(record(commitments=commitments)), "summary"))
    places = [said.index(word) for word in ("Soon", "Year", "Late", "Undated")]
    assert places == sorted(places)
    assert "Done thing" not in said


def test_empty_sections_leave_no_heading() -> None:
    ctx = Context(toolkit.load(RECORDS["minimal"]))
    assert headings(paper(ctx, "briefing")) == []
    assert headings(paper(ctx, "summary")) == []


def test_a_call_tells_how_it_was_held_and_from_where() -> None:
    said = texts(paper(Context(toolkit.load(RECORDS["telephone-call"])), "summary"))
    assert "by telephone" in said
    assert "Kazakhstan: Astana, Kazakhstan, Asia/Almaty" in said
    assert "09:00–09:35 (UTC)" in said


def test_the_summary_cuts_long_lists_and_says_so() -> None:
    document = paper(context(large_record(500, 300)), "summary")
    said = texts(document)
    assert "and 492 more, see the agreements spreadsheet" in said
    assert said.count("Instrument") == 8


def test_numbers_that_compare_become_a_chart_and_a_lone_one_does_not() -> None:
    def blocks(count: int) -> list[b.Block]:
        figures = [
            {"id": f"f{n}", "label": f"Year {n}", "value": n + 1, "unit": "t", "series": "Grain"}
            for n in range(count)
        ]
        return list(paper(context(record(figures=figures)), "summary").blocks)

    assert any(isinstance(x, b.BarChart) for x in blocks(2))
    assert not any(isinstance(x, b.BarChart) for x in blocks(1))


def test_a_chart_says_in_words_what_it_shows() -> None:
    document = paper(Context(toolkit.load(RECORDS["multilateral-summit"])), "summary")
    chart = next(x for x in document.blocks if isinstance(x, b.BarChart))
    assert "2021: 41.2 million t" in chart.alt
    assert "2023: about 44.0 million t" in chart.alt


@pytest.mark.parametrize("name", list(RECORDS))
@pytest.mark.parametrize("document", ["briefing", "summary"])
def test_heading_levels_do_not_skip_and_sources_are_numbered(name: str, document: str) -> None:
    composed = paper(Context(toolkit.load(RECORDS[name])), document)
    level = 0
    for block in composed.blocks:
        if isinstance(block, b.Heading):
            assert block.level <= level + 1
            level = block.level
    assert [note.number for note in composed.notes] == list(range(1, len(composed.notes) + 1))


def test_every_mark_and_both_ends_of_the_strictest_item_count() -> None:
    ctx = Context(toolkit.load(RECORDS["official-visit"]), "en")
    assert plain(ctx.mark_line()) == "Confidential"
    assert ctx.meta("summary").mark == "Confidential"


def test_foreign_words_carry_their_language() -> None:
    facts = next(x for x in first("summary").blocks if isinstance(x, b.KeyFacts))
    runs = [run for _, cell in facts.rows for line in cell for run in line]
    languages = {run.text.strip(): run.language for run in runs}
    assert languages["习近平"].startswith("zh")
    assert languages["Қасым-Жомарт Тоқаев"] == "kk"


@pytest.mark.parametrize(
    ("name", "heading"),
    [("briefing-pack", "Цели"), ("official-visit", "Objectifs"), ("chinese-record", "参加人员"),
     ("arabic-record", "المشاركون")],
)  # fmt: skip
def test_the_printed_words_are_in_the_records_language(name: str, heading: str) -> None:
    document = paper(Context(toolkit.load(RECORDS[name])), "briefing")
    assert headings(document)[0] == heading
