"""The reference validators on every record of the tests: veraPDF, Open XML SDK, LibreOffice.

They need Java, a .NET program and LibreOffice. The scripts that install and call the first two stand
in the folder that BRIEFPACK_VALIDATORS names, or in `shared/bin` beside the repository.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import toolkit
from tests.conftest import Packs, needed
from tests.making import RECORDS, ROOT, large_record, written

pytestmark = pytest.mark.slow

FOLDER = Path(os.environ.get("BRIEFPACK_VALIDATORS", ROOT.parent / "shared" / "bin"))
NAMES = [*RECORDS, "large"]


def validator(name: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        reason = f"no validator {name} in {FOLDER}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def passes(*command: str | Path) -> None:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, "\n".join(line for line in lines if not line.startswith("PASS"))
    assert sum(line.startswith("PASS") for line in lines) > 0


@pytest.fixture(scope="module")
def papers(packs: Packs, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every summary, and every briefing as PDF; the longest has more than sixty pages."""
    out = tmp_path_factory.mktemp("papers")
    paths = [packs.file(name, "summary") for name in NAMES]
    large = written(out / "large.json", large_record(500, 300))
    for path in [*RECORDS.values(), large]:
        pack = toolkit.build(path, out, only=["briefing.pdf"])
        paths.append(pack.folder / pack.files[0].name)
    return paths


@pytest.mark.parametrize("flavour", ["ua1", "3a"])
def test_pdf_conforms(papers: list[Path], flavour: str) -> None:
    passes(validator("verapdf"), "-f", flavour, *papers)


def test_docx_and_xlsx_conform(packs: Packs, tmp_path: Path) -> None:
    files = [
        packs.file(name, document) for name in NAMES for document in ("briefing", "agreements")
    ]
    for path in RECORDS.values():
        pack = toolkit.build(path, tmp_path, only=["summary.docx"])
        files.append(pack.folder / pack.files[0].name)
    passes(validator("ooxml-validator"), *files)


def test_libreoffice_opens_what_we_write(packs: Packs, tmp_path: Path) -> None:
    office = needed("soffice")
    files = [
        packs.file(name, document) for name in NAMES for document in ("briefing", "agreements")
    ]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    # The first start in a fresh profile ends without having done anything.
    for _ in range(2):
        subprocess.run([*command, *map(str, files)], check=False, capture_output=True)
    made = {path.stem for path in tmp_path.glob("*.pdf") if path.stat().st_size > 2000}
    assert made == {path.stem for path in files}
