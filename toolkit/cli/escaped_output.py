"""Standard output and error, through which whatever is printed goes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from toolkit.report.escaping import Escaped, escape_lines


class EscapingStream:
    """A text stream that escapes what would steer a terminal or command a CI service.

    A line is written once it is complete, since only then can be seen what it would be taken for.
    `Escaped` text goes as it stands, where it begins a line.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._line = ""

    def write(self, text: str) -> int:
        """Write the lines that are complete with this text."""
        # A bar of progress draws itself behind a carriage return; no line of ours is open then.
        bar = text.startswith("\r") and text[1:].rstrip("\r").isprintable() and self.isatty()
        if not self._line and (isinstance(text, Escaped) or text in ("", "\n") or bar):
            self._stream.write(text)
        else:
            lines, end, self._line = (self._line + text).rpartition("\n")
            self._stream.write(escape_lines(lines + end))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts one after the other."""
        for line in lines:
            self.write(line)

    def finish(self) -> None:
        """Write what is left of a line without an end."""
        if self._line:
            self._stream.write(escape_lines(self._line))
            self._line = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def escaping_streams() -> Iterator[None]:
    """Let all that is printed meanwhile go through an `EscapingStream`."""
    before = sys.stdout, sys.stderr
    streams = [EscapingStream(stream) for stream in before]
    sys.stdout, sys.stderr = cast(list[TextIO], streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for stream in streams:
            stream.finish()
