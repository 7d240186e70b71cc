"""Archived texts of sources: text files in the folders that are meant for them, and no other file."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from toolkit.places import reason
from toolkit.record.policy import Policy

ENDINGS = (".txt", ".text", ".md", ".html", ".htm")
MOST_BYTES = 20_000_000
MOST_TOGETHER = 200_000_000
"""How many bytes the archived texts of one record may have."""
_LONGEST_NAME = 1024
_LONGEST_WORD = 200

# Quotation marks, dashes, ligatures and hyphens that do not show differ between printings of the
# same words.
_SIGNS = str.maketrans(
    dict.fromkeys("“”„‟«»″＂‘’‚‛`´'\"", "'")
    | dict.fromkeys("–—‒―‑", "-")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
    | {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "…": "..."}
)


def normalised(text: str) -> str:
    """Return a text with one kind of quotation mark, dash and space, composed (NFC)."""
    words = text.translate(_SIGNS).split()
    if not unicodedata.is_normalized("NFC", text):
        # Composing takes time with the square of a word's length; words have a length of their own.
        words = [unicodedata.normalize("NFC", w) if len(w) < _LONGEST_WORD else w for w in words]
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archived text that can be read. `sha256` is that of its bytes, hexadecimal."""

    path: str
    changed: int
    sha256: str

    def text(self) -> str:
        """Return the text, normalised, with a space at either end; "" where it went meanwhile."""
        try:
            return _read(self.path, self.changed)[0]
        except (OSError, ValueError):
            return ""


def archive_paths(data: dict[str, Any], folder: Path | None, policy: Policy) -> list[Path]:
    """Return the files on which the outcome for a valid record depends beside its own.

    They are those that would be read as its archived texts, whether they are there or not; links
    are not followed, for they may lead elsewhere tomorrow.
    """
    if folder is None:
        return []
    reader = Reader(folder, policy)
    names = (source.get("archived_text") for source in data.get("sources", ()))
    return [p for name in names if isinstance(name, str) for p in reader.candidates(name).values()]


def digest(path: str | Path) -> str:
    """Return the SHA-256 of an archived text, "" where it cannot be read as one."""
    try:
        return hashlib.sha256(_content(path)).hexdigest()
    except (OSError, ValueError):
        return ""


class Reader:
    """Looks for the archived texts of one record, and reads each file once."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        bases = [str(folder), *([policy.root] if policy.root is not None else [])]
        self._roots = [os.path.realpath(base) for base in bases]
        folders = (
            (r, os.path.realpath(Path(r, name))) for r in self._roots for name in policy.archives
        )
        self._folders = [folder for root, folder in folders if _within(folder, root)]
        self._where = ", ".join(f'"{name}"' for name in policy.archives)
        self._known: dict[str, Archive | str] = {}
        self._left = MOST_TOGETHER

    def look(self, name: str) -> Archive | str:
        """Return the text of a name, which starts at the record's folder or at the project's.

        Where it cannot be read, this is why, in words that follow "it cannot be read:".
        """
        inside = self.candidates(name)
        if not inside:
            return (
                f"archived texts lie in {self._where} beside the record or in the project's folder"
            )
        path = next((path for path in inside if os.path.lexists(path)), next(iter(inside)))
        if path not in self._known:
            self._known[path] = self._open(path)
        return self._known[path]

    def candidates(self, name: str) -> dict[str, Path]:
        """Return the places in the folders of archived texts to which a name may lead.

        Each with the path that leads there. No other place is looked at.
        """
        if len(name) > _LONGEST_NAME:
            return {}
        try:
            places = {os.path.realpath(p): p for p in (Path(root, name) for root in self._roots)}
        except ValueError:  # NUL, or half of a surrogate pair
            return {}
        return {
            real: p for real, p in places.items() if any(_within(real, f) for f in self._folders)
        }

    def _open(self, path: str) -> Archive | str:
        file = Path(path)
        if file.suffix.casefold() not in ENDINGS or self._hidden(file):
            return f"an archived text ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        try:
            state = file.stat()
            if not stat.S_ISREG(state.st_mode):
                return "it is no ordinary file"
            if state.st_size > MOST_BYTES:
                return f"it is larger than {MOST_BYTES // 1_000_000} MB"
            self._left -= state.st_size
            if self._left < 0:
                return f"the archived texts of this record are larger than {MOST_TOGETHER // 1_000_000} MB"
            return Archive(path, state.st_mtime_ns, _read(path, state.st_mtime_ns)[1])
        except (FileNotFoundError, NotADirectoryError):
            return "there is no such file"
        except PermissionError:
            return "permission denied"
        except OSError as error:
            return "it is a loop of links" if error.errno == errno.ELOOP else reason(error)
        except ValueError:
            return "it is no UTF-8 text"

    def _hidden(self, file: Path) -> bool:
        folder = next(f for f in self._folders if _within(str(file), f))
        return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _within(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


# Four, for a text may have 20 MB, and quotations seldom take turns between more.
@lru_cache(maxsize=4)
def _read(path: str, changed: int) -> tuple[str, str]:
    """Return an archived text, normalised, and its SHA-256; `changed` keeps the memory fresh.

    Raises ValueError where it is no text.
    """
    data = _content(path)
    if b"\0" in data:
        raise ValueError("binary")
    return f" {normalised(data.decode('utf-8'))} ", hashlib.sha256(data).hexdigest()


def _content(path: str | Path) -> bytes:
    """Return what an ordinary file holds; no pipe is waited for, nothing is read beyond the limit."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        return file.read(MOST_BYTES)
