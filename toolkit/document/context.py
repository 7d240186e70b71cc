"""What the composers share: look-ups in one record, its texts as runs, its sources as notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, Literal

from toolkit.document.blocks import Inline, Masthead, Meta, Note, NoteList, Run, Words
from toolkit.document.language import Language, pick, script_of, split_by_script
from toolkit.record import dates
from toolkit.record.load import Record
from toolkit.record.model import (
    Agreement,
    Delegation,
    Figure,
    Name,
    Participant,
    Place,
    SourceEntry,
    Statement,
    Text,
)

DocumentName = Literal["briefing", "summary", "agreements"]


class Context:
    """One record seen in one language, with the words and the sections of a house style.

    `labels` are words by language, group and key; `sections` name what each document shows.
    """

    def __init__(
        self,
        record: Record,
        language: str | None = None,
        labels: Mapping[str, Mapping[str, Any]] | None = None,
        sections: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.record = record
        self.meeting = record.meeting
        self.language = Language(language or self.meeting.language, labels)
        self._sections = sections or {}
        self._cited: dict[str, int] = {}
        self._citing = True

    def shown(self, document: DocumentName, known: Iterable[str]) -> list[str]:
        """Return the sections that a document shows, in their order; all that are known as a rule.

        Where the sources are not among them, nothing is cited.
        """
        names = list(self._sections.get(document, known))
        self._citing = "sources" in names
        return names

    # Look-ups

    @cached_property
    def delegations(self) -> dict[str, Delegation]:
        """The sides by id."""
        return {d.id: d for d in self.meeting.delegations}

    @cached_property
    def participants(self) -> dict[str, Participant]:
        """The persons by id."""
        return {p.id: p for p in self.meeting.participants}

    @cached_property
    def sources(self) -> dict[str, SourceEntry]:
        """The sources by id."""
        return {s.id: s for s in self.meeting.sources}

    @cached_property
    def agreements(self) -> dict[str, Agreement]:
        """The instruments by id."""
        items = self.meeting.agreements.items if self.meeting.agreements else ()
        return {a.id: a for a in items}

    @cached_property
    def known_languages(self) -> tuple[str, ...]:
        """The languages that the record names, by which a foreign word's language is told."""
        tags = [name.language for p in self.meeting.participants for name in p.names]
        return tuple(dict.fromkeys((*tags, self.meeting.language)))

    # Texts

    def runs(
        self, text: str, language: str | None = None, *, bold: bool = False, italic: bool = False
    ) -> Inline:
        """Return a text as runs, one language each."""
        tag = language or self.language.tag
        pieces = split_by_script(text, tag, self.known_languages)
        return tuple(Run(piece, lang, bold, italic) for piece, lang in pieces)

    def text(self, value: Text | None, *, bold: bool = False) -> Inline:
        """Return a text of the record in the best form for the document."""
        if value is None:
            return ()
        text, tag = pick(value, self.language.tag, self.meeting.language)
        return self.runs(text, tag, bold=bold)

    def plain(self, value: Text | None) -> str:
        """Return a text of the record without runs."""
        return pick(value, self.language.tag, self.meeting.language)[0] if value else ""

    def words(self, text: str, *, bold: bool = False) -> Inline:
        """Return a word of the document itself."""
        return self.runs(text, self.words_language, bold=bold) if text else ()

    @property
    def words_language(self) -> str:
        """The language of the printed words; English where the document's has none."""
        language = self.language
        return language.tag if language.tag.startswith(language.labels_tag.split("-")[0]) else "en"

    def label(self, key: str, *, bold: bool = False, **values: object) -> Inline:
        """Return a label as runs."""
        return self.words(self.language.label(key, **values), bold=bold)

    def when(self, text: str | None) -> Inline:
        """Return a date as runs."""
        return self.words(self.language.when(text)) if text else ()

    def join(self, parts: Iterable[Inline], separator: str | None = None) -> Inline:
        """Join the parts that are not empty."""
        sign = self.language.sign("list_separator") if separator is None else separator
        filled = [part for part in parts if part]
        out: list[Run] = []
        for index, part in enumerate(filled):
            if index:
                out.append(Run(sign, self.language.tag))
            out.extend(part)
        return tuple(out)

    # Names

    def name_of(self, person: Participant) -> Name:
        """Return the form of a name for this document."""
        tag = self.language.tag
        base = tag.split("-")[0]
        exact = (n for n in person.names if n.language == tag)
        near = (n for n in person.names if n.language.split("-")[0] == base)
        script = script_of(tag)
        readable = (n for n in person.names if script_of(n.language) == script)
        return next(chain(exact, near, readable, person.names))

    def person(self, ref: str) -> Inline:
        """Return a person's name."""
        person = self.participants.get(ref)
        if person is None:
            return ()
        name = self.name_of(person)
        shown = f"{name.honorific_prefix} {name.text}" if name.honorific_prefix else name.text
        return self.runs(shown, name.language)

    def other_forms(self, person: Participant) -> Inline:
        """Return the other forms of a person's name."""
        own = self.name_of(person)
        return self.join(self.runs(n.text, n.language) for n in person.names if n is not own)

    def office(self, person: Participant) -> Inline:
        """Return office and organisation."""
        return self.join((self.text(person.office), self.text(person.organisation)))

    def side(self, ref: str) -> Inline:
        """Return the name of a side; a state's follows from its country code."""
        side = self.delegations.get(ref)
        if side is None:
            return ()
        if side.name is not None:
            return self.text(side.name)
        return self.runs(self.language.country(side.country or ""))

    def party(self, ref: str) -> Inline:
        """Return the name of a side or a person."""
        return self.side(ref) or self.person(ref)

    def parties(self, refs: Iterable[str]) -> Inline:
        """Return names of sides and persons as a list."""
        return self.join(self.party(ref) for ref in refs)

    def place(self, place: Place | None, venue: bool = True) -> Inline:
        """Return venue, city and country."""
        if place is None:
            return ()
        parts = [self.text(place.city), self.runs(self.language.country(place.country))]
        if venue:
            parts.insert(0, self.text(place.venue))
        return self.join(parts)

    def side_of(self, statement: Statement) -> str | None:
        """Return the id of the side to which a statement belongs."""
        if statement.side:
            return statement.side
        person = self.participants.get(statement.speaker or "")
        return person.delegation if person else None

    def speaker(self, statement: Statement) -> Inline:
        """Return who said a statement."""
        return (
            self.person(statement.speaker) if statement.speaker else self.side(statement.side or "")
        )

    def ordered(self, people: Iterable[Participant]) -> list[Participant]:
        """Return persons in order of precedence; those without one last, as the record has them."""
        return sorted(people, key=lambda p: (p.precedence is None, p.precedence or 0))

    # Figures

    def amount(self, figure: Figure) -> Inline:
        """Return a figure's number with its unit or currency and its qualifier."""
        language = self.language
        if figure.value is not None:
            number = self._unit(language.number(figure.value), figure)
            return self.words(language.word("qualifier", figure.qualifier, number=number))
        assert figure.low is not None
        assert figure.high is not None
        low, high = language.number(figure.low), self._unit(language.number(figure.high), figure)
        return self.words(language.word("qualifier", "range", low=low, high=high))

    def _unit(self, number: str, figure: Figure) -> str:
        if figure.currency:
            return self.language.money(number, figure.currency)
        unit = self.plain(figure.unit)
        return f"{number}{'' if unit == '%' else ' '}{unit}" if unit else number

    # Sources

    def cite(self, refs: Sequence[str]) -> Inline:
        """Return the note numbers of sources; a source gets its number when first cited."""
        numbers: list[int] = []
        for ref in refs if self._citing else ():
            if ref in self.sources:
                numbers.append(self._cited.setdefault(ref, len(self._cited) + 1))
        return tuple(Run("", self.language.tag, note=number) for number in numbers)

    def all_sources(self) -> None:
        """Give numbers to the sources that nothing cites, too."""
        self.cite([source.id for source in self.meeting.sources])

    def notes(self) -> tuple[Note, ...]:
        """Return the sources that were cited, by number."""
        return tuple(self._note(self.sources[ref], number) for ref, number in self._cited.items())

    def note_list(self) -> NoteList:
        """Return the list of sources."""
        return NoteList(self.notes())

    def _note(self, source: SourceEntry, number: int) -> Note:
        title = tuple(replace(run, italic=True) for run in self.text(source.title))
        origin = [
            self.runs(source.author) if source.author else (),
            self.text(source.publisher),
        ]
        short = self.join((*origin, title, self.when(source.date)))
        accessed: Inline = ()
        if source.accessed_on:
            accessed = self.label("accessed", date=self.language.when(source.accessed_on))
        details = (
            *origin,
            title,
            self.words(self.language.word("source_kind", source.kind)) if source.kind else (),
            self.place(source.place),
            self.when(source.date),
            (Run(source.address, "zxx", link=source.address),) if source.address else (),
            accessed,
        )
        return Note(number, f"source-{number}", short, self.join(details))

    # The whole paper

    @cached_property
    def date(self) -> date:
        """The date that the documents carry: of preparation, or else of the last sitting."""
        if self.meeting.prepared_on:
            return date.fromisoformat(self.meeting.prepared_on)
        return max(dates.parse(sitting.date).last for sitting in self.meeting.sittings)

    @cached_property
    def mark(self) -> str:
        """The strictest handling mark of anything in the record."""
        scheme = self.record.scheme
        marks = {self.meeting.handling.mark, *self.record.marks()}
        return max(marks, key=scheme.index)

    def mark_line(self) -> Inline:
        """Return the line at the top and the foot of each page."""
        names = self.language.group("mark")
        mark = self.words(names[self.mark]) if self.mark in names else self.runs(self.mark)
        return self.join((mark, self.text(self.meeting.handling.caveat)), " – ")

    def meta(self, document: DocumentName) -> Meta:
        """Return what a file says about itself."""
        meeting = self.meeting
        kind = self.language.word("document", document)
        topics = tuple(self.plain(topic.title) for topic in meeting.topics)
        return Meta(
            record_id=meeting.id,
            record_version=meeting.version,
            title=f"{self.plain(meeting.title)} – {kind}",
            subject=self.plain(meeting.occasion) or kind,
            author=self.plain(meeting.department),
            language=self.language.tag,
            rtl=self.language.rtl,
            date=self.date,
            mark="".join(run.text for run in self.mark_line()),
            keywords=topics,
        )

    def masthead(self, document: DocumentName) -> Masthead:
        """Return the top of the first page."""
        meeting = self.meeting
        kind = self.language.word("meeting_kind", meeting.kind)
        return Masthead(
            title=self.text(meeting.title),
            kicker=self.join(
                (self.words(self.language.word("document", document)), self.words(kind)), " · "
            ),
            reference=self.runs(meeting.reference) if meeting.reference else (),
            date=self.words(self.language.day(self.date)),
            copy=self.label("copy", number=meeting.copy) if meeting.copy else (),
            department=self.text(meeting.department),
        )

    def printed(self) -> Words:
        """Return the words that exporters print themselves."""
        return Words(**self.language.group("words"))
