"""The records of a project: the files that its patterns find."""

from __future__ import annotations

import glob
from pathlib import Path

from toolkit.errors import UsageError
from toolkit.places import found, is_remote
from toolkit.project.settings import Project, no_records, short
from toolkit.record.finding import Finding
from toolkit.record.settings import wrong_settings


def record_files(project: Project, out: str | None = None) -> list[str]:
    """Return the records of a project, each once, sorted.

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
        if not here:
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


def _found(folder: Path, pattern: str) -> list[str]:
    if is_remote(pattern):
        return found(pattern)
    # Unlike Path.glob, this takes no hidden files.
    names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207
    paths = (str(short(folder / name)) for name in names)
    return [path for path in paths if Path(path).is_file()]


def _among(project: Project, out: str, pattern: str, files: list[str]) -> bool:
    """Tell whether a pattern finds, or once packs are there will find, files of the output."""
    if is_remote(pattern) or is_remote(out):
        base = pattern.partition("*")[0].rpartition("/")[0]
        return "**" in pattern and out.startswith(base)
    output = Path(out).resolve()
    start = Path(project.folder, pattern.partition("**")[0].rpartition("/")[0]).resolve()
    recursive = "**" in pattern and output.is_relative_to(start)
    # Packs hold a manifest, which is JSON.
    taken = recursive and pattern.casefold().endswith(("json", "*"))
    return taken or any(Path(file).resolve().is_relative_to(output) for file in files)
