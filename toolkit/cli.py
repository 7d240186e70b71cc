"""The command line: arguments in, calls, printing out."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import toolkit
from toolkit.errors import BriefpackError, UsageError
from toolkit.record.diagnostic import FileReport, InvalidFileError
from toolkit.report.formats import FORMATS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `briefpack`; return 0, 1 where something is wrong with a file, 2 for wrong usage."""
    # Records make many small objects and no cycles; looking for those costs time for nothing.
    gc.set_threshold(50_000, 20, 20)
    parser = _parser()
    options = parser.parse_args(arguments)
    _speak_utf8()
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except UsageError as error:
        print(f"briefpack: {error}", file=sys.stderr)
        return 2
    except InvalidFileError as error:
        _print_reports([error.report], sys.stderr.isatty(), sys.stderr)
        return 1
    except BriefpackError as error:
        print(f"briefpack: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output has gone; so has the reason to write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("briefpack: stopped", file=sys.stderr)
        return 130


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="briefpack",
        description="Records of diplomatic meetings: check them, and build their documents.",
        epilog='Begin with "briefpack new meeting.json".',
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    new = commands.add_parser("new", help="write a starter record to fill in")
    new.add_argument("file", metavar="FILE", help="the file to write; it must not exist")
    new.set_defaults(run=_new)

    validate = commands.add_parser("validate", help="say what is wrong with records")
    validate.add_argument(
        "records", metavar="RECORD", nargs="+", help="a record's file; - for standard input"
    )
    validate.add_argument(
        "--format", choices=("text", *FORMATS), default="text", help="for people, or for programs"
    )
    validate.add_argument("--fix", action="store_true", help="mend what is certain, in the files")
    validate.add_argument("--diff", action="store_true", help="with --fix: show it, change nothing")
    validate.add_argument("--strict", action="store_true", help="warnings fail, too")
    validate.add_argument("--style", metavar="DIR", help="a house style, for its handling marks")
    validate.set_defaults(run=_validate)

    build = commands.add_parser("build", help="build the packs of records")
    build.add_argument("records", metavar="RECORD", nargs="+", help="a record's file")
    build.add_argument(
        "-o", "--out", metavar="OUT", default="packs", help="the folder for the packs (packs)"
    )
    build.add_argument(
        "--only",
        metavar="NAMES",
        help="some of briefing,summary,agreements; with another format as briefing.pdf",
    )
    build.add_argument(
        "--audience", metavar="MARK", help="leave out what is marked above this handling mark"
    )
    build.add_argument("--style", metavar="DIR", help="a house style's folder, or a shipped style")
    build.add_argument(
        "--pdf-version",
        type=int,
        choices=(1, 2),
        default=1,
        help="1 for PDF/UA-1 and PDF/A-3a, 2 for PDF/UA-2 and PDF/A-4f (1)",
    )
    build.set_defaults(run=_build)

    style = commands.add_parser(
        "style", help="copy a house style into a folder, to change it there"
    )
    style.add_argument("folder", metavar="DIR", help="the folder to write; it must not exist")
    style.add_argument("--from", dest="name", metavar="NAME", default="default", help="which style")
    style.set_defaults(run=_style)

    extract = commands.add_parser("extract", help="take the record out of a document of its pack")
    extract.add_argument("file", metavar="FILE", help="a PDF, DOCX or XLSX file")
    extract.add_argument(
        "-o", "--out", metavar="RECORD", help="where to write it (standard output)"
    )
    extract.set_defaults(run=_extract)

    rules = commands.add_parser("rules", help="list the rules of validation")
    rules.set_defaults(run=_rules)

    rule = commands.add_parser("rule", help="explain a rule of validation")
    rule.add_argument("code", metavar="CODE", help="the code behind a message, as missing-key")
    rule.set_defaults(run=_rule)

    convert = commands.add_parser("convert", help="write a record as JSON or as YAML")
    convert.add_argument("record", metavar="RECORD", help="a record's file")
    convert.add_argument(
        "-o", "--out", metavar="FILE", required=True, help="the file to write; .json or .yaml"
    )
    convert.set_defaults(run=_convert)

    schema = commands.add_parser("schema", help="print the JSON Schema of records")
    schema.set_defaults(run=_schema)
    return parser


class _Version(argparse.Action):
    """Prints the version, which is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from toolkit.version import VERSION

        print(f"briefpack {VERSION}")
        parser.exit()


def _new(options: argparse.Namespace) -> int:
    from toolkit.record.starter import write_starter

    write_starter(Path(options.file))
    print(f"{options.file}: written; fill it in, then: briefpack validate {options.file}")
    return 0


def _validate(options: argparse.Namespace) -> int:
    scheme = toolkit.load_style(options.style).handling.scheme if options.style else ()
    if options.diff and not options.fix:
        raise UsageError("--diff goes with --fix")
    if options.fix and _fix(options.records, scheme, show=options.diff):
        return 1
    if options.diff:
        return 0
    reports = [toolkit.validate(record, scheme) for record in options.records]
    if options.format == "text":
        _print_reports(reports, sys.stdout.isatty())
    else:
        told = FORMATS[options.format](reports)
        print(told, end="\n" if told else "")
    good = (not r.diagnostics if options.strict else r.valid for r in reports)
    return 0 if all(good) else 1


def _fix(records: Sequence[str], scheme: tuple[str, ...], *, show: bool) -> bool:
    """Mend files, or show how they would be mended; tell whether one shown would still be wrong."""
    import difflib

    from toolkit.pack.files import write_all
    from toolkit.record.fix import fixed
    from toolkit.record.source import UnreadableError, read
    from toolkit.record.validate import check

    wrong = False
    for name in records:
        try:
            text = read(name)
        except UnreadableError as error:
            if show:
                print(f"{name}: {error}", file=sys.stderr)
                wrong = True
            continue
        mended = fixed(text, scheme)
        if show:
            old, new = (side.text.splitlines(keepends=True) for side in (text, mended))
            sys.stdout.writelines(difflib.unified_diff(old, new, name, name))
            wrong = wrong or not check(mended, scheme)[0].valid
        elif mended.data != text.data and text.folder is not None:
            write_all(text.folder, [(Path(name).name, mended.data)])
            print(f"{name}: mended", file=sys.stderr)
    return wrong


def _print_reports(reports: Sequence[FileReport], colour: bool, file: object = None) -> None:
    from toolkit.report.text import lines

    stream = sys.stdout if file is None else sys.stderr
    for line in lines(reports, colour=colour and "NO_COLOR" not in os.environ):
        print(line, file=stream)


def _build(options: argparse.Namespace) -> int:
    chosen = {
        "only": options.only.split(",") if options.only is not None else None,
        "audience": options.audience,
        "style": toolkit.load_style(options.style or "default"),
        "pdf_version": options.pdf_version,
    }
    failed = 0
    for record in options.records:
        try:
            pack = toolkit.build(record, options.out, **chosen)
        except toolkit.InvalidRecordError as error:
            _print_reports([error.report], sys.stderr.isatty(), sys.stderr)
            failed += 1
        except UsageError:
            raise
        except BriefpackError as error:
            print(f"{record}: {error}", file=sys.stderr)
            failed += 1
        else:
            for file in pack.files:
                print(pack.folder / file.name)
    return 1 if failed else 0


def _extract(options: argparse.Namespace) -> int:
    record = toolkit.extract(options.file)
    if options.out:
        from toolkit.pack.files import write_all

        target = Path(options.out)
        write_all(target.parent, [(target.name, record.data)])
    else:
        sys.stdout.buffer.write(record.data)
    return 0


def _style(options: argparse.Namespace) -> int:
    from toolkit.export.style import copy_style

    copy_style(options.folder, options.name)
    print(
        f"{options.folder}: written; change it, then: briefpack build RECORD --style {options.folder}"
    )
    return 0


def _rules(_: argparse.Namespace) -> int:
    from toolkit.record.rules import RULES

    for rule in sorted(RULES.values(), key=lambda rule: rule.code):
        print(f"{rule.code:<24} {rule.severity:<8} {rule.summary}")
    return 0


def _rule(options: argparse.Namespace) -> int:
    from toolkit.record.guess import closest
    from toolkit.record.rules import RULES

    rule = RULES.get(options.code)
    if rule is None:
        match = closest(options.code, list(RULES))
        hint = f'did you mean "{match}"?' if match else '"briefpack rules" lists them'
        raise UsageError(f'there is no rule "{options.code}"; {hint}')
    print(f"{rule.code} ({rule.severity}): {rule.summary}\n\n{rule.why}")
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            shown = example if len(example) < 1000 else f"{example[:1000]}..."
            print(f"\n{title}:\n  {shown}")
    return 0


def _convert(options: argparse.Namespace) -> int:
    from toolkit.pack.files import write_all
    from toolkit.record.convert import converted

    target = Path(options.out)
    data = converted(options.record, target)
    if target.exists():
        raise BriefpackError(f"{target} is there already; choose another name")
    write_all(target.parent, [(target.name, data)])
    return 0


def _schema(_: argparse.Namespace) -> int:
    from toolkit.record.schema import schema_text

    print(schema_text(), end="")
    return 0
