"""Reading with limits: what is no file, or more than one should be, is refused with a sentence."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import toolkit
from tests.making import FIRST, ROOT, record, written
from tests.test_cli import run
from toolkit import intake
from toolkit.cli import main
from toolkit.errors import UsageError
from toolkit.intake import IntakeError
from toolkit.record import source

posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "SILENCE", 0.3)
    monkeypatch.setattr(intake, "WHOLE", 1.0)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def message(path: str | Path) -> str:
    (diagnostic,) = toolkit.validate(path).diagnostics
    assert diagnostic.rule == "unreadable"
    return diagnostic.message


def written_later(pipe: Path, data: bytes) -> threading.Thread:
    thread = threading.Thread(target=lambda: pipe.write_bytes(data))
    thread.start()
    return thread


@posix
def test_a_pipe_that_delivers_is_read(pipe: Path) -> None:
    thread = written_later(pipe, FIRST.read_bytes())
    assert toolkit.validate(pipe).valid
    thread.join()


@posix
def test_a_pipe_of_the_shell_is_read() -> None:
    command = f'"{sys.executable}" -m toolkit validate <(cat "{FIRST}")'
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(": valid\n")


@posix
def test_a_pipe_is_converted(pipe: Path, tmp_path: Path) -> None:
    thread = written_later(pipe, FIRST.read_bytes())
    assert main(["convert", str(pipe), "-o", str(tmp_path / "r.yaml")]) == 0
    thread.join()


@posix
def test_text_of_a_pipe_has_no_folder(pipe: Path) -> None:
    thread = written_later(pipe, FIRST.read_bytes())
    assert source.read(pipe, pipes=True).folder is None
    thread.join()
    assert source.read(FIRST, pipes=True).folder == FIRST.parent


@posix
def test_a_pipe_that_nobody_writes_to(pipe: Path, quick: None) -> None:
    assert "nothing arrived from it within 0.3 seconds" in message(pipe)


@posix
def test_a_pipe_that_falls_silent(pipe: Path, quick: None) -> None:
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writing = os.open(pipe, os.O_WRONLY)
    try:
        os.write(writing, b'{"schema_version"')
        assert "nothing arrived from it" in message(pipe)
    finally:
        os.close(reading)
        os.close(writing)


@posix
def test_a_pipe_that_never_ends(pipe: Path, quick: None) -> None:
    over = threading.Event()

    def drip() -> None:
        with pipe.open("wb", buffering=0) as file:
            while not over.wait(0.05):
                try:
                    file.write(b" ")
                except BrokenPipeError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    assert "did not end within 1 seconds" in message(pipe)
    over.set()
    thread.join()


@posix
def test_a_pack_is_not_built_from_a_pipe(pipe: Path) -> None:
    done = run("build", pipe, cwd=pipe.parent)
    assert done.returncode == 1
    assert "pipe or a device; write its content into a file" in done.stderr
    assert not (pipe.parent / "packs").exists()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero here")
def test_a_device_that_never_ends() -> None:
    assert "larger than 50 MB" in message("/dev/zero")


def test_a_folder_and_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "it is a folder" in message(tmp_path)
    if not hasattr(socket, "AF_UNIX"):
        return
    monkeypatch.chdir(tmp_path)  # the names of sockets are short
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("s")
        assert "it is a socket" in message("s")


def sparse(path: Path, megabytes: int) -> Path:
    with path.open("wb") as file:
        file.truncate(megabytes * 1_000_000 + 1)
    return path


def test_a_file_beyond_the_limit_and_the_limit_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sparse(tmp_path / "large.json", 50)
    assert "larger than 50 MB; --max-size MB raises that limit" in message(path)
    monkeypatch.setenv(intake.RAISED, "51")
    assert len(intake.read_file(path, 50)) == 50_000_001
    monkeypatch.setenv(intake.RAISED, "1")  # it raises, and does not lower
    assert toolkit.validate(FIRST).valid
    assert "larger than 50 MB" in message(path)


@pytest.mark.parametrize("before", [True, False])
def test_the_option_raises_the_limit(
    tmp_path: Path, before: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.setenv(intake.RAISED, "")
    monkeypatch.setattr(intake, "RECORD", 1)
    path = written(tmp_path / "r.json", {**record(), "x-note": "word " * 250_000})
    assert main(["validate", str(path)]) == 1
    assert "larger than 1 MB" in capsys.readouterr().out
    option = ["--max-size", "2"]
    rest = ["validate", str(path)]
    assert main([*option, *rest] if before else [*rest, *option]) == 0


@pytest.mark.parametrize("text", ["0", "-1", "1e3", "many", "99999999", "२"])
def test_a_limit_that_is_no_number_of_megabytes(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", f"--max-size={text}", str(FIRST)]) == 2
    assert "number of megabytes" in capsys.readouterr().err
    monkeypatch.setenv(intake.RAISED, text)
    with pytest.raises(UsageError, match="number of megabytes"):
        intake.limit(5)


def test_standard_input(monkeypatch: pytest.MonkeyPatch, quick: None) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "r") as stdin, os.fdopen(writing, "wb") as file:
        monkeypatch.setattr(sys, "stdin", stdin)
        if sys.platform != "win32":
            assert "nothing arrived" in message("-")
        file.write(FIRST.read_bytes())
        file.close()
        assert toolkit.validate("-").valid


def test_standard_input_in_memory_and_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FIRST.read_bytes()), "utf-8"))
    assert toolkit.validate("-").valid
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bytes(50_000_001)), "utf-8"))
    assert "larger than 50 MB" in message("-")


def test_an_address_has_the_limit_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    upath = pytest.importorskip("upath")
    address = "memory://intake/large.json"
    upath.UPath(address).write_bytes(b" " * 1_500_000)
    monkeypatch.setattr(intake, "RECORD", 1)
    assert "larger than 1 MB" in message(address)


@posix
def test_only_ordinary_files_where_a_pipe_has_no_place(pipe: Path) -> None:
    with pytest.raises(IntakeError, match="pipe or a device"):
        intake.read_file(pipe, 1)
    with pytest.raises(IntakeError, match="pipe or a device"):
        intake.read_file("/dev/zero", 1)


def test_what_this_system_lacks_is_not_asked_for() -> None:
    """On Windows there is no poll, and no way to open without waiting."""
    code = (
        "import os, select, sys\n"
        "for name in ('O_NONBLOCK', 'O_NOCTTY', 'mkfifo'): hasattr(os, name) and delattr(os, name)\n"
        "hasattr(select, 'poll') and delattr(select, 'poll')\n"
        "sys.platform = 'win32'\n"
        "from toolkit import intake\n"
        f"print(len(intake.read_file({str(FIRST)!r}, 1)), len(intake.read_standard_input(1)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, input=b"hello", capture_output=True, check=True
    )
    assert done.stdout.split() == [str(FIRST.stat().st_size).encode(), b"5"]
