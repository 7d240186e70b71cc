"""Fonts of a style that comes from elsewhere: those that are broken are refused with a sentence."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tests.export.test_foreign_style import LATO, refused
from toolkit.export import font_check
from toolkit.export.font_check import FontError


def altered(change: Callable[[TTFont], None]) -> bytes:
    font = TTFont(io.BytesIO(LATO))
    change(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def with_table(tag: str, data: bytes) -> bytes:
    """Return a font with a table as it is given."""
    from fontTools.ttLib import newTable

    def change(font: TTFont) -> None:
        font[tag] = newTable(tag)
        font[tag].compile = lambda _: data

    return altered(change)


def raw(tag: str) -> bytes:
    return bytes(TTFont(io.BytesIO(LATO)).reader[tag])


def cmap(subtable: bytes) -> bytes:
    return struct.pack(">2H2HL", 0, 1, 3, 10, 12) + subtable


BROKEN = {
    "nothing": b"",
    "text": b"no font at all",
    "cut": LATO[: len(LATO) // 2],
    "collection": b"ttcf" + struct.pack(">2H2L", 1, 0, 0xFFFFFFFF, 0xFFFFFFFF),
    "woff2": b"wOF2" + bytes(90),
    "characters": with_table("cmap", cmap(struct.pack(">2H6L", 12, 0, 28, 0, 1, 0, 0xFFFFFFF0, 0))),
    "beyond": with_table("cmap", cmap(struct.pack(">2H6L", 13, 0, 28, 0, 1, 0x110000, 0x110001, 0))),
    "groups": with_table("cmap", cmap(struct.pack(">2H3L", 12, 0, 16, 0, 0xFFFFFFFF))),
    "segments": with_table(
        "cmap",
        cmap(
            struct.pack(">7H", 4, 0xFFFF, 0, 40_000, 0, 0, 0)
            + b"\xff\xff" * 20_000 + b"\0\0" + b"\0\0" * 20_000 + b"\0\0" * 40_000
        ),
    ),
    "names": with_table("name", struct.pack(">3H", 0, 90, 6) + struct.pack(">6H", 3, 1, 0, 1, 65000, 0) * 90),
    "no-name": altered(lambda font: font["name"].names.clear()),
    "no-outlines": altered(lambda font: font.__delitem__("glyf")),
    "places": with_table("loca", raw("loca")[:40] + b"\xff" * (len(raw("loca")) - 40)),
    "head": with_table("head", bytes(54)),
}  # fmt: skip

SAYS = {
    "nothing": "cannot be read as a font",
    "text": "cannot be read as a font",
    "collection": "take the family's .ttf files",
    "woff2": "take the family's .ttf files",
    "characters": "its tables state more than there is",
    "beyond": "its tables state more than there is",
    "segments": "its tables state more than there is",
    "names": "its tables state more than there is",
    "no-name": "has no name",
    "no-outlines": 'has no table "glyf"',
    "places": "its glyphs are not where it says",
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_font_is_refused_with_a_sentence(folder: Path, name: str) -> None:
    (folder / "fonts").mkdir()
    (folder / "fonts" / "own.ttf").write_bytes(BROKEN[name])
    said = refused(folder)
    assert said.startswith("own.ttf ")
    assert SAYS.get(name, "is damaged") in said


@pytest.mark.parametrize("ending", ["ttc", "otf", "woff"])
def test_a_broken_collection_is_refused_with_a_sentence(folder: Path, ending: str) -> None:
    (folder / "fonts").mkdir()
    (folder / "fonts" / f"own.{ending}").write_bytes(b"ttcf\0\1\0\0\xff\xff\xff\xff")
    assert "take the family's .ttf files" in refused(folder)


def test_damaged_fonts_can_be_used_or_are_refused() -> None:
    from reportlab.pdfbase.ttfonts import TTFontFile

    choose = random.Random(3)
    results = []
    for _ in range(150):
        changed = bytearray(LATO)
        for _ in range(choose.choice([1, 2, 20])):
            # Most tables that say something of others stand at the beginning.
            at = choose.randrange(choose.choice([400, 4000, len(LATO)]))
            changed[at] ^= 1 << choose.randrange(8)
        try:
            font_check.names(bytes(changed))
        except FontError as error:
            assert "\n" not in str(error)
            results.append(False)
        else:
            font = TTFontFile(io.BytesIO(changed))
            codes = list(font.charToGlyph)
            for start in range(0, len(codes), 250):
                font.makeSubset(codes[start : start + 250])
            results.append(True)
    assert {True, False} == set(results)


def test_a_glyph_that_is_made_of_one_that_is_not_there() -> None:
    font = TTFont(io.BytesIO(LATO))
    name = next(n for n in font.getGlyphOrder() if font["glyf"][n].isComposite())
    start = font["loca"][font.getGlyphID(name)]
    glyf = bytearray(raw("glyf"))
    glyf[start + 12 : start + 14] = b"\xff\xff"
    changed = bytearray(LATO)
    at = LATO.find(raw("glyf"))
    changed[at : at + len(glyf)] = glyf
    with pytest.raises(FontError, match="made of one that is not there"):
        font_check.names(bytes(changed))
