"""The first record holds every fact of its source, and quotes only what a speaker said."""

from __future__ import annotations

import re

import pytest

import toolkit
from tests.making import FIRST
from toolkit.record.model import Meeting

# Titles of instruments and names of events are fixed; prose is our own.
_PROSE = '"(?:text|summary|occasion|description|note|remarks|press_line)'


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    return toolkit.load(FIRST).meeting


def said(meeting: Meeting, speaker: str) -> str:
    return " ".join(
        s.text
        for s in meeting.statements
        if s.speaker == speaker and s.mode == "verbatim" and isinstance(s.text, str)
    )


def reported(meeting: Meeting, kind: str, speaker: str) -> str:
    texts = [s.text for s in meeting.statements if (s.kind, s.speaker) == (kind, speaker)]
    return " ".join(text for text in texts if isinstance(text, str))


def test_when_where_and_by_whom_it_was_reported(meeting: Meeting) -> None:
    (sitting,) = meeting.sittings
    assert sitting.date == "2023-10-17"
    assert sitting.place and sitting.place.country == "CN"
    (source,) = meeting.sources
    assert source.date == "2023-10-17"
    assert source.place and source.place.city == "Astana"
    assert "Akorda" in str(source.publisher)


def test_the_principals_in_all_their_name_forms(meeting: Meeting) -> None:
    names = {p.id: {n.text for n in p.names} for p in meeting.participants}
    assert {
        "Kassym-Jomart Tokayev",
        "Қасым-Жомарт Тоқаев",
        "Токаев Касым-Жомарт Кемелевич",
    } <= names["tokayev"]
    assert {"Xi Jinping", "习近平"} <= names["xi"]
    assert all(p.role == "principal" for p in meeting.participants)
    assert "commended" in str(meeting.summary)


def test_visit_occasion_and_related_events(meeting: Meeting) -> None:
    events = {str(e.name): e for e in meeting.events}
    by_word = lambda word: next(e for name, e in events.items() if word in name)  # noqa: E731
    assert by_word("Official visit").date == "2023-10-16"
    assert by_word("Third Belt and Road").relation == "occasion"
    assert by_word("Announcement").date == "2013"
    assert by_word("74th anniversary")
    assert by_word("19th Asian Games").place
    earlier = next(e for e in meeting.events if e.date == "2022")
    assert "golden 30th anniversary" in str(earlier.description)
    assert by_word("Year of Kazakhstan's Tourism").date == "2024"
    assert "invitation" in str(meeting.occasion)


def test_support_congratulations_and_thanks(meeting: Meeting) -> None:
    assert "initiative" in reported(meeting, "support", "tokayev")
    congratulations = reported(meeting, "congratulation", "tokayev")
    for word in ("Belt and Road", "74th anniversary", "19th Asian Games"):
        assert word in congratulations
    assert reported(meeting, "thanks", "xi")
    support = reported(meeting, "support", "xi")
    for word in ("sovereignty", "territorial integrity", "reforms"):
        assert word in support


def test_the_quotations(meeting: Meeting) -> None:
    for words in (
        "rapid progress of China",
        "advanced world power",
        "52 joint projects",
        "$21 billion",
        "2024",
    ):
        assert words in said(meeting, "tokayev")
    for words in (
        "trust",
        "peace and stability",
        "initial aspirations",
        "eternal",
        "Ten years ago",
    ):
        assert words in said(meeting, "xi")


def test_the_invitation_is_a_commitment_known_to_the_year(meeting: Meeting) -> None:
    invitation = next(c for c in meeting.commitments if c.kind == "invitation")
    assert invitation.due == "2024"
    assert invitation.by == ("xi",)


def test_the_figures(meeting: Meeting) -> None:
    figures = {(str(f.value), f.currency) for f in meeting.figures}
    assert figures == {("52", None), ("21000000000", "USD")}
    assert {f.stated_by for f in meeting.figures} == {"tokayev"}


def test_the_fields_discussed(meeting: Meeting) -> None:
    sectors = {str(sector) for topic in meeting.topics for sector in topic.sectors}
    assert {
        "Trade", "Economics", "Oil and gas", "Petrochemicals", "Energy", "Finance", "Transport",
        "Transit", "Nuclear industry", "Engineering", "Tourism", "Electronic commerce",
        "High technology",
    } <= sectors  # fmt: skip
    summaries = " ".join(str(t.summary) for t in meeting.topics)
    assert "joint investment projects" in summaries
    assert "enrich" in summaries


def test_the_documents_signed(meeting: Meeting) -> None:
    agreements = meeting.agreements
    assert agreements and agreements.coverage == "partial"
    kinds = [(a.type, a.level) for a in agreements.items]
    assert kinds == [
        ("memorandum_of_understanding", None),
        ("agreement", "intergovernmental"),
        ("memorandum_of_understanding", None),
        ("agreement", "intergovernmental"),
        ("protocol", None),
    ]
    titles = " ".join(str(a.title) for a in agreements.items)
    for word in ("economic development", "container trains", "Tǎchéng", "Ayagoz", "rapeseed"):
        assert word in titles


def test_what_is_uncertain_is_said(meeting: Meeting) -> None:
    about = {ref for u in meeting.uncertainties for ref in u.about}
    assert {"titr-container-agreement", "titr-agreement", "joint-projects-volume"} <= about
    assert any("Who signed" in str(u.text) for u in meeting.uncertainties)


def test_only_quotations_are_in_the_words_of_the_source() -> None:
    source = FIRST.parents[3] / "shared" / "sources" / "2023-10-17-beijing.txt"
    if not source.exists():
        pytest.skip("the archived text of the source is not beside the repository")
    words = lambda text: re.findall(r"[\w$]+", text.casefold())  # noqa: E731
    outside = re.sub("“[^”]*”", " | ", source.read_text("utf-8"))
    runs = {
        tuple(piece[i : i + 9])
        for piece in map(words, outside.split("|"))
        for i in range(len(piece) - 8)
    }
    data = FIRST.read_text("utf-8")
    for text in re.findall(_PROSE + r'": "((?:[^"\\]|\\.)*)"', data):
        listed = words(text)
        for i in range(len(listed) - 8):
            assert tuple(listed[i : i + 9]) not in runs, text
