"""Drawing lines of text: each stretch within its structure element, in logical order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from bidi import algorithm as bidi
from reportlab.lib.rl_accel import fp_str

from toolkit.export.pdf.shaping import Glyphs, shape
from toolkit.export.pdf.tags import Element, TaggedCanvas
from toolkit.export.pdf.text import Line, Paragraph, Part, Placed


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
        shown = _shown_glyphs(canvas, face.ttfont, piece.size, shape(face, text, part.level))
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
