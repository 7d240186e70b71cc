"""JSON text to data, finding every mistake in the notation in one run.

The standard decoder reads. Where it stops, the mistake is named and mended in a copy, and it reads
again: so what follows is checked too, and each mend is at the same time what to write instead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Context, DecimalException, Inexact, InvalidOperation, Overflow, Underflow
from typing import Any, Final

from toolkit.record.finding import Fix

_MOST_FIXES = 50
MOST_LEVELS: Final = 100
"""How deep lists and objects may stand in each other, in any notation: all that follows recurses."""

MOST_DIGITS: Final = 1000
decimal: Final = Context(
    prec=MOST_DIGITS,
    Emax=MOST_DIGITS - 1,
    Emin=-MOST_DIGITS,
    traps=[Inexact, InvalidOperation, Overflow, Underflow],
).create_decimal
"""Reads a number with all its digits; raises DecimalException where it has more than that many."""


@dataclass
class Parsed:
    """Data with the mends that it took; `data` is absent where `fatal` stopped the reading."""

    text: str
    data: Any = None
    fixes: list[Fix] = field(default_factory=list)
    fatal: Fix | None = None
    duplicate_keys: bool = False
    _edits: list[tuple[int, int, int]] = field(default_factory=list)

    def positions(self) -> Any:
        """Return where keys and values stand in `text`; loaded only when there is something to say."""
        from toolkit.record.positions import Positions

        return Positions(self.text)

    def original(self, offset: int) -> int:
        """Map an offset in the mended text to the file's own text."""
        for start, old, new in reversed(self._edits):
            if offset >= start + new:
                offset += old - new
            elif offset > start:
                offset = start + min(offset - start, old)
        return offset


class _Constant(ValueError):
    pass


def _refuse_constant(name: str) -> Any:
    raise _Constant(name)


def _decode(text: str, parsed: Parsed) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) != len(items):
            parsed.duplicate_keys = True
        return result

    return json.loads(
        text, object_pairs_hook=pairs, parse_float=decimal, parse_constant=_refuse_constant
    )


def parse(text: str) -> Parsed:
    """Read JSON text (RFC 8259). Numbers with a decimal point become Decimal. Never raises."""
    parsed = Parsed(text)
    while True:
        try:
            parsed.data = _decode(parsed.text, parsed)
            if is_deep(parsed.data):
                parsed.fatal = _too_deep(parsed)
            return parsed
        except RecursionError:
            parsed.fatal = _too_deep(parsed)
            return parsed
        except (ValueError, DecimalException) as error:
            fixes = _mends(parsed, error)
        if not fixes:
            return parsed
        _apply(parsed, fixes)


def is_deep(data: Any) -> bool:
    """Tell whether lists and objects stand deeper in each other than MOST_LEVELS."""
    level = [data] if isinstance(data, (dict, list)) else []
    for _ in range(MOST_LEVELS):
        if not level:
            return False
        inside = (held.values() if isinstance(held, dict) else held for held in level)
        level = [v for values in inside for v in values if isinstance(v, (dict, list))]
    return bool(level)


def too_deep(at: int) -> Fix:
    """Return what is said where the nesting at an offset goes beyond MOST_LEVELS."""
    message = f"lists and objects stand more than {MOST_LEVELS} deep in each other here"
    return Fix(at, at + 1, "", "too-deep", message)


def _too_deep(parsed: Parsed) -> Fix:
    from toolkit.record import mend

    return too_deep(parsed.original(mend.nth_level(parsed.text, MOST_LEVELS + 1)))


def _mends(parsed: Parsed, error: Exception) -> list[Fix]:
    """Return the edits that mend what stopped the decoder; none where that is fatal."""
    from toolkit.record import mend  # most records need none

    if isinstance(error, json.JSONDecodeError):
        fixes = mend.mends(parsed.text, error)
        if fixes and len(parsed.fixes) < _MOST_FIXES:
            return fixes
        parsed.fatal = _fatal(parsed, error)
        return []
    if isinstance(error, _Constant):
        start, end = mend.constant(parsed.text, str(error))
        message = f"{error} is not a number in JSON; leave the key out if there is none"
    else:
        start, end = mend.endless_number(parsed.text)
        message = f"this number is too long: at most {MOST_DIGITS} digits, written out"
    if len(parsed.fixes) < _MOST_FIXES:
        return [Fix(start, end, "null", "bad-number", message)]
    at = parsed.original(start)
    parsed.fatal = Fix(at, at + end - start, "", "bad-number", message)
    return []


def _apply(parsed: Parsed, fixes: list[Fix]) -> None:
    """Apply the edits of one mistake, last first, so that offsets stay right."""
    for number, fix in enumerate(sorted(fixes, key=lambda f: -f.start)):
        first = number == len(fixes) - 1
        start, end = parsed.original(fix.start), parsed.original(fix.end)
        message = fix.message if first else ""
        parsed.fixes.append(Fix(start, end, fix.new, fix.rule, message))
        parsed.text = parsed.text[: fix.start] + fix.new + parsed.text[fix.end :]
        parsed._edits.append((fix.start, fix.end - fix.start, len(fix.new)))


def _fatal(parsed: Parsed, error: json.JSONDecodeError) -> Fix:
    at = parsed.original(min(error.pos, len(parsed.text)))
    found = parsed.text[error.pos : error.pos + 1]
    what = f'"{found}" cannot stand here' if found.strip() else "something is missing here"
    if error.msg.startswith("Extra data"):
        what = "the record ends before this; only one record, in one pair of braces, may be here"
    return Fix(at, at + 1, "", "syntax", f"{what}; what comes after this was not checked")
