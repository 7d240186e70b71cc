"""What makes a pack old, what does not, and that nothing which somebody edited is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.test_batch import built, packs, project, settings, snapshot
from tests.making import record, written
from tests.test_cli import run

__all__ = ["project"]

FILE = "one-agreements.xlsx"


@pytest.fixture(autouse=True)
def _not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """CI verifies hashes; here the trust in modification times is tested, too."""
    monkeypatch.delenv("CI", raising=False)


def same_size(path: Path) -> None:
    """Turn one byte of a file, and set its times back."""
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def manifest(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    path = folder / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content, indent=2), "utf-8")


def wrong_hash(content: dict[str, object]) -> None:
    content["files"][0]["sha256"] = "0" * 64  # type: ignore[index]


@pytest.mark.parametrize("verify", [[], ["--verify"]])
@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: same_size(p / FILE), "was edited, or is damaged"),
        (lambda p: manifest(p, wrong_hash), "was edited, or is damaged"),
        (lambda p: manifest(p, lambda c: c["files"].clear()), "names other files"),
        (lambda p: manifest(p, lambda c: c["files"].append({**c["files"][0], "name": "a.txt"})),
         "names other files"),
        (lambda p: manifest(p, lambda c: c["libraries"].update(openpyxl="3.1.4")),
         "made with openpyxl 3.1.4, here is"),
        (lambda p: manifest(p, lambda c: c.pop("libraries")), "made with openpyxl (unknown), here"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_written_is_not_unchanged(
    project: Path,
    change: Callable[[Path], object],
    words: str,
    cached: bool,
    verify: list[str],
) -> None:
    before = built(project)
    change(project / "packs" / "one")
    if not cached:
        shutil.rmtree(project / ".briefpack")
    done = run("build", "--check", cwd=project)
    assert done.returncode == 1
    assert words in done.stderr
    assert "2 unchanged" in done.stderr
    assert {k: v for k, v in built(project, *verify).items() if v == "unchanged"}.keys() == (
        before.keys() - {"one"}
    )


def test_a_manifest_with_a_wrong_hash_is_mended_and_harms_no_file(project: Path) -> None:
    built(project)
    whole = snapshot(project / "packs")
    manifest(project / "packs" / "one", wrong_hash)
    assert built(project)["one"] == "built"
    assert snapshot(project / "packs") == whole


def test_copies_and_the_loss_of_the_cache_rebuild_nothing(project: Path) -> None:
    built(project)
    whole = snapshot(project / "packs")
    shutil.rmtree(project / ".briefpack")
    shutil.copytree(project / "packs", project / "copy")
    shutil.rmtree(project / "packs")
    (project / "copy").rename(project / "packs")
    (project / "records" / "one.json").rename(project / "records" / "other.json")
    assert set(built(project).values()) == {"unchanged"}
    assert set(built(project).values()) == {"unchanged"}
    assert run("build", "--check", cwd=project).returncode == 0
    assert snapshot(project / "packs") == whole


def test_a_rule_made_an_error_fails_the_records_that_break_it(project: Path) -> None:
    path = project / "records" / "one.json"
    source = {"id": "s", "title": "Readout", "address": "https://example.org"}
    written(path, record(id="one", sources=[source]))
    assert built(project)["one"] == "built"
    settings(project, '[rules]\naccess-date = "error"\n')
    assert run("build", "--check", cwd=project).returncode == 1
    assert built(project) == {"one": "failed", "two": "unchanged", "three": "unchanged"}


def test_a_changed_archive_fails_the_quotation_that_it_lacks_now(project: Path) -> None:
    archive = project / "sources" / "readout.txt"
    archive.parent.mkdir()
    archive.write_text("We are grateful for all.", "utf-8")
    said = {"id": "st", "kind": "thanks", "mode": "verbatim", "side": "ch", "sources": ["s"]}
    source = {"id": "s", "title": "Readout", "archived_text": "sources/readout.txt"}
    quotation = {**said, "text": "We are grateful"}
    written(
        project / "records" / "one.json",
        record(id="one", sources=[source], statements=[quotation]),
    )
    assert built(project)["one"] == "built"
    assert built(project)["one"] == "unchanged"
    archive.write_text("We are thankful for all.", "utf-8")
    assert built(project)["one"] == "failed"


def test_check_tells_edited_from_old_and_what_happened_to_the_rest(project: Path) -> None:
    settings(project, 'audiences = ["whole", "public"]\nlanguages = ["en", "ru"]\n')
    built(project)
    written(project / "records" / "one.json", record(id="one", version="2"))
    settings(project, 'languages = ["en"]\n')
    (project / "records" / "three.json").unlink()
    with (project / "packs" / "two--en" / "two--en-agreements.xlsx").open("ab") as file:
        file.write(b"x")
    done = run("build", "--check", cwd=project)
    assert done.returncode == 1
    lines = {line.partition(": ")[0]: line.partition(": ")[2] for line in done.stderr.splitlines()}
    lines = {Path(name).name: text for name, text in lines.items()}
    assert lines["one--en"] == "the record changed"
    assert lines["two--en"] == "two--en-agreements.xlsx was edited, or is damaged"
    assert lines["one--public--en"] == 'packs for the audience "public" are no longer asked for'
    assert lines["two--ru"] == 'packs in the language "ru" are no longer asked for'
    assert lines["three--en"] == "its record is gone"


def test_an_orphan_alone_fails_the_check(project: Path) -> None:
    built(project)
    (project / "records" / "three.json").unlink()
    done = run("build", "--check", cwd=project)
    assert done.returncode == 1
    assert "three: its record is gone" in done.stderr.replace(os.sep, "/")


@pytest.mark.parametrize("changed_record", [True, False])
def test_an_edited_file_is_left_told_and_the_rest_is_written(
    project: Path, changed_record: bool
) -> None:
    settings(project, fast=False)
    built(project)
    edited = project / "packs" / "one" / "one-briefing.docx"
    edited.write_bytes(edited.read_bytes() + b"my words")
    if changed_record:
        written(project / "records" / "one.json", record(id="one", title="Another"))
        written(project / "records" / "two.json", record(id="two", title="Another"))
    before = snapshot(project / "packs")
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert "one-briefing.docx was changed since the last build" in done.stderr
    after = snapshot(project / "packs")
    changed = {name for name in after if after[name] != before[name]}
    assert "one/one-briefing.docx" not in changed
    assert ("one/one-summary.pdf" in changed) == changed_record
    assert ("two/two-summary.pdf" in changed) == changed_record
    assert run("build", cwd=project).returncode == 1
    assert snapshot(project / "packs") == after
    done = run("build", "--force", cwd=project)
    assert done.returncode == 0
    aside = project / ".briefpack" / "aside" / "one" / "one-briefing.docx"
    assert aside.read_bytes() == before["one/one-briefing.docx"]
    assert aside.stat().st_mode & 0o777 == 0o600
    assert run("build", "--check", cwd=project).returncode == 0
    edited.write_bytes(b"again")
    run("build", "--force", cwd=project)
    second = aside.with_name("one-briefing (2).docx")
    assert (aside.read_bytes(), second.read_bytes()) == (before["one/one-briefing.docx"], b"again")


def test_a_file_of_a_document_no_longer_wanted_is_removed_unless_edited(project: Path) -> None:
    settings(project, fast=False)
    built(project)
    folder = project / "packs" / "one"
    (folder / "one-briefing.docx").write_bytes(b"my words")
    settings(project)
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert "one-briefing.docx was changed" in done.stderr
    assert run("build", "--check", cwd=project).returncode == 0
    assert (folder / "one-briefing.docx").read_bytes() == b"my words"
    assert not (folder / "one-summary.pdf").exists()
    assert not (project / "packs" / "two" / "two-briefing.docx").exists()


def test_an_interrupted_run_is_known_again_by_its_journal(project: Path) -> None:
    built(project)
    old = snapshot(project / "packs" / "one")
    written(project / "records" / "one.json", record(id="one", title="Second"))
    code = (
        "import os\n"
        "from pathlib import Path\n"
        "from toolkit.cli import main\n"
        "real = os.replace\n"
        "def replace(self, target):\n"
        "    if str(target).endswith('manifest.json'): os._exit(9)\n"
        "    return real(self, target)\n"
        "Path.replace = replace\n"
        "main(['build', '--jobs', '1'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, check=False)
    assert done.returncode == 9
    assert (project / "packs" / "one" / FILE).read_bytes() != old[FILE]
    assert not (project / "packs" / "one" / "manifest.json").exists()
    written(project / "records" / "one.json", record(id="one", title="Third"))
    assert built(project)["one"] == "built"
    assert sorted(snapshot(project / "packs" / "one")) == sorted([FILE, "manifest.json"])


def test_runs_into_one_output_wait_for_each_other(project: Path) -> None:
    for n in range(6):
        written(project / "records" / f"r{n}.json", record(id=f"r{n}"))
    command = [sys.executable, "-m", "toolkit", "build", "--force"]
    runs = [
        subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    messages = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0], messages
    assert any("waiting for its end" in message for message in messages)
    together = snapshot(project / "packs")
    assert run("build", "-o", "alone", cwd=project).returncode == 0
    assert together == snapshot(project / "alone")


def test_nothing_but_packs_lies_in_the_output_and_the_state_is_private(project: Path) -> None:
    built(project)
    assert packs(project) == ["one", "three", "two"]
    assert {path.name for path in (project / "packs").rglob("*") if path.is_file()} == {
        f"{n}-agreements.xlsx" for n in ("one", "two", "three")
    } | {"manifest.json"}
    state = project / ".briefpack"
    assert (state / ".gitignore").read_text() == "*\n"
    assert state.stat().st_mode & 0o777 == 0o700
    for path in state.rglob("*"):
        if path.is_file() and path.name != ".gitignore":
            assert path.stat().st_mode & 0o777 == 0o600, path
    done = run("build", "--report", "packs/report.json", cwd=project)
    assert done.returncode == 2


def test_leftovers_of_a_killed_run_go_where_the_pack_is_up_to_date(project: Path) -> None:
    built(project)
    leftover = project / "packs" / "one" / ".briefpack-0000.tmp"
    leftover.write_bytes(b"")
    assert set(built(project).values()) == {"unchanged"}
    assert not leftover.exists()


def test_verbose_says_why_a_pack_was_built(project: Path) -> None:
    assert "one: there is no pack yet" in run("build", "-v", cwd=project).stdout
    written(project / "records" / "two.json", record(id="two", title="Another"))
    done = run("build", "-v", cwd=project)
    assert "two: the record changed" in done.stdout
    assert "one: unchanged" in done.stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("name", [FILE, "manifest.json"])
def test_a_pipe_in_the_place_of_a_file_is_somebodys_and_waits_for_nobody(
    project: Path, name: str
) -> None:
    built(project)
    path = project / "packs" / "one" / name
    path.unlink()
    os.mkfifo(path)
    assert run("build", "--check", cwd=project).returncode == 1
    assert run("build", "--force", cwd=project).returncode == 0
    assert path.is_file()
    assert (project / ".briefpack" / "aside" / "one" / name).is_fifo()
    assert run("build", "--check", cwd=project).returncode == 0
