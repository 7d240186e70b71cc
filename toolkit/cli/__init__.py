"""The command line: arguments in, calls, printing out."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from toolkit.cli import build, ci, collection, rules, single, validate, watch
from toolkit.cli.shown import print_reports
from toolkit.errors import BriefpackError, UsageError
from toolkit.record.diagnostic import InvalidFileError


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
        print_reports([error.report], sys.stderr)
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
    for module in (single, validate, build, watch, collection, ci, rules):
        module.add(commands)
    return parser


class _Version(argparse.Action):
    """Prints the version, which is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from toolkit.version import VERSION

        print(f"briefpack {VERSION}")
        parser.exit()
