"""What nobody foresaw, and outputs that nobody reads: a sentence and an exit code, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.making import ROOT, record, written
from toolkit import cli
from toolkit.cli import main

shell = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
COMMANDS = [
    "validate r.json", "validate r.json --format json", "validate r.json --format sarif", "schema",
    "rules", "--help", "build --help", "--version", "status r.json", "new n.json", "init",
    "build r.json --only summary", "register r.json -o r.csv", "style house",
    "validate --fix --diff w.json", "extract packs/made/made-summary.pdf",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a record, and one in which something can be mended."""
    written(tmp_path / "r.json", record())
    written(tmp_path / "w.json", record(version=1))
    return tmp_path


def in_shell(
    command: str, redirection: str, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        f'"{sys.executable}" -m toolkit {command} {redirection}', shell=True, cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


@shell
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", COMMANDS)
def test_an_output_that_cannot_be_written_is_told(
    folder: Path, command: str, unbuffered: str
) -> None:
    if command.startswith("extract"):
        assert in_shell("build r.json --only summary", "", folder).returncode == 0
    for redirection, words in ((">&-", "Bad file descriptor"), (">/dev/full", "No space left")):
        work = folder / words[:3]
        work.mkdir()
        for path in [*folder.glob("*.json"), *folder.glob("packs")]:
            (work / path.name).symlink_to(path)
        done = in_shell(command, redirection, work, PYTHONUNBUFFERED=unbuffered)
        assert done.returncode == 1
        (said,) = (line for line in done.stderr.splitlines() if not line.startswith("w.json"))
        assert said.startswith(f"briefpack: standard output cannot be written: {words}")


@shell
@pytest.mark.parametrize("command", COMMANDS[:6])
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_a_closed_or_full_error_output_changes_nothing_where_nothing_is_wrong(
    folder: Path, command: str, redirection: str
) -> None:
    usual = in_shell(command, "", folder)
    done = in_shell(command, redirection, folder)
    assert (done.returncode, done.stdout) == (0, usual.stdout)


@shell
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("command", "code"),
    [("extract none.pdf", 1), ("nonsense", 2), ("validate", 2), ("build none.json", 1),
     ("validate none.json", 1), ("validate --fix w.json", None)],
)  # fmt: skip
def test_what_cannot_be_told_still_has_its_exit_code(
    folder: Path, command: str, code: int | None, redirection: str
) -> None:
    if code is None:  # it could not be told that a file was mended
        code = 1 if "full" in redirection else 0
    done = in_shell(command, redirection, folder)
    assert done.returncode == code
    assert "briefpack:" not in done.stdout  # nothing of it goes among the results
    assert in_shell(command, f">/dev/full {redirection}", folder).returncode in (1, 2)


@shell
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_last_line_without_an_end_is_told_like_any_other(folder: Path, unbuffered: str) -> None:
    code = (
        "import sys; from toolkit import cli; cli.rules._rules = lambda _: print('x', end='') or 0;"
    )
    code += "sys.exit(cli.main(['rules']))"
    command = f'"{sys.executable}" -c "{code}" >/dev/full'
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(
        command, shell=True, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    said = "briefpack: standard output cannot be written: No space left on device\n"
    assert done.stderr == said


@shell
def test_a_closed_input_is_an_empty_one(folder: Path) -> None:
    done = in_shell("validate -", "<&-", folder)
    assert done.returncode == 1
    assert "the file is empty" in done.stdout


@shell
def test_a_reader_that_goes_away_is_no_traceback(folder: Path) -> None:
    done = in_shell("schema", "| true", folder)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.stderr in ("", "briefpack: standard output cannot be written: Broken pipe\n")


@shell
def test_what_is_opened_later_does_not_become_the_closed_output(folder: Path) -> None:
    done = in_shell("build r.json --only summary", ">&- 2>&- <&-", folder)
    assert done.returncode == 1
    (pdf,) = folder.glob("packs/made/*.pdf")
    assert pdf.read_bytes().endswith(b"%%EOF\n")


FAULTS = [
    (TypeError("unsupported \x1b[31m operand\n::error::x"), "TypeError: unsupported"),
    (RecursionError("maximum recursion depth exceeded"), "RecursionError: maximum"),
    (MemoryError(), "(MemoryError)"),
    (AssertionError(), "(AssertionError)"),
    (OSError(5, "Input/output error"), "OSError: [Errno 5]"),
    (BrokenPipeError(32, "Broken pipe"), "BrokenPipeError"),
    (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"), "UnicodeEncodeError"),
    (ExceptionGroup("several", [ValueError("a")]), "ExceptionGroup: several"),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[type(f).__name__ for f, _ in FAULTS])
@pytest.mark.parametrize("debug", ["", "before", "behind", "environment"])
def test_what_nobody_foresaw_is_a_sentence(
    fault: Exception,
    words: str,
    debug: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr(cli.validate, "read_project", broken)
    monkeypatch.delenv("BRIEFPACK_DEBUG", raising=False)
    if debug == "environment":
        monkeypatch.setenv("BRIEFPACK_DEBUG", "1")
    before, behind = (["--debug"] if debug == place else [] for place in ("before", "behind"))
    assert main([*before, "validate", "r.json", *behind]) == 1
    out, told = capsys.readouterr()
    assert out == ""
    lines = told.splitlines()
    assert lines[-1].startswith("briefpack: something unforeseen happened (")
    assert words in lines[-1]
    assert "; please report this" in lines[-1]
    assert lines[-1].endswith("--debug shows where") == (not debug)
    assert all(line.startswith("briefpack: ") and line.isprintable() for line in lines)
    assert any("in broken" in line for line in lines) == bool(debug)
    assert (len(lines) == 1) == (not debug)


def test_a_fault_while_arguments_are_read_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_parser", lambda: None)
    assert main([]) == 1
    assert "please report this" in capsys.readouterr().err
