"""What CI services take for a command in a log, by the rules of their runners."""

from __future__ import annotations

import re
import unicodedata

COMMANDS = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
    "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
}  # fmt: skip


def lines_of(data: bytes) -> list[str]:
    """Return the lines that a runner reads: it takes a carriage return for the end of one, too."""
    return re.split(r"\r\n|\r|\n", data.decode("utf-8"))


def github(line: str, names: set[str] | None = None) -> tuple[str, dict[str, str], str] | None:
    """Return name, properties and data of a command, as ActionCommand.TryParseV2 and TryParse do.

    Without names, any name is one. Both compare by culture, to which ignorable signs are nothing.
    """
    line = "".join(c for c in line if not _ignorable(c))
    return _v2(line.lstrip(), names) or _v1(line, names)


def _v2(line: str, names: set[str] | None) -> tuple[str, dict[str, str], str] | None:
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, listed = line[2:end].partition(" ")
    if names is not None and name.casefold() not in names:
        return None
    pairs = (pair.split("=", 1) for pair in listed.strip().split(",") if "=" in pair)
    return name, {key: _back(text) for key, text in pairs}, _back(line[end + 2 :])


def _v1(line: str, names: set[str] | None) -> tuple[str, dict[str, str], str] | None:
    for match in re.finditer(r"##\w*\[([^\]]*)\]?", line):
        name = match[1].partition(" ")[0]
        if names is None or name.casefold() in names:
            return name, {}, line[match.end() :]
    return None


def _back(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def _ignorable(char: str) -> bool:
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return unicodedata.category(char) == "Cf" or selector or char in "\u034f\u180b\u180c\u180d"


def steers(text: str) -> list[str]:
    """Return the signs that a terminal or the log of GitLab obeys: controls, and turners of order."""
    return [
        c
        for c in text
        if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs")
        or unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF")
        or unicodedata.bidirectional(c) in ("LRI", "RLI", "FSI", "PDI")
    ]
