"""The records of a project: the files that its patterns find."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from itertools import dropwhile
from pathlib import Path

from toolkit.errors import UsageError
from toolkit.places import found, is_remote
from toolkit.project.settings import Project, no_records, short, within
from toolkit.record.finding import Finding
from toolkit.record.settings import wrong_settings


def record_files(project: Project, out: str | None = None) -> list[str]:
    """Return the records of a project, each once, sorted; none where its folders are still empty.

    `out` is the output where it is not the project's. Raises UsageError where that would lie among
    the records, BriefpackError where the settings list none, and InvalidSettingsError with the place of
    each pattern that finds nothing, or of an output that would lie among the records.
    """
    if project.file is None or not project.records:
        raise no_records(project)
    wrong: list[Finding] = []
    files: set[str] = set()
    for index, pattern in enumerate(project.records):
        here = _found(project.folder, pattern)
        files.update(here)
        outside = next(
            (f for f in here if not is_remote(f) and not within(Path(f), project.folder)), None
        )
        if outside:
            message = (
                f'"{pattern}" finds {outside}, which is a link out of the folder of '
                f"{project.file.name}; put the record there itself"
            )
            wrong.append(Finding("bad-path", ("records", index), message))
        elif not here and not _awaits_records(project.folder, pattern):
            message = (
                f'"{pattern}" finds no file; patterns start at the folder of {project.file.name}'
            )
            wrong.append(Finding("no-match", ("records", index), message))
        elif _among(project, out or project.output, pattern, here):
            message = (
                f'the packs would lie among the records that "{pattern}" finds; choose an output '
                "folder beside them"
            )
            if out:
                raise UsageError(f"{out}: {message}")
            wrong.append(Finding("output-among-records", ("output",), message))
    if wrong:
        raise wrong_settings(project.file, wrong)
    return sorted(files)


def _awaits_records(folder: Path, pattern: str) -> bool:
    """Tell whether a pattern finds nothing since its folder is there and empty, but for hidden files."""
    start, wildcard, _ = pattern.partition("*")
    base = folder / start.rpartition("/")[0]
    if is_remote(pattern) or not wildcard or base == folder or not base.is_dir():
        return False
    return not any(
        name for _, _, files in os.walk(base) for name in files if not name.startswith(".")
    )


def _found(folder: Path, pattern: str) -> list[str]:
    if is_remote(pattern):
        return found(pattern)
    return sorted({str(short(path)) for path in _paths(folder, pattern) if path.is_file()})


def _paths(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield what a pattern finds; ** goes into folders, but not where links lead."""
    parts = pattern.split("/")
    at = parts.index("**") if "**" in parts else len(parts)
    # Unlike Path.glob, this takes no hidden files.
    starts = glob.iglob("/".join(parts[:at]) or ".", root_dir=folder)  # noqa: PTH207
    if at == len(parts):
        yield from (folder / name for name in starts)
        return
    rest = "/".join(dropwhile("**".__eq__, parts[at:])) or "*"
    for start in starts:
        for path, below, _ in os.walk(folder / start):
            below[:] = [name for name in below if not name.startswith(".")]
            yield from _paths(Path(path), rest)


def _among(project: Project, out: str, pattern: str, files: list[str]) -> bool:
    """Tell whether a pattern finds, or once packs are there will find, files of the output."""
    if is_remote(pattern) != is_remote(out):
        return False
    if is_remote(out):
        base = pattern.partition("*")[0].rpartition("/")[0]
        return "**" in pattern and out.startswith(base)
    output = Path(out).resolve()
    start = Path(project.folder, pattern.partition("**")[0].rpartition("/")[0]).resolve()
    recursive = "**" in pattern and output.is_relative_to(start)
    # Packs hold a manifest, which is JSON.
    taken = recursive and pattern.casefold().endswith(("json", "*"))
    return taken or any(Path(file).resolve().is_relative_to(output) for file in files)
