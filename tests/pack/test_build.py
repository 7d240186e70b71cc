"""From a record to its pack: what is written, that it is whole, and the same every time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import toolkit
from tests.making import FIRST, RECORDS, large_record, record, written
from toolkit.errors import BriefpackError, UsageError
from toolkit.pack import manifest
from toolkit.version import VERSION

NAMES = ["made-briefing.docx", "made-summary.pdf", "made-agreements.xlsx"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path / "r.json", record())


def test_a_pack_is_three_files_and_a_manifest(path: Path, tmp_path: Path) -> None:
    pack = toolkit.build(path, tmp_path / "out")
    assert pack.folder == tmp_path / "out" / "made"
    assert [f.name for f in pack.files] == NAMES
    assert sorted(p.name for p in pack.folder.iterdir()) == sorted([*NAMES, "manifest.json"])


def test_the_manifest_names_what_was_made_from_what(path: Path, tmp_path: Path) -> None:
    pack = toolkit.build(path, tmp_path)
    content = json.loads((pack.folder / "manifest.json").read_text("utf-8"))
    assert content["version"] == 1
    assert content["tool"] == {"name": "briefpack", "version": VERSION}
    assert content["record"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert content["options"]["documents"] == ["briefing", "summary", "agreements"]
    for entry in content["files"]:
        data = (pack.folder / entry["name"]).read_bytes()
        assert entry["size"] == len(data)
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert content["files"][1]["media_type"] == "application/pdf"


def test_only_some_documents(path: Path, tmp_path: Path) -> None:
    pack = toolkit.build(path, tmp_path, only=["agreements", "summary"])
    assert [f.name for f in pack.files] == NAMES[1:]


def test_a_folder_holds_one_pack(path: Path, tmp_path: Path) -> None:
    folder = toolkit.build(path, tmp_path).folder
    own = folder / "own-notes.txt"
    own.write_text("mine")
    toolkit.build(path, tmp_path, only=["summary"])
    names = {p.name for p in folder.iterdir()}
    assert names == {"made-summary.pdf", "manifest.json", "own-notes.txt"}


@pytest.mark.parametrize(
    "content", ["", "[]", '{"files": [{"name": "../r.json"}, {"name": ".."}, {}]}']
)
def test_a_manifest_that_was_tampered_with_harms_nothing(
    path: Path, tmp_path: Path, content: str
) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / manifest.NAME).write_text(content)
    toolkit.build(path, tmp_path)
    assert path.exists()


@pytest.mark.parametrize("only", [["nonsense"], ["summary.html"], [], ["agreements.pdf"], [""]])
def test_a_document_that_does_not_exist_is_wrong_usage(
    path: Path, tmp_path: Path, only: list[str]
) -> None:
    with pytest.raises(UsageError):
        toolkit.build(path, tmp_path / "out", only=only)
    assert not (tmp_path / "out").exists()


def test_an_invalid_record_builds_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", record(kind="party"))
    with pytest.raises(toolkit.InvalidRecordError) as caught:
        toolkit.build(path, tmp_path / "out")
    assert [d.rule for d in caught.value.report.diagnostics] == ["unknown-value"]
    assert not (tmp_path / "out").exists()


def test_a_loaded_record_builds_as_its_file_does(path: Path, tmp_path: Path) -> None:
    one = toolkit.build(path, tmp_path / "one")
    two = toolkit.build(toolkit.load(path), tmp_path / "two")
    assert one.files == two.files


def test_an_output_that_cannot_be_written_is_told(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BriefpackError, match="cannot write into"):
        toolkit.build(path, tmp_path / "file")
    (tmp_path / "out" / "made" / "made-summary.pdf").mkdir(parents=True)
    with pytest.raises(BriefpackError, match="cannot write into"):
        toolkit.build(path, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out" / "made").glob(".*")] == []


def test_a_full_disk_leaves_nothing_half_written(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    toolkit.build(path, tmp_path)
    before = {p.name: p.read_bytes() for p in (tmp_path / "made").iterdir()}
    monkeypatch.setattr(os, "fsync", full)
    changed = written(tmp_path / "r.json", record(title="Another title"))
    with pytest.raises(BriefpackError, match="No space left"):
        toolkit.build(changed, tmp_path)
    assert {p.name: p.read_bytes() for p in (tmp_path / "made").iterdir()} == before


def run(path: Path, out: Path, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "toolkit", "build", str(path), "-o", str(out)]
    return subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE)


def test_a_kill_at_any_moment_leaves_whole_files(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", large_record(60, 20))
    whole = toolkit.build(path, tmp_path / "whole")
    sizes = {f.name: f.sha256 for f in whole.files}
    for moment in range(12):
        out = tmp_path / f"out-{moment}"
        process = run(path, out)
        time.sleep(0.15 + moment * 0.09)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for file in out.rglob("large-*"):
            assert hashlib.sha256(file.read_bytes()).hexdigest() == sizes[file.name]
        toolkit.build(path, out)
        left = sorted(p.name for p in (out / "large").iterdir())
        assert left == sorted([*sizes, "manifest.json"])


@pytest.mark.parametrize("name", ["first", "arabic-record", "multilateral-summit"])
def test_the_same_record_gives_the_same_bytes_anywhere(name: str, tmp_path: Path) -> None:
    surroundings = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Almaty", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "LC_ALL": "C.UTF-8", "USER": "other"},
    ]
    packs = []
    for number, environment in enumerate(surroundings):
        folder = tmp_path / f"place-{number}"
        folder.mkdir()
        copied = folder / f"copy-{number}.json"
        shutil.copy(RECORDS[name], copied)
        if number:
            time.sleep(2.1)
        process = run(copied, folder, **environment)
        process.communicate()
        assert process.returncode == 0
        files = (p for p in folder.rglob("*") if p.is_file() and p != copied)
        packs.append({p.name: p.read_bytes() for p in files})
    assert packs[0].keys() == packs[1].keys()
    for file in packs[0]:
        assert packs[0][file] == packs[1][file], file


def test_what_was_built_before_does_not_matter(tmp_path: Path) -> None:
    alone = toolkit.build(RECORDS["arabic-record"], tmp_path / "alone")
    toolkit.build(RECORDS["chinese-record"], tmp_path)
    toolkit.build(RECORDS["briefing-pack"], tmp_path)
    assert toolkit.build(RECORDS["arabic-record"], tmp_path / "after").files == alone.files


def test_no_file_tells_of_the_machine(tmp_path: Path) -> None:
    pack = toolkit.build(FIRST, tmp_path)
    words = [str(tmp_path), os.environ.get("USER", "root") + "@", sys.prefix]
    for file in pack.folder.iterdir():
        data = file.read_bytes()
        for word in words:
            assert word.encode() not in data
