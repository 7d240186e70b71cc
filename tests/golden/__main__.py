"""Makes the approved page images anew: `python -m tests.golden`. Look at each that git shows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.golden import FOLDER, converted, drawn


def main() -> None:
    """Write an image of each page, and remove those of pages that are no more."""
    made = set()
    with tempfile.TemporaryDirectory() as name:
        for pages in (drawn(Path(name) / "drawn"), converted(Path(name) / "converted")):
            for page, image in pages:
                image.quantize(16).save(FOLDER / f"{page}.png", optimize=True)
                made.add(f"{page}.png")
    for path in FOLDER.glob("*.png"):
        if path.name not in made:
            path.unlink()


if __name__ == "__main__":
    main()
