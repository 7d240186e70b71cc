"""`briefpack init`: files for CI that follow their published schemas, and never overwrite."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.making import ROOT, record, written
from tests.test_cli import run
from toolkit.project.starter import SERVICES
from toolkit.version import VERSION

SCHEMAS = {
    ".github/workflows/briefpack.yml": ("vendor.github-workflows",),
    ".gitlab-ci.yml": ("vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
}


def follows(file: Path, schema: str, *options: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options, file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_service_gets_its_file_and_the_settings(tmp_path: Path, service: str) -> None:
    done = run("init", service, cwd=tmp_path)
    assert done.returncode == 0
    target = SERVICES[service][1]
    text = (tmp_path / target).read_text("utf-8")
    assert f"briefpack=={VERSION}" in text
    assert "@" not in text.replace("@v", "")
    if target in SCHEMAS:
        follows(tmp_path / target, *SCHEMAS[target])
    written(tmp_path / "records" / "r.json", record())
    assert run("validate", cwd=tmp_path).returncode == 0


def test_the_action_follows_its_schema() -> None:
    follows(ROOT / ".github" / "actions" / "briefpack" / "action.yml", "vendor.github-actions")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("mine")
    done = run("init", "gitlab", cwd=tmp_path)
    assert done.returncode == 1
    assert "there already" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == [".gitlab-ci.yml"]
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "mine"


def test_the_output_of_the_settings_is_the_one_that_is_kept(tmp_path: Path) -> None:
    (tmp_path / "briefpack.toml").write_text('records = ["records/*.json"]\noutput = "out/all"\n')
    assert run("init", "github", cwd=tmp_path).returncode == 0
    text = (tmp_path / ".github" / "workflows" / "briefpack.yml").read_text("utf-8")
    assert 'path: "out/all"' in text
    assert run("init", cwd=tmp_path).returncode == 1


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
