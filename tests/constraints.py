"""Writes templates/ci/constraints.txt: `python -m tests.constraints` (uv resolves).

The versions are those of the environment in which this runs, so those with which the tests pass.
What only another system or another Python needs is resolved for it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

from tests.making import ROOT

TARGET = ROOT / "templates" / "ci" / "constraints.txt"
EXTRAS = ("dask", "parquet", "remote")
_HEAD = """\
# The versions of all that briefpack needs, for any system and Python from 3.11 on: with them, the same
# record gives the same bytes. pip install -c constraints.txt takes them; "python -m tests.constraints"
# in briefpack's repository wrote them.
"""


def main() -> None:
    """Resolve the dependencies of pyproject.toml, with the versions that are installed here."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(name, "here.txt")
        pins = sorted({f"{d.name}=={d.version}" for d in distributions() if d.name != "briefpack"})
        here.write_text("\n".join(pins), encoding="utf-8")
        command = [
            sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal",
            "--python-version", "3.11", "--no-annotate", "--no-header", "--no-emit-index-url",
            "--no-emit-find-links", "--constraints", str(here), "pyproject.toml",
        ]  # fmt: skip
        extras = [part for extra in EXTRAS for part in ("--extra", extra)]
        done = subprocess.run(
            [*command, *extras], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
        )
    if done.returncode:
        sys.exit(done.stderr)
    TARGET.write_text(_HEAD + done.stdout, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
