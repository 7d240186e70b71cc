"""TrueType fonts that come from elsewhere: what a table claims is checked before it is believed.

The libraries that read fonts build what a table states, be it four thousand million characters; so
the sizes are added up first (OpenType 1.9: "cmap", "name", "loca"). Whether the rest can be used
is then tried by reading the font, and taking letters out of it, as documents do.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Any

from toolkit.errors import BriefpackError

_SIGNATURES = (b"\x00\x01\x00\x00", b"true")
_NEEDED = ("head", "hhea", "maxp", "hmtx", "cmap", "loca", "glyf", "name", "OS/2", "post")
_CHARACTERS = 0x110000
_NAMES = 5_000_000
_SUBSET = 250
_MORE = 0x20


class FontError(BriefpackError):
    """A font cannot be used; the message goes on from its name."""


def names(data: bytes) -> tuple[str, str]:
    """Return family and style of a TrueType font. Raises FontError where it cannot be used."""
    from fontTools.ttLib import TTFont

    if data.startswith((b"OTTO", b"ttcf", b"wOFF", b"wOF2")):
        raise FontError("has no TrueType outlines of its own; take the family's .ttf files")
    if not data.startswith(_SIGNATURES):
        raise FontError("cannot be read as a font")
    try:
        font = TTFont(io.BytesIO(data), lazy=True)
        lacking = [tag for tag in _NEEDED if tag not in font]
        if lacking:
            raise FontError(f'has no table "{lacking[0]}"; take the family\'s .ttf files')
        tables = {tag: font.reader[tag] for tag in ("cmap", "name", "loca", "glyf", "head")}
        if _characters(tables["cmap"]) > _CHARACTERS or _letters(tables["name"]) > _NAMES:
            raise FontError("is damaged: its tables state more than there is")
        _check_glyphs(tables["loca"], tables["glyf"], long=tables["head"][51] == 1)
        found = font["name"]
        family, style = found.getBestFamilyName(), found.getBestSubFamilyName()
        if not family:
            raise FontError("has no name")
        _try(data)
    except FontError:
        raise
    except Exception as error:  # a broken font breaks its readers in many ways
        reason = " ".join(str(error).split())[:80]
        raise FontError(f"is damaged{f': {reason}' if reason else ''}") from None
    return str(family), str(style or "Regular").replace(" ", "")


def _characters(cmap: bytes) -> int:
    """Return how many characters the largest subtable claims to have."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    offsets = {struct.unpack_from(">L", cmap, 8 + 8 * n)[0] for n in range(count)}
    if len(offsets) > 32:
        return _CHARACTERS + 1
    return max((_in_subtable(cmap, offset) for offset in offsets), default=0)


def _in_subtable(cmap: bytes, at: int) -> int:
    (form,) = struct.unpack_from(">H", cmap, at)
    if form == 4:
        segments = struct.unpack_from(">H", cmap, at + 6)[0] // 2
        ends = struct.unpack_from(f">{segments}H", cmap, at + 14)
        starts = struct.unpack_from(f">{segments}H", cmap, at + 16 + 2 * segments)
        pairs = list(zip(starts, ends, strict=True))
    elif form in (8, 12, 13):
        at += 16 + (8192 if form == 8 else 0) - 4
        (groups,) = struct.unpack_from(">L", cmap, at)
        flat = struct.unpack_from(f">{3 * min(groups, _CHARACTERS)}L", cmap, at + 4)
        pairs = list(zip(flat[::3], flat[1::3], strict=True))
    else:  # these have an entry for each character
        return 0
    if any(end >= _CHARACTERS for _, end in pairs):
        return _CHARACTERS + 1
    return sum(max(0, end - start + 1) for start, end in pairs)


def _letters(name: bytes) -> int:
    """Return how many bytes all names have together."""
    (count,) = struct.unpack_from(">H", name, 2)
    return sum(struct.unpack_from(">H", name, 14 + 12 * n)[0] for n in range(count))


def _check_glyphs(loca: bytes, glyf: bytes, *, long: bool) -> None:
    """Refuse a font whose glyphs overlap, as if it held each many times, or are made of none."""
    wide = 4 if long else 2
    count = len(loca) // wide
    places = [
        p * (4 // wide)
        for p in struct.unpack(f">{count}{'L' if long else 'H'}", loca[: count * wide])
    ]
    if any(one > other for one, other in pairwise(places)) or (places and places[-1] > len(glyf)):
        raise FontError("is damaged: its glyphs are not where it says")
    for start, end in pairwise(places):
        # ISO/IEC 14496-22, 5.3.3: glyphs that are made of others have less than no contour.
        if end > start and glyf[start] >= 0x80 and max(_components(glyf, start + 10)) >= count - 1:
            raise FontError("is damaged: a glyph is made of one that is not there")


def _components(glyf: bytes, at: int) -> Iterator[int]:
    flags = _MORE
    while flags & _MORE:
        flags, glyph = struct.unpack_from(">2H", glyf, at)
        yield glyph
        at += (
            4
            + (4 if flags & 1 else 2)
            + (2 if flags & 8 else 4 if flags & 64 else 8 if flags & 128 else 0)
        )


def _try(data: bytes) -> None:
    """Read a font as the PDF does, and take out some of its letters."""
    from reportlab.pdfbase.ttfonts import TTFontFile

    font: Any = TTFontFile(io.BytesIO(data))
    if max(font.charToGlyph.values(), default=0) >= font.numGlyphs:
        raise FontError("is damaged: a character has a glyph that is not there")
    font.makeSubset(list(islice(font.charToGlyph, _SUBSET)))
