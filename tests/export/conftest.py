"""What tests of house styles share."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.export.style import copy_style


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the default style, to be changed."""
    copy_style(tmp_path / "own")
    return tmp_path / "own"
