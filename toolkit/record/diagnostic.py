"""What validation has to say: one diagnostic a mistake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from toolkit.errors import BriefpackError

if TYPE_CHECKING:
    from toolkit.record.source import Source

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake and where it stands.

    Lines and columns count from 1, columns in characters; the end is the place behind the last
    character. `pointer` is the JSON Pointer (RFC 6901) of the value at fault; `suggestion` is what
    to write instead of the text at the place, None where nothing certain can be said.
    """

    rule: str
    message: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    pointer: str = ""
    severity: Severity = "error"
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """All diagnostics of one file, in the order in which they stand in it.

    `source` is the text that was checked; None where it could not be read or nothing is wrong.
    """

    file: str
    diagnostics: tuple[Diagnostic, ...]
    source: Source | None = field(default=None, compare=False, repr=False)

    @property
    def errors(self) -> int:
        """The number of errors."""
        return sum(d.severity == "error" for d in self.diagnostics)

    @property
    def warnings(self) -> int:
        """The number of warnings."""
        return len(self.diagnostics) - self.errors

    @property
    def valid(self) -> bool:
        """True where there is no error; warnings do not count."""
        return self.errors == 0


class InvalidFileError(BriefpackError):
    """A file that a user wrote has errors; `report` holds them all."""

    def __init__(self, report: FileReport) -> None:
        super().__init__(f"{report.file}: {report.errors} errors")
        self.report = report


def pointer(path: tuple[str | int, ...]) -> str:
    """Return the JSON Pointer (RFC 6901) of a path of keys and indexes."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
