"""Pages look as a person approved them; `python -m tests.golden` makes the images anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests import golden
from tests.conftest import needed


def compare(
    pages: Iterator[tuple[str, Image.Image]], kinds: tuple[str, ...], tmp_path: Path
) -> None:
    wrong, seen = [], set()
    for name, image in pages:
        seen.add(name)
        path = golden.FOLDER / f"{name}.png"
        if not path.exists():
            wrong.append(f"{name}: a page that was never approved")
            continue
        with Image.open(path) as approved:
            if not golden.alike(image, approved.convert("L")):
                image.save(tmp_path / f"{name}.png")
                wrong.append(f"{name}: looks otherwise, see {tmp_path / name}.png")
    listed = {p.stem for p in golden.FOLDER.glob("*.png") if any(k in p.stem for k in kinds)}
    wrong += [f"{name}: the page is gone" for name in sorted(listed - seen)]
    assert not wrong, "\n".join(wrong)


def test_our_pages_look_as_they_were_approved(tmp_path: Path) -> None:
    compare(golden.drawn(tmp_path / "packs"), ("-default-", "-classic-"), tmp_path)


@pytest.mark.slow
def test_office_pages_look_as_they_were_approved(tmp_path: Path) -> None:
    needed("soffice")
    compare(golden.converted(tmp_path / "packs"), ("-office-",), tmp_path)


def test_a_page_that_is_spoilt_is_seen() -> None:
    with Image.open(golden.FOLDER / "first-default-summary-1.png") as image:
        page = image.convert("L")
    moved = Image.new("L", page.size, 255)
    moved.paste(page, (0, 6))
    assert not golden.alike(page, moved)
    without = page.copy()
    ImageDraw.Draw(without).rectangle((30, 180, 200, 200), fill=255)
    assert not golden.alike(page, without)
    darker = page.point(lambda level: max(0, level - 9))
    assert golden.alike(page, darker)
