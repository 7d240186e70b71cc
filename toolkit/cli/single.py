"""The commands for one file: `new`, `convert`, `style`, `extract`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from toolkit.cli.shown import Commands
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

    write_starter(Path(options.file))
    print(f"{options.file}: written; fill it in, then: briefpack validate {options.file}")
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


def _style(options: argparse.Namespace) -> int:
    from toolkit.export.style import copy_style

    copy_style(options.folder, options.name)
    print(
        f"{options.folder}: written; change it, then: briefpack build RECORD --style {options.folder}"
    )
    return 0


def _extract(options: argparse.Namespace) -> int:
    from toolkit.pack.extract import extract

    record = extract(options.file)
    if options.out:
        from toolkit.pack.files import write_all

        target = Path(options.out)
        write_all(target.parent, [(target.name, record.data)])
    else:
        sys.stdout.buffer.write(record.data)
    return 0
