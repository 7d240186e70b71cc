r"""Texts from outside, fit to be printed: no sign steers a terminal, no line commands a CI service.

What would be obeyed is written as its code, as in Python and JSON: `\x1b`, `\u202e`. A colon or a
number sign is written so (`\x3a`, `\x23`) only where a command would begin with it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, Final
from xml.etree import ElementTree as ET

_JOINERS: Final = "\u200c\u200d"
"""Invisible, but a part of how Persian, Indic scripts and emoji are written."""

# Signs that are nothing to a comparison by culture, which the runner of GitHub Actions makes: it
# finds "::" also where one of these stands within. (Others of their kind are escaped anyway.)
_NOTHING = f"\u034f\u180b-\u180f{_JOINERS}\ufe00-\ufe0f\U000e0100-\U000e01ef"
# GitHub: "::name" where a line begins, behind any space; "##[name]" anywhere in a line, as "##vso["
# on Azure. The markers of GitLab need a carriage return and an escape sign, which are always escaped.
_WITHIN: Final = rf"#(?=[{_NOTHING}]*#[\w.{_NOTHING}]*\[)"
_AHEAD: Final = rf"^(?P<space>(?:[^\S\n]|[{_NOTHING}])*):(?=[{_NOTHING}]*:)"
_IN_LINE: Final = re.compile(_WITHIN)
_IN_LINES: Final = re.compile(f"{_AHEAD}|{_WITHIN}", re.MULTILINE)


class Escaped(str):
    """Text that was escaped piece by piece: it is printed as it stands, as our own commands are.

    What is joined to it is a usual string again, and escaped when it is printed.
    """

    __slots__ = ()

    def __str__(self) -> str:
        """Return itself, so that `print` does not make a usual string of it."""
        return self


def printable(text: str) -> str:
    """Return a text from outside as a part of one line, not of its beginning: without line ends."""
    if not text.isprintable():
        text = "".join(" " if c == "\t" else _visible(c) for c in text)
    return _IN_LINE.sub(lambda match: _code(match[0]), text)


def escape_lines(text: str) -> str:
    """Return lines that neither steer a terminal nor command a CI service; they stay lines."""
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c in "\n\t" else _visible(c) for c in text)
    return _IN_LINES.sub(lambda match: (match["space"] or "") + _code(match[0][-1]), text)


def to_json(content: Any) -> str:
    """Return JSON that stays as it is when it is printed."""
    text = json.dumps(content, ensure_ascii=True, indent=2)
    return text.replace("\x7f", "\\u007f").replace("##", "#\\u0023")


def to_xml(root: ET.Element) -> str:
    """Return XML that stays as it is when it is printed; its texts are to be `printable` ones."""
    ET.indent(root)
    text = ET.tostring(root, encoding="utf-8", xml_declaration=True).decode("utf-8")
    return _IN_LINES.sub(lambda match: f"{match['space'] or ''}&#{ord(match[0][-1])};", text)


def _visible(char: str) -> str:
    usual = char.isprintable() or char in _JOINERS or unicodedata.category(char) == "Zs"
    return char if usual else char.encode("unicode_escape").decode("ascii")


def _code(char: str) -> str:
    return f"\\x{ord(char):02x}"
