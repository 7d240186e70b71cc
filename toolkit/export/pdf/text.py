"""Paragraphs: runs to lines, in any script and direction.

reportlab's own paragraph reads mark-up, breaks no Chinese in mixed text and orders no Arabic; here
text is data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from toolkit.document.blocks import Inline, Run
from toolkit.export.fonts import Face, Fonts
from toolkit.export.pdf.breaking import breaks, levels_of, visual_order
from toolkit.export.pdf.shaping import shape
from toolkit.export.pdf.tags import Element

_LETTER = re.compile(r"[^\W\d_]")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_NOTE_SCALE, _NOTE_RISE = 0.64, 0.36


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a paragraph is set; lengths in points, colours as hexadecimal digits."""

    size: float
    leading: float
    colour: str
    bold: bool = False
    italic: bool = False
    align_end: bool = False
    centred: bool = False
    space_before: float = 0
    space_after: float = 0


@dataclass(eq=False, slots=True)
class Piece:
    """A stretch of text of one face and one structure element."""

    text: str
    face: Face
    size: float
    rise: float
    element: Element
    target: str | None = None
    label: str = ""
    holder: Element | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one piece at one bidirectional level, never broken over lines."""

    piece: Piece
    text: str
    width: float
    level: int


@dataclass(frozen=True, slots=True)
class Atom:
    """What stands together on a line; `space` is the width of the white space at its end."""

    parts: tuple[Part, ...]
    width: float
    space: float
    ends_line: bool = False


Placed = tuple[float, float, Part]
"""A part with the place of its left end on the baseline."""


@dataclass(slots=True)
class Line:
    """The parts of a line in logical order, each with its distance from the left."""

    placed: list[tuple[float, Part]] = field(default_factory=list)


class Paragraph:
    """Runs with their structure element, ready to be set in any width."""

    def __init__(
        self,
        content: Inline,
        style: TextStyle,
        element: Element,
        fonts: Fonts,
        language: str,
        rtl: bool = False,
    ) -> None:
        self.style = style
        self.element = element
        self.rtl = rtl
        self._pieces = list(_pieces(content, style, element, fonts, language))
        self._bidi = rtl or any(_RTL.search(p.text) for p in self._pieces)
        self._atoms: list[Atom] | None = None
        self._lines: dict[float, list[Line]] = {}

    @property
    def text(self) -> str:
        """The text without the numbers of notes."""
        return "".join(p.text for p in self._pieces if not p.rise)

    def lines(self, width: float) -> list[Line]:
        """Return the lines at a width in points."""
        if width not in self._lines:
            if self._atoms is None:
                self._atoms = list(self._cut())
            self._lines[width] = list(self._break(self._atoms, width))
        return self._lines[width]

    def natural_width(self) -> float:
        """Return the width of the text on one line, in points."""
        if self._atoms is None:
            self._atoms = list(self._cut())
        return sum(atom.width for atom in self._atoms)

    def _cut(self) -> Iterator[Atom]:
        text = "".join(p.text for p in self._pieces)
        # A sentence without any letter that is written from the right is read from the left, also
        # where the paper is not: its full stop stands at its right end.
        from_right = self.rtl and (bool(_RTL.search(text)) or not _LETTER.search(text))
        levels = levels_of(text, from_right) if self._bidi else None
        bounds = []
        offset = 0
        for piece in self._pieces:
            bounds.append((offset, offset + len(piece.text), piece))
            offset += len(piece.text)
        index = 0
        for start, end in breaks(text):
            while index < len(bounds) and bounds[index][1] <= start:
                index += 1
            parts: list[Part] = []
            at = index
            while at < len(bounds) and bounds[at][0] < end:
                first, last, piece = bounds[at]
                parts += _parts(text, max(first, start), min(last, end), piece, levels)
                at += 1
            ends_line = "\n" in text[start:end]
            space = 0.0
            for part in reversed(parts):
                stripped = part.text.rstrip()
                space += part.width - (
                    _width(part.piece, stripped, part.level) if stripped else 0.0
                )
                if stripped:
                    break
            yield Atom(tuple(parts), sum(p.width for p in parts), space, ends_line)

    def _break(self, atoms: Sequence[Atom], width: float) -> Iterator[Line]:
        waiting: list[Atom] = []
        used = 0.0
        for atom in atoms:
            for piece in _fitting(atom, width):
                if waiting and used + piece.width - piece.space > width + 0.01:
                    yield self._place(waiting, width)
                    waiting, used = [], 0.0
                waiting.append(piece)
                used += piece.width
            if atom.ends_line:
                yield self._place(waiting, width)
                waiting, used = [], 0.0
        if waiting or not atoms:
            yield self._place(waiting, width)

    def _place(self, atoms: Sequence[Atom], width: float) -> Line:
        parts = [part for atom in atoms for part in atom.parts]
        if not parts:
            return Line()
        if atoms[-1].space:
            parts = _without_last_space(parts)
        total = sum(part.width for part in parts)
        style = self.style
        if style.centred:
            x = (width - total) / 2
        elif style.align_end is not self.rtl:
            x = width - total
        else:
            x = 0.0
        line = Line()
        spots: dict[int, float] = {}
        for index in visual_order([part.level for part in parts]):
            spots[index] = x
            x += parts[index].width
        line.placed = [(spots[index], part) for index, part in enumerate(parts)]
        return line


def _without_last_space(parts: list[Part]) -> list[Part]:
    while parts and not parts[-1].text.rstrip():
        parts = parts[:-1]
    if parts and parts[-1].text[-1].isspace():
        last = parts[-1]
        text = last.text.rstrip()
        parts = [*parts[:-1], replace(last, text=text, width=_width(last.piece, text, last.level))]
    return parts


def _pieces(
    content: Inline, style: TextStyle, element: Element, fonts: Fonts, language: str
) -> Iterator[Piece]:
    after_note = False
    for run in content:
        if run.note is not None:
            if after_note:
                face = fonts.main()
                yield Piece(",", face, style.size * _NOTE_SCALE, style.size * _NOTE_RISE, element)
            holder = Element("Reference")
            link = holder.child("Link")
            number = str(run.note)
            target = f"#source-{number}"
            yield Piece(
                number,
                fonts.main(),
                style.size * _NOTE_SCALE,
                style.size * _NOTE_RISE,
                link,
                target,
                number,
                holder,
            )
            after_note = True
            continue
        after_note = False
        inner = _inline_element(run, element, language)
        text = run.text.replace("\t", " ").replace("\r\n", "\n").replace("\r", "\n")
        bold, italic = style.bold or run.bold, style.italic or run.italic
        for part, face in fonts.split(text, run.language, bold, italic):
            yield Piece(part, face, style.size, 0, inner, run.link, run.text)


def _inline_element(run: Run, element: Element, language: str) -> Element:
    foreign = run.language not in (language, "zxx")
    if run.link:
        return Element("Link", language=run.language if foreign else None)
    return Element("Span", language=run.language) if foreign else element


def _parts(
    text: str, start: int, end: int, piece: Piece, levels: list[int] | None
) -> Iterator[Part]:
    if levels is None:
        stretch = text[start:end]
        yield Part(piece, stretch, _width(piece, stretch, 0), 0)
        return
    while start < end:
        stop = start + 1
        while stop < end and levels[stop] == levels[start]:
            stop += 1
        stretch = text[start:stop]
        yield Part(piece, stretch, _width(piece, stretch, levels[start]), levels[start])
        start = stop


def _fitting(atom: Atom, width: float) -> Iterator[Atom]:
    """Yield an atom, cut between letters where it is wider than the line."""
    if atom.width - atom.space <= width:
        yield atom
        return
    for part in atom.parts:
        text = part.text
        while text:
            size = _longest(part, text, width)
            head, text = text[:size], text[size:]
            w = _width(part.piece, head, part.level)
            space = w - _width(part.piece, head.rstrip(), part.level) if head[-1].isspace() else 0.0
            yield Atom((replace(part, text=head, width=w),), w, space)


def _longest(part: Part, text: str, width: float) -> int:
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _width(part.piece, text[:middle].rstrip(), part.level) <= width:
            low = middle
        else:
            high = middle - 1
    return low


def _width(piece: Piece, text: str, level: int) -> float:
    shown = text.replace("\n", "")
    if not shown:
        return 0.0
    if piece.face.face.shaped:
        return shape(piece.face, shown, level).width * piece.size / 1000
    return sum(map(piece.face.widths.__getitem__, shown)) * piece.size / 1000
