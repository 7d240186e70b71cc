"""The libraries: which make bytes, and with which versions of all of them that is done."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zlib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.constraints import EXTRAS, TARGET
from tests.making import FIRST, ROOT
from toolkit.version import LIBRARIES, libraries

NO_BYTES = {
    "filelock",
    "jsonschema",
    "jsonschema-rs",
    "msgspec",
    "py-yaml12",
    "PyYAML",
    "ruamel.yaml",
    "tqdm",
    "tree-sitter",
    "tree-sitter-json",
    "tree-sitter-toml",
    "watchfiles",
}
"""Dependencies that read records, keep runs apart or talk to people: nothing of them is in a pack."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
OPTIONAL = [Requirement(r) for e in EXTRAS for r in PROJECT["optional-dependencies"][e]]
PINS = {
    canonicalize_name(requirement.name): requirement
    for line in TARGET.read_text("utf-8").splitlines()
    if not line.startswith("#")
    for requirement in [Requirement(line)]
}
ANYWHERE = [
    {
        "python_version": minor,
        "python_full_version": f"{minor}.0",
        "sys_platform": system,
        "platform_system": name,
        "os_name": "nt" if system == "win32" else "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for minor in ("3.11", "3.12", "3.13", "3.14")
    for system, name in (("linux", "Linux"), ("win32", "Windows"), ("darwin", "Darwin"))
]


def test_each_dependency_is_known_to_make_bytes_or_none() -> None:
    assert {requirement.name for requirement in RUNTIME} == set(LIBRARIES) | NO_BYTES
    assert not NO_BYTES & set(LIBRARIES)


def test_the_libraries_are_told_as_they_are_installed() -> None:
    assert libraries() == {name: version(name) for name in LIBRARIES} | {
        "zlib": zlib.ZLIB_RUNTIME_VERSION
    }


def test_telling_the_libraries_imports_none_of_them() -> None:
    script = (
        "import sys; from toolkit.version import libraries; libraries()\n"
        "print(*(n for n in ('babel', 'docx', 'lxml', 'openpyxl', 'pikepdf', 'PIL', 'reportlab')"
        " if n in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("requirement", [*RUNTIME, *OPTIONAL], ids=lambda r: r.name)
def test_the_constraints_are_of_what_is_allowed(requirement: Requirement) -> None:
    (exact,) = PINS[canonicalize_name(requirement.name)].specifier
    assert exact.operator == "=="
    assert requirement.specifier.contains(exact.version)


def test_the_constraints_leave_nothing_open_on_any_system() -> None:
    for pin in PINS.values():
        assert [part.operator for part in pin.specifier] == ["=="]
    for environment in ANYWHERE:
        waiting = [*RUNTIME, *OPTIONAL]
        seen: set[tuple[str, str]] = set()
        while waiting:
            requirement = waiting.pop()
            for extra in ("", *requirement.extras):
                if (requirement.name, extra) in seen:
                    continue
                seen.add((requirement.name, extra))
                name = canonicalize_name(requirement.name)
                assert name in PINS, f"{name} on {environment['sys_platform']}"
                marker = PINS[name].marker
                assert marker is None or marker.evaluate(environment), name
                try:
                    # Another release than the pinned one may need other things.
                    if not PINS[name].specifier.contains(version(requirement.name)):
                        continue
                    lines = requires(requirement.name) or []
                except PackageNotFoundError:  # of another system
                    continue
                for line in lines:
                    needs = Requirement(line)
                    if needs.marker is None or needs.marker.evaluate(
                        {**environment, "extra": extra}
                    ):
                        waiting.append(needs)


@pytest.mark.slow
def test_the_constraints_install_and_build(tmp_path: Path) -> None:
    uv = [sys.executable, "-m", "uv", "--quiet"]
    python = tmp_path / "bin" / "python"

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run(*uv, "venv", "--allow-existing", "--python", sys.executable, tmp_path)
    run(*uv, "pip", "install", "--python", python, "--constraints", TARGET, ROOT)
    shown = run(python, "-c", "from toolkit.version import libraries; print(libraries())")
    for name, installed in re.findall(r"'([^']+)': '([^']+)'", shown):
        if name != "zlib":
            assert PINS[canonicalize_name(name)].specifier.contains(installed), name
    run(python, "-m", "toolkit", "build", FIRST, "-o", "packs")
    assert len(list((tmp_path / "packs" / "2023-10-17-beijing").iterdir())) == 4
