"""Faces, and which of them shows which characters. Files are read once, and only when needed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from toolkit.errors import BriefpackError
from toolkit.export.font_files import FALLBACK, FaceName, FontFiles

_CJK_OF_LANGUAGE = {"zh": "SC", "ja": "JP", "ko": "KR"}
# Signs that steer how text is laid out and are never drawn.
_UNDRAWN = frozenset(
    map(
        chr,
        (
            0xAD,
            0x61C,
            0x180E,
            *range(0x200B, 0x2010),
            *range(0x2028, 0x202F),
            *range(0x2060, 0x2070),
            *range(0xFE00, 0xFE10),
            0xFEFF,
        ),
    )
)


class MissingGlyphError(BriefpackError):
    """No face shows a character."""


class Face:
    """A font file that is loaded: what it covers, and its widths."""

    def __init__(self, face: FaceName, files: FontFiles) -> None:
        self.face = face
        self._files = files
        self.shapes: dict[tuple[str, int], Any] = {}
        """Texts that were shaped with this face already, by direction."""
        self.texts: dict[int, str] = {}
        """What a code reads as, where letters were shaped."""

    @cached_property
    def ttfont(self) -> Any:
        """The font as reportlab reads it."""
        from reportlab.pdfbase.ttfonts import TTFError, TTFont

        try:
            return TTFont(self.face.name, io.BytesIO(self._files.read(self.face)))
        except TTFError as error:
            name = f"{self.face.family} {self.face.style}"
            raise BriefpackError(f'the font "{name}" cannot be used: {error}') from None

    @cached_property
    def covers(self) -> frozenset[str]:
        """The characters that the face shows."""
        return frozenset(map(chr, self.ttfont.face.charToGlyph))


@cache
def _files(folder: Path | None) -> FontFiles:
    return FontFiles(folder)


@cache
def _loaded(face: FaceName, files: FontFiles) -> Face:
    return Face(face, files)


class Fonts:
    """The faces of one document: a main family, and others for what it lacks.

    `folder` holds the fonts of a house style; they come before those that briefpack brings.
    """

    def __init__(self, family: str, folder: Path | None = None) -> None:
        self.family = family
        self.files = _files(folder)
        self._fresh: dict[FaceName, Face] = {}

    def face(self, name: FaceName) -> Face:
        """Return a loaded face.

        Faces of joined letters are loaded anew for each document: shaping adds glyphs to them, and
        a file must not depend on what was written before it.
        """
        if not name.shaped:
            return _loaded(name, self.files)
        if name not in self._fresh:
            self._fresh[name] = Face(name, self.files)
        return self._fresh[name]

    def texts(self) -> dict[str, dict[int, str]]:
        """Return what the codes of shaped letters read as, by the PostScript name of the font."""
        return {
            face.ttfont.face.name.decode("ascii"): face.texts
            for face in self._fresh.values()
            if face.texts
        }

    def main(self, bold: bool = False, italic: bool = False) -> Face:
        """Return the face of the main family in a weight and slope."""
        return self.face(FaceName(self.family, bold, italic))

    def _candidates(self, bold: bool, italic: bool, language: str) -> Iterable[FaceName]:
        yield FaceName(self.family, bold, italic)
        preferred = _CJK_OF_LANGUAGE.get(language.split("-", maxsplit=1)[0], "SC")
        for family in self.files.own:
            if family != self.family:
                yield FaceName(family, bold, italic, shaped=True)
        yield FaceName("Noto Sans", bold, italic)
        yield FaceName(FALLBACK, bold, italic, shaped=True)
        for region in (preferred, *(r for r in ("SC", "JP", "KR") if r != preferred)):
            yield FaceName(f"Noto Sans {region}", bold)

    def split(
        self, text: str, language: str, bold: bool = False, italic: bool = False
    ) -> list[tuple[str, Face]]:
        """Split a text into pieces of one face each.

        Signs that are not drawn are left out. Raises MissingGlyphError where no face shows a
        character.
        """
        drawn = "".join(c for c in text if c not in _UNDRAWN) if not text.isascii() else text
        main = self.main(bold, italic)
        if main.covers.issuperset(drawn.replace("\n", "")):
            return [(drawn, main)] if drawn else []
        chosen: list[tuple[Face, str]] = []
        last = main
        for char in drawn:
            if not (char == "\n" or (char.isspace() and char in last.covers)):
                last = self._for(char, language, bold, italic, last)
            chosen.append((last, char))
        pieces = groupby(chosen, key=lambda pair: pair[0])
        return [("".join(char for _, char in group), face) for face, group in pieces]

    def _for(self, char: str, language: str, bold: bool, italic: bool, last: Face) -> Face:
        for name in self._candidates(bold, italic, language):
            face = self.face(name)
            if char in face.covers:
                return face
        raise MissingGlyphError(f"no font shows U+{ord(char):04X}")

    def lacking(self, characters: Iterable[str]) -> list[str]:
        """Return the characters that no face shows, in their order."""
        missing = []
        for char in characters:
            if char in _UNDRAWN or char in "\n\r\t":
                continue
            try:
                self._for(char, "und", False, False, self.main())
            except MissingGlyphError:
                missing.append(char)
        return missing
