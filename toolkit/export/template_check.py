"""The Word document of a house style: styles and a page, and nothing that leads elsewhere or runs.

A document is made of its parts, so whatever the template has would be in every briefing: a link to
another template, a picture or an object from another place, a field that fetches something, a macro.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.errors import BriefpackError
from toolkit.export.package import PackageError, foreign_parts, parsed, resolved
from toolkit.intake import limit, too_large

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_NEEDED = ("word/document.xml", "word/styles.xml", "word/fontTable.xml", "word/settings.xml")
_MOST_XML = 8  # megabytes
_XML = ("xml", "rels", "vml")
_STRICT = "{http://purl.oclc.org/ooxml"
_FETCHING = {"src", "href", "althref", "manifestLocation"}
_NESTED = "\0"
# What a link in a header may name; a file of another machine would be asked for, with a password.
_ADDRESSES = ("http://", "https://", "mailto:")
_ACTIVE = re.compile(r"vbaProject|vbaData|macroEnabled|activeX|oleObject|ms-office\.script", re.I)
_FOREIGN = re.compile(
    r"/(attachedTemplate|oleObject|package|control|vbaProject|wordVbaData|aFChunk|subDocument|frame"
    r"|externalLink\w*|recipientData|mailMerge\w*|attachedToolbars)$"
)
# ISO/IEC 29500-1, 17.16.5: the fields that show what stands in the document, or is known of it.
_FIELDS = re.compile(
    "=.*|ADVANCE|AUTHOR|AUTONUM|AUTONUMLGL|AUTONUMOUT|BIBLIOGRAPHY|CITATION|"
    "COMMENTS|COMPARE|CREATEDATE|DATE|DOCPROPERTY|DOCVARIABLE|EDITTIME|EQ|"
    "FILENAME|FILESIZE|FORMCHECKBOX|FORMDROPDOWN|FORMTEXT|HYPERLINK|IF|INDEX|"
    "INFO|KEYWORDS|LASTSAVEDBY|LISTNUM|NOTEREF|NUMCHARS|NUMPAGES|NUMWORDS|"
    "PAGE|PAGEREF|PRINTDATE|QUOTE|REF|REVNUM|SAVEDATE|SECTION|SECTIONPAGES|"
    "SEQ|SET|STYLEREF|SUBJECT|SYMBOL|TC|TEMPLATE|TIME|TITLE|TOC|"
    "USERADDRESS|USERINITIALS|USERNAME|XE"
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
            if name.casefold().endswith(_XML)
        }
    except PackageError as error:
        raise BriefpackError(f"it is no Word document that can be used: {error}") from None
    _check_types(trees)
    _check_shape(trees)
    for name, root in trees.items():
        if name.casefold().endswith(".rels"):
            _check_relationships(name, root, parts)
        else:
            _check_fields(name, root)
            _check_attributes(name, root)


def _tree(name: str, data: bytes) -> Any:
    most = limit(_MOST_XML)
    if len(data) > most:
        raise PackageError(f"{name} in it is {too_large(most)}")
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
        if kind.endswith("xml") and not name.casefold().endswith(_XML):
            raise BriefpackError(f"{name} in it does not end in .xml; open and save it in Word")
    if kinds.get("/word/document.xml") != _MAIN:
        raise BriefpackError("it is another kind of document; save it in Word as .docx")


def _check_shape(trees: Mapping[str, Any]) -> None:
    """Refuse a document that lacks what every document of Word has, and the papers change."""
    relations = trees.get("word/_rels/document.xml.rels", ())
    kinds = {entry.get("Type", "").rpartition("/")[2] for entry in relations}
    language = f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr/{_W}lang"
    lacking = [
        f"its {k}" for k in ("styles", "settings", "fontTable", "numbering") if k not in kinds
    ]
    if trees["word/document.xml"].find(f"{_W}body/{_W}sectPr") is None:
        lacking.append("a section")
    if trees["word/styles.xml"].find(language) is None:
        lacking.append("a language")
    if trees["word/settings.xml"].find(f"{_W}compat") is None:
        lacking.append("settings of compatibility")
    if lacking:
        raise BriefpackError(f"it lacks {lacking[0]}; open and save it in Word")


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
    """Refuse fields that fetch or start something, and those whose kind another field makes."""
    for instruction in _instructions(root):
        kind = (instruction.split() or [""])[0].upper()
        if kind and not _FIELDS.fullmatch(kind):
            what = kind.replace(_NESTED, "...")[:40]
            raise BriefpackError(f"{name} in it has the field {what}; take that out")


def _check_attributes(name: str, root: Any) -> None:
    """Refuse the few attributes that fetch without a relationship, of VML and of smart documents."""
    for node in root.iter("*"):
        if node.tag.startswith(_STRICT):
            raise BriefpackError('it is a "Strict" document; save it in Word as "Word Document"')
        for key, value in node.attrib.items():
            local = key.rpartition("}")[2]
            if local in _FETCHING and value.strip() and not value.startswith("#"):
                raise BriefpackError(
                    f'it leads to another place: {local} in {name} names "{value[:100]}"; take that out'
                )


def _instructions(root: Any) -> Iterator[str]:
    """Yield what fields are told; an instruction may be in pieces, and hold other fields."""
    open_fields: list[list[str]] = [[]]
    for node in root.iter(f"{_W}fldChar", f"{_W}instrText", f"{_W}fldSimple"):
        kind = node.get(f"{_W}fldCharType")
        if node.tag == f"{_W}fldSimple":
            yield node.get(f"{_W}instr", "")
        elif node.tag == f"{_W}instrText":
            open_fields[-1].append("".join(node.itertext()))
        elif kind == "begin":
            open_fields[-1].append(_NESTED)
            open_fields.append([])
        elif kind == "end" and len(open_fields) > 1:
            yield "".join(open_fields.pop())
    yield from ("".join(field) for field in open_fields[1:])
    yield "".join(open_fields[0]).replace(_NESTED, "")
