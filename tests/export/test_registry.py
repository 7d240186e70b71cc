"""A third party adds a format with one class and one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.making import FIRST
from toolkit.errors import UsageError
from toolkit.export.registry import Exporter, exporter, formats

PLUGIN = """
from toolkit.document.blocks import Document, Heading


class Outline:
    extension = "txt"
    media_type = "text/plain"

    def export(self, composed, style, record):
        assert isinstance(composed, Document)
        heads = [b for b in composed.blocks if isinstance(b, Heading)]
        lines = ["".join(r.text for r in h.content) for h in heads]
        return "\\n".join([record.name, *lines]).encode()

    def lacking(self, characters, style):
        return []
"""


def test_the_formats_of_the_house() -> None:
    assert set(formats()) >= {"docx", "pdf", "xlsx"}
    for name in ("docx", "pdf", "pdf2", "xlsx"):
        assert isinstance(exporter(name), Exporter)


def test_a_format_that_is_not_installed_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="docx, pdf, pdf2, xlsx"):
        exporter("odt")


def test_a_third_partys_exporter_is_found_and_used(tmp_path: Path) -> None:
    (tmp_path / "outline_plugin.py").write_text(PLUGIN)
    info = tmp_path / "outline_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outline-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[briefpack.exporters]\noutline = outline_plugin:Outline\n"
    )
    command = [
        sys.executable,
        "-m",
        "toolkit",
        "build",
        str(FIRST),
        "-o",
        str(tmp_path),
        "--only",
        "briefing.outline",
    ]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"}
    subprocess.run(command, check=True, env=environment, capture_output=True)
    text = (tmp_path / FIRST.stem / f"{FIRST.stem}-briefing.txt").read_text("utf-8")
    assert text.splitlines()[:3] == [f"{FIRST.stem}.json", "Participants", "Kazakhstan, guest"]
