"""What `init` writes and the composite action, run for real: their shell steps, and pre-commit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml12

from tests.making import ROOT, record, written
from tests.test_cli import run
from toolkit.project.starter import SERVICES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A repository with two good records and a broken one."""
    for name in ("one", "two"):
        written(tmp_path / "records" / f"{name}.json", record(id=name))
    written(tmp_path / "records" / "bad.json", record(id="bad", kind="talk"))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture(scope="module")
def environment(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of a runner: a Python of its own, and a registry that has our wheel."""
    home = tmp_path_factory.mktemp("runner")
    subprocess.run([sys.executable, "-m", "venv", home / "python"], check=True)
    path = f"{home / 'python' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PIP_FIND_LINKS": str(wheels), "PRE_COMMIT_HOME": str(home)}


def steps_run(
    scripts: list[str], folder: Path, env: dict[str, str]
) -> list[subprocess.CompletedProcess[str]]:
    """Run each script as a runner does."""
    return [
        subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=folder, env=env, capture_output=True, text=True, check=False,
        )
        for script in scripts
    ]  # fmt: skip


def yaml(path: Path) -> Any:
    return yaml12.parse_yaml(path.read_text("utf-8"))


def test_the_steps_for_github_mark_mistakes_and_build_the_others(
    sample: Path, environment: dict[str, str]
) -> None:
    run("init", "github", cwd=sample)
    summary = sample.parent / "summary.md"
    env = {**environment, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    steps = yaml(sample / SERVICES["github"][1])["jobs"]["packs"]["steps"]
    install, validate, build = steps_run([s["run"] for s in steps if "run" in s], sample, env)
    assert install.returncode == 0, install.stderr[-2000:]
    assert validate.returncode == 1
    assert "::error file=records/bad.json,line=8,endLine=8,col=11," in validate.stdout
    assert build.returncode == 1
    assert sorted(p.name for p in (sample / "packs").iterdir()) == ["one", "two"]
    assert "2 built, 1 failed" in build.stderr
    told = summary.read_text("utf-8")
    assert "## Records" in told
    assert "## Packs" in told
    assert (sample / "packs-report.xml").exists()


def test_the_steps_for_gitlab_report_quality_and_build(
    sample: Path, environment: dict[str, str]
) -> None:
    run("init", "gitlab", cwd=sample)
    content = yaml(sample / SERVICES["gitlab"][1])
    before = content[".briefpack"]["before_script"]
    for job, files in (("validate", "gl-code-quality-report.json"), ("packs", "packs-report.xml")):
        done = steps_run(["\n".join([*before, *content[job]["script"]])], sample, environment)
        assert done[0].returncode == 1, done[0].stderr[-2000:]
        assert (sample / files).exists()
    (found,) = json.loads((sample / "gl-code-quality-report.json").read_text())
    assert found["location"]["path"] == "records/bad.json"
    assert sorted(p.name for p in (sample / "packs").iterdir()) == ["one", "two"]


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [("build", "", "2 built"), ("validate", "--strict records/one.json", "valid"),
     ("validate", "$(touch harm) `touch harm`", "there is no such file")],
)  # fmt: skip
def test_the_action_runs_what_it_is_told_and_nothing_else(
    sample: Path, environment: dict[str, str], command: str, arguments: str, words: str
) -> None:
    run("init", cwd=sample)
    action = yaml(ROOT / ".github" / "actions" / "briefpack" / "action.yml")
    env = {
        **environment,
        "GITHUB_ACTION_PATH": str(ROOT / ".github" / "actions" / "briefpack"),
        "BRIEFPACK_COMMAND": command,
        "BRIEFPACK_ARGUMENTS": arguments,
    }
    install, done = steps_run(
        [s["run"] for s in action["runs"]["steps"] if "run" in s], sample, env
    )
    assert install.returncode == 0, install.stderr[-2000:]
    assert words in done.stdout + done.stderr
    assert not (sample / "harm").exists()


def test_pre_commit_stops_a_broken_record_and_lets_a_good_one_pass(
    sample: Path, environment: dict[str, str]
) -> None:
    run("init", "pre-commit", cwd=sample)
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    done = subprocess.run(
        command, cwd=sample, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "records/bad.json:8:11: error" in done.stdout
    (sample / "records" / "bad.json").unlink()
    subprocess.run(["git", "add", "."], cwd=sample, check=True)
    done = subprocess.run(
        command, cwd=sample, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_the_hooks_of_this_repository_run_from_it(
    sample: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    run("init", cwd=sample)
    repository = tmp_path_factory.mktemp("hooks") / "briefpack"
    for arguments in (
        ["clone", "-q", "--no-local", "--depth", "1", f"file://{ROOT}", str(repository)],
        ["-C", str(repository), "config", "user.email", "nobody@example.org"],
        ["-C", str(repository), "config", "user.name", "Nobody"],
    ):
        subprocess.run(["git", *arguments], check=True)
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    (repository / ".pre-commit-hooks.yaml").write_text(hooks, "utf-8")
    for name in ("briefpack-validate", "briefpack-check"):
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(repository), name, "-a"]
        done = subprocess.run(
            command, cwd=sample, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1, done.stdout + done.stderr
        told = "bad.json:8:11" if name == "briefpack-validate" else "there is no pack yet"
        assert told in done.stdout, done.stdout + done.stderr
