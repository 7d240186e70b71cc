"""Paragraphs: runs to lines, in any script and direction, drawn with their tags.

reportlab's own paragraph reads mark-up, breaks no Chinese in mixed text and orders no Arabic; here
text is data. Lines break after spaces and hyphens and between ideographs (reportlab knows which of
their signs may not start or end a line); directions follow the Unicode Bidirectional Algorithm
(python-bidi), joined letters are shaped by HarfBuzz.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from typing import Any

import uharfbuzz
from bidi import algorithm as bidi
from reportlab.lib.rl_accel import fp_str
from reportlab.lib.textsplit import ALL_CANNOT_END, ALL_CANNOT_START

from toolkit.document.blocks import Inline, Run
from toolkit.export.fonts import Face, Fonts
from toolkit.export.pdf.tags import Element, TaggedCanvas

_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u303f\u3040-\u30ff\u3100-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"[^\s\-–—/]*[\-–—/]*[^\S\xa0\u202f]*")
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


@dataclass(frozen=True, slots=True)
class Glyph:
    """A shaped letter: the code under which its font has it, and its place, in thousandths."""

    code: int
    width: float
    advance: float
    x_offset: float
    y_offset: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Glyphs that stand for some characters; `said` is what they read as where their codes do not tell."""

    glyphs: tuple[Glyph, ...]
    said: str | None


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Shaped letters in the order in which they are drawn, and their width in thousandths."""

    clusters: tuple[Cluster, ...]
    width: float


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
        levels = _levels(text, self.rtl) if self._bidi else None
        bounds = []
        offset = 0
        for piece in self._pieces:
            bounds.append((offset, offset + len(piece.text), piece))
            offset += len(piece.text)
        index = 0
        for start, end in _breaks(text):
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
        for index in _visual_order([part.level for part in parts]):
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


def _breaks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text between which a line may end."""
    start = 0
    for match in _WORD.finditer(text):
        end = match.end()
        if end <= start:
            continue
        # A line break of the text ends the stretch in which it stands.
        while (newline := text.find("\n", start, end)) >= 0:
            yield from _within(text, start, newline + 1)
            start = newline + 1
        if start < end:
            yield from _within(text, start, end)
        start = end


def _within(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if _CJK.search(text, start, end):
        for at in range(start + 1, end):
            before, after = text[at - 1], text[at]
            wide = _CJK.match(before) or _CJK.match(after)
            if (
                wide
                and after not in ALL_CANNOT_START
                and before not in ALL_CANNOT_END
                and not after.isspace()
            ):
                yield start, at
                start = at
    yield start, end


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
        return _shape(piece.face, shown, level).width * piece.size / 1000
    return sum(map(piece.face.widths.__getitem__, shown)) * piece.size / 1000


def _levels(text: str, rtl: bool) -> list[int]:
    """Return the embedding level of each character (Unicode Standard Annex 9)."""
    levels: list[int] = []
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\n")
        storage = bidi.get_empty_storage()
        storage["base_level"], storage["base_dir"] = (1, "R") if rtl else (0, "L")
        bidi.get_embedding_levels(body, storage)
        bidi.explicit_embed_and_overrides(storage)
        bidi.resolve_weak_types(storage)
        bidi.resolve_neutral_types(storage, False)
        bidi.resolve_implicit_levels(storage, False)
        found = [char["level"] for char in storage["chars"]]
        base = int(storage["base_level"])
        trailing = len(body.rstrip())
        levels += found[:trailing] + [base] * (len(line) - trailing)
    return levels


def _visual_order(levels: list[int]) -> list[int]:
    """Return the indexes of parts from left to right (rule L2)."""
    order = list(range(len(levels)))
    highest = max(levels, default=0)
    lowest_odd = min((level for level in levels if level % 2), default=highest + 1)
    for level in range(highest, lowest_odd - 1, -1):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            stop = start
            while stop < len(order) and levels[order[stop]] >= level:
                stop += 1
            order[start:stop] = reversed(order[start:stop])
            start = stop
    return order


def _shape(face: Face, text: str, level: int) -> Glyphs:
    """Shape a stretch of one direction; the glyphs come in the order in which they are drawn."""
    key = text, level % 2
    if key not in face.shapes:
        face.shapes[key] = _shaped(face, text, bool(level % 2))
    glyphs: Glyphs = face.shapes[key]
    return glyphs


def _shaped(face: Face, text: str, rtl: bool) -> Glyphs:
    font = face.ttfont
    shaper = font.hbFont()
    buffer = uharfbuzz.Buffer()
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if rtl else "ltr"
    uharfbuzz.shape(shaper, buffer, {"kern": True, "liga": False})
    shaped = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
    starts = sorted({info.cluster for info, _ in shaped})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    clusters = []
    for start, group in groupby(shaped, key=lambda pair: pair[0].cluster):
        said = text[start : ends[start]]
        glyphs = tuple(_glyph(font, shaper, info, position, said) for info, position in group)
        # One glyph tells its text by the font's map; several do not, nor one with another text.
        # A ligature keeps its own character: readers turn that into letters in the right order.
        code = glyphs[0].code
        ligature = len(said) > 1 and unicodedata.normalize("NFKC", chr(code)) == said
        text_of_code = chr(code) if ligature else said
        told = len(glyphs) == 1 and face.texts.setdefault(code, text_of_code) == text_of_code
        clusters.append(Cluster(glyphs, None if told else said))
    advance = sum(glyph.advance for cluster in clusters for glyph in cluster.glyphs)
    return Glyphs(tuple(clusters), advance)


def _glyph(font: Any, shaper: Any, info: Any, position: Any, said: str) -> Glyph:
    glyph, scale = info.codepoint, font.pdfScale
    codes = font.face.glyphToChar.get(glyph)
    if codes:
        code = ord(said) if len(said) == 1 and ord(said) in codes else codes[0]
    else:
        # The letter has no character of its own. Its width must be that of the font's table.
        width = scale(shaper.get_glyph_h_advance(glyph))
        code = font.hbAddPrivate(shaper.glyph_to_string(glyph), glyph, width)
    offsets = scale(position.x_offset), scale(position.y_offset)
    return Glyph(code, font.face.charWidths[code], scale(position.x_advance), *offsets)


def draw_lines(
    canvas: TaggedCanvas, paragraph: Paragraph, lines: Sequence[Line], x: float, top: float
) -> None:
    """Draw lines below `top`, in logical order, each stretch within its structure element."""
    stretch: list[Placed] = []
    for placed in _placed(paragraph, lines, x, top):
        if stretch and stretch[-1][2].piece.element is not placed[2].piece.element:
            _draw_stretch(canvas, paragraph, stretch)
            stretch = []
        stretch.append(placed)
    if stretch:
        _draw_stretch(canvas, paragraph, stretch)


def draw_untagged(
    canvas: TaggedCanvas, paragraph: Paragraph, lines: Sequence[Line], x: float, top: float
) -> None:
    """Draw lines that are an artifact, or a part of what is tagged already."""
    for left, y, text, part in _joined(list(_placed(paragraph, lines, x, top))):
        _draw_text(canvas, paragraph.style.colour, left, y, text, part)


def _placed(paragraph: Paragraph, lines: Sequence[Line], x: float, top: float) -> Iterator[Placed]:
    style = paragraph.style
    # The baseline stands so that the letters are in the middle of the line.
    y = top - (style.leading + style.size * 0.7) / 2
    for line in lines:
        for offset, part in line.placed:
            if part.text.strip("\n"):
                yield x + offset, y, part
        y -= style.leading


def _draw_stretch(canvas: TaggedCanvas, paragraph: Paragraph, parts: list[Placed]) -> None:
    piece = parts[0][2].piece
    element = piece.element
    if element is not paragraph.element:
        top = piece.holder or element
        if top not in paragraph.element.kids:
            paragraph.element.kids.append(top)
    with canvas.tag(element):
        for x, y, text, part in _joined(parts):
            _draw_text(canvas, paragraph.style.colour, x, y, text, part)
    if piece.target:
        _activate(canvas, element, parts)


def _joined(parts: list[Placed]) -> Iterator[tuple[float, float, str, Part]]:
    """Join what follows each other on a line in one face, left to right."""
    index = 0
    while index < len(parts):
        x, y, part = parts[index]
        text = part.text
        end = x + part.width
        index += 1
        if not part.level and not part.piece.face.face.shaped:
            while index < len(parts):
                x2, y2, other = parts[index]
                if other.piece is not part.piece or y2 != y or abs(x2 - end) > 0.01 or other.level:
                    break
                text += other.text
                end = x2 + other.width
                index += 1
        yield x, y, text.replace("\n", ""), part


def _draw_text(
    canvas: TaggedCanvas, colour: str, x: float, y: float, text: str, part: Part
) -> None:
    piece = part.piece
    face = piece.face
    shaped = face.face.shaped
    if shaped:
        shown = _shown_glyphs(canvas, face.ttfont, piece.size, _shape(face, text, part.level))
    else:
        # Mirrored signs and spaces within right-to-left text.
        mirrored = (bidi.MIRRORED.get(c, c) for c in reversed(text))
        turned = "".join(mirrored) if part.level % 2 else text
        shown = _shown_text(canvas, face.ttfont, piece.size, turned)
    place = fp_str(x, y + piece.rise)
    code = f"BT {_rgb(colour)} rg 1 0 0 1 {place} Tm {shown} ET"
    # Letters from right to left are drawn from left to right, which ISO 32000-1 (14.8.2.3.3) marks.
    canvas._code.append(f"/ReversedChars BMC {code} EMC" if part.level % 2 else code)


@cache
def _rgb(colour: str) -> str:
    return str(fp_str(*(int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))))


def _shown_text(canvas: TaggedCanvas, font: Any, size: float, text: str) -> str:
    """Return the operators that show a text (ISO 32000-1, 9.4.3)."""
    out = []
    for subset, codes in font.splitString(text, canvas._doc):
        name = font.getSubsetInternalName(subset, canvas._doc)
        out.append(f"{name} {fp_str(size)} Tf ({canvas._escape(codes)}) Tj")
    return " ".join(out)


def _shown_glyphs(canvas: TaggedCanvas, font: Any, size: float, shaped: Glyphs) -> str:
    """Return the operators that show shaped letters, each in its place."""
    out: list[str] = []
    name, rise = "", 0.0
    for cluster in shaped.clusters:
        if cluster.said is not None:
            # ISO 32000-1, 14.9.4.
            said = ("\ufeff" + cluster.said).encode("utf-16-be").hex().upper()
            out.append(f"/Span <</ActualText <{said}>>> BDC")
        for glyph in cluster.glyphs:
            ((subset, codes),) = font.splitString(chr(glyph.code), canvas._doc)
            wanted = font.getSubsetInternalName(subset, canvas._doc)
            if wanted != name:
                name = wanted
                out.append(f"{name} {fp_str(size)} Tf")
            if glyph.y_offset != rise:
                rise = glyph.y_offset
                out.append(f"{fp_str(rise * size / 1000)} Ts")
            before, after = -glyph.x_offset, glyph.width - glyph.advance + glyph.x_offset
            out.append(f"[{fp_str(before)} ({canvas._escape(codes)}) {fp_str(after)}] TJ")
        if cluster.said is not None:
            out.append("EMC")
    if rise:
        out.append("0 Ts")
    return " ".join(out)


def _activate(canvas: TaggedCanvas, element: Element, parts: list[Placed]) -> None:
    by_line: dict[float, list[tuple[float, Part]]] = {}
    for x, y, part in parts:
        by_line.setdefault(y, []).append((x, part))
    piece = parts[0][2].piece
    assert piece.target
    for y, placed in by_line.items():
        left = min(x for x, _ in placed)
        right = max(x + part.width for x, part in placed)
        rise, size = piece.rise, piece.size
        canvas.link(
            element,
            (left, y + rise - size * 0.25, right, y + rise + size * 0.8),
            piece.target,
            piece.label,
        )
