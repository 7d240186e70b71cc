"""Where font files are: those of two packages, and those of a house style's own folder.

The families come from the packages rendercv-fonts (Latin, Cyrillic, Greek, Chinese, Japanese,
Korean) and pymupdf-fonts (FiraGO, for Arabic, Hebrew, Thai and others), all under open licences.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from toolkit.errors import BriefpackError

FALLBACK = "FiraGO"
"""The family for scripts whose letters join or combine."""

SHIPPED = ("Source Sans 3", "Noto Sans", "Gentium Book Plus", "EB Garamond", "Open Sans", "Lato")
"""Families of four styles that cover Latin, and most of them Cyrillic."""


ENDINGS = (".ttf", ".otf", ".ttc", ".woff", ".woff2")
"""What the names of font files end in; all but the first two are refused."""

OwnFonts = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class FaceName:
    """A font file: family, weight and slope; `shaped` where letters join and need HarfBuzz."""

    family: str
    bold: bool = False
    italic: bool = False
    shaped: bool = False

    @property
    def style(self) -> str:
        """Weight and slope as fonts name them."""
        return ("Bold" if self.bold else "") + ("Italic" if self.italic else "") or "Regular"

    @property
    def name(self) -> str:
        """A name without spaces, unique among faces."""
        return f"{self.family.replace(' ', '')}-{self.style}"


class FontFiles:
    """Font files by family and style; a house style's own come first.

    `files` are the names and the bytes of those.
    """

    def __init__(self, files: OwnFonts = ()) -> None:
        self._files = files

    @cached_property
    def own(self) -> dict[str, dict[str, bytes]]:
        """The style's own files by family and style. Raises BriefpackError where one is no font."""
        from toolkit.export.font_check import FontError, names

        found: dict[str, dict[str, bytes]] = {}
        for file, data in self._files:
            try:
                family, style = names(data)
            except FontError as error:
                raise BriefpackError(f"{file} {error}") from None
            found.setdefault(family, {})[style] = data
        return found

    def families(self) -> list[str]:
        """Return the families of four styles, in which documents can be set."""
        full = {"Regular", "Bold", "Italic", "BoldItalic"}
        own = [family for family, files in self.own.items() if full <= set(files)]
        return [*own, *(family for family in SHIPPED if family not in own)]

    def read(self, face: FaceName) -> bytes:
        """Return the bytes of a font file. Raises BriefpackError where it is not installed."""
        own = self.own.get(face.family)
        if own:
            return own.get(face.style) or own.get("Regular") or next(iter(own.values()))
        if face.family == FALLBACK:
            module = importlib.import_module(f"pymupdf_fonts.FiraGO_{face.style}")
            return bytes(module.fontbuffer)
        import rendercv_fonts

        root = Path(rendercv_fonts.package_folder_path)
        stem = face.family.replace(" ", "")
        folder = "Noto Sans" if stem.startswith("NotoSans") else face.family
        path = root / folder / f"{stem}-{face.style}.ttf"
        if not path.is_file():
            raise BriefpackError(f'the font "{face.family} {face.style}" is not installed')
        return path.read_bytes()


@lru_cache(maxsize=4)
def font_files(files: OwnFonts) -> FontFiles:
    """Return the font files of a style; fonts that were read already are not read again."""
    return FontFiles(files)
