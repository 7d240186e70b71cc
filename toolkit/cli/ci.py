"""The command `init`: files for CI."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from toolkit.cli.shown import Commands
from toolkit.project.starter import SERVICES, write_project


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    init = commands.add_parser("init", help="write briefpack.toml, and the file of a CI service")
    init.add_argument("service", nargs="?", choices=list(SERVICES), help="whose file is written")
    init.set_defaults(run=_init)


def _init(options: argparse.Namespace) -> int:
    for path in write_project(Path(), options.service):
        print(f"{os.fspath(path)}: written")
    return 0
