"""What commands share: arguments, and printing."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from toolkit.places import is_remote
from toolkit.project.records import record_files
from toolkit.project.settings import Project
from toolkit.record.diagnostic import FileReport

Commands = Any
"""What argparse hands out to add commands to."""


def add_records(parser: argparse.ArgumentParser, more: str = "") -> None:
    """Add the arguments that name records, and the option that names the project's settings."""
    told = f"a record's file{more}; all of the project where none is named"
    parser.add_argument("records", metavar="RECORD", nargs="*", help=told, action=_Records)
    add_config(parser)


class _Records(argparse.Action):
    """Takes names of files, and patterns that no shell has expanded, as on Windows none does."""

    def __call__(self, _: object, options: argparse.Namespace, names: Any, *__: object) -> None:
        options.records = [file for name in names for file in _files(name)]


def _files(name: str) -> list[str]:
    if is_remote(name) or not any(sign in name for sign in "*?[") or os.path.lexists(name):
        return [name]
    import glob

    return sorted(glob.glob(name, recursive=True)) or [name]  # noqa: PTH207


def project_records(project: Project, out: str | None = None) -> list[str]:
    """Return the records of a project (see `record_files`), and say so where there are none yet."""
    records = record_files(project, out)
    if not records:
        patterns = ", ".join(f'"{pattern}"' for pattern in project.records)
        print(f"no records yet: {patterns} finds no file", file=sys.stderr)
    return records


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the project's settings."""
    parser.add_argument(
        "--config", metavar="FILE", help="the settings (briefpack.toml, here or above)"
    )


def print_reports(reports: Iterable[FileReport], stream: TextIO | None = None) -> None:
    """Print reports for people, in colour on a terminal."""
    from toolkit.report.text import lines

    where = stream or sys.stdout
    for line in lines(reports, colour=where.isatty() and "NO_COLOR" not in os.environ):
        print(line, file=where)


def print_lines_at_once() -> None:
    """Let each line be seen when it is printed: for those who follow the log of a long run."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)


def in_github() -> bool:
    """Tell whether this runs as a step of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def in_log() -> bool:
    """Tell whether standard output may be the log of a CI service: it is no file, then."""
    if not in_github() and os.environ.get("GITLAB_CI") != "true":
        return False
    return not stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)


def add_to_summary(markdown: str) -> None:
    """Add to the job summary of GitHub Actions, where there is one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with open(path, "a", encoding="utf-8", newline="\n") as file:  # noqa: PTH123
            file.write(markdown)
