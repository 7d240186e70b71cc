"""The emblem of a house style: a PNG or SVG file as pixels, on the colour of the paper."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from toolkit.errors import BriefpackError
from toolkit.export.svg import RATIO, SvgError, checked

# Forty millimetres, the greatest height, at 400 points an inch.
_PIXELS = 630
_WIDEST = 4 * _PIXELS
_MOST_PIXELS = 40_000_000
_SECONDS = 30
_PNG = b"\x89PNG\r\n\x1a\n"


class EmblemError(BriefpackError):
    """The emblem's file cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An emblem as a PNG file without transparency, and its width by its height."""

    png: bytes
    ratio: float


@lru_cache(maxsize=8)
def picture(name: str, data: bytes, ground: str) -> Picture:
    """Return an emblem on a ground (six hexadecimal digits). Raises EmblemError.

    `name` is that of its file, which ends in .svg or .png; `data` are its bytes.
    """
    from PIL import Image

    if name.lower().endswith(".svg"):
        data = _drawn(name, data)
    _check_size(name, data)
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            image.thumbnail((_WIDEST, _PIXELS))
            scaled = image.convert("RGBA")
    except Exception:  # a broken picture breaks the decoder in many ways
        raise EmblemError(f"the emblem {name} is no PNG picture that can be read") from None
    flat = Image.new("RGB", scaled.size, f"#{ground}")
    flat.paste(scaled, mask=scaled)
    out = io.BytesIO()
    flat.save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), flat.width / flat.height)


def _check_size(name: str, data: bytes) -> None:
    """Refuse a PNG that would need too much memory, by its header (ISO/IEC 15948, 11.2.2)."""
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    if not data.startswith(_PNG) or data[12:16] != b"IHDR" or not width or not height:
        raise EmblemError(f"the emblem {name} is no PNG picture")
    if width * height > _MOST_PIXELS:
        raise EmblemError(
            f"the emblem {name} has {width} by {height} pixels; "
            f"{_MOST_PIXELS // 1_000_000} million are the most"
        )
    if not 1 / RATIO <= width / height <= RATIO:
        raise EmblemError(
            f"one side of the emblem {name} is more than {RATIO} times as long as the other"
        )


@lru_cache(maxsize=8)
def _drawn(name: str, data: bytes) -> bytes:
    """Draw an SVG in a process of its own, with limits of time and memory; return a PNG."""
    import resvg_py

    from toolkit.export import draw_svg

    try:
        svg, ratio = checked(data)
    except SvgError as error:
        raise EmblemError(f"the emblem {name} cannot be used: {error}") from None
    width, height = (_WIDEST, 0) if ratio > _WIDEST / _PIXELS else (0, _PIXELS)
    folder = Path(str(resvg_py.__file__)).parent.parent
    # -I and -S: nothing of the user's own is loaded, and it starts in an instant.
    command = [sys.executable, "-I", "-S", draw_svg.__file__, folder, width, height]
    try:
        done = subprocess.run(
            list(map(str, command)), input=svg, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise EmblemError(
            f"the emblem {name} takes longer than {_SECONDS} seconds to draw; simplify it"
        ) from None
    except OSError as error:
        raise EmblemError(f"the emblem {name} cannot be drawn: {error.strerror}") from None
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:120]
        raise EmblemError(f"the emblem {name} cannot be drawn: {reason or 'it is too much'}")
    return done.stdout
