"""The commands over many records: `register`, `status`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from toolkit.cli.shown import Commands, add_records, print_reports, project_records
from toolkit.errors import BriefpackError, UsageError
from toolkit.project.settings import Project, read_project

if TYPE_CHECKING:
    from toolkit.export.style import Style
    from toolkit.register.collect import LeftOut
    from toolkit.register.store import Store

_ENDINGS = (".xlsx", ".csv", ".parquet")


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    register = commands.add_parser(
        "register", help="collect the agreements and commitments of all meetings"
    )
    _add_common(register)
    register.add_argument(
        "-o", "--out", metavar="FILE", required=True, help=f"{', '.join(_ENDINGS)}"
    )
    register.add_argument("--style", metavar="DIR", help="a house style, for the workbook")
    register.set_defaults(run=_register)

    status = commands.add_parser("status", help="say what is due, and what is overdue")
    _add_common(status)
    status.add_argument("--format", choices=("text", "json"), default="text")
    status.set_defaults(run=_status, style=None)


def _add_common(parser: argparse.ArgumentParser) -> None:
    add_records(parser)
    parser.add_argument(
        "--as-of", type=_day, default=None, metavar="DATE", help="overdue on which day (today)"
    )
    parser.add_argument(
        "--audience", metavar="MARK", help="leave out what is marked above this handling mark"
    )
    parser.add_argument("--language", metavar="TAG", help="print in this language (en)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date; write year-month-day") from None


class _Wanted:
    """What the commands were asked for: options go before the project's settings."""

    def __init__(self, options: argparse.Namespace) -> None:
        from toolkit.document.language import need_language
        from toolkit.export.style import load_style

        self.project: Project = read_project(options.config)
        self.records: list[str] = options.records or project_records(self.project)
        self.style: Style = load_style(options.style or self.project.style or "default")
        self.language: str = options.language or next(iter(self.project.languages), "en")
        self.audience: str | None = options.audience
        self.as_of: date = options.as_of or date.today()
        need_language(self.language)

    def fill(self, store: Store) -> int:
        """Collect the records and say what is left out; return the exit code."""
        from toolkit.register.collect import collect

        policy = self.project.policy(self.style.handling.scheme)
        left = collect(self.records, store, policy, self.language, self.audience)
        return _tell(left)


def _tell(left: Iterable[LeftOut]) -> int:
    code = 0
    for out in left:
        if out.report:
            print_reports([out.report], sys.stderr)
        else:
            print(f"{out.record}: left out: {out.message}", file=sys.stderr)
        code = code if out.withheld else 1
    return code


def _register(options: argparse.Namespace) -> int:
    from toolkit.files import permissions, written_whole
    from toolkit.register.store import Store

    target = Path(options.out)
    ending = target.suffix.casefold()
    if ending not in _ENDINGS:
        raise UsageError(f"{target}: a register ends in {', '.join(_ENDINGS)}")
    wanted = _Wanted(options)
    with Store(wanted.as_of) as store:
        code = wanted.fill(store)
        if code and not store.total():
            raise BriefpackError("no record is left, so no register was written")
        with written_whole(target, mode=permissions(*wanted.records)) as file:
            split = _write(file, ending, store, wanted)
        if split:
            print(
                f"{target}: too many rows for one sheet; split: {', '.join(split)}", file=sys.stderr
            )
        print(f"{target}: {store.total()} entries")
    return code


def _write(file: BinaryIO, ending: str, store: Store, wanted: _Wanted) -> list[str]:
    from toolkit.register import tables

    if ending == ".csv":
        tables.write_csv(file, store)
        return []
    if ending == ".parquet":
        tables.write_parquet(file, store)
        return []
    from toolkit.document.language import Language
    from toolkit.register.collect import mark_line
    from toolkit.register.workbook import write_workbook

    names = Language(wanted.language, wanted.style.labels).group("mark")
    mark = mark_line(store.marks, store.scheme, names)
    return write_workbook(file, store, wanted.style, wanted.language, mark)


def _status(options: argparse.Namespace) -> int:
    from toolkit.register import agenda
    from toolkit.register.store import Store

    wanted = _Wanted(options)
    with Store(wanted.as_of) as store:
        code = wanted.fill(store)
        listed = agenda.due(store.entries())
    if options.format == "json":
        print(agenda.as_json(listed, wanted.as_of))
    else:
        print(*agenda.as_text(listed, wanted.as_of), sep="\n")
    return code
