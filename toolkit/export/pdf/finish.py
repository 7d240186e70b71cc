"""The last step: what makes a drawn PDF a tagged, archivable one (pikepdf).

PDF/UA-1 (ISO 14289-1) and PDF/A-3a (ISO 19005-3): structure tree, annotations, outline, metadata,
output intent and the record as an associated file.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import ImageCms

from toolkit.document.blocks import Meta
from toolkit.export.pdf.tags import Bookmark, Element, Link, Mark, TaggedCanvas
from toolkit.export.pdf.xmp import xmp
from toolkit.export.registry import Attachment

_ICC_DATE = slice(24, 36)
_PDF_1, _PDF_2 = "http://iso.org/pdf/ssn", "http://iso.org/pdf2/ssn"
# Kinds of elements that the namespace of PDF 2.0 no longer has.
_ONLY_PDF_1 = {"BlockQuote", "Reference"}


def finish(
    drawn: bytes,
    canvas: TaggedCanvas,
    meta: Meta,
    record: Attachment | None,
    texts: Mapping[str, Mapping[int, str]],
    version: int,
) -> bytes:
    """Return the finished file.

    `texts` says what the codes of shaped letters read as, by font. `version` is 1 for PDF 1.7 with
    PDF/UA-1 and PDF/A-3a, 2 for PDF 2.0 with PDF/UA-2 (ISO 14289-2) and PDF/A-4f (ISO 19005-4).
    """
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        tree = _Tree(pdf, canvas, version)
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
        if record:
            _attach(pdf, record, meta)
        packet = xmp(meta, version, attached=record is not None)
        root.Metadata = pdf.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)
        if version == 1:
            pdf.trailer.Info = pdf.make_indirect(_info(meta))
        elif "/Info" in pdf.trailer:
            # PDF 2.0 has the metadata in their place.
            del pdf.trailer.Info
        # The half that is kept from the drawn file depends on the time.
        del pdf.trailer.ID
        out = io.BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            force_version="2.0" if version == 2 else "1.7",
            recompress_flate=False,
            linearize=False,
        )
        return out.getvalue()


def _info(meta: Meta) -> Dictionary:
    stamp = String(_pdf_date(meta.date))
    return Dictionary(
        Title=String(meta.title),
        Author=String(meta.author),
        Subject=String(meta.subject),
        Keywords=String(", ".join(meta.keywords)),
        Creator=String("briefpack"),
        Producer=String("briefpack"),
        CreationDate=stamp,
        ModDate=stamp,
    )


def _tell_texts(pdf: Pdf, texts: Mapping[str, Mapping[int, str]]) -> None:
    """Let the ToUnicode maps (ISO 32000-1, 9.10.3) say letters, not the forms in which they join."""
    for _, font in pdf.pages[0].obj.Resources.get("/Font", Dictionary()).items():
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

    def __init__(self, pdf: Pdf, canvas: TaggedCanvas, version: int) -> None:
        self.pdf = pdf
        self.version = version
        self.canvas = canvas
        self.pages = [page.obj for page in pdf.pages]
        self.parents: list[dict[int, Any]] = [{} for _ in self.pages]
        self.annotations: list[list[Any]] = [[] for _ in self.pages]
        self.annotation_parents: list[Any] = []
        self.objects: dict[int, Any] = {}
        self.anchors: dict[str, Any] = {}
        self.waiting: list[tuple[Any, str]] = []
        if version == 2:
            self.namespaces = {
                name: pdf.make_indirect(Dictionary(Type=Name.Namespace, NS=String(name)))
                for name in (_PDF_2, _PDF_1)
            }

    def build(self) -> None:
        pdf = self.pdf
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        root.K = self._element(self.canvas.root, root)
        if self.version == 2:
            root.Namespaces = Array(list(self.namespaces.values()))
        for annotation, anchor in self.waiting:
            if anchor in self.canvas.places:
                place = self.canvas.places[anchor]
                annotation.A = self.action(self.anchors[anchor], *place)
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

    def action(self, target: Any, page: int, top: float) -> Dictionary:
        """Return an action that leads to a height on a page, and to the element that stands there.

        ISO 32000-2, 12.6.4.2: a reader that knows structure destinations follows those.
        """
        view = (Name.XYZ, 0, round(top + 6, 2), 0)
        action = Dictionary(Type=Name.Action, S=Name.GoTo, D=Array([self.pages[page], *view]))
        if self.version == 2:
            action.SD = Array([target, *view])
        return action

    def _element(self, element: Element, parent: Any) -> Any:
        made = self.pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name("/" + element.kind), P=parent)
        )
        self.objects[id(element)] = made
        if element.anchor:
            self.anchors[element.anchor] = made
        if self.version == 2:
            made.NS = self.namespaces[_PDF_1 if element.kind in _ONLY_PDF_1 else _PDF_2]
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
            # PDF 1.7 knows no lists of terms and what they mean.
            known = "None" if value == "Description" and self.version == 1 else value
            out[Name("/" + key)] = (
                Name("/" + known) if isinstance(known, str) else Array([round(v, 2) for v in known])
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
        made = self.pdf.make_indirect(annotation)
        if link.target.startswith("#"):
            self.waiting.append((made, link.target[1:]))
        else:
            made.A = Dictionary(Type=Name.Action, S=Name.URI, URI=String(link.target))
        self.annotation_parents.append(parent)
        self.annotations[link.page].append(made)
        return Dictionary(Type=Name.OBJR, Obj=made, Pg=page)


def _outline(pdf: Pdf, bookmarks: list[Bookmark], tree: _Tree) -> None:
    with pdf.open_outline() as outline:
        stack: list[list[Any]] = [outline.root]
        for mark in bookmarks:
            target = tree.objects[id(mark.element)]
            action = tree.action(target, mark.page, mark.top)
            item = pikepdf.OutlineItem(mark.title, action=action)
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
    check = hashlib.md5(record.data, usedforsecurity=False).digest()  # ISO 32000-1, table 46
    stream = pdf.make_stream(
        record.data,
        Type=Name.EmbeddedFile,
        Subtype=Name("/application/yaml" if record.name.endswith(".yaml") else "/application/json"),
        Params=Dictionary(
            ModDate=stamp, CreationDate=stamp, Size=len(record.data), CheckSum=String(check)
        ),
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
