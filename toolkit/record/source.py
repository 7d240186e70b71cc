"""A record's file as text: read once, decoded strictly, with lines and columns."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from toolkit import intake
from toolkit.errors import BriefpackError
from toolkit.intake import IntakeError
from toolkit.places import is_remote, place, reason

_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_LINE_END = re.compile(r"\r\n|\n|\r")


class UnreadableError(BriefpackError):
    """The file cannot be read as text; `line` and `column` say where, counted from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Source:
    """The file's name as the user gave it, its bytes and its text.

    `folder` is where the file is; None for text that comes from elsewhere.
    """

    name: str
    data: bytes
    text: str
    folder: Path | None = None

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, of a character offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Return the text of a line (from 1), without its end."""
        if line not in self._line_texts:
            ends = (*self._line_starts[line : line + 1], len(self.text))
            self._line_texts.clear()
            self._line_texts[line] = self.text[self._line_starts[line - 1] : ends[0]].rstrip("\r\n")
        return self._line_texts[line]

    @cached_property
    def _line_texts(self) -> dict[int, str]:
        """The line that was asked for last: thousands of mistakes may stand on one long line."""
        return {}


def read(path: str | Path, *, may_be_empty: bool = False, pipes: bool = False) -> Source:
    """Read a file; `-` is standard input, and an address such as s3://bucket/record.json is one, too.

    With `pipes`, for those who read once, a pipe is read, too. Raises UnreadableError with a plain
    message when it is no readable text, or no file of a record's size (`toolkit.intake`).
    """
    name = str(path)
    try:
        if is_remote(path):
            return decode(name, _fetched(name), may_be_empty=may_be_empty)
        if name == "-":
            data = intake.read_standard_input(intake.RECORD)
            return decode("<stdin>", data, may_be_empty=may_be_empty)
        data = intake.read_file(path, intake.RECORD, pipes=pipes)
        text = decode(name, data, may_be_empty=may_be_empty)
        is_file = not pipes or Path(path).is_file()
        return replace(text, folder=Path(path).parent) if is_file else text
    except IntakeError as error:
        raise UnreadableError(f"the file cannot be read: {error}") from None
    except FileNotFoundError:
        raise UnreadableError("there is no such file") from None
    except PermissionError:
        raise UnreadableError("the file may not be read: permission denied") from None
    except (OSError, ValueError) as error:
        raise UnreadableError(f"the file cannot be read: {reason(error)}") from None


def _fetched(address: str) -> bytes:
    try:
        with place(address).open("rb") as file:
            return intake.read_open(file, intake.RECORD)
    except FileNotFoundError:
        raise UnreadableError("there is no such file") from None
    except IntakeError:
        raise
    except BriefpackError as error:
        raise UnreadableError(str(error)) from None
    except Exception as error:  # each protocol has errors of its own
        raise UnreadableError(f"the file cannot be read: {reason(error)}") from None


def decode(name: str, data: bytes, *, may_be_empty: bool = False) -> Source:
    """Decode bytes as UTF-8, with or without byte order mark."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            raise UnreadableError(
                f"the file is in {encoding}; save it as UTF-8 (in Word or Notepad: Save as, "
                "Encoding: UTF-8)"
            )
    body = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = Source(name, b"", body[: error.start].decode("utf-8"))
        line, column = before.place(len(before.text))
        raise UnreadableError(
            f"the byte 0x{body[error.start]:02X} is not UTF-8; the file was probably saved in an "
            "older encoding such as Windows-1251: save it as UTF-8",
            line,
            column,
        ) from None
    if not text.strip() and not may_be_empty:
        raise UnreadableError('the file is empty; "briefpack new FILE" writes a starter record')
    return Source(name, data, text)
