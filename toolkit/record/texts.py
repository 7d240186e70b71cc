"""Every text that data hold, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from toolkit.record.schema import Path


def texts(data: Any) -> Iterator[tuple[Path, str, bool]]:
    """Yield every text with its path, and whether it is a key; however deep they stand."""
    stack: list[tuple[Path, Any, bool]] = [((), data, False)]
    while stack:
        path, value, is_key = stack.pop()
        if isinstance(value, str):
            yield path, value, is_key
        elif isinstance(value, dict):
            for key, item in reversed(value.items()):
                stack += (((*path, key), item, False), ((*path, key), key, True))
        elif isinstance(value, list):
            stack.extend(((*path, i), value[i], False) for i in reversed(range(len(value))))


def values(data: Any) -> Iterator[tuple[Path, str]]:
    """Yield every text that is a value, with its path."""
    return ((path, text) for path, text, is_key in texts(data) if not is_key)
