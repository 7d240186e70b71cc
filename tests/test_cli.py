"""The command line as a desk officer meets it: plain words, and exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.making import FIRST, RECORDS, record, written
from toolkit.cli import main


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "toolkit", *map(str, arguments)]
    root = Path(__file__).resolve().parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def test_a_new_record_is_valid_at_once_and_builds(tmp_path: Path) -> None:
    assert run("new", "Our meeting.json", cwd=tmp_path).returncode == 0
    assert json.loads((tmp_path / "Our meeting.json").read_text("utf-8"))["id"] == "our-meeting"
    assert run("validate", "Our meeting.json", cwd=tmp_path).returncode == 0
    built = run("build", "Our meeting.json", cwd=tmp_path)
    assert built.returncode == 0
    names = [Path(line).name for line in built.stdout.splitlines()]
    assert names == [
        "our-meeting-briefing.docx",
        "our-meeting-summary.pdf",
        "our-meeting-agreements.xlsx",
    ]
    assert (tmp_path / "packs" / "our-meeting" / "manifest.json").exists()


@pytest.mark.parametrize("name", ["con.json", "..json", "Встреча.json", "-.json"])
def test_a_new_record_has_a_sound_id_whatever_its_files_name(tmp_path: Path, name: str) -> None:
    assert run("new", f"./{name}", cwd=tmp_path).returncode == 0
    assert run("validate", f"./{name}", cwd=tmp_path).returncode == 0


def test_new_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text("mine")
    done = run("new", "r.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "is there already" in done.stderr
    assert (tmp_path / "r.json").read_text() == "mine"


def test_validate_tells_file_line_column_and_shows_the_spot(tmp_path: Path) -> None:
    written(tmp_path / "r.json", record(kind="talk"))
    done = run("validate", "r.json", cwd=tmp_path)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith(
        'r.json:8:11: error "talk" is not a value of "kind"; did you mean "talks"?'
    )
    assert lines[1] == '   8 |   "kind": "talk",'
    assert lines[2].startswith("     | ")
    assert lines[2].index("^") == lines[1].index('"talk"')
    assert lines[-1] == "1 file, 1 error, 0 warnings"


def test_validate_as_json(tmp_path: Path) -> None:
    bad = written(tmp_path / "r.json", record(kind="talk"))
    done = run("validate", FIRST, bad, tmp_path / "none.json", "--format", "json")
    assert done.returncode == 1
    content = json.loads(done.stdout)
    assert content["version"] == 1
    assert [f["file"] for f in content["files"]] == [
        str(FIRST),
        str(bad),
        str(tmp_path / "none.json"),
    ]
    assert content["files"][0]["diagnostics"] == []
    (diagnostic,) = content["files"][1]["diagnostics"]
    assert diagnostic.pop("message")
    assert diagnostic == {
        "rule": "unknown-value", "severity": "error", "line": 8, "column": 11, "endLine": 8,
        "endColumn": 17, "pointer": "/kind", "suggestion": '"talks"',
    }  # fmt: skip
    assert content["files"][2]["diagnostics"][0]["suggestion"] is None
    assert content["summary"] == {"files": 3, "valid": 1, "errors": 2, "warnings": 0}


@pytest.mark.parametrize("name", ["none.json", ".", "empty.json", "text.json", "latin.json"])
@pytest.mark.parametrize("command", ["validate", "build"])
def test_bad_files_get_a_plain_message(tmp_path: Path, name: str, command: str) -> None:
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "text.json").write_text("Dear colleague,")
    (tmp_path / "latin.json").write_bytes("{'é': 1}".encode("latin-1"))
    done = run(command, name, cwd=tmp_path)
    assert done.returncode == 1
    assert name in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "packs").exists()


def test_one_bad_record_does_not_keep_the_others_from_being_built(tmp_path: Path) -> None:
    good = written(tmp_path / "good.json", record())
    bad = written(tmp_path / "bad.json", record(kind="talk", id="bad"))
    done = run("build", bad, good, "--only", "agreements", cwd=tmp_path)
    assert done.returncode == 1
    assert "bad.json:8:11" in done.stderr
    assert (tmp_path / "packs" / "made" / "made-agreements.xlsx").exists()


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["validate"], ["build"], ["build", "r.json", "--only", "letter"],
     ["build", "r.json", "--only", ""], ["build", "r.json", "--audience", "nobody"],
     ["validate", "r.json", "--format", "xml"], ["new"]],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(tmp_path: Path, arguments: list[str]) -> None:
    written(tmp_path / "r.json", record())
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "packs").exists()


def test_an_unwritable_output_is_told(tmp_path: Path) -> None:
    written(tmp_path / "r.json", record())
    (tmp_path / "file").write_text("")
    done = run("build", "r.json", "-o", "file", cwd=tmp_path)
    assert done.returncode == 1
    assert "cannot write into" in done.stderr


def test_extract_gives_the_record_back(tmp_path: Path) -> None:
    run("build", RECORDS["chinese-record"], "-o", tmp_path)
    for file in (tmp_path / "chinese-record").glob("chinese*"):
        out = tmp_path / "back.json"
        assert run("extract", file, "-o", out).returncode == 0
        assert out.read_bytes() == RECORDS["chinese-record"].read_bytes()


def test_the_schema_is_printed() -> None:
    assert json.loads(run("schema").stdout)["title"] == "Record of a diplomatic meeting"


def test_help_and_version() -> None:
    assert "validate" in run("--help").stdout
    assert run("--version").stdout.startswith("briefpack ")


def test_main_returns_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(FIRST)]) == 0
    assert capsys.readouterr().out == f"{FIRST}: valid\n"
