"""Makes the picture in the README: `python -m tests.picture` (needs LibreOffice)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

import toolkit
from tests.golden import as_pdf
from tests.making import FIRST, ROOT

_TARGET = ROOT / ".github" / "documents.png"
_HEIGHT, _GAP, _GROUND = 560, 18, "#dfe3e8"


def first_page(path: Path) -> Image.Image:
    """Return the first page of a PDF file."""
    with pypdfium2.PdfDocument(path) as pdf:
        page = pdf[0]
        return page.render(scale=2 * _HEIGHT / page.get_height()).to_pil()


def one_pdf(path: Path, folder: Path) -> Path:
    """Return a PDF of an Office file; stop where there is no LibreOffice to make it."""
    (made,) = as_pdf([path], folder)
    if not made.exists():
        sys.exit("LibreOffice is needed, and made no PDF")
    return made


def main() -> None:
    """Build the first record's pack and put the first pages side by side."""
    with tempfile.TemporaryDirectory() as name:
        pack = toolkit.build(FIRST, name)
        briefing, summary, _ = (pack.folder / file.name for file in pack.files)
        pages = [first_page(one_pdf(briefing, Path(name))), first_page(summary)]
        pages.append(sheet(pack.folder / pack.files[2].name, Path(name)))
    scaled = [page.resize((round(page.width * _HEIGHT / page.height), _HEIGHT)) for page in pages]
    width = sum(page.width for page in scaled) + _GAP * (len(scaled) + 1)
    picture = Image.new("RGB", (width, _HEIGHT + 2 * _GAP), _GROUND)
    left = _GAP
    for page in scaled:
        picture.paste(page, (left, _GAP))
        left += page.width + _GAP
    _TARGET.parent.mkdir(exist_ok=True)
    picture.quantize(64).save(_TARGET, optimize=True)


def sheet(workbook: Path, folder: Path) -> Image.Image:
    """Return the upper left part of the sheet of agreements."""
    with pypdfium2.PdfDocument(one_pdf(workbook, folder)) as pdf:
        page = pdf[1].render(scale=2.2).to_pil()
    return page.crop((0, 0, round(page.width * 0.42), round(page.height * 0.3)))


if __name__ == "__main__":
    main()
