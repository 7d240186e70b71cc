"""The manifest of a pack: what is in it, and from what it was made.

The manifest of a pack for an audience depends on the selected record alone: a hash of the whole
one would let a reader confirm a guess of what was withheld.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "manifest.json"
VERSION = 1
TOOL = "briefpack"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NO_FILES = (".", "..", NAME)
_OPTIONS = {
    "documents": "other documents are wanted",
    "style": "the house style changed",
    "language": "another language is wanted",
    "attach": "whether files carry the record changed",
}


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a pack; `size` in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str

    @classmethod
    def of(cls, name: str, media_type: str, data: bytes) -> PackFile:
        """Return the entry of a file that holds `data`."""
        return cls(name, media_type, len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest states: `files` by name, and the versions of the `libraries` that make bytes.

    Only plain names are among them: a manifest that was tampered with leads nowhere else.
    """

    record: Mapping[str, str]
    tool: Mapping[str, Any]
    libraries: Mapping[str, str]
    options: Mapping[str, Any]
    files: Mapping[str, PackFile]

    def text(self) -> bytes:
        """Return the manifest as JSON; it says nothing of time, place or machine."""
        content = {
            "version": VERSION,
            "record": self.record,
            "tool": self.tool,
            "libraries": self.libraries,
            "options": self.options,
            "files": [
                {"name": f.name, "media_type": f.media_type, "size": f.size, "sha256": f.sha256}
                for f in self.files.values()
            ],
        }
        return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def read_manifest(folder: Path) -> Manifest | None:
    """Return what the manifest of a pack's folder states; None where none can be read."""
    try:
        path = folder / NAME
        if not path.is_file():  # reading a pipe would have no end
            return None
        content = json.loads(path.read_bytes())
        keys = ("record", "tool", "options")
        record, tool, options = (dict(content[key]) for key in keys)
        libraries = dict(content.get("libraries") or {})
        files = {}
        for entry in content["files"]:
            file = PackFile(entry["name"], entry["media_type"], entry["size"], entry["sha256"])
            if _is_plain(file.name) and _SHA256.fullmatch(file.sha256):
                files[file.name] = file
        if not isinstance(record["id"], str) or tool.get("name") != TOOL:
            return None
        return Manifest(record, tool, libraries, options, files)
    except Exception:  # whatever stands there, or whatever a server says: it vouches for nothing
        return None


def _is_plain(name: str) -> bool:
    return (
        Path(name).name == name and "\\" not in name and ":" not in name and name not in _NO_FILES
    )


def stale_reasons(manifest: Manifest | None, expected: Manifest) -> list[str]:
    """Say why a pack is not the one that would be built; nothing where its manifest states it.

    Of the `expected` files only the names are looked at. Whether the files are those that the
    manifest states is `toolkit.pack.writer.altered_files`'s to say.
    """
    if manifest is None:
        return ["there is no pack yet"]
    reasons = []
    if manifest.record != expected.record:
        reasons.append("the record changed")
    reasons += _tool_reasons(manifest, expected)
    keys = dict.fromkeys((*expected.options, *manifest.options))
    changed = [k for k in keys if manifest.options.get(k) != expected.options.get(k)]
    reasons += [_OPTIONS.get(key, f"the option {key} changed") for key in changed]
    if "documents" not in changed and set(manifest.files) != set(expected.files):
        reasons.append("its manifest names other files than the pack holds")
    return reasons


def _tool_reasons(then: Manifest, now: Manifest) -> Iterable[str]:
    version = then.tool.get("version")
    if version != now.tool["version"]:
        yield f"made with briefpack {version}, here is {now.tool['version']}"
    for name, here in now.libraries.items():
        if then.libraries.get(name) != here:
            yield f"made with {name} {then.libraries.get(name, '(unknown)')}, here is {here}"
