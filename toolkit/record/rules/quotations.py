"""Rules of quotations: what is marked verbatim stands in the archived text of its source.

Messages say nothing of the archived text but whether the record's own words stand in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from toolkit.record.archive import Archive, normalised
from toolkit.record.finding import Finding
from toolkit.record.rules.book import Facts, rule

MOST_SEARCHED = 1_000_000_000
"""How many characters are looked through for the quotations of one record; a few seconds."""
_NEAR = 0.4
_SHOWN = 80
_MISSING = "this quotation is not in the archived text of its source"
_TOO_LONG = (
    "this quotation was not compared, for the quotations and archived texts of this record are too "
    "long together; archive no more of a source than what the record needs"
)


@rule(
    "archive-missing",
    "warning",
    "the archived text of a source can be read",
    why="Quotations are compared with it. It is a text file (UTF-8, at most 20 MB) in the folder "
    "sources, or in one that the project's settings name as archives.",
    wrong='"sources": [{"id": "s", "title": "Readout", "archived_text": "sources/no-such-file.txt"}]',
    right='"sources": [{"id": "s", "title": "Readout"}]',
)
def archives(facts: Facts) -> Iterator[Finding]:
    """Yield each archive-missing."""
    for index, source, text in facts.archived:
        if isinstance(text, str):
            message = f'"{_short(source["archived_text"])}" cannot be read: {text}'
            yield Finding("archive-missing", ("sources", index, "archived_text"), message)


@rule(
    "archive-changed",
    "warning",
    "the archived text of a source is the one whose hash was noted",
    why="The hash shows that nobody changed the text after it was archived. It is not printed, for "
    'a hash tells what a text is to those who can guess it; "sha256sum FILE" does.',
    wrong='"sources": [{"id": "s", "title": "Readout", "archived_text": "sources/readout.txt", '
    '"sha256": "0000000000000000000000000000000000000000000000000000000000000000"}]',
    right='"sources": [{"id": "s", "title": "Readout", "archived_text": "sources/readout.txt"}]',
)
def changed(facts: Facts) -> Iterator[Finding]:
    """Yield each archive-changed."""
    for index, source, text in facts.archived:
        noted = source.get("sha256")
        if isinstance(text, Archive) and isinstance(noted, str) and noted != text.sha256:
            message = (
                f'"{_short(source["archived_text"])}" has another hash; it was changed since it was '
                "archived, or the hash is that of another file"
            )
            yield Finding("archive-changed", ("sources", index, "sha256"), message)


@rule(
    "not-in-source",
    "error",
    "a verbatim quotation stands in the archived text of its source",
    why="What is printed in quotation marks must be what was said. Spaces, dashes and the form of "
    'quotation marks do not count; a quotation in your own words has the mode "reported".',
    wrong='"sources": [{"id": "s", "title": "Readout", "archived_text": "sources/readout.txt"}], '
    '"statements": [{"id": "st", "kind": "thanks", "mode": "verbatim", "speaker": "anna", "text": '
    '"We are grateful for your help.", "sources": ["s"]}]',
    right='"sources": [{"id": "s", "title": "Readout", "archived_text": "sources/readout.txt"}], '
    '"statements": [{"id": "st", "kind": "thanks", "mode": "verbatim", "speaker": "anna", "text": '
    '"We are grateful for your warm welcome.", "sources": ["s"]}]',
)
def verbatim(facts: Facts) -> Iterator[Finding]:
    """Yield each not-in-source."""
    named = {source.get("id"): text for _, source, text in facts.archived}
    search, near = _Search(MOST_SEARCHED), _Search(MOST_SEARCHED // 4)
    for index, statement in facts.entries("statements"):
        if statement.get("mode") != "verbatim":
            continue
        cited = statement.get("sources")
        refs = [ref for ref in cited if isinstance(ref, str)] if isinstance(cited, list) else []
        texts = [text for text in map(named.get, refs) if isinstance(text, Archive)]
        forms = statement.get("text")
        listed = list(forms.values()) if isinstance(forms, dict) else [forms]
        quoted = [normalised(form).strip("'") for form in listed if isinstance(form, str)]
        if not texts or not quoted:
            continue
        texts = list(dict.fromkeys(texts))
        if any(search.stands(form, text.text()) for text in texts for form in quoted):
            continue
        message = _difference(quoted[0].split(), texts, near) if search.left >= 0 else _TOO_LONG
        yield Finding("not-in-source", ("statements", index, "text"), message)


class _Search:
    """Looks for words in texts, in time that grows with their lengths.

    `left` is how many characters it may still look through; below zero, nothing is found.
    """

    def __init__(self, left: int) -> None:
        self.left = left

    def stands(self, words: str, text: str) -> bool:
        """Tell whether words stand in a text."""
        self.left -= len(words) + len(text)
        return self.left >= 0 and words in text


def _difference(words: list[str], archived: Iterable[Archive], search: _Search) -> str:
    """Say that a quotation is not there, and which of its words are not where the others are."""
    count = len(words)
    first = last = 0
    for archive in archived:
        ends = _ends(words, archive.text(), search)
        first, last = max((first, last), ends, key=sum)
    if search.left < 0 or first + last < _NEAR * count:
        return f'{_MISSING}; quote what was said, or write "mode": "reported"'
    if first + last == count:
        before, after = " ".join(words[max(0, first - 3) : first]), " ".join(words[first:][:3])
        return f'{_MISSING}; there, "{_short(before)}" is not followed by "{_short(after)}"'
    other = _short(" ".join(words[first : count - last]))
    return f'{_MISSING}; it differs at "{other}" (word {first + 1} of {count})'


def _ends(words: list[str], text: str, search: _Search) -> tuple[int, int]:
    """Return how many of the first words stand together in a text, and how many of the last ones."""
    first = _most(len(words), lambda n: search.stands(f"{' '.join(words[:n])} ", text))
    last = _most(len(words) - first, lambda n: search.stands(f" {' '.join(words[-n:])}", text))
    return first, last


def _most(count: int, holds: Callable[[int], bool]) -> int:
    """Return the greatest number up to `count` for which something holds that holds for all below."""
    low = 0
    while low < count:
        middle = (low + count + 1) // 2
        low, count = (middle, count) if holds(middle) else (low, middle - 1)
    return low


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."
