"""The commands for one file: `new`, `convert`, `style`, `extract`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from toolkit.cli.shown import Commands, in_log
from toolkit.errors import BriefpackError


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    new = commands.add_parser("new", help="write a starter record to fill in")
    new.add_argument("file", metavar="FILE", help="the file to write; it must not exist")
    new.set_defaults(run=_new)

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

    convert = commands.add_parser("convert", help="write a record as JSON or as YAML")
    convert.add_argument("record", metavar="RECORD", help="a record's file")
    convert.add_argument(
        "-o", "--out", metavar="FILE", required=True, help="the file to write; .json or .yaml"
    )
    convert.set_defaults(run=_convert)


def _new(options: argparse.Namespace) -> int:
    from toolkit.record.starter import write_starter
    from toolkit.report.escaping import printable

    write_starter(Path(options.file))
    name = printable(options.file)
    print(f"{name}: written; fill it in, then: briefpack validate {name}")
    return 0


def _convert(options: argparse.Namespace) -> int:
    from toolkit.files import permissions, write_new
    from toolkit.record.convert import converted

    target = Path(options.out)
    write_new({target: converted(options.record, target)}, mode=permissions(options.record))
    return 0


def _style(options: argparse.Namespace) -> int:
    from toolkit.export.style import copy_style
    from toolkit.report.escaping import printable

    copy_style(options.folder, options.name)
    name = printable(options.folder)
    print(f"{name}: written; change it, then: briefpack build RECORD --style {name}")
    return 0


def _extract(options: argparse.Namespace) -> int:
    from toolkit.pack.extract import extract

    record = extract(options.file)
    if options.out:
        from toolkit.files import permissions, write_new

        target = Path(options.out)
        if not (target.is_file() and target.read_bytes() == record.data):
            write_new({target: record.data}, mode=permissions(options.file))
    else:
        _print(record.data)
    return 0


def _print(data: bytes) -> None:
    """Print a record: to programs and files byte for byte, as text to a person's terminal."""
    from toolkit.report.escaping import escape_lines

    text = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    if sys.stdout.isatty():
        print(text, end="" if text.endswith("\n") else "\n")
        return
    if in_log() and escape_lines(text) != text:
        raise BriefpackError(
            "the record holds signs that the log of this service would obey; write it into a file: -o"
        )
    sys.stdout.buffer.write(data)
