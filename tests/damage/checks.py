"""What must hold after a command, whatever was damaged."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.damage.cases import Command
from toolkit.record.notations import parse
from toolkit.record.source import UnreadableError, decode

Files = dict[str, bytes]
_UNFORESEEN = ("Traceback (most recent call last)", "unexpected error", "please report")
_JSON = {"json", "sarif", "gitlab"}


def files_of(folder: Path) -> Files:
    """Return all files below a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def complaints(
    command: Command,
    code: object,
    out: str,
    err: str,
    before: Files,
    after: Files,
    carried: set[bytes],
) -> Iterator[str]:
    """Yield what is wrong with how a command ended, and with what it left behind."""
    if code not in (0, 1, 2):
        yield f"exit code {code}"
    yield from (f'says "{words}"' for words in _UNFORESEEN if words in out + err)
    if code and not (out + err).strip():
        yield "fails without a word"
    yield from _report(command, code, out)
    for name in sorted(before.keys() - after.keys()):
        if not name.startswith(("packs/", ".briefpack/")):
            yield f"removed {name}"
    for name in sorted(after):
        if after[name] != before.get(name) and not name.startswith(".briefpack/"):
            yield from _written(command, code, name, before, after, carried)
    if code == 0 and command[0] == "build" and "--check" not in command:
        yield from _packs(after)


def _report(command: Command, code: object, out: str) -> Iterator[str]:
    form = command[command.index("--format") + 1] if "--format" in command else ""
    if not out.strip() or code == 2:
        return
    try:
        if form in _JSON:
            json.loads(out)
        elif form == "junit":
            ET.fromstring(out)
    except (ValueError, ET.ParseError) as error:
        yield f"prints {form} that cannot be read: {error}"


def _written(
    command: Command, code: object, name: str, before: Files, after: Files, carried: set[bytes]
) -> Iterator[str]:
    kind, data = command[0], after[name]
    target = command[command.index("-o") + 1] if "-o" in command else ""
    if name.endswith(".tmp") or "/.briefpack-" in f"/{name}":
        yield f"left {name} aside"
    elif "--fix" in command and name == command[-1]:
        if "--diff" in command:
            yield f"--diff changed {name}"
        elif _is_read(name, before[name]) and not _is_read(name, data):
            yield f"--fix broke {name}"
    elif name in before and not name.startswith("packs/"):
        yield f"changed {name}"
    elif kind == "build":
        if not name.startswith(("packs/", "report.")) and name != ".gitignore":
            yield f"wrote {name}"
        if name.startswith("packs/"):
            yield from _pack(name.rpartition("/")[0], after) if code == 0 else ()
    elif kind in ("convert", "register", "extract"):
        if code != 0 or name != target:
            yield f"wrote {name} with exit code {code}"
        elif kind == "convert" and not _is_read(name, data):
            yield f"wrote a {name} that cannot be read"
        elif kind == "extract" and data not in carried:
            yield "took out a record that is not the one put in"
        elif name.endswith(".xlsx") and zipfile.ZipFile(_stream(data)).testzip():
            yield f"wrote a broken {name}"
    elif kind not in ("new", "style", "init"):
        yield f"wrote {name}"


def _stream(data: bytes) -> object:
    import io

    return io.BytesIO(data)


def _is_read(name: str, data: bytes) -> bool:
    try:
        return parse(decode(name, data)).fatal is None
    except UnreadableError:
        return False


def _packs(after: Files) -> Iterator[str]:
    folders = {name.rpartition("/")[0] for name in after if name.startswith("packs/")}
    for folder in sorted(folders):
        yield from _pack(folder, after)


def _pack(folder: str, after: Files) -> Iterator[str]:
    """A pack is a manifest with the hash of each of its files."""
    manifest = after.get(f"{folder}/manifest.json")
    if manifest is None:
        yield f"{folder} has no manifest"
        return
    try:
        listed = json.loads(manifest)["files"]
        hashes = {f"{folder}/{entry['name']}": entry["sha256"] for entry in listed}
    except Exception as error:
        yield f"the manifest of {folder} cannot be read: {error!r}"
        return
    for name, sha256 in sorted(hashes.items()):
        if hashlib.sha256(after.get(name, b"")).hexdigest() != sha256:
            yield f"{name} is not the file of the manifest"
