"""Standard output and error where they are closed, full, or left by their reader."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

from toolkit.places import reason


class _Output(io.FileIO):
    """A file that remembers why it could not be written, for a buffer may not."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.failure = error
            raise


def make_sound() -> None:
    """Let there be all three streams, in UTF-8.

    What was closed takes the place of no file that is opened later: there, standard output cannot
    be written, standard input is empty, and what goes to standard error is lost.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # the lowest free number is taken
            os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _sound(sys.stdout, sys.__stdout__, 1)
    sys.stderr = _sound(sys.stderr, sys.__stderr__, 2)


def _sound(stream: TextIO | None, usual: TextIO | None, number: int) -> TextIO:
    if isinstance(stream, io.TextIOWrapper) and stream.isatty():
        # Which on Windows is no file, and shows letters of all scripts.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    elif stream is None or (stream is usual and isinstance(stream, io.TextIOWrapper)):
        return io.TextIOWrapper(
            io.BufferedWriter(_Output(number, "w", closefd=False)),
            encoding="utf-8",
            errors="backslashreplace",
            line_buffering=stream is not None and stream.line_buffering,
            write_through=stream is not None and stream.write_through,
        )
    return stream


def all_written() -> bool:
    """Write what is still to be written; where that fails, say so, once, and give up the stream."""
    output = _given_up(sys.stdout)
    if output:
        say(f"standard output cannot be written: {output}")
    return not (_given_up(sys.stderr) or output)


def say(message: str) -> None:
    """Print a sentence of the program itself; where there is nobody to read it, it is lost."""
    from toolkit.report.escaping import printable

    with suppress(OSError):
        print(f"briefpack: {printable(message)}", file=sys.stderr, flush=True)


def _given_up(stream: TextIO) -> str:
    """Return why a stream cannot be written; "" where it can. What is left for it goes nowhere."""
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    failure: Exception | None = None
    try:
        if hasattr(stream, "finish"):  # a line without an end waits there for it
            stream.finish()
        stream.flush()
    except (OSError, ValueError) as error:
        failure = error
    if isinstance(raw, _Output) and raw.failure is not None:
        failure, raw.failure = raw.failure, None
    if failure is None:
        return ""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()
    return reason(failure)
