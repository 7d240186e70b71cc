"""Reading what comes from elsewhere, within limits of size and, where it is no file, of time.

A file that is larger than its kind ever is, a device that never ends and a pipe that nobody writes
to are refused with a sentence. The limits of size are raised by the option `--max-size`, or by the
environment variable BRIEFPACK_MAX_SIZE, which processes of a pool inherit.
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from toolkit.errors import BriefpackError, UsageError

RAISED = "BRIEFPACK_MAX_SIZE"
"""The environment variable that raises the limits of size, in megabytes."""

RECORD, EMBLEM, FONT, TEMPLATE, DOCUMENT = 50, 5, 64, 20, 200
"""The limits of size of each kind of file, in megabytes (of 1,000,000 bytes)."""

SILENCE, WHOLE = 10.0, 60.0
"""Seconds after which a pipe that sends nothing is given up, and one that has not come to an end."""

_CHUNK = 1 << 16
# Names that other systems do not have: a pipe opens at once, also where nobody writes to it.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
)


class IntakeError(BriefpackError):
    """A file is not read; the message says why, and its subject is the file."""


def limit(megabytes: int) -> int:
    """Return a limit in bytes, the option that raises it considered. Raises UsageError."""
    stated = os.environ.get(RAISED, "")
    if not stated:
        return megabytes * 1_000_000
    return max(megabytes, megabytes_of(stated)) * 1_000_000


def megabytes_of(text: str) -> int:
    """Return a number of megabytes that somebody wrote. Raises UsageError."""
    if not re.fullmatch("[1-9][0-9]{0,6}", text):
        raise UsageError(f"a limit of size is a number of megabytes, as 200, not {text[:40]!r}")
    return int(text)


def too_large(most: int) -> str:
    """Return the reason why more than a number of bytes is not read."""
    return f"larger than {most // 1_000_000} MB; --max-size MB raises that limit"


def read_file(path: str | Path, megabytes: int, *, pipes: bool = False) -> bytes:
    """Return the bytes of an ordinary file; with `pipes`, of a pipe or a device, too.

    Raises IntakeError where it is another thing or too large, OSError where it cannot be read.
    """
    most = limit(megabytes)
    try:
        handle = os.open(path, _FLAGS)
    except OSError:
        if Path(path).is_dir():
            raise IntakeError("it is a folder") from None
        if Path(path).is_socket():
            raise IntakeError("it is a socket, no file") from None
        raise
    try:
        state = os.fstat(handle)
        if stat.S_ISDIR(state.st_mode):
            raise IntakeError("it is a folder")
        if stat.S_ISREG(state.st_mode):
            if state.st_size > most:
                raise IntakeError(f"it is {too_large(most)}")
            with os.fdopen(handle, "rb", buffering=0, closefd=False) as file:
                return _bounded(file, most)
        if not pipes:
            raise IntakeError("it is a pipe or a device; write its content into a file")
        return _arriving(handle, most)
    finally:
        os.close(handle)


def read_standard_input(megabytes: int) -> bytes:
    """Return what standard input holds. Raises IntakeError as `read_file` does."""
    most = limit(megabytes)
    file = sys.stdin.buffer
    try:
        handle = file.fileno()
        waits = os.isatty(handle) or stat.S_ISREG(os.fstat(handle).st_mode)
    except (OSError, io.UnsupportedOperation):  # it was replaced by something in memory
        waits = True
    # Somebody who types may think as long as they like.
    return _bounded(file, most) if waits else _arriving(handle, most)


def read_open(file: IO[bytes], megabytes: int) -> bytes:
    """Return the bytes of a file that is open, as one at an address is."""
    return _bounded(file, limit(megabytes))


def _bounded(file: IO[bytes] | io.RawIOBase, most: int) -> bytes:
    """Read to the end, but no more than `most` bytes."""
    pieces: list[bytes] = []
    left = most + 1
    while left > 0 and (piece := file.read(min(left, 16 * _CHUNK))):
        pieces.append(piece)
        left -= len(piece)
    if left <= 0:
        raise IntakeError(f"it is {too_large(most)}")
    return b"".join(pieces)


def _arriving(handle: int, most: int) -> bytes:
    """Read a pipe or a device to its end, as long as something arrives."""
    if sys.platform == "win32":  # it can only be asked for all that there is
        with os.fdopen(os.dup(handle), "rb", buffering=0) as file:
            return _bounded(file, most)
    pieces: list[bytes] = []
    size, begun = 0, time.monotonic()
    while piece := _piece(handle):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise IntakeError(f"it is {too_large(most)}")
        if time.monotonic() - begun >= WHOLE:
            raise IntakeError(
                f"it did not end within {WHOLE:g} seconds; write its content into a file"
            )
    return b"".join(pieces)


if sys.platform != "win32":
    import select

    def _piece(handle: int) -> bytes:
        """Wait for the next bytes of a pipe or a device and return them; none at its end."""
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        is_pipe = stat.S_ISFIFO(os.fstat(handle).st_mode)
        silent = time.monotonic()
        while True:
            for _, events in poll.poll(100):
                with suppress(BlockingIOError):  # another reader was quicker
                    piece = os.read(handle, _CHUNK)
                    # A pipe that nobody has opened for writing yet reads as empty, too.
                    if piece or not is_pipe or events & select.POLLHUP:
                        return piece
                time.sleep(0.02)
            if time.monotonic() - silent >= SILENCE:
                raise IntakeError(
                    f"nothing arrived from it within {SILENCE:g} seconds; write its content into a file"
                )
