"""The command `validate`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from toolkit.cli.shown import (
    Commands,
    add_records,
    add_to_summary,
    in_github,
    print_reports,
    project_records,
)
from toolkit.errors import UsageError
from toolkit.project.settings import Project, read_project
from toolkit.record.diagnostic import FileReport
from toolkit.record.policy import Policy
from toolkit.record.validate import validate, validate_all
from toolkit.report.formats import FORMATS


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("validate", help="say what is wrong with records")
    add_records(parser, ", or - for standard input")
    parser.add_argument(
        "--format", choices=("text", *FORMATS), default="text", help="for people, or for programs"
    )
    parser.add_argument("--fix", action="store_true", help="mend what is certain, in the files")
    parser.add_argument("--diff", action="store_true", help="with --fix: show it, change nothing")
    parser.add_argument("--strict", action="store_true", help="warnings fail, too")
    parser.add_argument("--style", metavar="DIR", help="a house style, for its handling marks")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.diff and not options.fix:
        raise UsageError("--diff goes with --fix")
    project = read_project(options.config)
    records = options.records or project_records(project)
    policy = _policy(project, options.style)
    if options.fix and _fix(records, policy, show=options.diff):
        return 1
    if options.diff:
        return 0
    good = _Good(strict=options.strict)
    # Records that are named may be copies of one; those of a project have an id each.
    checked = (
        (validate(record, policy) for record in records)
        if options.records
        else validate_all(records, policy)
    )
    reports = good.watched(checked)
    if options.format == "text":
        _print(reports)
    else:
        told = FORMATS[options.format](list(reports))
        print(told, end="\n" if told else "")
    return 0 if good.all else 1


def _policy(project: Project, style: str | None) -> Policy:
    name = style or project.style
    if not name:
        return project.policy()
    from toolkit.export.style import load_style

    return project.policy(load_style(name).handling.scheme)


class _Good:
    """Whether all reports that went by were good; none is kept."""

    def __init__(self, *, strict: bool) -> None:
        self.all = True
        self._strict = strict

    def watched(self, reports: Iterable[FileReport]) -> Iterator[FileReport]:
        for report in reports:
            self.all = self.all and (not report.diagnostics if self._strict else report.valid)
            yield report


def _print(reports: Iterable[FileReport]) -> None:
    if not in_github():
        print_reports(reports)
        return
    from toolkit.report.markdown import MOST_ROWS, as_markdown

    listed = list(reports)
    print_reports(listed)
    marked = FORMATS["github"](listed)
    print(marked, end="\n" if marked else "")
    add_to_summary(as_markdown(listed, MOST_ROWS))


def _fix(records: Sequence[str], policy: Policy, *, show: bool) -> bool:
    """Mend files, or show how they would be mended; tell whether one shown would still be wrong."""
    import difflib

    from toolkit.files import write
    from toolkit.record.fix import fixed
    from toolkit.record.source import UnreadableError, read
    from toolkit.record.validate import check
    from toolkit.report.escaping import printable

    wrong = False
    for name in records:
        try:
            text = read(name)
        except UnreadableError as error:
            if show:
                print(printable(f"{name}: {error}"), file=sys.stderr)
                wrong = True
            continue
        mended = fixed(text, policy)
        if show:
            old, new = (side.text.splitlines(keepends=True) for side in (text, mended))
            sys.stdout.writelines(difflib.unified_diff(old, new, name, name))
            left = check(mended, policy)[0]
            if not left.valid:
                # The differences are for a program that applies them; what stays wrong is not.
                print_reports([left], sys.stderr)
                wrong = True
        elif mended.data != text.data and text.folder is not None:
            path = Path(name)
            more = (
                "; its other hard links keep the earlier text" if path.stat().st_nlink > 1 else ""
            )
            write(path, mended.data)
            print(f"{printable(name)}: mended{more}", file=sys.stderr)
    return wrong
