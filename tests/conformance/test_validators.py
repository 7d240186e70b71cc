"""The reference validators on every record of the tests: veraPDF, Open XML SDK, LibreOffice.

They need Java, a .NET program and LibreOffice. The scripts that install and call the first two stand
in the folder that BRIEFPACK_VALIDATORS names, or in `shared/bin` beside the repository.
"""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

import toolkit
from tests.conftest import Packs, needed
from tests.making import RECORDS, ROOT, large_record, written
from tests.test_cli import run
from toolkit.export.style import default_style, shipped_styles
from toolkit.record.policy import Policy
from toolkit.register.collect import collect
from toolkit.register.store import Store
from toolkit.register.workbook import write_workbook

pytestmark = pytest.mark.slow

FOLDER = Path(os.environ.get("BRIEFPACK_VALIDATORS", ROOT.parent / "shared" / "bin"))
NAMES = [*RECORDS, "large"]
MINIMAL = RECORDS["minimal"]


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
def longest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record whose briefing has more than sixty pages."""
    return written(tmp_path_factory.mktemp("long") / "long.json", large_record(600, 360))


@pytest.mark.parametrize(("version", "flavours"), [(1, ("ua1", "3a")), (2, ("ua2", "4f"))])
def test_pdf_conforms(
    version: int, flavours: tuple[str, str], longest: Path, tmp_path: Path
) -> None:
    files = []
    for path in [*RECORDS.values(), longest]:
        only = ["summary", "briefing.pdf"]
        pack = toolkit.build(path, tmp_path, only=only, pdf_version=version)
        files += [pack.folder / file.name for file in pack.files]
    for flavour in flavours:
        passes(validator("verapdf"), "-f", flavour, *files)


@pytest.mark.parametrize(("version", "flavours"), [(1, ("ua1", "3a")), (2, ("ua2", "4"))])
def test_files_without_the_record_conform(
    version: int, flavours: tuple[str, str], tmp_path: Path
) -> None:
    for name in ("first", "arabic-record"):
        toolkit.build(RECORDS[name], tmp_path, attach=False, pdf_version=version)
    for flavour in flavours:
        passes(validator("verapdf"), "-f", flavour, *tmp_path.rglob("*.pdf"))
    passes(validator("ooxml-validator"), *tmp_path.rglob("*.docx"), *tmp_path.rglob("*.xlsx"))


@pytest.mark.parametrize("style", [name for name in shipped_styles() if name != "default"])
def test_a_style_does_not_break_conformance(style: str, tmp_path: Path) -> None:
    for name in ("first", "arabic-record", "multilateral-summit"):
        toolkit.build(RECORDS[name], tmp_path, style=style)
    papers = list(tmp_path.rglob("*.pdf"))
    for flavour in ("ua1", "3a"):
        passes(validator("verapdf"), "-f", flavour, *papers)
    passes(validator("ooxml-validator"), *tmp_path.rglob("*.docx"), *tmp_path.rglob("*.xlsx"))


def test_a_register_conforms_also_where_it_is_long_or_split(longest: Path, tmp_path: Path) -> None:
    files = []
    for name, records in (("all", RECORDS.values()), ("long", [longest]), ("none", [MINIMAL])):
        files.append(tmp_path / f"{name}.xlsx")
        done = run("register", *records, "-o", files[-1], "--as-of", "2026-01-01", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    with Store(date(2026, 1, 1)) as store, (tmp_path / "split.xlsx").open("wb") as file:
        assert not list(collect([str(longest)], store, Policy(), "en", None))
        assert write_workbook(file, store, default_style(), "en", "Public", most_rows=250)
    passes(validator("ooxml-validator"), *files, tmp_path / "split.xlsx")


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
