"""What a ministry decides about validation: its handling marks, and how grave each rule is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Choice = Literal["off", "warning", "error"]

ARCHIVES = ("sources",)
"""Where archived texts lie, if nobody says otherwise."""


@dataclass(frozen=True)
class Policy:
    """How records are checked where they say nothing themselves.

    `scheme` are the handling marks, least strict first, of records that name none; `severities` are
    choices for single rules, by code. `archives` are the folders in which archived texts lie, in the
    record's folder and in `root`, the project's; None where there is no project.
    """

    scheme: tuple[str, ...] = ()
    severities: Mapping[str, Choice] = field(default_factory=dict)
    archives: tuple[str, ...] = ARCHIVES
    root: str | None = None


USUAL = Policy()
