"""`briefpack watch`: a record is checked and built at each save, however an editor saves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.making import record, written
from tests.test_cli import run


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """A record, and a process that watches it and says what it does in `told`."""
    path = written(tmp_path / "r.json", record())
    command = [sys.executable, "-m", "toolkit", "watch", "r.json", "--only", "agreements"]
    with (tmp_path / "told").open("wb") as told:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=told, stderr=told)
    yield path, process
    process.kill()
    process.wait()


def told(path: Path, words: str, times: int = 1) -> None:
    """Wait until something was said so many times."""
    for _ in range(150):
        if path.with_name("told").read_text("utf-8").count(words) >= times:
            return
        time.sleep(0.1)
    pytest.fail(path.with_name("told").read_text("utf-8"))


def test_each_save_is_checked_and_built(watching: tuple[Path, subprocess.Popen[bytes]]) -> None:
    path, process = watching
    told(path, "built: packs")
    written(path, record(kind="talk"))
    told(path, "r.json:8:11: error")
    assert "failed" in path.with_name("told").read_text("utf-8")
    aside = written(path.with_name("aside"), record(version="2"))
    aside.replace(path)
    told(path, "built: packs", 2)
    if os.name == "posix":
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert "Traceback" not in path.with_name("told").read_text("utf-8")


def test_what_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    done = run("watch", "none.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "no such file" in done.stderr


def test_a_mistake_is_told_once_and_not_once_for_each_language(tmp_path: Path) -> None:
    settings = 'records = ["*.json"]\nlanguages = ["en", "ru"]\ndocuments = ["agreements"]\n'
    (tmp_path / "briefpack.toml").write_text(settings, encoding="utf-8")
    path = written(tmp_path / "r.json", record(kind="talk"))
    command = [sys.executable, "-m", "toolkit", "watch", "r.json"]
    with (tmp_path / "told").open("wb") as output:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=output, stderr=output)
    try:
        told(path, "r.json:8:11: error")
        written(path, record())
        told(path, "built: ", 2)
        assert path.with_name("told").read_text("utf-8").count("r.json:8:11: error") == 1
    finally:
        process.kill()
        process.wait()
