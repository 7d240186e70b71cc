"""What the tests share: the records, their packs (built once), and readers of the files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import toolkit
from tests.making import RECORDS, large_record, written
from toolkit.pack.build import Pack


class Packs:
    """Builds the pack of a record of the tests when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._packs: dict[str, Pack] = {}

    def __getitem__(self, name: str) -> Pack:
        if name not in self._packs:
            path = RECORDS[name] if name in RECORDS else self._made(name)
            self._packs[name] = toolkit.build(path, self._folder)
        return self._packs[name]

    def _made(self, name: str) -> Path:
        assert name == "large"
        return written(self._folder / "large.json", large_record(500, 300))

    def file(self, name: str, document: str) -> Path:
        pack = self[name]
        found = next(f.name for f in pack.files if f"-{document}." in f.name)
        return pack.folder / found


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    return Packs(tmp_path_factory.mktemp("packs"))


def needed(program: str) -> str:
    """Return a program's path; skip where a laptop lacks it, fail where CI does."""
    found = shutil.which(program)
    if found is None:
        reason = f"{program} is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
