"""One pack to build, and how that went: small messages, for they travel between processes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from toolkit.places import is_remote
from toolkit.record.diagnostic import FileReport
from toolkit.record.policy import Choice
from toolkit.version import VERSION

Status = Literal["built", "unchanged", "stale", "withheld", "failed"]
"""`stale` would be built, were it not for --check; `withheld` is not for the pack's audience."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of every record of a run.

    `style` names a house style, and `style_sha256` says which state of it: a worker that has
    another one must not build, nor one of another version of briefpack. `base` is the folder at
    which paths start, for a worker that has another working folder.
    """

    out: str
    documents: tuple[str, ...] | None
    style: str
    style_sha256: str
    pdf_version: int = 1
    rules: Mapping[str, Choice] = field(default_factory=dict)
    base: str = ""
    tool: str = VERSION

    def path(self, name: str) -> str:
        """Return where a file or folder is that was named in the folder of the call."""
        return name if is_remote(name) else os.path.join(self.base, name)  # noqa: PTH118


@dataclass(frozen=True, slots=True)
class Job:
    """One pack: a record for an audience and in a language.

    `name` is the pack's, "" where the record is too broken to tell. `reasons` say why it is built.
    """

    record: str
    name: str
    audience: str | None
    language: str | None
    order: Order
    reasons: tuple[str, ...] = ()
    lenient: bool = False
    """Whether a record that is above the audience is withheld without being a failure."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job went. `seconds` of work, `files` with their folder, `report` on the record."""

    record: str
    name: str
    status: Status
    seconds: float = 0.0
    folder: str = ""
    files: tuple[str, ...] = ()
    message: str = ""
    report: FileReport | None = None
    usage: bool = False
    """Whether the failure lies in the call, not in the record."""


def failed(job: Job, message: str) -> Outcome:
    """Return the outcome of a job that never came to an end."""
    return Outcome(job.record, job.name, "failed", message=message)
