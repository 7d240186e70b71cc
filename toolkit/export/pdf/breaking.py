"""Where lines may end, and in which order their parts stand.

Lines break after spaces and hyphens and between ideographs (reportlab knows which of their signs may
not start or end a line); directions follow the Unicode Bidirectional Algorithm (python-bidi).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bidi import algorithm as bidi
from reportlab.lib.textsplit import ALL_CANNOT_END, ALL_CANNOT_START

_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u303f\u3040-\u30ff\u3100-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"[^\s\-–—/]*[\-–—/]*[^\S\xa0\u202f]*")


def breaks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text between which a line may end."""
    start = 0
    for match in _WORD.finditer(text):
        end = match.end()
        if end <= start:
            continue
        # A line break of the text ends the stretch in which it stands.
        while (newline := text.find("\n", start, end)) >= 0:
            yield from _within(text, start, newline + 1)
            start = newline + 1
        if start < end:
            yield from _within(text, start, end)
        start = end


def _within(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if _CJK.search(text, start, end):
        for at in range(start + 1, end):
            before, after = text[at - 1], text[at]
            wide = _CJK.match(before) or _CJK.match(after)
            if (
                wide
                and after not in ALL_CANNOT_START
                and before not in ALL_CANNOT_END
                and not after.isspace()
            ):
                yield start, at
                start = at
    yield start, end


def levels_of(text: str, rtl: bool) -> list[int]:
    """Return the embedding level of each character (Unicode Standard Annex 9)."""
    levels: list[int] = []
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\n")
        storage = bidi.get_empty_storage()
        storage["base_level"], storage["base_dir"] = (1, "R") if rtl else (0, "L")
        bidi.get_embedding_levels(body, storage)
        bidi.explicit_embed_and_overrides(storage)
        bidi.resolve_weak_types(storage)
        bidi.resolve_neutral_types(storage, False)
        bidi.resolve_implicit_levels(storage, False)
        found = [char["level"] for char in storage["chars"]]
        base = int(storage["base_level"])
        trailing = len(body.rstrip())
        levels += found[:trailing] + [base] * (len(line) - trailing)
    return levels


def visual_order(levels: list[int]) -> list[int]:
    """Return the indexes of parts from left to right (rule L2)."""
    order = list(range(len(levels)))
    highest = max(levels, default=0)
    lowest_odd = min((level for level in levels if level % 2), default=highest + 1)
    for level in range(highest, lowest_odd - 1, -1):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            stop = start
            while stop < len(order) and levels[order[stop]] >= level:
                stop += 1
            order[start:stop] = reversed(order[start:stop])
            start = stop
    return order
