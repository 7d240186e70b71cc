"""`briefpack init`: files for CI that follow their published schemas, and nobody's work is lost."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.conftest import needed
from tests.making import ROOT, record, written
from tests.test_cli import run
from toolkit.errors import BriefpackError
from toolkit.project.origin import Origin, read_origin
from toolkit.project.settings import Project
from toolkit.project.starter import SERVICES, _output
from toolkit.project.workflow import fill_in
from toolkit.resources import resource
from toolkit.version import VERSION

SCHEMAS = {
    ".github/workflows/briefpack.yml": ("vendor.github-workflows",),
    ".gitlab-ci.yml": ("vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
}
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ORIGINS = {
    "repository": f"git+https://git.example.org/protocol/briefpack.git@{COMMIT}",
    "wheels": "our wheels",
    "index": "https://packages.example.org/simple/",
}


def follows(file: Path, schema: str, *options: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options, file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def yaml(path: Path | str) -> Any:
    return YAML(typ="safe").load(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a folder of wheels."""
    (tmp_path / "our wheels").mkdir()
    (tmp_path / "our wheels" / f"briefpack-{VERSION}-py3-none-any.whl").touch()
    return tmp_path


@pytest.mark.parametrize("kind", sorted(ORIGINS))
@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_service_gets_its_file_and_the_settings(folder: Path, service: str, kind: str) -> None:
    done = run("init", service, "--from", ORIGINS[kind], cwd=folder)
    assert done.returncode == 0, done.stderr
    template, target = SERVICES[service]
    text = (folder / target).read_text("utf-8")
    assert re.search(r"@[A-Z]", text) is None
    if target in SCHEMAS:
        follows(folder / target, *SCHEMAS[target])
    # What explains it to the people of the ministry is still there.
    comments = re.findall("(?m)^ *#.*$", resource("templates", "ci", template).read_text("utf-8"))
    assert re.findall("(?m)^ *#.*$", text) == comments
    assert run("validate", cwd=folder).returncode == 0
    written(folder / "records" / "r.json", record())
    assert "records/r.json: valid" in run("validate", cwd=folder).stdout.replace("\\", "/")


INSTALL = {
    "repository": f"git+https://git.example.org/protocol/briefpack.git@{COMMIT}",
    "wheels": "our wheels",
    "index": "https://packages.example.org/simple/",
}
PIP = "python -m pip install --quiet --constraint briefpack-constraints.txt "
ARGUMENTS = {
    "repository": '"$BRIEFPACK_SOURCE"',
    "wheels": f'--no-index --find-links "$BRIEFPACK_SOURCE" "briefpack=={VERSION}"',
    "index": f'--index-url "$BRIEFPACK_SOURCE" "briefpack=={VERSION}"',
}


@pytest.mark.parametrize("kind", sorted(ORIGINS))
def test_what_is_installed_is_what_the_project_says(folder: Path, kind: str) -> None:
    for service in SERVICES:
        run("init", service, "--from", ORIGINS[kind], cwd=folder)
    steps = yaml(folder / SERVICES["github"][1])["jobs"]["packs"]["steps"]
    (step,) = (step for step in steps if step.get("name") == "Install briefpack")
    assert step["env"] == {"BRIEFPACK_SOURCE": INSTALL[kind]}
    assert step["run"] == PIP + ARGUMENTS[kind]
    job = yaml(folder / SERVICES["gitlab"][1])[".briefpack"]
    assert job["variables"] == {"BRIEFPACK_SOURCE": INSTALL[kind]}
    assert job["before_script"] == [PIP + ARGUMENTS[kind]]
    assert job["image"] == ("python:3.12" if kind == "repository" else "python:3.12-slim")
    (hooks,) = yaml(folder / SERVICES["pre-commit"][1])["repos"]
    (hook,) = hooks["hooks"]
    assert hook["id"] == "briefpack-validate"
    if kind == "repository":
        assert hooks["repo"] == INSTALL[kind].removeprefix("git+").removesuffix(f"@{COMMIT}")
        assert hooks["rev"] == COMMIT
        return
    assert (hooks["repo"], hook["pass_filenames"], hook["always_run"]) == ("local", False, True)
    packages = [f"--index-url={INSTALL[kind]}", f"briefpack=={VERSION}"]
    assert hook.get("additional_dependencies") == (packages if kind == "index" else None)
    shipped = resource("templates", "ci", "constraints.txt").read_bytes()
    assert (folder / "briefpack-constraints.txt").read_bytes() == shipped


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_no_address_is_invented(tmp_path: Path, service: str) -> None:
    done = run("init", service, cwd=tmp_path)
    assert done.returncode == 2
    assert "--from git+https://HOST/REPOSITORY@COMMIT" in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert run("init", "--from", ORIGINS["index"], cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("git+https://git.example.org/briefpack", "names no commit"),
        ("git+https://git.example.org/briefpack@main", "names no commit"),
        ("git+https://git.example.org/briefpack@v1.0", "names no commit"),
        (f"git+https://git.example.org/briefpack@{COMMIT[:12]}", "names no commit"),
        ("https://git.example.org/briefpack.git", "names no commit"),
        ("git+ssh://git@git.example.org/briefpack", "names no commit"),
        ("https://git.example.org/briefpack@v1.0", "neither a commit"),
        ("https://git.example.org/simple/@latest", "neither a commit"),
        (f"git+http://git.example.org/briefpack@{COMMIT}", "begins with https://"),
        ("http://packages.example.org/simple/", "begins with https://"),
        (f"git+https://me:secret@git.example.org/briefpack@{COMMIT}", "a password"),
        (f"git+https://token@git.example.org/briefpack@{COMMIT}", "a password"),
        ("https://a:b@packages.example.org/simple/", "a password"),
        ('https://x.example.org/"; touch harm; "', "no address"),
        ("https://x.example.org/$(touch harm)", "no address"),
        ("https://x.example.org/${{ secrets.A }}", "no address"),
        (f"https://x.example.org/a\n      - run: harm@{COMMIT}", "no address"),
        ("none", "there is no folder"),
        ("empty", "holds no wheel of briefpack"),
        ("odd ${{ x }}", "needs a name"),
    ],
)
def test_an_origin_that_could_be_another_tomorrow_is_refused(
    tmp_path: Path, text: str, words: str
) -> None:
    for name in ("empty", "odd ${{ x }}"):
        (tmp_path / name).mkdir()
    (tmp_path / "odd ${{ x }}" / f"briefpack-{VERSION}-py3-none-any.whl").touch()
    done = run("init", "github", "--from", text, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "odd ${{ x }}"]


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (f"https://git.example.org/a@{COMMIT}", Origin("repository", "https://git.example.org/a", COMMIT)),
        (f"git+ssh://git@h.org/a.git@{COMMIT}", Origin("repository", "ssh://git@h.org/a.git", COMMIT)),
        ("https://h.org:8443/+simple/@0.2.0", Origin("index", "https://h.org:8443/+simple/", "0.2.0")),
        ("https://h.org/simple", Origin("index", "https://h.org/simple", "1.2")),
    ],
)  # fmt: skip
def test_origins_are_told_apart(text: str, origin: Origin) -> None:
    assert read_origin(text, Path(), "1.2") == origin


def test_wheels_outside_of_the_project_are_named_from_the_root(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "briefpack-1.2-py3-none-any.whl").touch()
    (tmp_path / "project").mkdir()
    origin = read_origin("../wheels", tmp_path / "project", "1.2")
    assert Path(origin.address).is_absolute()
    assert Path(origin.address).resolve() == (tmp_path / "wheels").resolve()


def test_the_action_follows_its_schema() -> None:
    follows(ROOT / ".github" / "actions" / "briefpack" / "action.yml", "vendor.github-actions")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("mine")
    done = run("init", "gitlab", "--from", ORIGINS["index"], cwd=tmp_path)
    assert done.returncode == 1
    assert "there already" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == [".gitlab-ci.yml"]
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "mine"


def test_lines_that_lack_are_added_to_files_that_are_there(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes("# наше\r\n/packs/\r\nlast".encode())
    (tmp_path / ".gitattributes").write_bytes(b"\xff *.docx -diff\n")
    (tmp_path / "records").mkdir()
    (tmp_path / ".gitignore").chmod(0o600)
    done = run("init", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ".gitignore: lines added" in done.stdout.splitlines()
    text = (tmp_path / ".gitignore").read_bytes()
    start = "# наше\r\n/packs/\r\nlast\r\n\r\n# briefpack: ".encode()
    assert text.startswith(start)
    assert text.endswith(b"\r\n/.briefpack/\r\n")
    assert text.count(b"/packs/") == 1
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / ".gitignore").stat().st_mode) == 0o600
    attributes = (tmp_path / ".gitattributes").read_bytes()
    assert attributes.startswith(b"\xff *.docx -diff\n\n# briefpack: ")
    assert not (tmp_path / "records" / ".gitkeep").exists()
    again = run("init", cwd=tmp_path)
    assert again.returncode == 1
    assert "lacks nothing" in again.stderr
    assert run("init", "gitlab", "--from", ORIGINS["index"], cwd=tmp_path).returncode == 0
    assert (tmp_path / ".gitignore").read_bytes() == text
    assert (tmp_path / ".gitattributes").read_bytes() == attributes


def test_the_output_of_the_settings_is_the_one_that_is_kept(tmp_path: Path) -> None:
    text = 'records = ["records/*.json"]\noutput = "готовое/all packs"\n'
    (tmp_path / "briefpack.toml").write_text(text, "utf-8")
    for service in SERVICES:
        assert run("init", service, "--from", ORIGINS["index"], cwd=tmp_path).returncode == 0
    steps = yaml(tmp_path / SERVICES["github"][1])["jobs"]["packs"]["steps"]
    paths = [step["with"]["path"] for step in steps if "path" in step.get("with", {})]
    assert paths == ["готовое/all packs"] * 2 + ["готовое/all packs\npacks-report.xml\n"]
    job = yaml(tmp_path / SERVICES["gitlab"][1])["packs"]
    assert job["cache"]["paths"] == job["artifacts"]["paths"] == ["готовое/all packs"]
    assert "/готовое/all packs/\n" in (tmp_path / ".gitignore").read_text("utf-8")
    assert '"/готовое/all packs/**" -text\n' in (tmp_path / ".gitattributes").read_text("utf-8")


STEP = 'x"\n      - run: echo harm\n        name: "'
OUTPUTS = [STEP, "x: y", "x # y", "${{ secrets.A }}", "$HOME", "*", "!packs", "a[1]", "~/x", "-x",
           "x\n", "'x", '"x"', "`x`", "../packs", "/srv/packs", ".", "@OUTPUT@", "{a: b}", "%x"]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(OUTPUTS) | st.text(max_size=12))
@example(STEP)
def test_whatever_a_writer_of_yaml_is_given_is_one_text(output: str) -> None:
    text = "x" + re.sub(r"[^ -~]", "", output)
    for service in ("github", "gitlab"):
        template = resource("templates", "ci", SERVICES[service][0])
        usual, filled = (
            yaml(fill_in(template, Origin("index", each, "1.0"), each, "c.txt"))
            for each in ("usual", text)
        )
        assert shape(filled) == shape(usual)
        if service == "gitlab":
            assert filled["packs"]["cache"]["paths"] == [text]
            assert filled[".briefpack"]["variables"] == {"BRIEFPACK_SOURCE": text}
        else:
            steps = filled["jobs"]["packs"]["steps"]
            paths = [step["with"]["path"] for step in steps if "path" in step.get("with", {})]
            assert paths == [text, text, f"{text}\npacks-report.xml\n"]


def shape(node: Any) -> Any:
    """Return what a file of a service is made of, without its texts."""
    if isinstance(node, dict):
        return {key: shape(value) for key, value in node.items()}
    return [shape(value) for value in node] if isinstance(node, list) else type(node)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(OUTPUTS) | st.text(max_size=12))
@example("a b")
def test_an_output_that_a_service_would_read_as_more_than_a_name_is_refused(output: str) -> None:
    plain = re.fullmatch(r"[\w.()+=@, /-]+", output) is not None
    try:
        name = _output(Path(), Project(Path("briefpack.toml"), output=output))
    except (BriefpackError, ValueError):  # a path without any sign, or with a zero
        return
    assert plain
    assert os.path.normpath(name) == os.path.normpath(output)
    assert not name.startswith(("..", "/", "-", "~"))


@pytest.mark.parametrize("output", [o for o in OUTPUTS if "\n" not in o and "@" not in o])
def test_such_an_output_is_told_with_its_place(tmp_path: Path, output: str) -> None:
    (tmp_path / "briefpack.toml").write_text(
        f"records = ['r/*']\noutput = '''{output}'''\n", "utf-8"
    )
    done = run("init", "github", "--from", ORIGINS["index"], cwd=tmp_path)
    assert done.returncode == 1
    assert "briefpack.toml:2:10: error" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["briefpack.toml"]


def test_every_setting_of_the_file_that_is_written_can_be_used(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    file = tmp_path / "briefpack.toml"
    lines = [line.removeprefix("# ") for line in file.read_text("utf-8").splitlines()]
    used = [line for line in lines if " = " in line or line.startswith("[")]
    file.write_text("\n".join(used), "utf-8")
    written(tmp_path / "records" / "r.json", record())
    run("style", "our-style", cwd=tmp_path)
    done = run("validate", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_project_without_records_yet_is_no_failure(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    for command in (["validate"], ["build"], ["build", "--check"], ["status"]):
        done = run(*command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr.startswith('no records yet: "records/**/*.json" finds no file')
    # A folder that is not there, or holds other files, is rather a mistake in the pattern.
    (tmp_path / "records" / "r.yaml").write_text("{}")
    assert '"records/**/*.json" finds no file' in run("validate", cwd=tmp_path).stderr
    assert run("validate", cwd=tmp_path).returncode == 1
    (tmp_path / "records" / "r.yaml").unlink()
    (tmp_path / "records" / ".gitkeep").unlink()
    (tmp_path / "records").rmdir()
    done = run("validate", cwd=tmp_path)
    assert done.returncode == 1
    assert "briefpack.toml:4:12: error" in done.stderr


def git(folder: Path, *arguments: str) -> str:
    command = [needed("git"), "-c", "user.name=N", "-c", "user.email=n@example.org", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_checkout_of_windows_has_the_same_bytes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "records" / "sources").mkdir(parents=True)
    assert run("init", cwd=home).returncode == 0
    written(home / "records" / "2024" / "r.json", record())
    (home / "records" / "sources" / "readout.txt").write_bytes(b"a\nb\n")
    (home / "records" / "sources" / "scan.pdf").write_bytes(b"%PDF\n\x00\r\n\n")
    run("style", "house", cwd=home)
    run("build", cwd=home)
    git(home, "init", "-q")
    git(home, "add", ".")
    git(home, "commit", "-qm", "Records")
    tracked = git(home, "ls-files").split()
    assert "records/2024/r.json" in tracked
    assert not [name for name in tracked if name.startswith(("packs/", ".briefpack/"))]
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(home), "windows")
    for name in tracked:
        if not name.startswith("."):
            assert (tmp_path / "windows" / name).read_bytes() == (home / name).read_bytes(), name


def test_a_pattern_that_no_shell_expands_is_expanded(tmp_path: Path) -> None:
    for name in ("b", "a", "[1]"):
        written(tmp_path / "records" / f"{name}.json", record(id="r"))
    done = run("validate", os.path.join("records", "*.json"), cwd=tmp_path)  # noqa: PTH118
    names = [line.split(":")[0].replace("\\", "/") for line in done.stdout.splitlines()]
    assert names[:3] == ["records/[1].json", "records/a.json", "records/b.json"]
    assert run("validate", "records/[1].json", cwd=tmp_path).stdout.startswith("records/[1].json")
    none = run("validate", "records/*.yaml", cwd=tmp_path)
    assert none.returncode == 1
    assert "there is no such file" in none.stdout
