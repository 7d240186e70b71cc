"""Many records in one run: what is built, what is not, what is told, and what is left alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.making import record, written
from tests.test_cli import run
from toolkit.batch.jobs import Outcome
from toolkit.batch.report import as_markdown

FAST = 'documents = ["agreements"]\n'


def settings(folder: Path, more: str = "", fast: bool = True) -> None:
    text = 'records = ["records/**/*.json"]\n' + (FAST if fast else "") + more
    (folder / "briefpack.toml").write_text(text, "utf-8")


def many(folder: Path, count: int) -> Path:
    """Make a project of some small records, whose packs hold all documents; return its folder."""
    settings(folder, fast=False)
    for n in range(count):
        written(folder / "records" / f"{n}.json", record(id=f"r{n}"))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with three small records, whose packs hold one document."""
    settings(tmp_path)
    for name in ("one", "two", "three"):
        written(tmp_path / "records" / f"{name}.json", record(id=name))
    return tmp_path


def built(project: Path, *arguments: str) -> dict[str, str]:
    """Build the project, and return the status of each pack."""
    done = run("build", *arguments, "--report", "report.json", cwd=project)
    assert "Traceback" not in done.stderr
    content = json.loads((project / "report.json").read_text("utf-8"))
    return {entry["pack"] or entry["record"]: entry["status"] for entry in content["records"]}


def packs(project: Path) -> list[str]:
    return sorted(p.name for p in (project / "packs").iterdir())


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_only_what_changed_is_built_again(project: Path) -> None:
    assert built(project) == {"one": "built", "two": "built", "three": "built"}
    times = {p: p.stat().st_mtime_ns for p in (project / "packs").rglob("*.*")}
    written(project / "records" / "two.json", record(id="two", title="Another title"))
    assert built(project) == {"one": "unchanged", "two": "built", "three": "unchanged"}
    touched = {p.parent.name for p, t in times.items() if p.stat().st_mtime_ns != t}
    assert touched == {"two"}
    assert set(built(project, "--force").values()) == {"built"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda p: written(p / "records" / "one.json", record(id="one", version="2")), "the record"),
        (lambda p: settings(p, 'style = "classic"\n'), "house style"),
        (lambda p: settings(p, fast=False), "other documents"),
        (lambda p: (p / "packs" / "one" / "one-agreements.xlsx").unlink(), "is missing"),
        (lambda p: shutil.rmtree(p / "packs" / "one"), "no pack yet"),
        (lambda p: (p / "packs" / "one" / "manifest.json").write_text("{"), "no pack yet"),
        (lambda p: older(p / "packs" / "one" / "manifest.json"), "briefpack 0.0.1"),
    ],
)  # fmt: skip
def test_check_builds_nothing_and_says_what_is_old(project: Path, change: Any, reason: str) -> None:
    run("build", cwd=project)
    assert run("build", "--check", cwd=project).returncode == 0
    change(project)
    before = snapshot(project / "packs")
    done = run("build", "--check", cwd=project)
    assert done.returncode == 1
    assert f"one: {reason}" in done.stderr or reason in done.stderr.split("one: ", 1)[1]
    assert snapshot(project / "packs") == before
    assert run("build", cwd=project).returncode == 0
    assert run("build", "--check", cwd=project).returncode == 0


def older(path: Path) -> None:
    content = json.loads(path.read_text("utf-8"))
    content["tool"]["version"] = "0.0.1"
    path.write_text(json.dumps(content), "utf-8")


def test_a_pack_whose_record_is_gone_is_listed_and_removed_only_when_asked(project: Path) -> None:
    run("build", cwd=project)
    (project / "packs" / "two" / "own-notes.txt").write_text("mine")
    (project / "packs" / "not-a-pack").mkdir()
    for name in ("one", "two"):
        (project / "records" / f"{name}.json").unlink()
    done = run("build", cwd=project)
    assert done.returncode == 0
    assert "packs/one: its record is gone" in done.stderr.replace(os.sep, "/")
    assert packs(project) == ["not-a-pack", "one", "three", "two"]
    done = run("build", "--prune", cwd=project)
    assert "removed" in done.stderr
    assert packs(project) == ["not-a-pack", "three", "two"]
    assert [p.name for p in (project / "packs" / "two").iterdir()] == ["own-notes.txt"]


def test_nothing_is_pruned_while_a_record_is_too_broken_to_tell_its_id(project: Path) -> None:
    run("build", cwd=project)
    (project / "records" / "two.json").write_text("{")
    done = run("build", "--prune", cwd=project)
    assert done.returncode == 1
    assert packs(project) == ["one", "three", "two"]


def test_one_broken_record_spoils_nothing_else(project: Path) -> None:
    written(project / "records" / "bad.json", record(id="bad", kind="talk"))
    assert built(project) == {"one": "built", "two": "built", "three": "built", "bad": "failed"}
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert "records/bad.json:8:11" in done.stderr
    assert "3 unchanged, 1 failed" in done.stderr


def test_two_records_with_one_id_are_told_and_neither_is_built(project: Path) -> None:
    written(project / "records" / "again.json", record(id="two"))
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert "records/again.json:3:9: error" in done.stderr
    assert "records/two.json:3:9: error" in done.stderr
    assert packs(project) == ["one", "three"]
    done = run("validate", cwd=project)
    assert done.returncode == 1
    assert "records/two.json:3:9: error" in done.stdout
    assert run("validate", "records/two.json", "records/again.json", cwd=project).returncode == 0


def test_a_job_summary_stays_short_however_many_packs_there_are() -> None:
    many = [Outcome(f"{n}.json", f"r{n}", "built") for n in range(10_000)]
    many.append(Outcome("bad.json", "bad", "failed", message="no"))
    text = as_markdown(many, [], 300)
    assert len(text) < 100_000
    assert text.index("bad.json") < text.index("0.json")
    assert "And 9701 more." in text


def test_a_record_that_is_named_twice_is_built_once(project: Path) -> None:
    done = run("build", "records/one.json", "./records/one.json", cwd=project)
    assert done.returncode == 0
    assert packs(project) == ["one"]


@pytest.mark.parametrize("identity", ["../out", "con", "a/b", "", ".", "x" * 81, 5])
def test_an_id_that_is_no_name_of_a_folder_is_refused(project: Path, identity: object) -> None:
    written(project / "records" / "one.json", record(id=identity))
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert "one.json:3:9" in done.stderr
    assert packs(project) == ["three", "two"]
    assert not (project / "out").exists()


def test_audiences_and_languages_give_a_pack_each(project: Path) -> None:
    settings(project, 'audiences = ["whole", "public"]\nlanguages = ["en", "ru"]\n')
    written(project / "records" / "one.json", record(id="one", handling={"mark": "restricted"}))
    statuses = built(project)
    assert statuses["one--public--en"] == "withheld"
    assert statuses["two--public--ru"] == "built"
    assert len(statuses) == 12
    assert packs(project) == sorted(name for name, s in statuses.items() if s == "built")
    assert run("build", "--check", cwd=project).returncode == 0


def test_what_is_no_longer_for_an_audience_is_taken_away(project: Path) -> None:
    settings(project, 'audiences = ["whole", "public"]\n')
    assert built(project)["one--public"] == "built"
    written(project / "records" / "one.json", record(id="one", handling={"mark": "restricted"}))
    done = run("build", "--check", cwd=project)
    assert done.returncode == 1
    assert 'one--public: the whole record is marked "restricted"' in done.stderr
    assert built(project)["one--public"] == "withheld"
    assert "one--public" not in packs(project)
    assert run("build", "--check", cwd=project).returncode == 0


@pytest.mark.parametrize("inside", [True, False])
def test_a_record_above_the_audience_is_withheld_inside_and_outside_of_a_project(
    project: Path, inside: bool
) -> None:
    path = written(
        project / "records" / "one.json", record(id="one", handling={"mark": "official"})
    )
    if not inside:
        (project / "briefpack.toml").unlink()
    done = run("build", path, "--audience", "public", cwd=project)
    assert done.returncode == 0
    assert done.stdout.startswith("one--public: withheld: the whole record is marked")
    assert not (project / "packs" / "one--public").exists()


def test_audiences_whose_packs_would_share_a_name_are_refused(project: Path) -> None:
    settings(project, 'audiences = ["Top Secret", "top-secret"]\n')
    done = run("build", cwd=project)
    assert done.returncode == 2
    assert "same name" in done.stderr
    assert not (project / "packs").exists()


def test_a_language_prints_its_words(project: Path) -> None:
    done = run(
        "build", "records/one.json", "--only", "briefing.pdf", "--language", "fr", cwd=project
    )
    assert done.returncode == 0
    assert (project / "packs" / "one--fr" / "one--fr-briefing.pdf").exists()
    assert run("build", "records/one.json", "--language", "french", cwd=project).returncode == 2


def test_processes_build_the_same_bytes_as_this_one(project: Path) -> None:
    settings(project, fast=False)
    run("build", "--jobs", "1", "-o", "alone", cwd=project)
    done = run("build", "--jobs", "2", "-o", "together", cwd=project)
    assert done.returncode == 0, done.stderr
    assert snapshot(project / "alone") == snapshot(project / "together")


def test_the_report_follows_the_ending_of_its_file(project: Path) -> None:
    written(project / "records" / "bad.json", record(id="bad", kind="talk", title="a|b"))
    for name in ("r.json", "r.xml", "r.md"):
        assert run("build", "--report", name, cwd=project).returncode == 1
    content = json.loads((project / "r.json").read_text("utf-8"))
    assert content["counts"] == {"built": 3, "failed": 1}
    bad = next(entry for entry in content["records"] if entry["status"] == "failed")
    assert bad["messages"][0]["line"] == 8
    good = next(entry for entry in content["records"] if entry["pack"] == "one")
    assert good["files"] == ["one-agreements.xlsx"]
    assert good["seconds"] > 0
    root = ET.parse(project / "r.xml").getroot()
    assert root.get("failures") == "1"
    assert len(root.findall(".//testcase")) == 4
    assert "| `records/bad.json` | `bad` | failed |" in (project / "r.md").read_text("utf-8")
    done = run("build", "--report", "r.txt", cwd=project)
    assert done.returncode == 2


def test_quiet_says_only_what_is_wrong_and_verbose_names_files(project: Path) -> None:
    done = run("build", "-q", cwd=project)
    assert (done.stdout, done.stderr) == ("", "")
    done = run("build", "-v", "--force", cwd=project)
    assert "one-agreements.xlsx" in done.stdout
    assert "one: unchanged" in run("build", "-v", cwd=project).stdout
    assert run("build", "-q", "-v", cwd=project).returncode == 2


def test_on_a_terminal_a_bar_tells_count_rate_and_time_left(project: Path) -> None:
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    written(project / "records" / "bad.json", record(id="bad", kind="talk"))
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (30, 100))
    command = [sys.executable, "-m", "toolkit", "build"]
    process = subprocess.Popen(command, cwd=project, stdout=theirs, stderr=theirs)
    os.close(theirs)
    told = b""
    with suppress(OSError):  # the terminal ends with its program
        while piece := os.read(ours, 4096):
            told += piece
    os.close(ours)
    assert process.wait() == 1
    text = told.decode("utf-8")
    assert "/4 [00:0" in text
    assert "pack/s]" in text
    assert "bad.json:8:11:" in text
    assert "packs/one" not in text
    assert "3 built, 1 failed" in text


@pytest.mark.parametrize(
    "arguments",
    [["--prune", "records/one.json"], ["--check", "--force"], ["--check", "--prune"],
     ["--jobs", "0"], ["--only", "letter"], ["-"], ["-o", "records/packs"], ["-o", "."]],
)  # fmt: skip
def test_options_that_exclude_each_other_are_wrong_usage(
    project: Path, arguments: list[str]
) -> None:
    assert run("build", *arguments, cwd=project).returncode == 2
    assert not (project / "packs").exists()


def test_an_output_that_cannot_be_written_fails_each_and_leaves_nothing(project: Path) -> None:
    (project / "packs").write_text("a file")
    statuses = built(project)
    assert set(statuses.values()) == {"failed"}
    assert (project / "packs").read_text() == "a file"


def test_yaml_records_are_recognised_by_their_packs(project: Path) -> None:
    settings(project, 'output = "packs"\n')
    text = (project / "briefpack.toml").read_text().replace("*.json", "*.*")
    (project / "briefpack.toml").write_text(text)
    run("convert", "records/one.json", "-o", "records/yaml.yaml", cwd=project)
    path = project / "records" / "yaml.yaml"
    path.write_text(path.read_text("utf-8").replace("id: one", "id: yaml"), "utf-8")
    assert built(project)["yaml"] == "built"
    assert built(project)["yaml"] == "unchanged"


def test_on_github_lines_are_marked_and_the_summary_is_written(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(project / "records" / "bad.json", record(id="bad", kind="talk"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    done = run("build", cwd=project)
    assert "::error file=records/bad.json,line=8," in done.stdout
    assert "3 built, 1 failed." in (project / "summary.md").read_text("utf-8")
    done = run("validate", cwd=project)
    assert "::error file=records/bad.json,line=8," in done.stdout
    assert "4 files, 1 error," in (project / "summary.md").read_text("utf-8")
