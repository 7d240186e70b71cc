"""The last step: what makes a drawn PDF a tagged, archivable one (pikepdf).

PDF/UA-1 (ISO 14289-1) and PDF/A-3a (ISO 19005-3): structure tree, annotations, outline, metadata,
output intent and the record as an associated file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import ImageCms

from toolkit.document.blocks import Meta
from toolkit.export.pdf.tags import Bookmark, Element, Link, Mark, TaggedCanvas
from toolkit.export.registry import Attachment

_ICC_DATE = slice(24, 36)


def finish(
    drawn: bytes,
    canvas: TaggedCanvas,
    meta: Meta,
    record: Attachment,
    title: str,
    texts: Mapping[str, Mapping[int, str]],
) -> bytes:
    """Return the finished file. `texts` says what the codes of shaped letters read as, by font."""
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        tree = _Tree(pdf, canvas)
        tree.build()
        _tell_texts(pdf, texts)
        root = pdf.Root
        root.Lang = String(meta.language)
        root.MarkInfo = Dictionary(Marked=True)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        if meta.rtl:
            root.ViewerPreferences.Direction = Name.R2L
        root.PageMode = Name.UseOutlines if canvas.bookmarks else Name.UseNone
        _outline(pdf, canvas.bookmarks, tree)
        root.OutputIntents = Array([_output_intent(pdf)])
        _attach(pdf, record, meta)
        root.Metadata = pdf.make_stream(
            _xmp(meta, title).encode("utf-8"), Type=Name.Metadata, Subtype=Name.XML
        )
        stamp = String(_pdf_date(meta.date))
        info = Dictionary(
            Title=String(title),
            Author=String(meta.author),
            Subject=String(meta.subject),
            Keywords=String(", ".join(meta.keywords)),
            Creator=String("briefpack"),
            Producer=String("briefpack"),
            CreationDate=stamp,
            ModDate=stamp,
        )
        pdf.trailer.Info = pdf.make_indirect(info)
        # The half that is kept from the drawn file depends on the time.
        del pdf.trailer.ID
        out = io.BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=False,
            linearize=False,
        )
        return out.getvalue()


def _tell_texts(pdf: Pdf, texts: Mapping[str, Mapping[int, str]]) -> None:
    """Let the ToUnicode maps (ISO 32000-1, 9.10.3) say letters, not the forms in which they join."""
    for font in pdf.pages[0].obj.Resources.get("/Font", Dictionary()).values():
        told = texts.get(str(font.get("/BaseFont", "")).partition("+")[2])
        if not told:
            continue

        def entry(match: re.Match[bytes], told: Mapping[int, str] = told) -> bytes:
            code = int(match[2], 16)
            said = told.get(code, chr(code)).encode("utf-16-be").hex().upper()
            return match[1] + said.encode("ascii") + b">"

        stream = font.ToUnicode
        stream.write(re.sub(rb"(?m)^(<[0-9A-F]{2}> <)([0-9A-F]{4,6})>", entry, stream.read_bytes()))


class _Tree:
    """The structure tree (ISO 32000-1, 14.7) with its parent tree and annotations."""

    def __init__(self, pdf: Pdf, canvas: TaggedCanvas) -> None:
        self.pdf = pdf
        self.canvas = canvas
        self.pages = [page.obj for page in pdf.pages]
        self.parents: list[dict[int, Any]] = [{} for _ in self.pages]
        self.annotations: list[list[Any]] = [[] for _ in self.pages]
        self.annotation_parents: list[Any] = []
        self.objects: dict[int, Any] = {}

    def build(self) -> None:
        pdf = self.pdf
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        root.K = self._element(self.canvas.root, root)
        count = len(self.pages)
        numbers: list[Any] = []
        for index, page in enumerate(self.pages):
            page.StructParents = index
            page.Tabs = Name.S
            if Name.Trans in page:
                del page.Trans
            found = self.parents[index]
            numbers += [index, pdf.make_indirect(Array([found[i] for i in range(len(found))]))]
            if self.annotations[index]:
                page.Annots = pdf.make_indirect(Array(self.annotations[index]))
        for number, parent in enumerate(self.annotation_parents):
            numbers += [count + number, parent]
        root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
        root.ParentTreeNextKey = count + len(self.annotation_parents)
        pdf.Root.StructTreeRoot = root

    def destination(self, page: int, top: float) -> Array:
        """Return a destination: a page, at a height."""
        return Array([self.pages[page], Name.XYZ, 0, round(top + 6, 2), 0])

    def _element(self, element: Element, parent: Any) -> Any:
        made = self.pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name("/" + element.kind), P=parent)
        )
        self.objects[id(element)] = made
        if element.language:
            made.Lang = String(element.language)
        if element.alt:
            made.Alt = String(element.alt)
        if element.attributes:
            made.A = Array(
                [self._attributes(owner, values) for owner, values in element.attributes.items()]
            )
        kids = []
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(self._element(kid, made))
            elif isinstance(kid, Mark):
                self.parents[kid.page][kid.mcid] = made
                kids.append(Dictionary(Type=Name.MCR, Pg=self.pages[kid.page], MCID=kid.mcid))
            else:
                kids.append(self._link(kid, made))
        made.K = Array(kids)
        return made

    def _attributes(self, owner: str, values: dict[str, Any]) -> Dictionary:
        out = Dictionary(O=Name("/" + owner))
        for key, value in values.items():
            out[Name("/" + key)] = (
                Name("/" + value) if isinstance(value, str) else Array([round(v, 2) for v in value])
            )
        return out

    def _link(self, link: Link, parent: Any) -> Dictionary:
        page = self.pages[link.page]
        annotation = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([round(v, 2) for v in link.rect]),
            Border=Array([0, 0, 0]),
            F=4,
            P=page,
            Contents=String(link.label),
            StructParent=len(self.pages) + len(self.annotation_parents),
        )
        if link.target.startswith("#"):
            place = self.canvas.places.get(link.target[1:])
            if place:
                annotation.Dest = self.destination(*place)
        else:
            annotation.A = Dictionary(Type=Name.Action, S=Name.URI, URI=String(link.target))
        made = self.pdf.make_indirect(annotation)
        self.annotation_parents.append(parent)
        self.annotations[link.page].append(made)
        return Dictionary(Type=Name.OBJR, Obj=made, Pg=page)


def _outline(pdf: Pdf, bookmarks: list[Bookmark], tree: _Tree) -> None:
    with pdf.open_outline() as outline:
        stack: list[list[Any]] = [outline.root]
        for mark in bookmarks:
            item = pikepdf.OutlineItem(
                mark.title, destination=tree.destination(mark.page, mark.top)
            )
            del stack[mark.depth + 1 :]
            stack[-1].append(item)
            stack.append(item.children)


def _output_intent(pdf: Pdf) -> Any:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The library writes the present time into the profile's header.
    profile[_ICC_DATE] = bytes((7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
    stream = pdf.make_stream(bytes(profile), N=3)
    return pdf.make_indirect(
        Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=String("sRGB"),
            Info=String("sRGB IEC61966-2.1"),
            DestOutputProfile=stream,
        )
    )


def _attach(pdf: Pdf, record: Attachment, meta: Meta) -> None:
    stamp = String(_pdf_date(meta.date))
    stream = pdf.make_stream(
        record.data,
        Type=Name.EmbeddedFile,
        Subtype=Name("/application/json"),
        Params=Dictionary(ModDate=stamp, CreationDate=stamp, Size=len(record.data)),
    )
    name = String(record.name)
    spec = pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=name,
            UF=name,
            EF=Dictionary(F=stream, UF=stream),
            AFRelationship=Name.Source,
            Desc=String("The record from which this document was made"),
        )
    )
    pdf.Root.AF = Array([spec])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([name, spec])))


def _pdf_date(day: date) -> str:
    return f"D:{day:%Y%m%d}000000Z"


def _xmp(meta: Meta, title: str) -> str:
    day = f"{meta.date.isoformat()}T00:00:00Z"
    subject = "".join(f"<rdf:li>{escape(word)}</rdf:li>" for word in meta.keywords)
    creator = (
        f"<dc:creator><rdf:Seq><rdf:li>{escape(meta.author)}</rdf:li></rdf:Seq></dc:creator>"
        if meta.author
        else ""
    )
    bag = f"<dc:subject><rdf:Bag>{subject}</rdf:Bag></dc:subject>" if subject else ""
    keywords = f"<pdf:Keywords>{escape(', '.join(meta.keywords))}</pdf:Keywords>"
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(meta.subject)}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{escape(meta.language)}</rdf:li></rdf:Bag></dc:language>
{creator}{bag}
<xmp:CreateDate>{day}</xmp:CreateDate><xmp:ModifyDate>{day}</xmp:ModifyDate><xmp:MetadataDate>{day}</xmp:MetadataDate>
<xmp:CreatorTool>briefpack</xmp:CreatorTool>
<pdf:Producer>briefpack</pdf:Producer>{keywords}
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
