"""A pack onto the disk: what is ours is replaced, what somebody edited is left alone.

Ours is a file that equals the manifest, or the bytes about to be written, or what the journal of an
interrupted run names. All else is somebody's work, a damaged file included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import BriefpackError
from toolkit.files import remove, remove_leftovers, write_all
from toolkit.pack.contents import Contents
from toolkit.pack.manifest import NAME, Manifest, read_manifest
from toolkit.pack.state import State
from toolkit.places import is_remote, reason

Digests = dict[str, set[str]]


class EditedFilesError(BriefpackError):
    """Files of a pack that somebody edited, or that were damaged, and that were left as they are."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self.folder = folder
        self.names = tuple(names)
        files = ", ".join(str(folder / name) for name in self.names)
        verb = "was" if len(self.names) == 1 else "were"
        super().__init__(
            f"{files} {verb} changed since the last build and left as it is; "
            "--force moves the changed file aside and writes a new one"
        )


@dataclass(frozen=True, slots=True)
class Altered:
    """Files of a pack that are not as its manifest states."""

    edited: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def digest(path: Path) -> str | None:
    """Return the SHA-256 of a file, hexadecimal; None where there is none, "" for a pipe or device.

    Raises BriefpackError where it cannot be read.
    """
    try:
        if not is_remote(path) and path.exists() and not (path.is_file() or path.is_dir()):
            return ""
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except Exception as error:  # each protocol has errors of its own
        raise BriefpackError(f"cannot read {path}: {reason(error)}") from None


def altered_files(folder: Path, manifest: Manifest) -> Altered:
    """Compare the files of a pack with its manifest, by their SHA-256."""
    digests = {name: digest(folder / name) for name in manifest.files}
    missing = tuple(name for name, found in digests.items() if found is None)
    stated = {name: file.sha256 for name, file in manifest.files.items()}
    edited = tuple(n for n, found in digests.items() if found not in (None, stated[n]))
    return Altered(edited, missing)


def write_pack(
    contents: Contents, state: State, *, force: bool = False, mode: int | None = None
) -> list[Path]:
    """Write a pack into the output of `state`; return where `force` moved edited files.

    Files of an earlier build that this one does not make are removed. `mode` are the permissions
    of the record, beyond which those of new files do not go. Raises EditedFilesError, after the
    rest was written, where files are somebody's work, and BriefpackError where the output cannot be
    written; nothing is half-written then.
    """
    folder = state.out / contents.name
    manifest = contents.manifest
    remove_leftovers(folder)
    earlier = read_manifest(folder)
    ours = _ours(contents.name, earlier, state)
    for file, _ in contents.files:
        ours.setdefault(file.name, set()).add(file.sha256)
    current = {name: _current(folder, name) for name in ours}
    edited = [n for n, found in current.items() if found is not None and found not in ours[n]]
    moved = [state.move_aside(folder / name) for name in edited] if force else []
    if not earlier and digest(folder / NAME) not in (None, _sha256(manifest.text())):
        moved.append(state.move_aside(folder / NAME))
    left = set() if force else set(edited)
    changed = [
        (file.name, data)
        for file, data in contents.files
        if file.name not in left and current[file.name] != file.sha256
    ]
    if changed or digest(folder / NAME) != _sha256(manifest.text()):
        state.begin(contents.name, ours)
        write_all(folder, [*changed, (NAME, manifest.text())], mode=mode)
    obsolete = set(ours) - set(manifest.files) - set(edited)
    remove(folder, (name for name in obsolete if current[name] is not None))
    state.end(contents.name)
    if left:
        raise EditedFilesError(folder, sorted(left))
    return moved


def _ours(pack: str, manifest: Manifest | None, state: State) -> Digests:
    digests: Digests = state.journal(pack)
    for name, file in (manifest.files if manifest else {}).items():
        digests.setdefault(name, set()).add(file.sha256)
    return digests


def _current(folder: Path, name: str) -> str | None:
    try:
        return digest(folder / name)
    except BriefpackError as error:
        raise BriefpackError(f"cannot write into {folder}: {error}") from None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def delete_pack(name: str, state: State) -> tuple[bool, list[Path]]:
    """Take a pack away; tell whether there was one, and where edited files of it were moved.

    What is ours is removed. Whatever else is named like a file of the pack may show what the pack
    showed, so it is moved aside. Other files stay, and the folder with them.
    """
    folder = state.out / name
    ours = _ours(name, read_manifest(folder), state)
    try:
        present = sorted(entry.name for entry in folder.iterdir())
    except Exception:  # there is no such folder, or nobody may look into it
        return False, []
    remove_leftovers(folder)
    pack_files = [n for n in present if n in ours or n.startswith(f"{name}-")]
    moved = []
    for file in pack_files:
        if digest(folder / file) in ours.get(file, ()):
            remove(folder, [file])
        else:
            moved.append(state.move_aside(folder / file))
    was_there = NAME in present or bool(pack_files)
    remove(folder, [NAME])
    state.end(name)
    with suppress(Exception):
        folder.rmdir()
    return was_there, moved
