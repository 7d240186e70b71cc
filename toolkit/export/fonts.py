"""Faces, and which of them shows which characters. Files are read once, and only when needed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

from toolkit.errors import BriefpackError
from toolkit.export.font_files import FALLBACK, FaceName, FontFiles, font_files

_CJK_OF_LANGUAGE = {"zh": "SC", "ja": "JP", "ko": "KR"}
_EASTERN = re.compile("[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
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


class _Widths(dict[str, float]):
    """Widths of characters in thousandths of the size, looked up in a font when first asked for."""

    def __init__(self, face: Any) -> None:
        super().__init__()
        self._known, self._default = face.charWidths, face.defaultWidth

    def __missing__(self, char: str) -> float:
        found = self[char] = float(self._known.get(ord(char), self._default))
        return found


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
    def widths(self) -> dict[str, float]:
        """The widths of characters, in thousandths of the size."""
        return _Widths(self.ttfont.face)

    def shows(self, text: str) -> bool:
        """Tell whether the face has all characters of a text."""
        known = self.ttfont.face.charToGlyph
        return all(ord(char) in known for char in text)


@lru_cache(maxsize=256)
def _loaded(face: FaceName, files: FontFiles) -> Face:
    return Face(face, files)


class Fonts:
    """The faces of one document: a main family, and others for what it lacks.

    `files` may hold fonts of a house style; they come before those that briefpack brings.
    """

    def __init__(self, family: str, files: FontFiles | None = None) -> None:
        self.family = family
        self.files = files or font_files(())
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

    def _candidates(self, char: str, bold: bool, italic: bool, language: str) -> Iterable[FaceName]:
        """Yield the faces that may show a character, the likeliest first: each costs its loading."""
        yield FaceName(self.family, bold, italic)
        for family in self.files.own:
            if family != self.family:
                yield FaceName(family, bold, italic, shaped=True)
        preferred = _CJK_OF_LANGUAGE.get(language.split("-", maxsplit=1)[0], "SC")
        regions = (preferred, *(r for r in ("SC", "JP", "KR") if r != preferred))
        eastern = [FaceName(f"Noto Sans {region}", bold) for region in regions]
        others = [
            FaceName("Noto Sans", bold, italic),
            FaceName(FALLBACK, bold, italic, shaped=True),
        ]
        yield from (*eastern, *others) if _EASTERN.match(char) else (*others, *eastern)

    def split(
        self, text: str, language: str, bold: bool = False, italic: bool = False
    ) -> list[tuple[str, Face]]:
        """Split a text into pieces of one face each.

        Signs that are not drawn are left out. Raises MissingGlyphError where no face shows a
        character.
        """
        drawn = "".join(c for c in text if c not in _UNDRAWN) if not text.isascii() else text
        main = self.main(bold, italic)
        if main.shows(drawn.replace("\n", "")):
            return [(drawn, main)] if drawn else []
        chosen: list[tuple[Face, str]] = []
        last = main
        for char in drawn:
            if not (char == "\n" or (char.isspace() and last.shows(char))):
                last = self._for(char, language, bold, italic, last)
            chosen.append((last, char))
        pieces = groupby(chosen, key=lambda pair: pair[0])
        return [("".join(char for _, char in group), face) for face, group in pieces]

    def _for(self, char: str, language: str, bold: bool, italic: bool, last: Face) -> Face:
        for name in self._candidates(char, bold, italic, language):
            if _loaded(name, self.files).shows(char):
                return self.face(name)
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
