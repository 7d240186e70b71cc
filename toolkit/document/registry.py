"""The documents of a pack, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from toolkit.document import agreements, briefing, summary
from toolkit.document.blocks import Composed
from toolkit.document.context import Context

COMPOSERS: Final[dict[str, Callable[[Context], Composed]]] = {
    "briefing": briefing.compose,
    "summary": summary.compose,
    "agreements": agreements.compose,
}
