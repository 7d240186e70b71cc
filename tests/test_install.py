"""A wheel in a fresh environment has all it needs, and builds the same bytes as a checkout."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

import toolkit
from tests.making import FIRST, ROOT

pytestmark = pytest.mark.slow


def quiet(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_wheel_finds_schema_and_templates_and_builds_the_same_pack(tmp_path: Path) -> None:
    quiet(
        sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path, ROOT, cwd=tmp_path
    )
    (wheel,) = tmp_path.glob("briefpack-*.whl")
    venv.create(tmp_path / "fresh", with_pip=True)
    python = tmp_path / "fresh" / "bin" / "python"
    quiet(python, "-m", "pip", "install", "-q", wheel, cwd=tmp_path)
    command = tmp_path / "fresh" / "bin" / "briefpack"
    quiet(command, "new", "starter.json", cwd=tmp_path)
    quiet(command, "validate", "starter.json", cwd=tmp_path)
    quiet(command, "build", FIRST, "-o", "packs", cwd=tmp_path)
    here = toolkit.build(FIRST, tmp_path / "here")
    for file in here.folder.iterdir():
        built = tmp_path / "packs" / here.folder.name / file.name
        assert built.read_bytes() == file.read_bytes(), file.name
    shown = quiet(python, "-c", "import toolkit; print(toolkit.__file__)", cwd=tmp_path)
    assert str(tmp_path) in shown
    assert (Path(shown.strip()).parent / "py.typed").exists()
