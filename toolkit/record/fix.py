"""Mending what is certainly wrong in a record's text, and leaving all else as it is, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.record import source
from toolkit.record.notations import parse
from toolkit.record.policy import USUAL, Policy
from toolkit.record.source import Source
from toolkit.record.validate import examine

# Mistakes in the notation that can only be mended in one way. A comment is not among them: taking it
# out would lose what it says.
_CERTAIN = {
    "missing-comma",
    "trailing-comma",
    "missing-colon",
    "wrong-quotes",
    "unquoted-key",
    "bad-escape",
    "control-character",
    "line-break",
    "wrong-word",
    "bad-number",
}
_MOST_ROUNDS = 5
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Edit:
    """text[start:end] becomes `new`."""

    start: int
    end: int
    new: str


def fixed(text: Source, policy: Policy = USUAL) -> Source:
    """Return a record's text with all that is certain mended; the same text where there is nothing."""
    for _ in range(_MOST_ROUNDS):
        edits = _edits(text, policy)
        if not edits:
            break
        mended = _applied(text, edits)
        if parse(mended).fatal and not parse(text).fatal:
            break  # such as an anchor of YAML that something else repeats
        text = mended
    return text


def _edits(text: Source, policy: Policy) -> list[Edit]:
    parsed = parse(text)
    sure = [fix for fix in parsed.fixes if fix.rule in _CERTAIN and fix.new != "null"]
    # What stands within something that is not sure is not sure either.
    doubts = [(fix.start, fix.end) for fix in parsed.fixes if fix not in sure]
    found = [
        Edit(fix.start, fix.end, fix.new)
        for fix in sure
        if not any(start <= fix.start <= end for start, end in doubts)
    ]
    if not found and not parsed.fixes:
        found = [
            Edit(spot.start, spot.end, spot.finding.suggestion)
            for spot in examine(text, policy)
            if spot.finding.certain and spot.finding.suggestion is not None
        ]
    return sorted(set(found), key=lambda edit: edit.start)


def _applied(text: Source, edits: list[Edit]) -> Source:
    out, at = [], 0
    for edit in edits:
        if edit.start < at:
            continue
        out += [text.text[at : edit.start], edit.new]
        at = edit.end
    mended = "".join([*out, text.text[at:]])
    mark = _BOM if text.data.startswith(_BOM) else b""
    # Half of a character can only be written as its escape, which is what this error handler does.
    made = source.decode(text.name, mark + mended.encode("utf-8", "backslashreplace"))
    return Source(made.name, made.data, made.text, text.folder)
