"""Where the schema and the templates are.

They stand at the top level of the repository. A wheel carries them inside the package, as
`toolkit/_resources`; an editable install and a checkout read them where they stand.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, as `resource("schemas", "meeting.schema.json")`.

    Raises FileNotFoundError when the installation lacks it.
    """
    for root in (_PACKAGE / "_resources", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"briefpack is not completely installed: {'/'.join(parts)} is missing")
