"""The one family of errors that briefpack raises on purpose."""

from __future__ import annotations


class BriefpackError(Exception):
    """Something a user can mend; the message says what, in plain words."""


def unforeseen(error: BaseException) -> str:
    """Return the sentence for what nobody foresaw; it is the program's fault, whoever meets it."""
    what = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")[:300]
    return f"something unforeseen happened ({what}); please report this"


class UsageError(BriefpackError):
    """The call itself is wrong: an option that does not exist, or two that exclude each other."""


class WithheldError(BriefpackError):
    """A record that as a whole is not for the audience."""


class UnshowableTextError(BriefpackError):
    """A text of the record that a file format cannot hold; the message goes on from its name."""

    def __init__(self, message: str, text: str) -> None:
        super().__init__(message)
        self.text = text
