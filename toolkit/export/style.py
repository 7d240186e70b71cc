"""The house style: a folder with style.toml, the Word styles, and where wanted emblem and fonts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from toolkit import intake
from toolkit.document.language import english_labels
from toolkit.errors import BriefpackError
from toolkit.export import style_files
from toolkit.export.font_files import FontFiles, OwnFonts, font_files
from toolkit.files import write_folder
from toolkit.record.finding import Finding
from toolkit.record.guess import closest
from toolkit.record.settings import read_settings
from toolkit.resources import resource

if TYPE_CHECKING:
    from toolkit.export.emblem import Picture

SETTINGS, TEMPLATE = "style.toml", "briefing.docx"
_SCHEMA = "style.schema.json"
_LEAST_CONTRAST = 4.5
# Letters and the ground on which they stand.
_PAIRS = (
    ("text", "paper"),
    ("accent", "paper"),
    ("muted", "paper"),
    ("text", "panel"),
    ("accent", "panel"),
    ("muted", "panel"),
)


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


class EmblemFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The emblem's file, what it shows, and its height in millimetres."""

    file: str
    alt: str
    height: float = 16


class Marks(Struct, frozen=True, forbid_unknown_fields=True):
    """The handling marks that the style states, least strict first; none where it states none."""

    scheme: tuple[str, ...] = ()


class Style(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A house style: what its settings say, and the bytes of its files as they were read once.

    `folder` is where they are, `template` the Word document whose styles the papers use.
    """

    folder: Path
    template: bytes
    colours: Colours
    fonts: FontNames
    paper: Paper
    emblem: EmblemFile | None = None
    handling: Marks = Marks()
    labels: dict[str, dict[str, Any]] = {}
    sections: dict[str, tuple[str, ...]] = {}
    emblem_data: bytes = b""
    own_fonts: OwnFonts = ()

    @property
    def font_files(self) -> FontFiles:
        """The font files in which documents of the style are set."""
        return font_files(self.own_fonts)

    @property
    def picture(self) -> Picture | None:
        """The emblem as it is drawn, where the style has one."""
        if self.emblem is None:
            return None
        from toolkit.export.emblem import picture

        return picture(self.emblem.file, self.emblem_data, self.colours.paper)

    @cached_property
    def sha256(self) -> str:
        """A fingerprint of what the settings say and of all files that are drawn.

        It depends neither on where they are, nor on comments or what else lies in the folder.
        """
        said = msgspec.to_builtins(self, str_keys=True, builtin_types=(bytes,), enc_hook=str)
        drawn = [said.pop("template"), said.pop("emblem_data")]
        drawn += [data for _, data in said.pop("own_fonts")]
        del said["folder"]
        total = hashlib.sha256(json.dumps(said, sort_keys=True).encode("ascii"))
        for data in drawn:
            total.update(hashlib.sha256(data).digest())
        return total.hexdigest()


def shipped_styles() -> list[str]:
    """Return the names of the styles that briefpack ships."""
    return sorted(path.name for path in resource("templates", "styles").iterdir() if path.is_dir())


@cache
def default_style() -> Style:
    """Return the style of documents for which no other is named."""
    return load_style(resource("templates", "styles", "default"))


def load_style(folder: str | Path) -> Style:
    """Read a house style. `folder` is a folder, or the name of a shipped style.

    Raises InvalidSettingsError with the place of each mistake, and BriefpackError where a file of
    the style is missing or cannot be used.
    """
    path = Path(folder)
    shipped = not path.exists() and str(folder) in shipped_styles()
    if shipped:
        path = resource("templates", "styles", str(folder))
    if not path.is_dir():
        names = ", ".join(shipped_styles())
        raise BriefpackError(f"{folder}: there is no such style folder; shipped styles are {names}")
    read: dict[str, Any] = {"folder": path}
    data = read_settings(
        style_files.within(path, SETTINGS), _SCHEMA, lambda data: _rules(path, data, read)
    )
    if not (path / TEMPLATE).is_file():
        raise BriefpackError(f"{path / TEMPLATE}: the file with the Word styles is missing")
    try:
        read["template"] = style_files.read(path, TEMPLATE, intake.TEMPLATE)
        if not shipped:
            from toolkit.export.template_check import check_template

            check_template(read["template"])
    except BriefpackError as error:
        raise BriefpackError(f"{path / TEMPLATE}: {error}") from None
    return msgspec.convert({**_merged(_defaults(), data), **read}, Style)


def copy_style(target: str | Path, name: str = "default") -> None:
    """Copy a shipped style into a new folder, to be changed there.

    Raises BriefpackError where the folder exists already or cannot be written.
    """
    if name not in shipped_styles():
        known = ", ".join(shipped_styles())
        raise BriefpackError(f'there is no style "{name}"; there are {known}')
    source = resource("templates", "styles", name)
    files = (path for path in sorted(source.rglob("*")) if path.is_file())
    write_folder(
        Path(target), {path.relative_to(source).as_posix(): path.read_bytes() for path in files}
    )


@cache
def _defaults() -> dict[str, Any]:
    path = resource("templates", "styles", "default", SETTINGS)
    return read_settings(path, _SCHEMA, lambda _: iter(()))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in over.items():
        nested = isinstance(value, dict) and isinstance(base.get(key), dict)
        out[key] = _merged(base[key], value) if nested else value
    return out


def _rules(folder: Path, data: dict[str, Any], read: dict[str, Any]) -> Iterator[Finding]:
    """Yield what no schema can say of a style; put into `read` what was read of its files."""
    yield from _contrasts(data)
    yield from _family(folder, data, read)
    yield from _emblem(folder, data, read)
    yield from _labels(data)


def _contrasts(data: dict[str, Any]) -> Iterator[Finding]:
    own = data.get("colours", {})
    colours = _merged(_defaults()["colours"], own)
    for letters, ground in _PAIRS:
        ratio = contrast(colours[letters], colours[ground])
        if ratio < _LEAST_CONTRAST:
            blamed = letters if letters in own else ground
            yield Finding(
                "low-contrast",
                ("colours", blamed),
                f'"{letters}" ({colours[letters]}) on "{ground}" ({colours[ground]}) has a contrast '
                f"of {ratio:.1f}:1; letters need {_LEAST_CONTRAST}:1: take a darker letter or a "
                "lighter ground",
            )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _family(folder: Path, data: dict[str, Any], read: dict[str, Any]) -> Iterator[Finding]:
    try:
        read["own_fonts"] = style_files.fonts(folder)
        families = font_files(read["own_fonts"]).families()
    except BriefpackError as error:
        yield Finding("bad-font", ("fonts",), str(error))
        return
    family = data.get("fonts", {}).get("family")
    if family is None:
        return
    if family not in families:
        match = closest(family, families)
        hint = f'did you mean "{match}"?' if match else f"there are {', '.join(families)}"
        suggestion = f'"{match}"' if match else None
        message = f'there is no family "{family}" with its four styles; {hint}'
        yield Finding("unknown-font", ("fonts", "family"), message, "value", suggestion)


def _emblem(folder: Path, data: dict[str, Any], read: dict[str, Any]) -> Iterator[Finding]:
    if "emblem" not in data:
        return
    from toolkit.export.emblem import EmblemError, picture

    name = data["emblem"]["file"]
    try:
        read["emblem_data"] = style_files.read(folder, name, intake.EMBLEM)
        picture(name, read["emblem_data"], "FFFFFF")
    except EmblemError as error:
        yield Finding("bad-emblem", ("emblem", "file"), str(error))
    except BriefpackError as error:
        yield Finding("bad-emblem", ("emblem", "file"), f"the emblem {error}")


def _labels(data: dict[str, Any]) -> Iterator[Finding]:
    english = english_labels()
    for tag, groups in data.get("labels", {}).items():
        for name, words in groups.items():
            path = ("labels", tag, name)
            if name not in english:
                yield _unknown_label(path, name, list(english))
            elif isinstance(words, str) != isinstance(english[name], str):
                what = "one word" if isinstance(english[name], str) else "a table of words"
                yield Finding("wrong-type", path, f'"{name}" must be {what}', "key")
            elif isinstance(words, dict):
                # Handling marks are the ministry's own; their words are, too.
                known = words if name == "mark" else english[name]
                for key in words:
                    if key not in known:
                        yield _unknown_label((*path, key), key, list(known))


def _unknown_label(path: tuple[str, ...], name: str, known: list[str]) -> Finding:
    match = closest(name, known)
    hint = f'did you mean "{match}"?' if match else f"there are {', '.join(known[:12])}"
    return Finding("unknown-key", path, f'"{name}" is no printed word; {hint}', "key", match)
