"""Rules of quotations: what is marked verbatim stands in the archived text of its source."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from toolkit.record.finding import Finding
from toolkit.record.policy import Policy
from toolkit.record.rules.book import Facts, rule

_MOST_BYTES = 20_000_000
_NEAR = 0.6
_ANCHORS = 4
# Quotation marks, dashes and white space differ between printings of the same words.
_SIGNS = str.maketrans(dict.fromkeys("“”„‟«»″＂‘’‚‛`´'\"", "'") | dict.fromkeys("–—‒―‑", "-"))


def normalised(text: str) -> str:
    """Return a text with one kind of quotation mark, dash and space."""
    return re.sub(r"\s+", " ", text.translate(_SIGNS)).strip()


@lru_cache(maxsize=16)
def _archive(path: Path, changed: int) -> tuple[str, str]:
    """Return an archived text, normalised, and its SHA-256; `changed` keeps the memory fresh."""
    data = path.read_bytes()
    return normalised(data.decode("utf-8")), hashlib.sha256(data).hexdigest()


def archive_paths(data: dict[str, Any], folder: Path | None, policy: Policy) -> list[Path]:
    """Return the archived texts that a record names, whether they are there or not."""
    sources = data.get("sources")
    names = [s.get("archived_text") for s in sources or () if isinstance(s, dict)]
    return [folder / n for n in names if isinstance(n, str)] if folder else []


def _archives(facts: Facts) -> Iterator[tuple[int, dict[str, Any], tuple[str, str] | str]]:
    """Yield each source that names an archived text, with the text or why there is none."""
    for index, source in facts.entries("sources"):
        name = source.get("archived_text")
        if not isinstance(name, str) or facts.folder is None:
            continue
        path = facts.folder / name
        try:
            if not path.resolve().is_relative_to(facts.folder.resolve()):
                yield index, source, "it leads out of the record's folder"
            elif path.stat().st_size > _MOST_BYTES:
                yield index, source, "it is too large"
            else:
                yield index, source, _archive(path, path.stat().st_mtime_ns)
        except (OSError, ValueError) as error:
            reason = (
                "it is no UTF-8 text" if isinstance(error, ValueError) else "there is no such file"
            )
            yield index, source, reason


@rule(
    "archive-missing",
    "warning",
    "the archived text of a source can be read",
    why="Quotations are compared with it. It lies in the folder of the record or below.",
    wrong='"sources": [{"id": "s", "title": "Readout", "archived_text": "no-such-file.txt"}]',
    right='"sources": [{"id": "s", "title": "Readout"}]',
)
def archives(facts: Facts) -> Iterator[Finding]:
    """Yield each archive-missing."""
    for index, source, found in _archives(facts):
        if isinstance(found, str):
            message = f'"{source["archived_text"]}" cannot be read: {found}'
            yield Finding("archive-missing", ("sources", index, "archived_text"), message)


@rule(
    "archive-changed",
    "warning",
    "the archived text of a source is the one whose hash was noted",
    why="The hash shows that nobody changed the text after it was archived.",
    wrong='"sources": [{"id": "s", "title": "Readout", "archived_text": "readout.txt", "sha256": '
    '"0000000000000000000000000000000000000000000000000000000000000000"}]',
    right='"sources": [{"id": "s", "title": "Readout", "archived_text": "readout.txt"}]',
)
def changed(facts: Facts) -> Iterator[Finding]:
    """Yield each archive-changed."""
    for index, source, found in _archives(facts):
        noted = source.get("sha256")
        if not isinstance(found, str) and isinstance(noted, str) and noted != found[1]:
            message = f'"{source["archived_text"]}" has another hash: {found[1]}'
            yield Finding("archive-changed", ("sources", index, "sha256"), message)


@rule(
    "not-in-source",
    "error",
    "a verbatim quotation stands in the archived text of its source",
    why="What is printed in quotation marks must be what was said. Spaces, dashes and the form of "
    'quotation marks do not count; a quotation in your own words has the mode "reported".',
    wrong='"sources": [{"id": "s", "title": "Readout", "archived_text": "readout.txt"}], '
    '"statements": [{"id": "st", "kind": "thanks", "mode": "verbatim", "speaker": "anna", "text": '
    '"We are grateful for your help.", "sources": ["s"]}]',
    right='"sources": [{"id": "s", "title": "Readout", "archived_text": "readout.txt"}], '
    '"statements": [{"id": "st", "kind": "thanks", "mode": "verbatim", "speaker": "anna", "text": '
    '"We are grateful for your warm welcome.", "sources": ["s"]}]',
)
def verbatim(facts: Facts) -> Iterator[Finding]:
    """Yield each not-in-source."""
    kept = {source.get("id"): found for _, source, found in _archives(facts)}
    for index, statement in facts.entries("statements"):
        if statement.get("mode") != "verbatim":
            continue
        sources = statement.get("sources")
        listed = sources if isinstance(sources, list) else []
        archived = [kept[ref] for ref in listed if isinstance(ref, str) and ref in kept]
        texts = [found[0] for found in archived if not isinstance(found, str)]
        if not texts:
            continue
        said = statement.get("text")
        forms = list(said.values()) if isinstance(said, dict) else [said]
        words = [normalised(form).strip("'") for form in forms if isinstance(form, str)]
        if words and not any(word in text for word in words for text in texts):
            yield Finding("not-in-source", ("statements", index, "text"), _miss(words[0], texts))


def _miss(words: str, texts: list[str]) -> str:
    """Say that words were not found, and where the nearest passage differs."""
    import difflib  # for few records

    message = "this quotation is not in the archived text of its source"
    said = words.split()
    best, steps, nearest = 0.0, [], said
    for text in texts:
        there = [word.strip("'") for word in text.split()]
        for start in _starts(said, there):
            passage = there[start : start + len(said)]
            matcher = difflib.SequenceMatcher(None, said, passage, autojunk=False)
            if matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
                best, steps, nearest = ratio, matcher.get_opcodes(), passage
    for tag, a, b, c, d in steps if best >= _NEAR else ():
        if tag != "equal":
            mine, theirs = " ".join(said[a:b]), " ".join(nearest[c:d])
            return f'{message}; it has "{mine}" where the source has "{theirs}"'
    return message + '; quote what was said, or write "mode": "reported"'


def _starts(said: list[str], there: list[str]) -> Iterator[int]:
    """Yield where a passage may begin: one of the first words of the quotation stands there."""
    places = {word: offset for offset, word in reversed(list(enumerate(said[:_ANCHORS])))}
    seen = set()
    for index, word in enumerate(there):
        if word in places and (start := index - places[word]) >= 0 and start not in seen:
            seen.add(start)
            yield start
