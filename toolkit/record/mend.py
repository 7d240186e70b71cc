"""What a mistake in JSON's notation is called, and how it is mended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import DecimalException

from toolkit.record.finding import Fix
from toolkit.record.syntax import decimal

_SMART = "“”„‟«»″＂"
_WORDS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}
_NULLS = {"None", "NULL", "Null", "nil", "undefined", "NaN", "Infinity", "-Infinity"}
_WORD = re.compile(r"[^\W\d][\w$-]*")
_CLOSER = {"{": "}", "[": "]"}


def _outside_strings(text: str, pattern: str) -> Iterator[re.Match[str]]:
    """Yield where a pattern is found outside of quoted texts."""
    for match in re.finditer(r'"(?:[^"\\]|\\.)*+"|(' + pattern + ")", text, re.DOTALL):
        if match.group(1):
            yield match


def constant(text: str, name: str) -> tuple[int, int]:
    """Return where a word that the decoder takes for a number first stands."""
    match = next(_outside_strings(text, rf"(?<![\w-]){name}\b"), None)
    return match.span() if match else (0, 1)


def endless_number(text: str) -> tuple[int, int]:
    """Return where the first number stands that has too many digits to be read."""
    for match in _outside_strings(text, r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"):
        try:
            _ = int(match[1]) if match[1].lstrip("-").isdigit() else decimal(match[1])
        except (ValueError, DecimalException):
            return match.span()
    return 0, 1


def nth_level(text: str, level: int) -> int:
    """Return where the first bracket stands that opens the level of that number."""
    depth = 0
    for match in _outside_strings(text, r"[\[\]{}]"):
        depth += 1 if match[1] in _CLOSER else -1
        if depth == level:
            return match.start()
    return 0


def _back(text: str, pos: int) -> int:
    """The offset behind the last character before `pos` that is not white space."""
    while pos > 0 and text[pos - 1] in " \t\r\n":
        pos -= 1
    return pos


def _ahead(text: str, pos: int) -> int:
    while pos < len(text) and text[pos] in " \t\r\n":
        pos += 1
    return pos


def mends(text: str, error: json.JSONDecodeError) -> list[Fix]:
    """Return the edits that mend the mistake at which the decoder stopped; none where it is unknown."""
    pos, message = error.pos, error.msg
    if message.startswith("Unterminated string"):
        return _close_string(text, pos)
    if message.startswith("Invalid control character"):
        return _control(text, pos)
    if message.startswith("Invalid \\"):
        return _escape(text, pos)
    pos = _ahead(text, pos)
    char = text[pos : pos + 1]
    comma = _back(text, pos)
    if char == "," and text[_ahead(text, pos + 1) :][:1] in ("}", "]"):
        return [Fix(pos, pos + 1, "", "trailing-comma", "remove the comma: nothing follows it")]
    if char and char in "}]" and comma and text[comma - 1] == ",":
        return [Fix(comma - 1, comma, "", "trailing-comma", "remove the comma: nothing follows it")]
    if text.startswith("//", pos) or char == "#":
        end = re.compile(r"[^\r\n]*").match(text, pos)
        assert end
        return [
            Fix(
                pos,
                end.end(),
                "",
                "comment",
                "JSON has no comments: remove it, or keep it in a key that begins with x-",
            )
        ]
    if text.startswith("/*", pos):
        stop = text.find("*/", pos)
        stop = len(text) if stop < 0 else stop + 2
        return [
            Fix(
                pos,
                stop,
                "",
                "comment",
                "JSON has no comments: remove it, or keep it in a key that begins with x-",
            )
        ]
    if not char:
        return _close_brackets(text)
    if message.startswith("Extra data"):
        if char in "}],":
            return [
                Fix(
                    pos,
                    pos + 1,
                    "",
                    "extra-bracket",
                    f'remove the "{char}": what it would close is closed already',
                )
            ]
        return []
    if message.startswith("Expecting ','") and char == ";":
        return [Fix(pos, pos + 1, ",", "missing-comma", 'write "," between two entries')]
    if message.startswith("Expecting ','") and char not in "}]:":
        at = _back(text, pos)
        # A line may be the whole file: only what stands near is looked at.
        line = max(text.rfind("\n", 0, pos) + 1, pos - 500)
        early = re.compile(r'"(?:[^"\\]|\\.)*?(\s*,\s*)"$').search(text, line, pos)
        if early and pos == at and _WORD.match(text, pos):
            # The quotation mark that opens the next key was taken for the closing one.
            cut = early.start(1)
            return [Fix(cut, cut, '"', "missing-quote", "the closing quotation mark is missing")]
        if char not in '"{[-0123456789' and char not in _SMART + "'" and not _WORD.match(text, pos):
            return []
        return [Fix(at, at, ",", "missing-comma", "a comma is missing here, between two entries")]
    if message.startswith("Expecting ':'"):
        if char == "=":
            return [
                Fix(pos, pos + 1, ":", "missing-colon", 'write ":" between a key and its value')
            ]
        at = _back(text, pos)
        return [Fix(at, at, ":", "missing-colon", 'a ":" is missing between key and value')]
    if char in "}]":
        return _closing(text, pos, char)
    if char in _SMART or char in "'‘’`":
        return _quotes(text, pos)
    return _bare_word(text, pos, key=message.startswith("Expecting property name"))


def _closing(text: str, pos: int, char: str) -> list[Fix]:
    stack = _stack(text[:pos])
    if stack and _CLOSER[stack[-1]] != char:
        right = _CLOSER[stack[-1]]
        return [
            Fix(
                pos,
                pos + 1,
                right,
                "wrong-bracket",
                f'write "{right}" here: "{stack[-1]}" is open, not its counterpart',
            )
        ]
    if text[_back(text, pos) - 1 : _back(text, pos)] == ":":
        return [Fix(pos, pos, "null", "missing-value", "a value is missing after the key")]
    return []


def _close_brackets(text: str) -> list[Fix]:
    closers = "".join(_CLOSER[c] for c in reversed(_stack(text)))
    at = _back(text, len(text))
    if not closers or text[at - 1] == ":":
        return []
    drop = at - 1 if text[at - 1] == "," else at
    return [
        Fix(
            drop,
            at,
            closers,
            "missing-bracket",
            f'the record ends too early: "{closers}" is missing',
        )
    ]


def _stack(text: str) -> list[str]:
    stack: list[str] = []
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text, re.DOTALL):
        token = match.group()
        if token in _CLOSER:
            stack.append(token)
        elif token in "}]" and stack:
            stack.pop()
    return stack


def _close_string(text: str, start: int) -> list[Fix]:
    line_end = re.compile(r"[^\r\n]*").match(text, start)
    assert line_end
    at = _back(text, line_end.end())
    while at > start + 1 and text[at - 1] in ",}]":
        at -= 1
    return [Fix(at, at, '"', "missing-quote", "the closing quotation mark is missing")]


def _control(text: str, pos: int) -> list[Fix]:
    if text[pos] in "\r\n":
        start = pos
        while start > 0 and text[start - 1] not in "\r\n":
            start -= 1
        at = _back(text, pos)
        if at > start and text[at - 1] == ",":
            return [
                Fix(at - 1, at - 1, '"', "missing-quote", "the closing quotation mark is missing")
            ]
        width = 2 if text.startswith("\r\n", pos) else 1
        following = text[_ahead(text, pos) : _ahead(text, pos) + 1]
        if following in ("}", "]", '"', ""):
            return [Fix(at, at, '"', "missing-quote", "the closing quotation mark is missing")]
        return [
            Fix(
                pos,
                pos + width,
                "\\n",
                "line-break",
                "a text may not run over a line break: write \\n for a new line",
            )
        ]
    code = f"\\u{ord(text[pos]):04x}"
    new = {"\t": "\\t"}.get(text[pos], code)
    return [
        Fix(
            pos,
            pos + 1,
            new,
            "control-character",
            f"a control character (U+{ord(text[pos]):04X}) stands here: write {new} or remove it",
        )
    ]


def _escape(text: str, pos: int) -> list[Fix]:
    at = text.rfind("\\", 0, pos + 1)
    return [Fix(at, at, "\\", "bad-escape", "write a backslash in a text twice: \\\\")]


def _quotes(text: str, pos: int) -> list[Fix]:
    """A key or a value in typographic or single quotation marks."""
    marks = _SMART + '"' if text[pos] in _SMART else "'‘’`" + '"'
    end = re.compile(r"[" + re.escape(marks) + r"](?=\s*([,:}\]]|$))").search(text, pos + 1)
    line_end = text.find("\n", pos)
    if not end or (line_end >= 0 and end.start() > line_end):
        return []
    inner = text[pos + 1 : end.start()]
    new = '"' + re.sub(r'(?<!\\)"', r"\\\"", inner) + '"'
    return [
        Fix(pos, end.end(), new, "wrong-quotes", f"use straight double quotation marks: {new[:60]}")
    ]


def _bare_word(text: str, pos: int, key: bool) -> list[Fix]:
    match = re.compile(r"-?Infinity").match(text, pos) or _WORD.match(text, pos)
    if not match:
        number = re.compile(r"[+.]?\d[\d.,]*").match(text, pos)
        if number and not key:
            plain = number.group().rstrip(",").lstrip("+")
            plain = "0" + plain if plain.startswith(".") else plain
            return (
                [
                    Fix(
                        pos,
                        pos + len(number.group().rstrip(",")),
                        plain,
                        "bad-number",
                        f"write the number as {plain}",
                    )
                ]
                if plain != number.group()
                else []
            )
        return []
    word = match.group()
    if key:
        return [
            Fix(
                pos,
                match.end(),
                f'"{word}"',
                "unquoted-key",
                f'put the key in quotation marks: "{word}"',
            )
        ]
    if word in _WORDS:
        return [
            Fix(
                pos,
                match.end(),
                _WORDS[word],
                "wrong-word",
                f"write {_WORDS[word]}, in small letters",
            )
        ]
    if word in _NULLS:
        return [
            Fix(
                pos,
                match.end(),
                "null",
                "wrong-word",
                f"{word} is no value here; leave the key out if there is none",
            )
        ]
    end = re.compile(r"[^,\r\n\]}]*").match(text, pos)
    assert end
    words = text[pos : end.end()].rstrip()
    if '"' in words:
        return []
    return [
        Fix(
            pos,
            pos + len(words),
            f'"{words}"',
            "unquoted-text",
            f'put the text in quotation marks: "{words[:60]}"',
        )
    ]
