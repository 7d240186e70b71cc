"""Number formats of Excel by language."""

from __future__ import annotations

import locale
import re
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.dates import get_date_format

from toolkit.document.language import Language

_IN_PATTERN = re.compile(r"'([^']*)'|(y+|M+|L+|d+)|(.)")
_MARKS = re.compile("[\u200e\u200f\u061c]")
_EXCEL = {
    "y": "yyyy",
    "yy": "yy",
    "M": "m",
    "MM": "mm",
    "MMM": "mmm",
    "MMMM": "mmmm",
    "L": "m",
    "LL": "mm",
    "LLL": "mmm",
    "d": "d",
    "dd": "dd",
}


@cache
def date_format(tag: str) -> str:
    """Return the date format of a language (BCP 47): CLDR's medium form, in Excel's letters."""
    language = Language(tag)
    # Day, month and year keep their order in any direction; CLDR's marks of direction, which lead
    # the words around them, part them where a cell is read from the left.
    pattern = _MARKS.sub("", get_date_format("medium", language.locale).pattern)
    out = []
    for literal, field, other in _IN_PATTERN.findall(pattern):
        if field:
            out.append(_EXCEL.get(field, field.lower()))
        else:
            text = literal or other
            out.append(text if text in " -/.," else f'"{text}"')
    code = _windows_code(language.locale)
    prefix = f"[$-{code:X}]" if code else ""
    return prefix + "".join(out).replace('""', "")


def _windows_code(cldr: Locale) -> int | None:
    """Return the number by which Windows knows a locale."""
    territory = cldr.territory
    if not territory or not territory.isalpha():
        likely = str(get_global("likely_subtags").get(cldr.language, ""))
        territory = "GB" if cldr.language == "en" else likely.rsplit("_", maxsplit=1)[-1]
    wanted = f"{cldr.language}_{territory}"
    codes = (code for code, name in locale.windows_locale.items() if name == wanted)
    return min(codes, default=None)


def number_format(value: int | Decimal) -> str:
    """Return a format with thousands separated, and as many decimals as the number has."""
    exponent = Decimal(value).normalize().as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return "#,##0" + ("." + "0" * min(decimals, 12) if decimals else "")
