"""The record comes back out of each document that was made from it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import toolkit
from tests.conftest import Packs
from tests.making import RECORDS
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
