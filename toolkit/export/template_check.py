"""The Word document of a house style: styles and a page, and nothing that leads elsewhere or runs.

A document is made of its parts, so whatever the template has would be in every briefing: a link to
another template, a picture or an object from another place, a field that fetches something, a macro.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from toolkit.errors import BriefpackError
from toolkit.export.package import PackageError, foreign_parts, parsed, resolved

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_NEEDED = ("word/document.xml", "word/styles.xml", "word/fontTable.xml", "word/settings.xml")
_MOST_XML = 8_000_000
# What a link in a header may name; a file of another machine would be asked for, with a password.
_ADDRESSES = ("http://", "https://", "mailto:")
_ACTIVE = re.compile(r"vbaProject|vbaData|macroEnabled|activeX|oleObject|ms-office\.script", re.I)
_FOREIGN = re.compile(
    r"/(attachedTemplate|oleObject|package|control|vbaProject|wordVbaData|aFChunk|subDocument|frame"
    r"|externalLink\w*|recipientData|mailMerge\w*|attachedToolbars|keyMapCustomizations)$"
)
_FIELDS = re.compile(
    r"\b(DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|EMBED|DATABASE|RD|MACROBUTTON"
    r"|CONTROL|HTMLCONTROL|ADDIN)\b",
    re.IGNORECASE,
)


def check_template(data: bytes) -> None:
    """Raise BriefpackError where a template holds what a house style may not."""
    try:
        parts = foreign_parts(data)
        for name in parts:
            if _ACTIVE.search(name):
                raise BriefpackError(f"it holds {name}: a template has no macros and no objects")
        trees = {
            name: _tree(name, part)
            for name, part in parts.items()
            if name.casefold().endswith((".xml", ".rels"))
        }
    except PackageError as error:
        raise BriefpackError(f"it is no Word document that can be used: {error}") from None
    _check_types(trees)
    _check_shape(trees)
    for name, root in trees.items():
        if name.endswith(".rels"):
            _check_relationships(name, root, parts)
        else:
            _check_fields(name, root)


def _tree(name: str, data: bytes) -> Any:
    if len(data) > _MOST_XML:
        raise PackageError(f"{name} in it is larger than {_MOST_XML // 1_000_000} MB")
    try:
        return parsed(data)
    except PackageError as error:
        raise PackageError(f"{name} in it is broken: {error}") from None


def _check_types(trees: Mapping[str, Any]) -> None:
    lacking = [name for name in ("[Content_Types].xml", *_NEEDED) if name not in trees]
    if lacking:
        raise BriefpackError(f"it is no Word document: {lacking[0]} is missing in it")
    kinds = {
        entry.get("PartName", entry.get("Extension")): entry.get("ContentType", "")
        for entry in trees["[Content_Types].xml"]
    }
    for name, kind in kinds.items():
        if _ACTIVE.search(kind):
            raise BriefpackError(f"{name} in it may run, or is an object: save it as .docx without")
    if kinds.get("/word/document.xml") != _MAIN:
        raise BriefpackError("it is another kind of document; save it in Word as .docx")


def _check_shape(trees: Mapping[str, Any]) -> None:
    """Refuse a document that lacks what every document of Word has, and the papers change."""
    numbering = (e.get("Type", "") for e in trees.get("word/_rels/document.xml.rels", ()))
    for found, what in (
        (trees["word/document.xml"].find(f"{_W}body/{_W}sectPr"), "the section"),
        (
            trees["word/styles.xml"].find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr/{_W}lang"),
            "the language",
        ),
        (trees["word/settings.xml"].find(f"{_W}compat"), "the settings of compatibility"),
        (next((t for t in numbering if t.endswith("/numbering")), None), "the numbering"),
    ):
        if found is None:
            raise BriefpackError(f"it lacks {what} of a Word document; open and save it in Word")


def _check_relationships(name: str, root: Any, parts: Mapping[str, bytes]) -> None:
    for entry in root:
        kind, target = entry.get("Type", ""), entry.get("Target", "")
        what = kind.rpartition("/")[2][:60] or "relationship"
        external = entry.get("TargetMode", "Internal") != "Internal"
        if external and what == "hyperlink" and target.casefold().startswith(_ADDRESSES):
            continue
        if external or _FOREIGN.search(kind):
            raise BriefpackError(
                f'it leads to another place: {what} in {name} names "{target[:100]}"; take that out'
            )
        if not target.startswith("#") and resolved(name, target) not in parts:
            raise BriefpackError(f'{what} in {name} names "{target[:100]}", which is not in it')


def _check_fields(name: str, root: Any) -> None:
    """Refuse fields that fetch: an instruction may be in pieces, of several runs."""
    for paragraph in root.iter(f"{_W}p"):
        said = "".join(node.text or "" for node in paragraph.iter(f"{_W}instrText"))
        simple = (node.get(f"{_W}instr", "") for node in paragraph.iter(f"{_W}fldSimple"))
        for instruction in (said, *simple):
            match = _FIELDS.search(instruction)
            if match:
                raise BriefpackError(
                    f"{name} in it has the field {match[0].upper()}; take that out"
                )
