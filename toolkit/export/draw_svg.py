"""A process of its own that draws an SVG (resvg): whatever becomes of it, only that is lost.

Standard input is the SVG, standard output the PNG. The arguments are the folder of the renderer, and
the width or the height of the picture in pixels, the other being 0. No fonts of the machine are used,
so that a picture looks the same anywhere.
"""

from __future__ import annotations

import sys
from contextlib import suppress

_MEMORY = 1_000_000_000


def main(folder: str, width: int, height: int) -> None:
    """Draw; the last line of standard error says why, where that fails."""
    sys.path.append(folder)
    with suppress(ImportError, OSError, ValueError):  # not every system has such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    import resvg_py

    text = sys.stdin.buffer.read().decode("utf-8")
    drawn = resvg_py.svg_to_bytes(
        svg_string=text, width=width or None, height=height or None, skip_system_fonts=True
    )
    sys.stdout.buffer.write(bytes(drawn))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
