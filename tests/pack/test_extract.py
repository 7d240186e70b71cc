"""The record comes back out of each document that was made from it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import toolkit
from tests.conftest import Packs
from tests.making import RECORDS, record, written
from tests.test_cli import run
from toolkit.errors import BriefpackError


@pytest.mark.parametrize("name", list(RECORDS))
def test_each_document_carries_its_record(packs: Packs, name: str) -> None:
    pack = packs[name]
    for file in pack.files:
        assert toolkit.extract(pack.folder / file.name).data == RECORDS[name].read_bytes()


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 broken", b"%PDF-1.7 broken", b"plain text", b"%PDF-1.7\n%%EOF"]
)
def test_a_file_without_a_record_is_told_as_such(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(BriefpackError, match=r"no record|damaged"):
        toolkit.extract(path)


def test_another_zip_file_and_a_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("customXml/item1.xml", "<other/>")
        archive.writestr("customXml/item2.xml", "not xml")
    with pytest.raises(BriefpackError, match="no record"):
        toolkit.extract(path)
    with pytest.raises(BriefpackError, match="cannot be read"):
        toolkit.extract(tmp_path / "missing.pdf")


@pytest.mark.parametrize("by", ["option", "settings"])
def test_without_the_record_no_file_carries_it(tmp_path: Path, by: str) -> None:
    written(tmp_path / "records" / "r.json", record(title="Nobody else has this"))
    arguments = ["--no-record"] if by == "option" else []
    line = "attach = false\n" if by == "settings" else ""
    (tmp_path / "briefpack.toml").write_text(f'records = ["records/*.json"]\n{line}', "utf-8")
    assert run("build", *arguments, cwd=tmp_path).returncode == 0
    files = sorted((tmp_path / "packs" / "made").glob("made-*"))
    assert len(files) == 3
    for path in files:
        with pytest.raises(BriefpackError, match="no record"):
            toolkit.extract(path)
    # The option is part of what makes a pack old.
    assert run("build", "--check", *arguments, cwd=tmp_path).returncode == 0
    (tmp_path / "briefpack.toml").write_text('records = ["records/*.json"]\n', "utf-8")
    done = run("build", "--check", cwd=tmp_path)
    assert "whether files carry the record changed" in done.stderr
