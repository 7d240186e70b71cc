"""The blank record from which a writer starts."""

from __future__ import annotations

import re
from pathlib import Path

from toolkit.files import write_new
from toolkit.resources import resource

_PLACEHOLDER = '"id": "my-meeting"'


def write_starter(path: Path) -> None:
    """Write the starter record into a new file; its id follows the file's name.

    Raises BriefpackError where the file exists or cannot be written.
    """
    text = resource("templates", "records", "starter.json").read_text("utf-8")
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.casefold()).strip("-")[:80].strip("-")
    if slug and not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", slug):
        text = text.replace(_PLACEHOLDER, f'"id": "{slug}"', 1)
    write_new({path: text.encode("utf-8")})
