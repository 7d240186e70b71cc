"""What a ministry decides about validation: its handling marks, and how grave each rule is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Choice = Literal["off", "warning", "error"]


@dataclass(frozen=True)
class Policy:
    """How records are checked where they say nothing themselves.

    `scheme` are the handling marks, least strict first, of records that name none; `severities` are
    choices for single rules, by code.
    """

    scheme: tuple[str, ...] = ()
    severities: Mapping[str, Choice] = field(default_factory=dict)


USUAL = Policy()
