"""Reading PDF files back: their structure tree, and the text of each element (pikepdf, pypdfium2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2


@dataclass
class Node:
    """An element of the structure tree with the text that is drawn in it."""

    kind: str
    raw: Any
    kids: list[Node] = field(default_factory=list)
    text: str = ""
    objects: list[Any] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def all(self, kind: str) -> list[Node]:
        return [node for node in self.walk() if node.kind == kind]

    def said(self) -> str:
        return self.text + "".join(kid.said() for kid in self.kids)


def _cmap(font: Any) -> dict[int, str]:
    entries = re.findall(rb"(?m)^<([0-9A-F]{2})> <([0-9A-F]{4,})>$", font.ToUnicode.read_bytes())
    return {
        int(code, 16): bytes.fromhex(said.decode()).decode("utf-16-be") for code, said in entries
    }


def _texts(page: Any) -> dict[int, str]:
    """The text of each marked-content sequence of a page, as its font maps tell it."""
    maps = {name: _cmap(font) for name, font in page.Resources.Font.items()}
    out: dict[int, str] = {}
    stack: list[int | None] = []
    font = ""
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC":
                properties = operands[1]
                stack.append(int(properties["/MCID"]) if "/MCID" in properties else None)
            case "BMC":
                stack.append(None)
            case "EMC":
                stack.pop()
            case "Tf":
                font = str(operands[0])
            case "Tj" | "TJ":
                mcid = next((m for m in reversed(stack) if m is not None), None)
                strings = operands[0] if str(operator) == "TJ" else [operands[0]]
                if mcid is not None:
                    codes = b"".join(bytes(s) for s in strings if isinstance(s, pikepdf.String))
                    out[mcid] = out.get(mcid, "") + "".join(maps[font][c] for c in codes)
    return out


def structure(path: Path) -> Node:
    """Return the structure tree of a file."""
    pdf = pikepdf.open(path)
    texts = {page.obj.objgen: _texts(page.obj) for page in pdf.pages}

    def node(raw: Any) -> Node:
        made = Node(str(raw.S)[1:], raw)
        for kid in raw.K:
            if kid.get("/Type") == "/MCR":
                made.text += texts[kid.Pg.objgen].get(int(kid.MCID), "")
            elif kid.get("/Type") == "/OBJR":
                made.objects.append(kid.Obj)
            else:
                made.kids.append(node(kid))
        return made

    root = node(pdf.Root.StructTreeRoot.K)
    root.raw = pdf
    return root


def page_texts(path: Path) -> list[str]:
    """Return the text of each page as a reader shows it."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]
