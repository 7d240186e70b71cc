"""The manifest of a pack: what is in it, and from what it was made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a pack."""

    name: str
    media_type: str
    size: int
    sha256: str


def described(name: str, media_type: str, data: bytes) -> PackFile:
    """Return the entry of a file."""
    return PackFile(name, media_type, len(data), hashlib.sha256(data).hexdigest())


def files_of(folder: Path) -> set[str]:
    """Return the names of the files that a pack's manifest lists; none where there is no manifest.

    Only plain names count: a manifest that was tampered with leads nowhere else.
    """
    try:
        content = json.loads((folder / NAME).read_bytes())
        names = {entry["name"] for entry in content["files"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
    plain = {name for name in names if isinstance(name, str) and Path(name).name == name}
    return plain - {".", "..", NAME}


def manifest_text(
    record: dict[str, str], tool: str, options: dict[str, Any], files: tuple[PackFile, ...]
) -> bytes:
    """Return the manifest as JSON; it says nothing of time, place or machine."""
    content = {
        "version": 1,
        "record": record,
        "tool": {"name": "briefpack", "version": tool},
        "options": options,
        "files": [
            {"name": f.name, "media_type": f.media_type, "size": f.size, "sha256": f.sha256}
            for f in files
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
