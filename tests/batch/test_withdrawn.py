"""What may no longer be shown goes first, edited files too; failures of the machine remove nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.batch.test_batch import built, packs, project, settings, snapshot
from tests.making import record, written
from tests.test_cli import run
from toolkit.batch.jobs import Job
from toolkit.batch.plan import Plan

__all__ = ["project"]


@pytest.fixture
def public(project: Path) -> Path:
    """A project with a pack for the public, built."""
    settings(project, 'audiences = ["whole", "public"]\n')
    built(project)
    assert "one--public" in packs(project)
    return project


def path_of(project: Path) -> Path:
    return project / "records" / "one.json"


def change(project: Path, edit: Callable[[bytes], bytes]) -> None:
    path_of(project).write_bytes(edit(path_of(project).read_bytes()))


BREAK: dict[str, Callable[[Path], Any]] = {
    "a mistake": lambda p: written(path_of(p), record(id="one", kind="talk")),
    "a mistake and a stricter mark": lambda p: written(
        path_of(p), record(id="one", kind="talk", handling={"mark": "confidential"})
    ),
    "a comma": lambda p: change(p, lambda d: d.replace(b'"id": "one",', b'"id": "one"')),
    "cut": lambda p: change(p, lambda d: d[:60]),
    "no notation": lambda p: change(p, lambda d: d.replace(b"{", b"<<{", 1)),
    "no UTF-8": lambda p: change(p, lambda d: d.replace(b"meeting", b"m\xffeting")),
    "UTF-16": lambda p: change(p, lambda d: d.decode().encode("utf-16")),
    "without its id": lambda p: change(p, lambda d: d.replace(b'"id": "one",', b"")),
    "empty": lambda p: change(p, lambda _: b""),
    "two of one id": lambda p: shutil.copy(path_of(p), p / "records" / "copy.json"),
    "a number beyond all": lambda p: change(
        p, lambda d: d.replace(b'"kind"', b'"x-n": 1e999999999999999999999, "kind": 5, "k"')
    ),
}


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize("why", BREAK)
def test_a_record_that_fails_loses_its_packs_for_audiences(
    public: Path, why: str, cached: bool
) -> None:
    BREAK[why](public)
    if not cached:
        shutil.rmtree(public / ".briefpack")
    done = run("build", "--prune", cwd=public)
    assert done.returncode == 1
    # Without the cache, only the file itself can tell which packs are its own.
    if cached or why not in ("without its id", "empty"):
        assert "one--public" not in packs(public), done.stderr
        assert "pack one--public was taken away" in done.stderr
    assert {"one", "two", "two--public", "three", "three--public"} <= set(packs(public))


@pytest.mark.parametrize("why", ["without its id", "empty", "cut"])
def test_where_nobody_can_tell_whose_packs_they_are_those_without_a_record_go(
    public: Path, why: str
) -> None:
    BREAK[why](public)
    shutil.rmtree(public / ".briefpack")
    done = run("build", cwd=public)
    assert done.returncode == 1
    assert packs(public) == ["one", "three", "three--public", "two", "two--public"]
    assert "one--public" in done.stderr


def test_a_pack_comes_back_when_its_record_is_right_again(public: Path) -> None:
    right = path_of(public).read_bytes()
    before = snapshot(public / "packs")
    BREAK["a mistake"](public)
    run("build", cwd=public)
    path_of(public).write_bytes(right)
    assert built(public)["one--public"] == "built"
    assert snapshot(public / "packs") == before


@pytest.mark.parametrize("why", ["a mistake", "raised", "gone"])
def test_an_edited_file_of_such_a_pack_is_moved_aside(public: Path, why: str) -> None:
    edited = public / "packs" / "one--public" / "one--public-agreements.xlsx"
    edited.write_bytes(b"my words")
    if why == "a mistake":
        BREAK[why](public)
    elif why == "raised":
        written(path_of(public), record(id="one", handling={"mark": "restricted"}))
    else:
        path_of(public).unlink()
    done = run("build", "--prune", cwd=public)
    assert "one--public" not in packs(public)
    aside = public / ".briefpack" / "aside" / "one--public" / "one--public-agreements.xlsx"
    assert aside.read_bytes() == b"my words"
    assert "one--public-agreements.xlsx" in done.stdout + done.stderr


@pytest.mark.parametrize("damage", ["manifest lost", "manifest damaged"])
def test_a_pack_whose_manifest_vouches_for_nothing_is_taken_away_too(
    public: Path, damage: str
) -> None:
    manifest = public / "packs" / "one--public" / "manifest.json"
    manifest.unlink() if damage == "manifest lost" else manifest.write_text("{")
    BREAK["a mistake"](public)
    run("build", cwd=public)
    assert "one--public" not in packs(public)


def test_a_named_record_outside_of_a_project_loses_them_too(public: Path) -> None:
    (public / "briefpack.toml").unlink()
    shutil.rmtree(public / ".briefpack")
    BREAK["a comma"](public)
    change(public, lambda d: d.replace(b'"talks"', b'"talk"'))
    assert run("build", "records/one.json", cwd=public).returncode == 1
    assert packs(public) == ["one", "three", "three--public", "two", "two--public"]


def test_a_failure_of_the_machine_removes_nothing(
    public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(path_of(public), record(id="one", title="Another"))
    monkeypatch.chdir(public)

    def lost(plan: Plan, job: Job) -> None:
        raise AssertionError

    from toolkit.batch import plan as plans
    from toolkit.batch.jobs import failed
    from toolkit.cli import main

    def outcomes(jobs: Any, pool: Any) -> Any:
        return (failed(job, "its worker was lost") for job in jobs)

    monkeypatch.setattr(plans, "outcomes", outcomes)
    before = snapshot(public / "packs")
    assert main(["build"]) == 1
    assert snapshot(public / "packs") == before


def test_check_removes_nothing(public: Path) -> None:
    BREAK["a mistake"](public)
    before = snapshot(public / "packs")
    assert run("build", "--check", cwd=public).returncode == 1
    assert snapshot(public / "packs") == before


def test_a_mistake_is_told_once_and_not_once_for_each_pack(public: Path) -> None:
    BREAK["a mistake"](public)
    assert run("build", cwd=public).stderr.count("records/one.json:8:11") == 1


def test_nothing_of_a_pack_for_an_audience_depends_on_what_is_withheld(project: Path) -> None:
    settings(project, 'audiences = ["whole", "public"]\n', fast=False)
    folders = []
    for secret in ("The loan is 5.", "The loan is 7, and more."):
        data = record(
            id="one",
            objectives=[{"text": "Open."}, {"text": secret, "handling": "restricted"}],
        )
        written(path_of(project), data)
        assert built(project)["one--public"] in ("built", "unchanged")
        folders.append(snapshot(project / "packs" / "one--public"))
    assert folders[0] == folders[1]
    content = json.loads(folders[0]["manifest.json"])
    whole = json.loads((project / "packs" / "one" / "manifest.json").read_text("utf-8"))
    assert content["record"]["sha256"] != whole["record"]["sha256"]


def test_a_change_of_what_is_withheld_leaves_the_pack_unchanged(public: Path) -> None:
    data = record(id="one", objectives=[{"text": "A", "handling": "restricted"}])
    written(path_of(public), data)
    built(public)
    data["objectives"][0]["text"] = "B"
    written(path_of(public), data)
    statuses = built(public)
    assert (statuses["one"], statuses["one--public"]) == ("built", "unchanged")
