"""Page images that a person has looked at and approved, and how new ones compare with them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import rendercv_fonts
from PIL import Image, ImageChops, ImageStat

import toolkit
from tests.making import RECORDS

FOLDER = Path(__file__).parent
_DPI = 40
_BLOCK = 12
_TOLERANCE = 36
"""How far the mean grey of a block of the page may differ, of 255."""

PAPERS = [*RECORDS]
STYLED = ("first", "arabic-record")
OFFICE = ("starter", "official-visit", "multilateral-summit")
"""Records whose Word and Excel files are compared, too; no letters that LibreOffice would borrow."""


def pages(path: Path) -> Iterator[Image.Image]:
    """Yield the pages of a PDF file in grey, at a low resolution."""
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            yield page.render(scale=_DPI / 72, grayscale=True).to_pil().convert("L")


def as_pdf(files: list[Path], folder: Path) -> list[Path]:
    """Return PDF files that LibreOffice makes of Office files."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    environment = {**os.environ, "FONTCONFIG_FILE": str(_only_our_fonts(folder))}
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    # The first start in a fresh profile ends without having done anything.
    for _ in range(2):
        subprocess.run(
            [*command, *map(str, files)], check=False, capture_output=True, env=environment
        )
    return [folder / f"{path.stem}.pdf" for path in files]


def _only_our_fonts(folder: Path) -> Path:
    """Return a configuration in which a machine has no fonts but those that are dependencies of ours."""
    fonts = Path(rendercv_fonts.__file__).parent
    names = ("Source Sans 3", "Noto Sans")
    path = folder / "fonts.conf"
    path.write_text(
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        + "".join(f"<dir>{fonts / name}</dir>" for name in names)
        + f"<cachedir>{folder / 'font-cache'}</cachedir>"
        "<match target='pattern'><edit name='family' mode='append'>"
        f"<string>{names[0]}</string></edit></match></fontconfig>",
        encoding="utf-8",
    )
    return path


def drawn(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Yield name and image of each page of the PDF files that we write ourselves."""
    for style in ("default", "classic"):
        for name in PAPERS if style == "default" else STYLED:
            only = ["summary", "briefing.pdf"] if name in STYLED else ["summary"]
            pack = toolkit.build(RECORDS[name], folder / style, only=only, style=style)
            for file in pack.files:
                document = file.name.removesuffix(".pdf").rsplit("-", 1)[1]
                for number, page in enumerate(pages(pack.folder / file.name), 1):
                    yield f"{name}-{style}-{document}-{number}", page


def converted(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Yield name and image of each page of Word and Excel files, as LibreOffice shows them."""
    files = {}
    for name in OFFICE:
        pack = toolkit.build(RECORDS[name], folder, only=["briefing", "agreements"])
        for file in pack.files:
            document = file.name.rsplit(".", 1)[0].rsplit("-", 1)[1]
            files[f"{name}-office-{document}"] = pack.folder / file.name
    for name, path in zip(files, as_pdf(list(files.values()), folder), strict=True):
        for number, page in enumerate(pages(path), 1):
            yield f"{name}-{number}", page


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the greatest difference of the mean grey of two blocks at the same place, 0 to 255."""
    if one.size != other.size:
        return 255.0
    delta = ImageChops.difference(one.reduce(2).convert("L"), other.reduce(2).convert("L"))
    small = delta.reduce(_BLOCK // 2)
    return float(ImageStat.Stat(small).extrema[0][1])


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether a page looks as it was approved."""
    return difference(one, other) <= _TOLERANCE
