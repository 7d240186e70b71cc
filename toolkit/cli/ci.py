"""The command `init`: what a repository of records needs, and the file of a CI service."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from toolkit.cli.shown import Commands
from toolkit.project.origin import HELP
from toolkit.project.starter import SERVICES, write_project


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    init = commands.add_parser("init", help="write briefpack.toml, and the file of a CI service")
    init.add_argument("service", nargs="?", choices=list(SERVICES), help="whose file is written")
    init.add_argument(
        "--from",
        dest="origin",
        metavar="ADDRESS@REF",
        help=f"from where the service installs briefpack: {HELP}",
    )
    init.set_defaults(run=_init)


def _init(options: argparse.Namespace) -> int:
    for path, what in write_project(Path(), options.service, options.origin):
        print(f"{os.fspath(path)}: {what}")
    return 0
