"""What DOCX and XLSX share: both are zip packages of parts (ECMA-376, part 2)."""

from __future__ import annotations

import base64
import io
import posixpath
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree

from toolkit.errors import BriefpackError
from toolkit.export.registry import Attachment
from toolkit.intake import limit, too_large

_DAY = (1980, 1, 1, 0, 0, 0)
_RECORD = "urn:briefpack:record"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, _RECORD)
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_CUSTOM_XML = f"{_OFFICE}/customXml"
_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_CUSTOM = f"{_OFFICE}/custom-properties"
_VT = f"{_OFFICE}/docPropsVTypes"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"

_MOST_PARTS = 5000
_UNPACKED = 200  # megabytes
# ECMA-376-2, 6.2.2, without what leads out of a folder on any system.
_PART_NAME = re.compile(r"[^/\\:*?<>|\x00-\x1f][^\\:*?<>|\x00-\x1f]*")
_ITEM = re.compile(r"customXml/item[^/]*\.xml")

Parts = dict[str, bytes]

# The key of the default namespace, which lxml's stubs do not know.
_DEFAULT: Any = None


class PackageError(BriefpackError):
    """A package cannot be read; the message says why."""


def read_parts(data: bytes) -> Parts:
    """Return the parts, by name, of a package that was made or checked here."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def foreign_parts(data: bytes, wanted: re.Pattern[str] | None = None) -> Parts:
    """Return the parts of a package that comes from elsewhere, by name.

    With `wanted`, only those whose names match it. Raises PackageError where one is damaged,
    encrypted or compressed in an unusual way, has a name that is none of a part, or where all would
    need too much memory.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir()]
            if len(entries) > _MOST_PARTS:
                raise PackageError(f"it has more than {_MOST_PARTS} parts")
            if wanted:
                entries = [e for e in entries if wanted.fullmatch(e.filename)]
            _check_entries(entries)
            # No more is read of an entry than it states, and its check sum is compared.
            return {entry.filename: archive.read(entry) for entry in entries}
    except PackageError:
        raise
    except Exception:  # a damaged archive breaks its reader in many ways
        raise PackageError("it is damaged, or no package of Office") from None


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    most = limit(_UNPACKED)
    if sum(entry.file_size for entry in entries) > most:
        raise PackageError(f"unpacked, it is {too_large(most)}")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if not _PART_NAME.fullmatch(name) or ".." in name.split("/") or name.casefold() in seen:
            raise PackageError(f'it has a part with the name "{name[:80]}", or two')
        seen.add(name.casefold())
        if entry.flag_bits & 1:
            raise PackageError("it is encrypted; save it without a password")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageError(f"{name} in it is compressed as Office does not do it")


def resolved(rels: str, target: str) -> str:
    """Return the part to which a target of a list of relationships leads (ECMA-376-2, 6.5)."""
    folder = rels.rpartition("_rels/")[0]
    path = target.partition("#")[0]
    return posixpath.normpath(path[1:] if path.startswith("/") else folder + path)


def write_parts(parts: Mapping[str, bytes]) -> bytes:
    """Return a package whose bytes depend on its parts alone: no time, no order, no machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for entry in entries_of(parts):
            archive.writestr(entry, parts[entry.filename])
    return out.getvalue()


def entries_of(parts: Iterable[str]) -> Iterator[zipfile.ZipInfo]:
    """Yield the entries of parts in their order in a package; they say nothing of time or machine."""
    first = "[Content_Types].xml"
    for name in sorted(parts, key=lambda n: (n != first, n)):
        info = zipfile.ZipInfo(name, _DAY)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 0
        info.external_attr = 0
        yield info


def add_record(parts: Parts, main: str, record: Attachment) -> None:
    """Put the record into a package as a custom XML part of its main part, byte for byte."""
    item = etree.Element(f"{{{_RECORD}}}record", nsmap={_DEFAULT: _RECORD})
    item.set("name", record.name)
    item.set("encoding", "base64")
    item.text = base64.b64encode(record.data).decode("ascii")
    parts["customXml/item1.xml"] = serialised(item)
    identity = uuid.uuid5(_NAMESPACE, record.name)
    store = etree.Element(f"{{{_CUSTOM_XML}}}datastoreItem", nsmap={"ds": _CUSTOM_XML})
    store.set(f"{{{_CUSTOM_XML}}}itemID", "{" + str(identity).upper() + "}")
    refs = etree.SubElement(store, f"{{{_CUSTOM_XML}}}schemaRefs")
    etree.SubElement(refs, f"{{{_CUSTOM_XML}}}schemaRef").set(f"{{{_CUSTOM_XML}}}uri", _RECORD)
    parts["customXml/itemProps1.xml"] = serialised(store)
    own = "customXml/_rels/item1.xml.rels"
    relate(parts, own, f"{_OFFICE}/relationships/customXmlProps", "itemProps1.xml")
    folder, name = main.rsplit("/", 1)
    relate(
        parts,
        f"{folder}/_rels/{name}.rels",
        f"{_OFFICE}/relationships/customXml",
        "../customXml/item1.xml",
    )
    _content_type(parts, "/customXml/itemProps1.xml", _PROPERTIES_TYPE)


def record_in(data: bytes) -> Attachment | None:
    """Return the record that a package carries, None where it has none. Raises PackageError."""
    for _, part in sorted(foreign_parts(data, _ITEM).items()):
        try:
            # A record is one long text; how much there may be was checked.
            root = etree.fromstring(part, _parser(huge_tree=True))
            if root.tag != f"{{{_RECORD}}}record":
                continue
            content = base64.b64decode("".join((root.text or "").split()), validate=True)
        except etree.XMLSyntaxError:
            continue
        except ValueError:
            raise PackageError("the record in it is damaged") from None
        return Attachment(root.get("name", "record.json"), content)
    return None


def add_custom_properties(parts: Parts, values: Mapping[str, str]) -> None:
    """Write the custom document properties of a package, in place of those that it has."""
    root = etree.Element(f"{{{_CUSTOM}}}Properties", nsmap={_DEFAULT: _CUSTOM, "vt": _VT})
    for number, (name, value) in enumerate(values.items(), 2):
        entry = etree.SubElement(root, f"{{{_CUSTOM}}}property")
        entry.set("fmtid", _FORMAT_ID)
        entry.set("pid", str(number))
        entry.set("name", name)
        etree.SubElement(entry, f"{{{_VT}}}lpwstr").text = value
    known = "docProps/custom.xml" in parts
    parts["docProps/custom.xml"] = serialised(root)
    if known:
        return
    relate(
        parts, "_rels/.rels", f"{_OFFICE}/relationships/custom-properties", "docProps/custom.xml"
    )
    _content_type(parts, "/docProps/custom.xml", _CUSTOM_TYPE)


def custom_properties(parts: Parts) -> dict[str, str]:
    """Return the custom document properties of a package that are texts."""
    if "docProps/custom.xml" not in parts:
        return {}
    root = parsed(parts["docProps/custom.xml"])
    return {str(e.get("name")): e.findtext(f"{{{_VT}}}lpwstr") or "" for e in root}


def relate(parts: Parts, rels: str, kind: str, target: str) -> str:
    """Add a relationship to a part's list and return its identifier."""
    if rels in parts:
        root = parsed(parts[rels])
    else:
        root = etree.Element(f"{{{_RELS}}}Relationships", nsmap={_DEFAULT: _RELS})
    taken = {entry.get("Id") for entry in root}
    number = next(n for n in range(1, len(taken) + 2) if f"rIdBp{n}" not in taken)
    entry = etree.SubElement(root, f"{{{_RELS}}}Relationship")
    entry.set("Id", f"rIdBp{number}")
    entry.set("Type", kind)
    entry.set("Target", target)
    parts[rels] = serialised(root)
    return f"rIdBp{number}"


def _content_type(parts: Parts, name: str, kind: str) -> None:
    root = parsed(parts["[Content_Types].xml"])
    entry = etree.SubElement(root, f"{{{_TYPES}}}Override")
    entry.set("PartName", name)
    entry.set("ContentType", kind)
    parts["[Content_Types].xml"] = serialised(root)


def add_default_type(parts: Parts, extension: str, kind: str) -> None:
    """Give all parts with a file ending a content type."""
    root = parsed(parts["[Content_Types].xml"])
    entry = etree.Element(f"{{{_TYPES}}}Default")
    entry.set("Extension", extension)
    entry.set("ContentType", kind)
    root.insert(0, entry)
    parts["[Content_Types].xml"] = serialised(root)


def parsed(data: bytes) -> etree._Element:
    """Return the root of a part. Raises PackageError where it is broken, or has a document type."""
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError:
        raise PackageError("it is no XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise PackageError("it defines a document type")
    return root


def _parser(*, huge_tree: bool = False) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=huge_tree)


def serialised(root: etree._Element) -> bytes:
    """Return a part's bytes."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
