"""The project's settings: the file `briefpack.toml`, found in the working folder or above it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any

from toolkit.errors import BriefpackError, UsageError
from toolkit.places import is_remote
from toolkit.record.finding import Finding
from toolkit.record.policy import ARCHIVES, Choice, Policy
from toolkit.record.rules import RULES
from toolkit.record.settings import read_settings, wrong_settings
from toolkit.resources import resource

NAME = "briefpack.toml"
WHOLE = "whole"
"""The audience from which nothing is kept back."""
_SCHEMA = "project.schema.json"


@dataclass(frozen=True)
class Project:
    """Settings of a project; what its file leaves out is as here.

    `file` is where they stand, None where there is no file. Paths are ready to be used.
    """

    file: Path | None = None
    records: tuple[str, ...] = ()
    archives: tuple[str, ...] = ARCHIVES
    output: str = "packs"
    documents: tuple[str, ...] | None = None
    style: str | None = None
    scheme: tuple[str, ...] = ()
    audiences: tuple[str, ...] = (WHOLE,)
    extensions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    pdf_version: int = 1
    attach: bool = True
    rules: dict[str, Choice] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder at which the patterns of records start."""
        return self.file.parent if self.file else Path()

    def policy(self, style_scheme: tuple[str, ...] = ()) -> Policy:
        """Return what holds for all records; `style_scheme` are the marks that the style states.

        Raises InvalidSettingsError where project and style state different handling marks.
        """
        if self.file and self.scheme and style_scheme and self.scheme != style_scheme:
            listed = ", ".join(style_scheme)
            message = f"the house style states other handling marks: {listed}; keep one of the two"
            raise wrong_settings(self.file, [Finding("other-scheme", ("scheme",), message)])
        root = os.path.realpath(self.folder) if self.file else None
        scheme = self.scheme or style_scheme
        return Policy(scheme, self.rules, self.archives, root, self.extensions)


def find(start: Path | None = None) -> Path | None:
    """Return the settings file of a folder (the working folder) or of the nearest one above it."""
    folder = (start or Path()).resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / NAME).is_file():
            return candidate / NAME
    return None


def read_project(file: str | Path | None = None, start: Path | None = None) -> Project:
    """Read the project's settings; where no file is named or found (see `find`), the usual ones.

    Raises InvalidSettingsError with the place of each mistake.
    """
    path = Path(file) if file is not None else find(start)
    if path is None:
        return Project()
    path = short(path)
    if file is None and not within(path, path.parent):
        raise BriefpackError(
            f"{path} is a link that leads out of its folder; name it with --config"
        )
    data = read_settings(path, _SCHEMA, _rules)
    lists = {key: tuple(value) for key, value in data.items() if isinstance(value, list)}
    known = {**data, **lists, "file": path}
    output = known.get("output", Project.output)
    known["output"] = output if is_remote(output) else str(path.parent / output)
    if "style" in known:
        known["style"] = _style(path, known["style"])
    return Project(**known)


def short(path: Path) -> Path:
    """Return a path as one would write it from here."""
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # another drive
        return path


def within(path: Path, folder: Path) -> bool:
    """Tell whether a path lies in a folder when all links are followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _style(file: Path, value: str) -> str:
    """Return a house style as it is to be loaded: a folder of the project, or a shipped name."""
    folder = file.parent / value
    if not folder.exists() and resource("templates", "styles").joinpath(value).is_dir():
        return value
    if not within(folder, file.parent):
        message = f'"{value}" is a link that leads out of the folder of {file.name}'
        raise wrong_settings(file, [Finding("bad-path", ("style",), message)])
    return str(folder)


def _rules(data: dict[str, Any]) -> Iterator[Finding]:
    """Yield what no schema can say of the settings."""
    for key in ("records", "archives"):
        for index, value in enumerate(data.get(key, ())):
            yield from _inside((key, index), value)
    if "style" in data:
        yield from _inside(("style",), data["style"])
    yield from _notation(("output",), data.get("output", ""))
    for code in data.get("rules", {}):
        rule = RULES.get(code)
        if rule is None:
            from toolkit.record.guess import closest

            match = closest(code, list(RULES))
            hint = f'did you mean "{match}"?' if match else '"briefpack rules" lists them'
            message = f'there is no rule "{code}"; {hint}'
            yield Finding("unknown-key", ("rules", code), message, "key", match)
        elif rule.firm:
            message = f'"{code}" cannot be changed, for the documents rely on it; leave it out'
            yield Finding("firm-rule", ("rules", code), message, "key")


def _inside(path: tuple[str | int, ...], value: str) -> Iterator[Finding]:
    """Yield why a path is none that stays in the project's folder, and means the same everywhere."""
    if is_remote(value):
        return
    wrong = list(_notation(path, value))
    yield from wrong
    if not wrong and (".." in re.split("/", value) or PureWindowsPath(value).anchor):
        message = (
            f'"{value}" leads out of the folder of {NAME}, in which all that it names must lie'
        )
        yield Finding("bad-path", path, message)


def _notation(path: tuple[str | int, ...], value: str) -> Iterator[Finding]:
    r"""Yield why a path would mean another on another system: in "new\table", \n is a line end."""
    if "\\" in value and not is_remote(value):
        message = (
            f'write / instead of \\, as "{value.replace(chr(92), "/")}"; it is read so everywhere'
        )
        yield Finding("bad-path", path, message)
    elif any(sign < " " for sign in value):
        message = (
            "no path holds a line end or a tab; write / between folders, for within quotation marks "
            "\\n and \\t are such signs"
        )
        yield Finding("bad-path", path, message)


def audience(name: str) -> str | None:
    """Return the handling mark of an audience; None for the whole record."""
    return None if name == WHOLE else name


def no_records(project: Project) -> BriefpackError:
    """Return the error where records are wanted but neither named nor listed."""
    if project.file is None:
        return UsageError(f'name a record, or list them in {NAME} ("briefpack init" writes one)')
    return BriefpackError(
        f'{project.file} lists no records; write: records = ["records/**/*.json"]'
    )
