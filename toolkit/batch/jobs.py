"""One pack to build, and how that went: small messages, for they travel between processes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from toolkit.pack.targets import BuildOptions
from toolkit.places import is_remote
from toolkit.record.diagnostic import FileReport
from toolkit.record.policy import USUAL, Policy
from toolkit.version import VERSION

Status = Literal["built", "unchanged", "stale", "edited", "withheld", "failed"]
"""`stale` would be built, were it not for --check; `edited` has files that somebody changed, which
were left as they are; `withheld` is not for the pack's audience."""

Blame = Literal["", "record", "call"]
"""Where the cause of a failure lies: in the record, in the call, or elsewhere (disk, worker)."""

Stamp = tuple[int, int, int]
"""Size in bytes, time of change of the content and of the entry in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of every record of a run.

    `style` names a house style, and `style_sha256` says which state of it: a worker that has
    another one must not build, nor one of another version of briefpack. `base` is the folder at
    which paths start, for a worker that has another working folder; `state` is the folder
    `.briefpack`.
    """

    out: str
    style: str
    style_sha256: str
    policy: Policy = USUAL
    base: str = ""
    state: str = ""
    force: bool = False
    check: bool = False
    tool: str = VERSION

    def path(self, name: str) -> str:
        """Return where a file or folder is that was named in the folder of the call."""
        return name if is_remote(name) else os.path.join(self.base, name)  # noqa: PTH118


@dataclass(frozen=True, slots=True)
class Job:
    """One pack: a record with the options of the pack.

    `name` is the pack's, "" where the record is too broken to tell.
    """

    record: str
    name: str
    options: BuildOptions
    order: Order


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job went. `seconds` of work, `files` with their folder, `report` on the record.

    `stamps` are those of the pack's files, and `archives` the archived texts with which the record
    was checked: by both a later run sees that nothing changed.
    """

    record: str
    name: str
    status: Status
    seconds: float = 0.0
    folder: str = ""
    files: tuple[str, ...] = ()
    message: str = ""
    report: FileReport | None = None
    blame: Blame = ""
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    archives: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        """Whether the run ends with exit code 1 for it."""
        return self.status in ("failed", "stale", "edited")


def failed(job: Job, message: str) -> Outcome:
    """Return the outcome of a job that never came to an end."""
    return Outcome(job.record, job.name, "failed", message=message)
