"""Word templates of a style that comes from elsewhere: nothing in them leads elsewhere, or runs."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

import toolkit
from tests.export.test_foreign_style import TEMPLATE, refused
from tests.making import FIRST, record, written
from tests.test_cli import run
from toolkit.errors import BriefpackError
from toolkit.export.template_check import check_template


def template(changes: dict[str, Callable[[str], str] | bytes | None]) -> bytes:
    """Return the default template with parts changed, added or (None) left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(TEMPLATE)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            change = changes.pop(name, lambda text: text)
            if callable(change):
                new.writestr(name, change(old.read(name).decode()))
            elif change is not None:
                new.writestr(name, change)
        for name, data in changes.items():
            new.writestr(name, data)
    return out.getvalue()


def before_end(tag: str, more: str) -> Callable[[str], str]:
    return lambda text: text.replace(f"</{tag}>", f"{more}</{tag}>")


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relation(kind: str, target: str, mode: str = 'TargetMode="External"') -> Callable[[str], str]:
    more = f'<Relationship Id="rX" Type="{OFFICE}/{kind}" Target="{target}" {mode}/>'
    return before_end("Relationships", more)


def relations(kind: str, target: str, mode: str = 'TargetMode="External"') -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    text = f'<Relationships xmlns="{space}"></Relationships>'
    return relation(kind, target, mode)(text).encode()


def body(content: str) -> dict[str, Callable[[str], str]]:
    return {"word/document.xml": lambda text: text.replace("<w:body>", f"<w:body>{content}")}


def field(*pieces: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"<w:p>{begin}{runs}{end}</w:p>"


def typed(more: str) -> Callable[[str], str]:
    return before_end("Types", more)


DOCUMENT_RELS, SETTINGS_RELS = "word/_rels/document.xml.rels", "word/_rels/settings.xml.rels"
REFUSED = {
    "attached": ({SETTINGS_RELS: relations("attachedTemplate", "http://x.org/t.dotm")}, "attachedTemplate in .* names \"http://x.org/t.dotm\""),
    "attached-share": ({SETTINGS_RELS: relations("attachedTemplate", r"file:///\\host\t.dotx")}, "another place: attachedTemplate"),
    "attached-inside": ({SETTINGS_RELS: relations("attachedTemplate", "styles.xml", "")}, "another place: attachedTemplate"),
    "picture": ({DOCUMENT_RELS: relation("image", "http://x.org/p.png")}, "another place: image in"),
    "object": ({DOCUMENT_RELS: relation("oleObject", "file:///c:/x.xlsx")}, "another place: oleObject"),
    "object-inside": ({DOCUMENT_RELS: relation("oleObject", "styles.xml", "")}, "another place: oleObject"),
    "chunk": ({DOCUMENT_RELS: relation("aFChunk", "styles.xml", "")}, "aFChunk"),
    "link-to-a-share": ({DOCUMENT_RELS: relation("hyperlink", r"\\host\share")}, "another place: hyperlink"),
    "mode": ({DOCUMENT_RELS: relation("image", "http://x.org/p.png", 'TargetMode="external"')}, "another place: image"),
    "not-there": ({DOCUMENT_RELS: relation("header", "header9.xml", "")}, "which is not in it"),
    "not-there-address": ({DOCUMENT_RELS: relation("image", "http://x.org/p.png", "")}, "which is not in it"),
    "upper-case": ({"word/_rels/header1.xml.RELS": relations("image", "http://x.org/p")}, "another place: image in"),
    "macro": ({"word/vbaProject.bin": b"x"}, "no macros"),
    "macro-renamed": ({"word/data.bin": b"x", "[Content_Types].xml": typed('<Override PartName="/word/data.bin" ContentType="application/vnd.ms-office.vbaProject"/>')}, "may run"),
    "docm": ({"[Content_Types].xml": lambda t: t.replace("openxmlformats-officedocument.wordprocessingml.document.main", "ms-word.document.macroEnabled.main")}, "may run"),
    "dotx": ({"[Content_Types].xml": lambda t: t.replace("document.main+xml", "template.main+xml")}, "another kind of document"),
    "hidden-xml": ({"word/a.dat": b"<x/>", "[Content_Types].xml": typed('<Override PartName="/word/a.dat" ContentType="application/x+xml"/>')}, "does not end in .xml"),
    "field": (body(field("INCLUDEPICTURE x")), "field INCLUDEPICTURE"),
    "field-in-pieces": (body(field(" DD", "EAUTO c:\\\\x")), "field DDEAUTO"),
    "field-simple": (body('<w:p><w:fldSimple w:instr=" includetext x"/></w:p>'), "field INCLUDETEXT"),
    "field-made-by-a-field": (body(field("").replace("<w:r><w:instrText>", field(" QUOTE 68 ")[5:-6] + "<w:r><w:instrText> PAGE ")), "has the field"),
    "vml": (body('<w:p><w:r><w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://x.org/p"/></w:pict></w:r></w:p>'), "src in word/document.xml"),
    "strict": (body('<x xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'), "Strict"),
    "broken": ({"word/styles.xml": b"<w:styles"}, "word/styles.xml in it is broken"),
    "entities": ({"word/styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "document type"),
    "deep": ({"word/settings.xml": b"<a>" * 9000 + b"</a>" * 9000}, "word/settings.xml in it is broken"),
    "long": ({"word/header1.xml": b"<a>" + b" " * 8_000_000 + b"</a>"}, "larger than 8 MB"),
    "bomb": ({f"word/media/{n}.png": bytes(60_000_000) for n in range(4)}, "unpacked, it is larger than 200 MB"),
    "many": ({f"word/media/{n}.png": b"" for n in range(5001)}, "more than 5000 parts"),
    "up": ({"word/../../x.xml": b"<x/>"}, "a part with the name"),
    "absolute": ({"/etc/x.xml": b"<x/>"}, "a part with the name"),
    "drive": ({"c:x.xml": b"<x/>"}, "a part with the name"),
    "backslash": ({"word\\x.xml": b"<x/>"}, "a part with the name"),
    "twice": ({"word/STYLES.xml": b"<x/>"}, "a part with the name"),
    "no-settings": ({"word/settings.xml": None}, "word/settings.xml is missing"),
    "no-section": ({"word/document.xml": lambda t: re.sub(r"<w:sectPr.*</w:sectPr>", "", t, flags=re.DOTALL)}, "lacks a section"),
    "no-language": ({"word/styles.xml": lambda t: re.sub("<w:lang [^>]*>", "", t)}, "lacks a language"),
    "no-compat": ({"word/settings.xml": lambda t: re.sub(r"<w:compat>.*</w:compat>", "", t, flags=re.DOTALL)}, "lacks settings of"),
    "no-fonts": ({DOCUMENT_RELS: lambda t: re.sub("<Relationship [^>]*/fontTable[^>]*>", "", t)}, "lacks its fontTable"),
    "no-numbering": ({DOCUMENT_RELS: lambda t: re.sub("<Relationship [^>]*/numbering[^>]*>", "", t)}, "lacks its numbering"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_template_that_leads_elsewhere_or_is_broken_is_refused(folder: Path, name: str) -> None:
    changes, says = REFUSED[name]
    (folder / "briefing.docx").write_bytes(template(dict(changes)))
    said = refused(folder)
    assert re.search(says, said), said
    assert said.startswith(str(folder / "briefing.docx"))
    assert "\n" not in said


def test_what_word_writes_is_taken(folder: Path, tmp_path: Path) -> None:
    usual = {
        DOCUMENT_RELS: relation("hyperlink", "https://example.org/"),
        **body(field(" PAGE ") + field(" STYLEREF ", '"Heading 1"') + field(" IF 1 = 1 a b")),
        "word/media/": b"",
    }
    (folder / "briefing.docx").write_bytes(template(usual))
    assert toolkit.build(FIRST, tmp_path, style=folder, only=["briefing"]).files
    out = io.BytesIO()
    docx.Document().save(out)  # the template of python-docx was made in Word
    check_template(out.getvalue())


def test_a_template_that_the_library_of_word_documents_cannot_use(folder: Path) -> None:
    change = {"[Content_Types].xml": lambda t: t.replace("core-properties+xml", "x+xml")}
    (folder / "briefing.docx").write_bytes(template(change))
    with pytest.raises(BriefpackError, match="cannot be used as a Word document"):
        toolkit.build(FIRST, folder.parent / "packs", style=folder)
    assert not (folder.parent / "packs").exists()


@pytest.mark.parametrize(("at", "value", "says"), [(8, 1, "encrypted"), (10, 99, "compressed")])
def test_a_template_that_is_encrypted_or_oddly_compressed(
    folder: Path, at: int, value: int, says: str
) -> None:
    data = bytearray(TEMPLATE)
    entry = data.find(b"PK\x01\x02")
    data[entry + at : entry + at + 2] = value.to_bytes(2, "little")
    (folder / "briefing.docx").write_bytes(data)
    assert says in refused(folder)


def test_damaged_templates_build_or_are_refused(folder: Path, tmp_path: Path) -> None:
    choose = random.Random(5)
    with zipfile.ZipFile(io.BytesIO(TEMPLATE)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    results = set()
    for number in range(60):
        if number % 3:
            name = choose.choice(names)
            with zipfile.ZipFile(io.BytesIO(TEMPLATE)) as archive:
                text = archive.read(name).decode()
            tags = re.findall(r"<[^<>]+>", text)
            cut = choose.choice(tags)
            data = template({name: text.replace(cut, choose.choice(["", cut * 2]), 1).encode()})
        else:
            flipped = bytearray(TEMPLATE)
            flipped[choose.randrange(len(flipped))] ^= 1 << choose.randrange(8)
            data = bytes(flipped)
        (folder / "briefing.docx").write_bytes(data)
        try:
            toolkit.build(FIRST, tmp_path / "out", style=folder, only=["briefing"])
            results.add(True)
        except BriefpackError as error:
            assert "briefing.docx" in str(error)
            results.add(False)
    assert results == {True, False}


def test_the_command_says_it_and_leaves_nothing(folder: Path) -> None:
    changes, _ = REFUSED["attached"]
    (folder / "briefing.docx").write_bytes(template(dict(changes)))
    written(folder.parent / "r.json", record())
    for command in ("build", "validate"):
        done = run(command, "r.json", "--style", "own", cwd=folder.parent)
        assert done.returncode == 1
        assert "attachedTemplate" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (folder.parent / "packs").exists()
