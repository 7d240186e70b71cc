"""From places in UTF-8 bytes, which tree-sitter counts, to places in characters, which people count."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left


class Offsets:
    """Maps offsets of bytes to offsets of characters, each in the time of a binary search.

    A character stands as many places before its first byte as there are continuation bytes before it.
    """

    def __init__(self, data: bytes) -> None:
        inner = () if data.isascii() else re.finditer(rb"[\x80-\xbf]", data)
        self._continuations = array("L", (match.start() for match in inner))

    def __call__(self, byte: int) -> int:
        """Return the offset of the character that begins at a byte."""
        return byte - bisect_left(self._continuations, byte)
