"""The command `watch`: a record is checked and built at each save."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from toolkit.cli.build import add_wishes, plan_of
from toolkit.cli.shown import Commands, add_config, print_lines_at_once, print_reports
from toolkit.errors import BriefpackError
from toolkit.project.settings import read_project
from toolkit.record.diagnostic import FileReport, InvalidFileError

_MILLISECONDS = 200


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("watch", help="check and build a record at each save")
    parser.add_argument("record", metavar="RECORD", help="a record's file")
    add_config(parser)
    add_wishes(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    record = Path(options.record)
    if not record.is_file():
        raise BriefpackError(f"{record}: there is no such file")
    print_lines_at_once()
    with suppress(KeyboardInterrupt):
        for _ in _saves(options, record):
            _once(options)
    return 0


def _saves(options: argparse.Namespace, record: Path) -> Iterator[None]:
    """Yield at once, and then at each change of the record, the settings or the house style."""
    from watchfiles import watch

    project = read_project(options.config)
    named = Path(options.style or project.style or "")
    style = named.resolve() if named != Path() and named.is_dir() else None
    files = {record.resolve(), *([project.file.resolve()] if project.file else [])}
    folders = {path.parent for path in files}
    if style:
        folders.add(style)

    def counts(_: object, name: str) -> bool:
        path = Path(name)
        return path in files or (style is not None and path.is_relative_to(style))

    first = True
    # An editor may put a new file in place of the old one, so folders are watched. Watching begins
    # before the first build, so that no save is missed.
    for changes in watch(
        *folders,
        watch_filter=counts,
        recursive=style is not None,
        rust_timeout=_MILLISECONDS,
        yield_on_timeout=True,
    ):
        if first or changes:
            yield
        first = False


def _once(options: argparse.Namespace) -> None:
    from toolkit.batch.plan import run_plan
    from toolkit.batch.pool import inline

    try:
        plan = plan_of(options, read_project(options.config), [options.record])
        with plan.session(lambda: print("another run is at work; waiting for its end")):
            reports: set[FileReport | None] = {None}
            for outcome in run_plan(plan, inline()):
                # The packs of a record fail for the same reason; it is told once.
                if outcome.report not in reports:
                    print_reports(filter(None, [outcome.report]))
                    reports.add(outcome.report)
                elif outcome.status == "failed" and not outcome.message:
                    continue
                text = outcome.folder if outcome.status == "built" else outcome.message
                print(f"{outcome.status}: {text or outcome.folder or 'not built'}")
    except InvalidFileError as error:
        print_reports([error.report])
    except BriefpackError as error:
        print(f"briefpack: {error}")
