"""Letters that join or combine: shaped by HarfBuzz, with what each glyph reads as."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import uharfbuzz

from toolkit.export.fonts import Face


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


def shape(face: Face, text: str, level: int) -> Glyphs:
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
