"""The files of a house style, each read once, within limits, and from within its folder alone."""

from __future__ import annotations

from pathlib import Path

from toolkit import intake
from toolkit.errors import BriefpackError
from toolkit.export.font_files import ENDINGS, OwnFonts
from toolkit.intake import IntakeError
from toolkit.places import reason

FONTS = "fonts"
_MOST_FONTS = 64


def within(folder: Path, name: str) -> Path:
    """Return a path below a folder. Raises BriefpackError where a link leads it out of there."""
    path = folder / name
    try:
        real = path.resolve()
    except (OSError, RuntimeError):  # Python before 3.13 knows no other error for a loop of links
        raise BriefpackError(f"{name} is a link that leads to itself") from None
    if not real.is_relative_to(folder.resolve()):
        raise BriefpackError(
            f"{name} leads out of the style's folder; put a copy of the file there"
        )
    return path


def read(folder: Path, name: str, megabytes: int) -> bytes:
    """Return the bytes of a file of a style. Raises BriefpackError, which begins with its name."""
    try:
        return intake.read_file(within(folder, name), megabytes)
    except IntakeError as error:
        raise BriefpackError(f"{name} cannot be read: {error}") from None
    except OSError as error:
        raise BriefpackError(f"{name} cannot be read: {reason(error)}") from None


def fonts(folder: Path) -> OwnFonts:
    """Return the names and the bytes of a style's own fonts. Raises BriefpackError."""
    if not (folder / FONTS).is_dir():
        return ()
    paths = sorted(p for p in within(folder, FONTS).iterdir() if p.suffix.lower() in ENDINGS)
    if len(paths) > _MOST_FONTS:
        raise BriefpackError(f"{FONTS} holds {len(paths)} files; {_MOST_FONTS} are the most")
    found = []
    for path in paths:
        data = read(folder, f"{FONTS}/{path.name}", intake.FONT)
        found.append((path.name, data))
        if sum(len(each) for _, each in found) > 4 * intake.limit(intake.FONT):
            raise BriefpackError(f"{FONTS} holds more than four large fonts")
    return tuple(found)
