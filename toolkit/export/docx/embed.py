"""The family of the paper inside the file, so that it looks the same on every machine.

Word keeps fonts in obfuscated form (ECMA-376, part 4, 9.1 "Font Embedding"): the first 32 bytes are
combined with a key that stands beside the font.
"""

from __future__ import annotations

import uuid
from typing import Any

from lxml import etree

from toolkit.export.docx.oxml import W
from toolkit.export.font_files import FaceName, FontFiles
from toolkit.export.package import Parts, add_default_type, parsed, relate, serialised

_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KEYS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:briefpack:font")
_STYLES = (
    ("embedRegular", False, False),
    ("embedBold", True, False),
    ("embedItalic", False, True),
    ("embedBoldItalic", True, True),
)
# What stands before embedTrueTypeFonts in CT_Settings.
_BEFORE = {
    f"{{{W}}}{tag}"
    for tag in (
        "writeProtection",
        "view",
        "zoom",
        "removePersonalInformation",
        "removeDateAndTime",
        "doNotDisplayPageBoundaries",
        "displayBackgroundShape",
        "printPostScriptOverText",
        "printFractionalCharacterWidth",
        "printFormsData",
    )
}


def embed_fonts(parts: Parts, family: str, files: FontFiles) -> None:
    """Put the four styles of a family into the parts of a document."""
    table = parsed(parts["word/fontTable.xml"])
    for old in table.findall(f"{{{W}}}font[@{{{W}}}name='{family}']"):
        table.remove(old)
    entry = etree.SubElement(table, f"{{{W}}}font")
    entry.set(f"{{{W}}}name", family)
    for number, (tag, bold, italic) in enumerate(_STYLES, 1):
        face = FaceName(family, bold, italic)
        key = uuid.uuid5(_KEYS, face.name)
        name = f"fonts/font{number}.odttf"
        parts[f"word/{name}"] = _obfuscated(files.read(face), key)
        identity = relate(parts, "word/_rels/fontTable.xml.rels", f"{_R}/font", name)
        made = etree.SubElement(entry, f"{{{W}}}{tag}")
        made.set(f"{{{_R}}}id", identity)
        made.set(f"{{{W}}}fontKey", "{" + str(key).upper() + "}")
    parts["word/fontTable.xml"] = serialised(table)
    add_default_type(parts, "odttf", _TYPE)
    settings = parsed(parts["word/settings.xml"])
    place = sum(1 for child in settings if child.tag in _BEFORE)
    settings.insert(place, etree.Element(f"{{{W}}}embedTrueTypeFonts"))
    parts["word/settings.xml"] = serialised(settings)


def _obfuscated(data: bytes, key: uuid.UUID) -> bytes:
    mask = key.bytes[::-1] * 2
    head: Any = bytes(a ^ b for a, b in zip(data[:32], mask, strict=True))
    return bytes(head) + data[32:]
