"""The house: what is imported when, and that nothing is imported upwards."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.making import FIRST, ROOT

PACKAGE = ROOT / "toolkit"
# Each room may import from those that stand below it.
BELOW = {
    "record": set(),
    "document": {"record"},
    "export": {"record", "document"},
    "report": {"record"},
    "pack": {"record", "document", "export"},
    "project": {"record"},
    "register": {"record", "document", "export", "report"},
    "batch": {"record", "report", "document", "export", "pack", "project"},
}
COMMON = {"errors", "files", "intake", "places", "resources", "version"}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("room", sorted(BELOW))
def test_no_room_imports_from_above(room: str) -> None:
    for path in sorted((PACKAGE / room).rglob("*.py")):
        rooms = {n.split(".")[1] for n in imported(path) if n.startswith("toolkit.")}
        assert rooms <= {room} | BELOW[room] | COMMON, path


@pytest.mark.parametrize(
    ("library", "home"),
    [("docx", "export/docx"), ("reportlab", "export"), ("openpyxl", "export/xlsx")],
)
def test_a_document_library_is_imported_in_its_exporter_only(library: str, home: str) -> None:
    for path in PACKAGE.rglob("*.py"):
        if library in {name.split(".")[0] for name in imported(path)}:
            assert path.relative_to(PACKAGE).as_posix().startswith(home), path


def test_a_composer_knows_no_file_format() -> None:
    for path in (PACKAGE / "document").rglob("*.py"):
        libraries = {name.split(".")[0] for name in imported(path)}
        assert not libraries & {"docx", "reportlab", "openpyxl", "pikepdf", "lxml"}, path


def modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stderr.split()}


def test_validate_loads_no_document_library() -> None:
    code = f"from toolkit.cli import main; main(['validate', {str(FIRST)!r}])"
    loaded = modules_after(code)
    heavy = {
        "docx",
        "reportlab",
        "openpyxl",
        "lxml",
        "pikepdf",
        "PIL",
        "fontTools",
        "msgspec",
    }
    assert not loaded & (heavy | {"tree_sitter", "uharfbuzz"})
    assert "jsonschema_rs" in loaded
    assert "jsonschema" not in loaded  # it is asked only where there is something to explain


def test_a_pdf_alone_loads_neither_word_nor_excel(tmp_path: Path) -> None:
    code = f"import toolkit; toolkit.build({str(FIRST)!r}, {str(tmp_path)!r}, only=['summary'])"
    loaded = modules_after(code)
    assert not loaded & {"docx", "openpyxl"}


def test_the_public_names_are_those_that_are_promised() -> None:
    import toolkit

    assert len(toolkit.__all__) <= 12
    for name in toolkit.__all__:
        assert getattr(toolkit, name).__doc__
