"""The manifest of a pack: what is in it, and from what it was made."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.pack.files import remove

NAME = "manifest.json"
_NO_FILES = (".", "..", NAME)
_OPTIONS = {
    "documents": "other documents are wanted",
    "style": "the house style changed",
    "language": "another language is wanted",
}


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


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says. `sizes` are those of the pack's files, in bytes, by name.

    Only plain names are among them: a manifest that was tampered with leads nowhere else.
    """

    record: dict[str, str]
    tool: str
    options: dict[str, Any]
    sizes: dict[str, int]


def read_manifest(folder: Path) -> Manifest | None:
    """Return what the manifest of a pack's folder says; None where there is none that can be read."""
    try:
        content = json.loads((folder / NAME).read_bytes())
        sizes = {entry["name"]: entry["size"] for entry in content["files"]}
        record, tool, options = content["record"], content["tool"]["version"], content["options"]
        plain = {n: s for n, s in sizes.items() if Path(n).name == n and n not in _NO_FILES}
        return Manifest(dict(record), str(tool), dict(options), plain)
    except Exception:  # whatever stands there, or whatever a server says: it vouches for nothing
        return None


def changes(folder: Path, sha256: str, tool: str, options: dict[str, Any]) -> tuple[str, ...]:
    """Say why the pack in a folder is not the one that would be built; nothing where it is.

    `sha256` is the record's. Of the pack's files, the sizes are compared.
    """
    found = read_manifest(folder)
    if found is None:
        return ("there is no pack yet",)
    told = []
    if found.record.get("sha256") != sha256:
        told.append("the record changed")
    if found.tool != tool:
        told.append(f"it was made by briefpack {found.tool}, this is {tool}")
    keys = [
        key for key in {**options, **found.options} if options.get(key) != found.options.get(key)
    ]
    told += [_OPTIONS.get(key, f"the option {key} changed") for key in keys]
    for name, size in found.sizes.items():
        try:
            if (folder / name).stat().st_size != size:
                told.append(f"{name} was changed")
        except Exception:
            told.append(f"{name} is missing")
    return tuple(told)


def withdraw(folder: Path) -> bool:
    """Take a pack away: what its manifest lists, and the manifest; tell whether there was one.

    Files that are not the pack's stay, and the folder with them.
    """
    found = read_manifest(folder)
    if found is None:
        return False
    remove(folder, found.sizes)
    remove(folder, [NAME])
    with suppress(Exception):
        folder.rmdir()
    return True


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
