"""The one family of errors that briefpack raises on purpose."""

from __future__ import annotations


class BriefpackError(Exception):
    """Something a user can mend; the message says what, in plain words."""


class UsageError(BriefpackError):
    """The call itself is wrong: an option that does not exist, or two that exclude each other."""
