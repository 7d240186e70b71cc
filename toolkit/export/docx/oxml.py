"""Small builders of WordprocessingML (ECMA-376, part 1). Trees, never strings."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from babel.core import get_global
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from toolkit.document.blocks import Run
from toolkit.document.language import is_rtl, script_of

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_EAST = {"Hans", "Hant", "Hani", "Jpan", "Kore", "Hira", "Kana", "Hang", "Bopo"}
_BREAKS = re.compile(r"(\r\n|\r|\n|\t)")


def element(tag: str, **attributes: str) -> Any:
    """Return an element of the w namespace, as `element("color", val="1F3A5F")`."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


@lru_cache(maxsize=256)
def word_language(tag: str) -> str:
    """Return a language tag with its region, as Word has them: zh-Hans becomes zh-CN."""
    parts = tag.split("-")
    region = next((p for p in parts[1:] if len(p) == 2 and p.isalpha()), None)
    if region:
        return f"{parts[0].lower()}-{region.upper()}"
    if parts[0] == "en":
        return "en-GB"
    likely: Any = get_global("likely_subtags")
    for key in ("_".join(parts[:2]), parts[0].lower()):
        if key in likely:
            full = str(likely[key]).split("_")
            return f"{full[0]}-{full[-1]}"
    return parts[0]


def properties(run: Run, style: str | None = None) -> Any:
    """Return the properties of a run: emphasis, language, direction, in the order of CT_RPr."""
    made = element("rPr")
    if style:
        made.append(element("rStyle", val=style))
    script = script_of(run.language)
    east, rtl = script in _EAST, is_rtl(run.language)
    if east:
        made.append(element("rFonts", hint="eastAsia"))
    for flag, tags in ((run.bold, ("b", "bCs")), (run.italic and not east, ("i", "iCs"))):
        if flag:
            for tag in tags:
                made.append(element(tag))
    if run.language == "zxx":
        made.append(element("noProof"))
    if rtl:
        made.append(element("rtl"))
    if run.language != "zxx" and not run.language.startswith("und"):
        language = word_language(run.language)
        kind = "eastAsia" if east else "bidi" if rtl else "val"
        made.append(element("lang", **{kind: language}))
    return made


def text_run(run: Run, style: str | None = None) -> Any:
    """Return a run with its text; line breaks and tabs become elements."""
    made = element("r")
    found = properties(run, style)
    if len(found):
        made.append(found)
    for piece in _BREAKS.split(run.text):
        if piece == "\t":
            made.append(element("tab"))
        elif piece in ("\n", "\r", "\r\n"):
            made.append(element("br"))
        elif piece:
            text = element("t")
            text.text = piece
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            made.append(text)
    return made


def tab_run() -> Any:
    """Return a run with a tab."""
    made = element("r")
    made.append(element("tab"))
    return made


def field_parts(instruction: str) -> tuple[list[Any], Any]:
    """Return the runs that open a complex field, up to its result, and the run that closes it."""
    opening = []
    for kind in ("begin", None, "separate"):
        run = element("r")
        if kind:
            run.append(element("fldChar", fldCharType=kind))
        else:
            text = element("instrText")
            text.text = instruction
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run.append(text)
        opening.append(run)
    closing = element("r")
    closing.append(element("fldChar", fldCharType="end"))
    return opening, closing


def simple_field(instruction: str, result: Any) -> Any:
    """Return a field with one run as its result."""
    made = element("fldSimple", instr=f" {instruction} ")
    made.append(result)
    return made
