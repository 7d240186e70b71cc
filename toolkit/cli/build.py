"""The command `build`: packs of the records that are named, or of all records of the project."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli.shown import (
    Commands,
    add_records,
    add_to_summary,
    in_github,
    print_lines_at_once,
    print_reports,
    project_records,
)
from toolkit.errors import UsageError
from toolkit.places import is_remote
from toolkit.project.settings import Project, audience, read_project
from toolkit.record.diagnostic import FileReport

if TYPE_CHECKING:
    from toolkit.batch.jobs import Outcome
    from toolkit.batch.plan import Orphan, Plan
    from toolkit.batch.pool import Pool


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("build", help="build the packs of records")
    add_records(parser)
    add_wishes(parser)
    how = parser.add_argument_group("how it is built")
    how.add_argument("--check", action="store_true", help="build nothing; fail where a pack is old")
    how.add_argument(
        "--force",
        action="store_true",
        help="build also what has not changed; edited files are moved to .briefpack/aside",
    )
    how.add_argument(
        "--verify", action="store_true", help="compare each file with its manifest, as CI does"
    )
    how.add_argument("--prune", action="store_true", help="remove packs that no record asks for")
    how.add_argument("--jobs", type=_count, metavar="N", help="processes (one for each core)")
    how.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, as tcp://host:8786")
    how.add_argument("--report", metavar="FILE", help="how it went: .json, .md or .xml (JUnit)")
    loud = how.add_mutually_exclusive_group()
    loud.add_argument("-q", "--quiet", action="store_true", help="say only what is wrong")
    loud.add_argument("-v", "--verbose", action="store_true", help="name each file, and what stays")
    parser.set_defaults(run=_run)


def add_wishes(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is built."""
    what = parser.add_argument_group("what is built")
    what.add_argument("-o", "--out", metavar="OUT", help="the folder for the packs (packs)")
    what.add_argument(
        "--only",
        metavar="NAMES",
        help="some of briefing,summary,agreements; with another format as briefing.pdf",
    )
    what.add_argument(
        "--audience", metavar="MARK", help="leave out what is marked above this handling mark"
    )
    what.add_argument("--language", metavar="TAG", help="print in this language, as ru or zh-Hans")
    what.add_argument("--style", metavar="DIR", help="a house style's folder, or a shipped style")
    what.add_argument("--no-record", action="store_true", help="leave the record out of the files")
    what.add_argument(
        "--pdf-version",
        type=int,
        choices=(1, 2),
        help="1 for PDF/UA-1 and PDF/A-3a, 2 for PDF/UA-2 and PDF/A-4f (1)",
    )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _run(options: argparse.Namespace) -> int:
    from toolkit.batch.plan import run_plan
    from toolkit.batch.report import writer

    written = writer(options.report) if options.report else None
    if options.prune and options.records:
        raise UsageError("--prune looks at all records of the project; name none")
    if options.check and (options.force or options.prune):
        raise UsageError("--check changes nothing; --force and --prune do")
    project = read_project(options.config)
    out = options.out or project.output
    if options.report and not is_remote(out) and _lies_in(options.report, out):
        raise UsageError(
            f"{options.report} lies among the packs, which are published; choose another"
        )
    records = (
        _each_once(options.records) if options.records else project_records(project, options.out)
    )
    print_lines_at_once()
    plan = plan_of(options, project, records)
    console = _Console(options, plan.size)
    with plan.session(lambda: _say_that_it_waits(out)):
        orphans: list[Orphan] = []
        try:
            for outcome in console.progress(run_plan(plan, _pool(options, plan))):
                console.show(outcome)
        finally:
            orphans = [] if options.records else plan.orphans()
            console.close(plan, orphans, prune=options.prune)
            if written:
                folders = [str(orphan.folder) for orphan in orphans]
                _write(Path(options.report), written(console.outcomes, folders), records)
    return console.code


def _lies_in(file: str, folder: str) -> bool:
    return Path(file).resolve().is_relative_to(Path(folder).resolve())


def _say_that_it_waits(out: str) -> None:
    print(f"briefpack: another run is writing into {out}; waiting for its end", file=sys.stderr)


def _each_once(records: list[str]) -> list[str]:
    if "-" in records:
        raise UsageError("a pack is built from a file; only validate reads standard input")
    places = {name if is_remote(name) else os.path.realpath(name): name for name in records}
    return list(places.values())


def plan_of(options: argparse.Namespace, project: Project, records: list[str]) -> Plan:
    """Return the plan for some records: options go before the project's settings."""
    from toolkit.batch.jobs import Order
    from toolkit.batch.plan import Plan
    from toolkit.document.language import need_language
    from toolkit.export.style import load_style
    from toolkit.pack.state import state_of
    from toolkit.pack.targets import BuildOptions, pack_name, parse_targets

    names = options.only.split(",") if options.only is not None else project.documents
    targets = parse_targets(names, options.pdf_version or project.pdf_version)
    style = options.style or project.style or "default"
    house_style = load_style(style)
    marks = [options.audience] if options.audience else [audience(a) for a in project.audiences]
    languages: list[str | None] = [options.language] if options.language else [*project.languages]
    languages = languages or [None]
    for tag in filter(None, languages):
        need_language(tag)
    out = options.out or project.output
    order = Order(
        out,
        style,
        house_style.sha256,
        project.policy(house_style.handling.scheme),
        base=str(Path.cwd()),
        state=str(state_of(out, project.folder if project.file else None).root.absolute()),
        force=getattr(options, "force", False),
        check=getattr(options, "check", False),
    )
    attach = project.attach and not options.no_record
    variants = [BuildOptions(targets, mark, tag, attach) for mark in marks for tag in languages]
    if len({pack_name("", v.audience, v.language) for v in variants}) < len(variants):
        raise UsageError("two of the audiences would give their packs the same name; keep one")
    verify = getattr(options, "verify", False) or bool(os.environ.get("CI"))
    return Plan(records, order, variants, verify=verify)


def _pool(options: argparse.Namespace, plan: Plan) -> Pool:
    from toolkit.batch import pool

    if options.scheduler:
        from toolkit.batch.cluster import cluster

        return cluster(options.scheduler, lambda line: print(line, file=sys.stderr))
    from toolkit.batch.work import style_place

    count = min(options.jobs or pool.usual_count(), plan.size)
    few = plan.size < 4 and not options.jobs
    if count < 2 or few:
        return pool.inline()
    return pool.processes(count, style_place(plan.order), plan.order.style_sha256)


class _Console:
    """What a run says while it goes on, and at its end."""

    def __init__(self, options: argparse.Namespace, size: int) -> None:
        self._outcomes: list[Outcome] = []
        self._keep = bool(options.report) or in_github()
        self._counts: Counter[str] = Counter()
        self._options = options
        self._size = size
        self._wrong_calls = self._bad = 0
        self._bar: object = None
        self._orphaned = False
        self._last_report: FileReport | None = None

    def progress(self, run: Iterator[Outcome]) -> Iterator[Outcome]:
        """Show how far it is, on a terminal."""
        if self._options.quiet or self._size < 2 or not sys.stderr.isatty():
            yield from run
            return
        from tqdm import tqdm

        with tqdm(run, total=self._size, unit="pack", leave=False) as bar:
            self._bar = bar
            yield from bar
        self._bar = None

    def show(self, outcome: Outcome) -> None:
        """Say what became of a pack."""
        self._counts[outcome.status] += 1
        self._wrong_calls += outcome.blame == "call"
        self._bad += outcome.bad
        if self._keep:  # of many thousand packs, nothing is kept that nobody asked for
            self._outcomes.append(outcome)
        if self._bar is None:
            self._print(outcome)
            return
        from tqdm import tqdm

        with tqdm.external_write_mode():
            self._print(outcome)

    def _print(self, outcome: Outcome) -> None:
        verbose = self._options.verbose
        # Where a bar moves, it tells enough of what goes well.
        quiet = self._options.quiet or (self._bar is not None and not verbose)
        if outcome.bad:
            self._print_bad(outcome)
        elif outcome.status == "built" and not quiet:
            if verbose:
                print(f"{outcome.name}: {outcome.message}")
            if self._size == 1 or verbose:
                for name in outcome.files:
                    print(f"{outcome.folder}{os.sep}{name}")
            else:
                print(f"{outcome.folder}: {len(outcome.files)} files, {outcome.seconds:.1f} s")
            if verbose and outcome.report:
                print_reports([outcome.report], sys.stderr)
        elif verbose or (not quiet and (self._size == 1 or outcome.status == "withheld")):
            suffix = f": {outcome.message}" if outcome.message else ""
            print(f"{outcome.name or outcome.record}: {outcome.status}{suffix}")

    def _print_bad(self, outcome: Outcome) -> None:
        # The packs of a record fail for the same reason; it is told once.
        if outcome.report and outcome.report != self._last_report:
            print_reports([outcome.report], sys.stderr)
            if in_github():
                from toolkit.report.github import lines

                print(*lines([outcome.report]), sep="\n")
        self._last_report = outcome.report
        if outcome.message:
            name = outcome.record if outcome.status == "failed" else outcome.name or outcome.record
            print(f"{name}: {outcome.message}", file=sys.stderr)

    def close(self, plan: Plan, orphans: list[Orphan], *, prune: bool) -> None:
        """Say how it went as a whole; remove packs without a record where that is wished."""
        from toolkit.batch.report import as_markdown, line
        from toolkit.report.markdown import MOST_ROWS

        for orphan in orphans:
            outcome = orphan.reason
            if prune or orphan.unsafe:
                outcome += "; removed"
                if not self._options.check:
                    outcome += "".join(
                        f"; an edited file of it is now {p}" for p in plan.remove(orphan)
                    )
            elif not self._options.check:
                outcome += "; --prune removes it"
            if not self._options.quiet or orphan.unsafe:
                print(f"{orphan.folder}: {outcome}", file=sys.stderr)
        self._orphaned = bool(orphans)
        if self._size > 1 and not self._options.quiet:
            print(line(self._counts, len(orphans)), file=sys.stderr)
        if in_github():
            folders = [str(orphan.folder) for orphan in orphans]
            add_to_summary(as_markdown(self.outcomes, folders, MOST_ROWS))

    @property
    def outcomes(self) -> list[Outcome]:
        """What was kept for reports, by record and pack."""
        return sorted(self._outcomes, key=lambda outcome: (outcome.record, outcome.name))

    @property
    def code(self) -> int:
        """0 where all is well, 2 where the call was wrong for every record, else 1."""
        if self._wrong_calls and self._wrong_calls == self._counts.total():
            return 2
        return 1 if self._bad or (self._options.check and self._orphaned) else 0


def _write(path: Path, text: str, records: list[str]) -> None:
    from toolkit.files import permissions, write

    write(path, text.encode("utf-8"), mode=permissions(*records))
