"""What a ministry decides for all its records: handling marks, how grave each rule is, what leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Choice = Literal["off", "warning", "error"]

ARCHIVES = ("sources",)
"""Where archived texts lie, if nobody says otherwise."""


@dataclass(frozen=True)
class Policy:
    """What holds for all records of a ministry, whatever a record says itself.

    `scheme` are the handling marks, least strict first, that the project or the house style states;
    a record may not state others, and where it is empty, a record's own hold. `severities` are
    choices for single rules, by code. `archives` are the folders in which archived texts lie, in the
    record's folder and in `root`, the project's; None where there is no project. `extensions` are the
    keys beginning with `x-` that copies for an audience carry, too.
    """

    scheme: tuple[str, ...] = ()
    severities: Mapping[str, Choice] = field(default_factory=dict)
    archives: tuple[str, ...] = ARCHIVES
    root: str | None = None
    extensions: tuple[str, ...] = ()


USUAL = Policy()
