"""Real footnotes, which python-docx does not offer."""

from __future__ import annotations

from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml.ns import qn

from toolkit.document.blocks import Note, Run
from toolkit.export.docx.oxml import element, simple_field, tab_run, text_run

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
MARK_STYLE = "footnotereference"


class Footnotes:
    """The footnotes of a document: one a source, at the place where it is first cited.

    Where a source is cited again, a NOTEREF field repeats the number of its note.
    """

    def __init__(self, document: Any, notes: tuple[Note, ...], rtl: bool) -> None:
        self._rtl = rtl
        self._document = document
        self._notes = {note.number: note for note in notes}
        self._ids: dict[int, int] = {}
        self._root = element("footnotes")
        for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
            note = element("footnote", type=kind, id=str(number))
            paragraph = element("p")
            run = element("r")
            run.append(element(kind))
            paragraph.append(run)
            note.append(paragraph)
            self._root.append(note)
        self._part = XmlPart(
            PackURI("/word/footnotes.xml"), _TYPE, self._root, document.part.package
        )

    def cite(self, number: int) -> list[Any]:
        """Return what stands in the text for the number of a source."""
        bookmark = f"_Source{number}"
        if number in self._ids:
            result = text_run(Run(str(number), "zxx"), MARK_STYLE)
            return [simple_field(f"NOTEREF {bookmark} \\f \\h", result)]
        identity = len(self._ids) + 1
        self._ids[number] = identity
        self._add(identity, self._notes[number])
        run = element("r")
        properties = element("rPr")
        properties.append(element("rStyle", val=MARK_STYLE))
        run.append(properties)
        run.append(element("footnoteReference", id=str(identity)))
        start = element("bookmarkStart", id=str(100000 + number), name=bookmark)
        return [start, run, element("bookmarkEnd", id=str(100000 + number))]

    def _add(self, identity: int, note: Note) -> None:
        made = element("footnote", id=str(identity))
        paragraph = element("p")
        form = element("pPr")
        form.append(element("pStyle", val="FootnoteText"))
        if self._rtl:
            form.append(element("bidi"))
        paragraph.append(form)
        mark = element("r")
        properties = element("rPr")
        properties.append(element("rStyle", val=MARK_STYLE))
        mark.append(properties)
        mark.append(element("footnoteRef"))
        paragraph.append(mark)
        paragraph.append(tab_run())
        for run in note.short:
            paragraph.append(text_run(run))
        made.append(paragraph)
        self._root.append(made)

    def attach(self) -> None:
        """Give the notes to the document, where there are any."""
        if not self._ids:
            return
        self._document.part.relate_to(self._part, RT.FOOTNOTES)
        settings = self._document.settings.element
        properties = element("footnotePr")
        for number in (-1, 0):
            properties.append(element("footnote", id=str(number)))
        settings.find(qn("w:compat")).addprevious(properties)
