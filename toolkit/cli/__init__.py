"""The command line: arguments in, calls, printing out."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

from toolkit.cli import build, ci, collection, rules, single, validate, watch
from toolkit.cli.escaped_output import escaping_streams
from toolkit.cli.shown import print_reports
from toolkit.cli.streams import all_written, make_sound, say
from toolkit.errors import BriefpackError, UsageError
from toolkit.intake import RAISED, megabytes_of
from toolkit.record.diagnostic import InvalidFileError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `briefpack`; return 0, 1 where something is wrong with a file, 2 for wrong usage."""
    # Records make many small objects and no cycles; looking for those costs time for nothing.
    gc.set_threshold(50_000, 20, 20)
    make_sound()
    with escaping_streams():
        code = _outcome(arguments)
        return code if all_written() else code or 1


def _outcome(arguments: Sequence[str] | None) -> int:
    options = argparse.Namespace(debug=bool(os.environ.get("BRIEFPACK_DEBUG")))
    try:
        _parser().parse_args(arguments, options)
        if "max_size" in options:  # the processes of a pool are to know it, too
            os.environ[RAISED] = str(options.max_size)
        code: int = options.run(options)
        return code
    except SystemExit as end:  # argparse has said what there was to say
        return end.code if isinstance(end.code, int) else 0
    except UsageError as error:
        say(str(error))
        return 2
    except InvalidFileError as error:
        print_reports([error.report], sys.stderr)
        return 1
    except BriefpackError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except Exception as error:  # the one place for what nobody foresaw
        # Where it is a stream that cannot be written, that was the reason, and it has been said.
        if not (isinstance(error, OSError) and not all_written()):
            _unforeseen(error, debug=options.debug)
        return 1


def _unforeseen(error: Exception, *, debug: bool) -> None:
    from toolkit.errors import unforeseen

    if debug:
        import traceback

        for line in "".join(traceback.format_exception(error)).splitlines():
            say(line)
    say(unforeseen(error) + ("" if debug else "; --debug shows where"))


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.color = False  # Python 3.14 colours help; only our own lines go to a terminal so


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="briefpack",
        description="Records of diplomatic meetings: check them, and build their documents.",
        epilog='Begin with "briefpack new meeting.json".',
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in (single, validate, build, watch, collection, ci, rules):
        module.add(commands)
    for each in (parser, *commands.choices.values()):
        each.add_argument(
            "--debug",
            action="store_true",
            default=argparse.SUPPRESS,
            help="show where in the program an error comes from that nobody foresaw",
        )
        each.add_argument(
            "--max-size",
            type=_megabytes,
            metavar="MB",
            default=argparse.SUPPRESS,
            help="read files of up to this size, where that is more than usual",
        )
    return parser


def _megabytes(text: str) -> int:
    try:
        return megabytes_of(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


class _Version(argparse.Action):
    """Prints the version, which is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from toolkit.version import VERSION

        print(f"briefpack {VERSION}")
        parser.exit()
