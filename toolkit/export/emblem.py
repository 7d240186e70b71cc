"""The emblem of a house style: a PNG or SVG file as pixels, on the colour of the paper."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from toolkit.errors import BriefpackError

_MOST_BYTES = 4_000_000
# Forty millimetres, the greatest height, at 400 points an inch.
_PIXELS = 630


class EmblemError(BriefpackError):
    """The emblem's file cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An emblem as a PNG file without transparency, and its width by its height."""

    png: bytes
    ratio: float


@lru_cache(maxsize=8)
def read_emblem(path: Path, ground: str) -> Picture:
    """Return an emblem on a ground (six hexadecimal digits). Raises EmblemError."""
    from PIL import Image

    try:
        data = path.read_bytes()
    except OSError as error:
        raise EmblemError(f"the emblem {path.name} cannot be read: {error.strerror}") from None
    if len(data) > _MOST_BYTES:
        raise EmblemError(f"the emblem {path.name} is larger than {_MOST_BYTES // 1_000_000} MB")
    if path.suffix.lower() == ".svg":
        data = _drawn(path.name, data)
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            image.thumbnail((4 * _PIXELS, _PIXELS))
            shown = image.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError):
        raise EmblemError(f"the emblem {path.name} is no PNG picture") from None
    flat = Image.new("RGB", shown.size, f"#{ground}")
    flat.paste(shown, mask=shown)
    out = io.BytesIO()
    flat.save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), flat.width / flat.height)


def _drawn(name: str, data: bytes) -> bytes:
    """Draw an SVG (resvg); no fonts of the machine, so that it looks the same anywhere."""
    import resvg_py

    try:
        text = data.decode("utf-8")
        return bytes(resvg_py.svg_to_bytes(svg_string=text, height=_PIXELS, skip_system_fonts=True))
    except (ValueError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0][:120]
        raise EmblemError(f"the emblem {name} cannot be drawn as SVG: {reason}") from None
