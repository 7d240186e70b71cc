"""From where a CI service installs briefpack: nothing but what the project says."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from toolkit.errors import UsageError

HELP: Final = (
    "git+https://HOST/REPOSITORY@COMMIT, a folder of wheels, or https://INDEX/simple/@VERSION"
)

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VERSION = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?")
# No sign that YAML, a shell or the expressions of a CI service read as anything but itself.
_ADDRESS = re.compile(r"(https|ssh|file)://[A-Za-z0-9._~/+:@%-]+")
_FOLDER = re.compile(r"[\w.()+=@,:/ -]+")


@dataclass(frozen=True)
class Origin:
    """A repository at a commit, a folder of wheels, or an index with a version of briefpack."""

    kind: Literal["repository", "wheels", "index"]
    address: str
    ref: str


def read_origin(text: str, folder: Path, version: str) -> Origin:
    """Return what is installed by "ADDRESS@REF", from the point of view of a checkout of `folder`.

    A repository has its commit as REF, an index a version, usually `version`; a folder of wheels
    needs none. Raises UsageError for anything else.
    """
    if "://" not in text:
        return _wheels(text, folder, version)
    address, at, ref = text.rpartition("@")
    if not at or "/" in ref or address.endswith("://"):  # user@host is no reference
        address, ref = text, ""
    repository = (
        address.startswith("git+") or address.endswith(".git") or bool(_COMMIT.fullmatch(ref))
    )
    address = address.removeprefix("git+")
    if not _ADDRESS.fullmatch(address):
        raise UsageError(
            f'"{text}" is no address that can be written; it begins with https://, ssh:// or '
            "file://, and holds letters, digits and . _ ~ / + : @ % - only"
        )
    user, at, _ = address.partition("://")[2].partition("/")[0].rpartition("@")
    if at and (":" in user or not address.startswith("ssh://")):
        raise UsageError("an address with a name or a password is read by all who read the file")
    if repository:
        if not _COMMIT.fullmatch(ref):
            raise UsageError(
                f'"{text}" names no commit; write its 40 digits behind an @, for a branch or a tag '
                "can be moved to what nobody has looked at"
            )
        return Origin("repository", address, ref)
    if ref and not _VERSION.fullmatch(ref):
        raise UsageError(f'"{ref}" is neither a commit (40 digits) nor a version; write {HELP}')
    return Origin("index", address, ref or version)


def _wheels(text: str, folder: Path, version: str) -> Origin:
    path = folder / text
    if not path.is_dir():
        raise UsageError(f'there is no folder "{text}"; write {HELP}')
    if not any(path.glob(f"briefpack-{version}-*.whl")):
        raise UsageError(
            f'"{text}" holds no wheel of briefpack {version} (briefpack-{version}-*.whl)'
        )
    inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    name = Path(os.path.relpath(path, folder)) if inside else path.absolute()
    if not _FOLDER.fullmatch(name.as_posix()):
        raise UsageError(
            f'the folder "{text}" needs a name of letters, digits, spaces and . _ - ( ) + ='
        )
    return Origin("wheels", name.as_posix(), version)
