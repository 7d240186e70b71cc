"""Rules of what texts and numbers hold: characters, scripts, digits, spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from toolkit.record.finding import Finding, Path, Spot
from toolkit.record.rules.book import Facts, rule
from toolkit.record.schema import EVERY
from toolkit.record.texts import texts

# What XML 1.0 cannot hold, the two bidirectional overrides (which make a text read as another one),
# and surrogates without their half.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]"
)
_ESCAPED = re.compile(r"\\[bf]|\\u(?:00[0189]|202|[dD][89a-fA-F]|[fF]{3}|007)")
_MOST_DECIMALS = 30
# Zero-width space, word joiner, byte order mark, soft hyphen, Mongolian vowel separator.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u180e]")
_INVISIBLE_ESCAPE = re.compile(r"\\u(?:200[bB]|2060|[fF]{2}|00[aA]|180)")
# A word that holds letters of Latin and of Cyrillic or Greek.
_MIXED = re.compile(r"\b(?=[^\W\d_]*[A-Za-z])(?=[^\W\d_]*[\u0370-\u03ff\u0400-\u052f])[^\W\d_]+\b")
_NAME = re.compile(r"\b[^\W\d_]{5,}\b")
_NEAR = 0.84
# Bytes of the longest word that is compared with a name.
_LONGEST = 160


def _matches(
    facts: Facts, pattern: re.Pattern[str], *, in_ascii: bool = False
) -> Iterator[tuple[Path, str, Spot]]:
    """Yield where a text of the record holds what a pattern finds, and what that is.

    Texts of ASCII alone are passed over, unless the pattern may find something `in_ascii`.
    """
    for path, text, is_key in texts(facts.data):
        match = pattern.search(text) if in_ascii or not text.isascii() else None
        if match:
            yield path, match.group(), "key" if is_key else "value"


@rule(
    "forbidden-character",
    "error",
    "a text holds no character that no document can hold, or that falsifies what is read",
    why="Control characters make Office files unreadable; the overrides U+202D and U+202E show a "
    "text in another order than it is written.",
    wrong='"occasion": "Opening\\u0007 of the bridge"',
    right='"occasion": "Opening of the bridge"',
    firm=True,
)
def characters(facts: Facts) -> Iterator[Finding]:
    """Yield each forbidden-character."""
    # JSON itself refuses the control characters of ASCII where they are not escaped.
    escaped = "\\" in facts.text and _ESCAPED.search(facts.text)
    if not escaped and not _FORBIDDEN.search(facts.foreign):
        return
    for path, found, spot in _matches(facts, _FORBIDDEN, in_ascii=True):
        yield Finding("forbidden-character", path, _character(found), spot)


def _character(char: str) -> str:
    code = f"U+{ord(char):04X}"
    if char in "\u202d\u202e":
        return f"this text holds {code}, which turns the order of what is read; remove it"
    if "\ud800" <= char <= "\udfff":
        return f"this text holds {code}, half of a character; write the character itself"
    return f"this text holds {code}, a control character that no document can show; remove it"


@rule(
    "invisible-character",
    "warning",
    "a text holds no character that nobody can see",
    why="Such characters come along when text is copied from web pages; searching and comparing "
    "then fail for no reason that can be seen.",
    wrong='"occasion": "Opening of the\\u200b bridge"',
    right='"occasion": "Opening of the bridge"',
)
def invisible(facts: Facts) -> Iterator[Finding]:
    """Yield each invisible-character."""
    escaped = "\\" in facts.text and _INVISIBLE_ESCAPE.search(facts.text)
    if not escaped and not _INVISIBLE.search(facts.foreign):
        return
    for path, found, spot in _matches(facts, _INVISIBLE):
        message = f"this text holds U+{ord(found):04X}, which cannot be seen; remove it"
        yield Finding("invisible-character", path, message, spot)


@rule(
    "mixed-scripts",
    "warning",
    "a word is written in the letters of one script",
    why="A Latin letter within a Cyrillic word looks right and is not: the name is not found again.",
    wrong='"occasion": "Visit of President T\u043ekayev"',
    right='"occasion": "Visit of President Tokayev"',
)
def mixed_scripts(facts: Facts) -> Iterator[Finding]:
    """Yield each mixed-scripts."""
    if "\\u0" not in facts.text and not _touching(facts):
        return
    for path, word, spot in _matches(facts, _MIXED):
        latin = [char for char in word if char.isascii()]
        other = [char for char in word if not char.isascii()]
        fewer = latin if len(latin) <= len(other) else other
        shown = ", ".join(f'"{char}" (U+{ord(char):04X})' for char in dict.fromkeys(fewer))
        message = f'"{word}" mixes the letters of two scripts: {shown} is of the other one'
        yield Finding("mixed-scripts", path, message, spot)


# The first byte of each character of UTF-8: x begins a letter of Greek or Cyrillic, a one that may be
# a letter of Latin; the bytes that only go on with a character are left out.
_KINDS = bytes(
    ord("x" if 0xCD <= byte <= 0xD4 else "a" if byte >= 0xC3 or chr(byte).isalpha() else " ")
    for byte in range(256)
)
_CONTINUING = bytes(range(0x80, 0xC0))


def _touching(facts: Facts) -> bool:
    """Tell whether a Latin letter may stand beside one of another script, as in any mixed word."""
    between = facts.encoded.translate(_KINDS, _CONTINUING).split(b"x")
    return any(part[-1:] == b"a" for part in between[:-1]) or any(
        part[:1] == b"a" for part in between[1:]
    )


@rule(
    "bad-number",
    "error",
    "a number is written as JSON has it, and is one that a document can show",
    why="NaN, a leading + or more than thirty decimals are nothing that a reader can use.",
    wrong='"figures": [{"id": "f", "label": "Share", "value": 0.1234567890123456789012345678901}]',
    right='"figures": [{"id": "f", "label": "Share", "value": 0.123}]',
    firm=True,
)
def decimals(facts: Facts) -> Iterator[Finding]:
    """Yield each number with too many decimals."""
    for key in ("value", "low", "high"):
        for path, value in facts.at(("figures", EVERY, key)):
            exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
            if isinstance(exponent, int) and exponent < -_MOST_DECIMALS:
                message = f'"{key}" has too many decimals: at most {_MOST_DECIMALS}'
                yield Finding("bad-number", path, message)


@rule(
    "two-spellings",
    "warning",
    "a name is written in one way",
    why="A participant's name that is written otherwise in a text is either a slip or a form that "
    "belongs among the names of the participant.",
    wrong='"occasion": "Visit of Minister Serikkyzi"',
    right='"occasion": "Visit of Minister Serikkyzy"',
)
def two_spellings(facts: Facts) -> Iterator[Finding]:
    """Yield each two-spellings."""
    names: dict[str, str] = {}
    pattern = ("participants", EVERY, "names", EVERY, "text")
    for _, text in facts.at(pattern):
        if isinstance(text, str):
            names.update({_start(word): word for word in _NAME.findall(text)})
    if not names:
        return
    begun = {word for name in names.values() for word in _begun(facts, name[:3])}
    candidates = {word for word in begun if _near(word, names[_start(word)])}
    if not candidates:
        return
    told: set[str] = set()
    for path, text, is_key in texts(facts.data):
        if is_key or path[:1] == ("participants",) or path[-1:] == ("address",):
            continue
        for word in _NAME.findall(text):
            if word in candidates and word not in told:
                told.add(word)
                name = names[_start(word)]
                message = (
                    f'"{word}" is written "{name}" among the participants; write one of the two'
                )
                yield Finding("two-spellings", path, message)


def _begun(facts: Facts, start: str) -> Iterator[str]:
    """Yield the words of a record's text that begin as a name does."""
    text, sought = facts.encoded, start.encode()
    at = text.find(sought)
    while at >= 0:
        # A character has four bytes at most; one that was cut is no letter.
        before = text[max(0, at - 4) : at].decode(errors="replace")
        match = _NAME.match(text[at : at + _LONGEST].decode(errors="ignore"))
        if match and not before[-1:].isalpha():
            yield match.group()
        at = text.find(sought, at + len(sought))


def _start(word: str) -> str:
    return word[:3].casefold()


def _near(word: str, name: str) -> bool:
    if not word[:1].isupper() or word.startswith(name) or _MIXED.search(word):
        return False
    import difflib  # for few records

    ratio = difflib.SequenceMatcher(None, word.casefold(), name.casefold()).ratio()
    # An ending that only lengthens the name is its case in another language.
    return _NEAR <= ratio < 1 and len(word) <= len(name) + 1
