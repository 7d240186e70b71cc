"""The house style as values: colours, fonts, paper."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Literal

import msgspec
from msgspec import Struct

from toolkit.resources import resource


class Colours(Struct, frozen=True, forbid_unknown_fields=True):
    """Colours as six hexadecimal digits (sRGB)."""

    text: str
    accent: str
    muted: str
    rule: str
    panel: str
    paper: str


class FontNames(Struct, frozen=True, forbid_unknown_fields=True):
    """The family of the documents."""

    family: str


class Paper(Struct, frozen=True, forbid_unknown_fields=True):
    """Paper and margins, in millimetres."""

    size: Literal["A4", "Letter"]
    top: float
    bottom: float
    left: float
    right: float


class Style(Struct, frozen=True, forbid_unknown_fields=True):
    """A house style."""

    colours: Colours
    fonts: FontNames
    paper: Paper


@cache
def default_style() -> Style:
    """Return the style that briefpack ships."""
    text = resource("templates", "styles", "default", "style.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Style)
