"""The metadata of a PDF file as XMP (ISO 16684-1), built as a tree with lxml."""

from __future__ import annotations

from typing import Any

from lxml import etree

from toolkit.document.blocks import Meta

_X = "adobe:ns:meta/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_XMP = "http://ns.adobe.com/xap/1.0/"
_PDF = "http://ns.adobe.com/pdf/1.3/"
_PDFA = "http://www.aiim.org/pdfa/ns/id/"
_PDFUA = "http://www.aiim.org/pdfua/ns/id/"
_EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
_PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PREFIXES = {
    "rdf": _RDF,
    "dc": _DC,
    "xmp": _XMP,
    "pdf": _PDF,
    "pdfaid": _PDFA,
    "pdfuaid": _PDFUA,
    "pdfaExtension": _EXTENSION,
    "pdfaSchema": _SCHEMA,
    "pdfaProperty": _PROPERTY,
}
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = '\n<?xpacket end="w"?>'
# How a file says what it conforms to, by version: 1 for PDF 1.7, 2 for PDF 2.0.
_CLAIMS = {
    1: ((_PDFA, "part", "3"), (_PDFA, "conformance", "A"), (_PDFUA, "part", "1")),
    2: (
        (_PDFA, "part", "4"),
        (_PDFA, "rev", "2020"),
        (_PDFA, "conformance", "F"),
        (_PDFUA, "part", "2"),
        (_PDFUA, "rev", "2024"),
    ),
}


def xmp(meta: Meta, version: int, *, attached: bool = True) -> bytes:
    """Return the metadata packet; its dates are the record's.

    PDF/A-4f is for files with attachments; without one, a PDF 2.0 is PDF/A-4 (ISO 19005-4, 6.9).
    """
    root = etree.Element(f"{{{_X}}}xmpmeta", nsmap={"x": _X})
    rdf = etree.SubElement(root, f"{{{_RDF}}}RDF", nsmap=_PREFIXES)
    about = _node(rdf, _RDF, "Description")
    about.set(f"{{{_RDF}}}about", "")
    _node(about, _DC, "format").text = "application/pdf"
    for name, text in (("title", meta.title), ("description", meta.subject)):
        item = _listed(about, _DC, name, "Alt", (text,))
        item.set(_LANG, "x-default")
    _listed(about, _DC, "language", "Bag", (meta.language,))
    if meta.author:
        _listed(about, _DC, "creator", "Seq", (meta.author,))
    if meta.keywords:
        _listed(about, _DC, "subject", "Bag", meta.keywords)
    for name in ("CreateDate", "ModifyDate", "MetadataDate"):
        _node(about, _XMP, name).text = f"{meta.date.isoformat()}T00:00:00Z"
    _node(about, _XMP, "CreatorTool").text = "briefpack"
    _node(about, _PDF, "Producer").text = "briefpack"
    _node(about, _PDF, "Keywords").text = ", ".join(meta.keywords)
    for space, name, value in _CLAIMS[version]:
        if version == 2 and name == "conformance" and not attached:
            continue
        _node(about, space, name).text = value
    if version == 1:
        _describe_pdfua(about)
    return (_BEGIN + etree.tostring(root, encoding="unicode") + _END).encode("utf-8")


def _node(parent: Any, space: str, name: str) -> Any:
    return etree.SubElement(parent, f"{{{space}}}{name}")


def _listed(parent: Any, space: str, name: str, kind: str, items: tuple[str, ...]) -> Any:
    holder = _node(_node(parent, space, name), _RDF, kind)
    item = None
    for text in items:
        item = _node(holder, _RDF, "li")
        item.text = text
    return item


def _resource(parent: Any, space: str, name: str, kind: str) -> Any:
    item = _node(_node(_node(parent, space, name), _RDF, kind), _RDF, "li")
    item.set(f"{{{_RDF}}}parseType", "Resource")
    return item


def _describe_pdfua(about: Any) -> None:
    """PDF/A-3 asks for a description of the properties that it does not know."""
    schema = _resource(about, _EXTENSION, "schemas", "Bag")
    for name, text in (
        ("schema", "PDF/UA identification"),
        ("namespaceURI", _PDFUA),
        ("prefix", "pdfuaid"),
    ):
        _node(schema, _SCHEMA, name).text = text
    part = _resource(schema, _SCHEMA, "property", "Seq")
    for name, text in (
        ("name", "part"),
        ("valueType", "Integer"),
        ("category", "internal"),
        ("description", "Part of ISO 14289"),
    ):
        _node(part, _PROPERTY, name).text = text
