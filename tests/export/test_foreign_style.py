"""House styles that come from elsewhere: nothing leads out of their folder, nothing does harm."""

from __future__ import annotations

import io
import os
import random
import re
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

import toolkit
from tests.export.test_style import settings
from tests.making import FIRST, record, written
from tests.test_cli import run
from toolkit import intake
from toolkit.errors import BriefpackError
from toolkit.export import font_check
from toolkit.export.font_check import FontError
from toolkit.export.font_files import FaceName, FontFiles
from toolkit.export.style import copy_style, load_style
from toolkit.export.template_check import check_template
from toolkit.record.settings import InvalidSettingsError
from toolkit.resources import resource

TEMPLATE = resource("templates", "styles", "default", "briefing.docx").read_bytes()
LATO = FontFiles().read(FaceName("Lato"))
EMBLEM = '[emblem]\nfile = "seal.png"\nalt = "Seal"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy_style(tmp_path / "own")
    return tmp_path / "own"


def refused(folder: Path) -> str:
    """Return the message with which a style is refused."""
    with pytest.raises(BriefpackError) as caught:
        load_style(folder)
    if isinstance(caught.value, InvalidSettingsError):
        return caught.value.report.diagnostics[0].message
    return str(caught.value)


# Where files are


def seal(path: Path) -> Path:
    Image.new("RGB", (60, 30), (9, 9, 200)).save(path, "PNG")
    return path


def linked(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target)
    except (OSError, NotImplementedError):
        pytest.skip("no symbolic links can be made here")


def test_no_link_leads_out_of_the_folder(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    linked(folder / "seal.png", seal(outside / "seal.png"))
    assert refused(settings(folder, EMBLEM)) == (
        "the emblem seal.png leads out of the style's folder; put a copy of the file there"
    )
    settings(folder, "")
    (outside / "a.ttf").write_bytes(LATO)
    linked(folder / "fonts", outside)
    assert "fonts leads out of the style's folder" in refused(folder)
    (folder / "fonts").unlink()
    (folder / "fonts").mkdir()
    linked(folder / "fonts" / "a.ttf", outside / "a.ttf")
    assert "fonts/a.ttf leads out of the style's folder" in refused(folder)
    shutil.rmtree(folder / "fonts")
    (folder / "briefing.docx").rename(outside / "briefing.docx")
    linked(folder / "briefing.docx", outside / "briefing.docx")
    assert "briefing.docx leads out of the style's folder" in refused(folder)
    (folder / "briefing.docx").unlink()
    (folder / "briefing.docx").write_bytes(TEMPLATE)
    (folder / "style.toml").rename(outside / "style.toml")
    linked(folder / "style.toml", outside / "style.toml")
    assert "style.toml leads out of the style's folder" in refused(folder)


def test_links_within_the_folder_and_to_the_folder_are_followed(folder: Path) -> None:
    seal(folder / "real.png")
    linked(folder / "seal.png", folder / "real.png")
    linked(folder.parent / "alias", settings(folder, EMBLEM))
    assert load_style(folder.parent / "alias").picture is not None


def test_a_loop_of_links(folder: Path) -> None:
    linked(folder / "seal.png", folder / "seal.png")
    assert "seal.png" in refused(settings(folder, EMBLEM))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("name", ["seal.png", "fonts/a.ttf", "briefing.docx", "style.toml"])
def test_a_pipe_in_a_style_is_refused_at_once(folder: Path, name: str) -> None:
    settings(folder, EMBLEM if name == "seal.png" else "")
    (folder / "fonts").mkdir()
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    said = refused(folder)
    assert "pipe or a device" in said or name == "briefing.docx"
    assert name in said or name == "style.toml"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero here")
@pytest.mark.parametrize("name", ["seal.png", "fonts/a.ttf"])
def test_a_device_in_a_style(folder: Path, name: str) -> None:
    settings(folder, EMBLEM if name == "seal.png" else "")
    (folder / "fonts").mkdir()
    (folder / name).symlink_to("/dev/zero")
    assert "leads out of the style's folder" in refused(folder)


def test_files_that_are_too_large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in (
        ("seal.png", "EMBLEM"),
        ("fonts/a.ttf", "FONT"),
        ("briefing.docx", "TEMPLATE"),
    ):
        settings(folder, EMBLEM if name == "seal.png" else "")
        (folder / "fonts").mkdir(exist_ok=True)
        old = (folder / name).read_bytes() if (folder / name).exists() else b""
        with (folder / name).open("ab") as file:
            file.truncate(getattr(intake, kind) * 1_000_000 + 1)
        assert f"{name} cannot be read: it is larger than {getattr(intake, kind)} MB" in refused(
            folder
        )
        (folder / name).write_bytes(old) if old else (folder / name).unlink()


def test_a_style_that_is_no_folder(folder: Path) -> None:
    assert "there is no such style folder" in refused(folder / "style.toml")
    (folder / "style.toml").unlink()
    (folder / "style.toml").mkdir()
    assert "it is a folder" in refused(folder)


# What its fingerprint covers


def test_the_fingerprint_is_of_what_a_style_says_and_draws(folder: Path) -> None:
    def fingerprint(text: str | None = None) -> str:
        return load_style(settings(folder, text) if text is not None else folder).sha256

    same = fingerprint('[paper]\ntop = 24\n[colours]\naccent = "1F3A5F"\n')
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "notes.txt").write_text("Agreed with protocol.", "utf-8")
    (folder / "fonts").mkdir()
    (folder / "fonts" / "LICENSE.txt").write_text("OFL", "utf-8")
    assert (
        fingerprint('# A remark.\n[colours]\naccent="1F3A5F"\n\n[paper]\ntop = 24.0 # mm\n') == same
    )
    seen = {same}

    def differs(text: str | None = None) -> None:
        now = fingerprint(text)
        assert now not in seen
        seen.add(now)

    differs("[paper]\ntop = 25\n")
    differs('[labels.en.label]\nwhen = "Date"\n')
    differs('[sections]\nsummary = ["figures", "key_facts"]\n')
    differs('[sections]\nsummary = ["key_facts", "figures"]\n')
    differs('[handling]\nscheme = ["open", "closed"]\n')
    seal(folder / "seal.png")
    differs(EMBLEM)
    Image.new("RGB", (60, 30), (9, 9, 201)).save(folder / "seal.png")
    differs()
    (folder / "fonts" / "own.ttf").write_bytes(LATO)
    differs()
    (folder / "fonts" / "own.ttf").write_bytes(FontFiles().read(FaceName("Lato", bold=True)))
    differs()
    template = docx.Document(str(folder / "briefing.docx"))
    template.styles["Heading 1"].font.name = "Georgia"
    template.save(str(folder / "briefing.docx"))
    differs()


def test_what_is_drawn_is_what_was_read(folder: Path, tmp_path: Path) -> None:
    seal(folder / "seal.png")
    style = load_style(settings(folder, EMBLEM))
    before = toolkit.build(FIRST, tmp_path / "before", style=style)
    for name in ("seal.png", "briefing.docx", "style.toml"):
        (folder / name).write_bytes(b"changed meanwhile")
    assert toolkit.build(FIRST, tmp_path / "after", style=style).files == before.files


# Fonts


def altered(change: Callable[[TTFont], None]) -> bytes:
    font = TTFont(io.BytesIO(LATO))
    change(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def with_table(tag: str, data: bytes) -> bytes:
    """Return a font with a table as it is given."""
    from fontTools.ttLib import newTable

    def change(font: TTFont) -> None:
        font[tag] = newTable(tag)
        font[tag].compile = lambda _: data

    return altered(change)


def raw(tag: str) -> bytes:
    return bytes(TTFont(io.BytesIO(LATO)).reader[tag])


def cmap(subtable: bytes) -> bytes:
    return struct.pack(">2H2HL", 0, 1, 3, 10, 12) + subtable


BROKEN = {
    "nothing": b"",
    "text": b"no font at all",
    "cut": LATO[: len(LATO) // 2],
    "collection": b"ttcf" + struct.pack(">2H2L", 1, 0, 0xFFFFFFFF, 0xFFFFFFFF),
    "woff2": b"wOF2" + bytes(90),
    "characters": with_table("cmap", cmap(struct.pack(">2H6L", 12, 0, 28, 0, 1, 0, 0xFFFFFFF0, 0))),
    "beyond": with_table("cmap", cmap(struct.pack(">2H6L", 13, 0, 28, 0, 1, 0x110000, 0x110001, 0))),
    "groups": with_table("cmap", cmap(struct.pack(">2H3L", 12, 0, 16, 0, 0xFFFFFFFF))),
    "segments": with_table(
        "cmap",
        cmap(
            struct.pack(">7H", 4, 0xFFFF, 0, 40_000, 0, 0, 0)
            + b"\xff\xff" * 20_000 + b"\0\0" + b"\0\0" * 20_000 + b"\0\0" * 40_000
        ),
    ),
    "names": with_table("name", struct.pack(">3H", 0, 900, 6) + struct.pack(">6H", 3, 1, 0, 1, 65000, 0) * 900),
    "no-name": altered(lambda font: font["name"].names.clear()),
    "no-outlines": altered(lambda font: font.__delitem__("glyf")),
    "places": with_table("loca", raw("loca")[:40] + b"\xff" * (len(raw("loca")) - 40)),
    "head": with_table("head", bytes(54)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_font_is_refused_with_a_sentence(folder: Path, name: str) -> None:
    (folder / "fonts").mkdir()
    (folder / "fonts" / "own.ttf").write_bytes(BROKEN[name])
    said = refused(folder)
    assert said.startswith("own.ttf ")
    assert re.search(r"damaged|cannot be read as a font|\.ttf files|no name", said)


@pytest.mark.parametrize("ending", ["ttc", "otf", "woff"])
def test_a_broken_collection_is_refused_with_a_sentence(folder: Path, ending: str) -> None:
    (folder / "fonts").mkdir()
    (folder / "fonts" / f"own.{ending}").write_bytes(b"ttcf\0\1\0\0\xff\xff\xff\xff")
    assert "take the family's .ttf files" in refused(folder)


def test_damaged_fonts_can_be_used_or_are_refused() -> None:
    from reportlab.pdfbase.ttfonts import TTFontFile

    choose = random.Random(3)
    results = []
    for _ in range(150):
        changed = bytearray(LATO)
        for _ in range(choose.choice([1, 2, 20])):
            # Most tables that say something of others stand at the beginning.
            at = choose.randrange(choose.choice([400, 4000, len(LATO)]))
            changed[at] ^= 1 << choose.randrange(8)
        try:
            font_check.names(bytes(changed))
        except FontError as error:
            assert "\n" not in str(error)
            results.append(False)
        else:
            font = TTFontFile(io.BytesIO(changed))
            codes = list(font.charToGlyph)
            for start in range(0, len(codes), 250):
                font.makeSubset(codes[start : start + 250])
            results.append(True)
    assert {True, False} == set(results)


def test_a_glyph_that_is_made_of_one_that_is_not_there() -> None:
    font = TTFont(io.BytesIO(LATO))
    name = next(n for n in font.getGlyphOrder() if font["glyf"][n].isComposite())
    start = font["loca"][font.getGlyphID(name)]
    glyf = bytearray(raw("glyf"))
    glyf[start + 12 : start + 14] = b"\xff\xff"
    changed = bytearray(LATO)
    at = LATO.find(raw("glyf"))
    changed[at : at + len(glyf)] = glyf
    with pytest.raises(FontError, match="made of one that is not there"):
        font_check.names(bytes(changed))


# The Word template


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
    "attached-share": ({SETTINGS_RELS: relations("attachedTemplate", r"file:///\\host\t.dotx")}, "attachedTemplate"),
    "attached-inside": ({SETTINGS_RELS: relations("attachedTemplate", "styles.xml", "")}, "attachedTemplate"),
    "picture": ({DOCUMENT_RELS: relation("image", "http://x.org/p.png")}, "image in .* names"),
    "object": ({DOCUMENT_RELS: relation("oleObject", "file:///c:/x.xlsx")}, "oleObject"),
    "object-inside": ({DOCUMENT_RELS: relation("oleObject", "styles.xml", "")}, "oleObject"),
    "chunk": ({DOCUMENT_RELS: relation("aFChunk", "styles.xml", "")}, "aFChunk"),
    "link-to-a-share": ({DOCUMENT_RELS: relation("hyperlink", r"\\host\share")}, "hyperlink"),
    "mode": ({DOCUMENT_RELS: relation("image", "http://x.org/p.png", 'TargetMode="external"')}, "image"),
    "not-there": ({DOCUMENT_RELS: relation("header", "header9.xml", "")}, "which is not in it"),
    "not-there-address": ({DOCUMENT_RELS: relation("image", "http://x.org/p.png", "")}, "which is not in it"),
    "upper-case": ({"word/_rels/header1.xml.RELS": relations("image", "http://x.org/p")}, "image in"),
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


# Office properties


def test_a_version_and_a_language_beyond_what_office_holds(tmp_path: Path) -> None:
    tag = "en" + "-variants" * 40
    path = written(tmp_path / "r.json", record(version="9" * 300, language=tag))
    pack = toolkit.build(path, tmp_path)
    core = docx.Document(str(pack.folder / pack.files[0].name)).core_properties
    assert core.version == "9" * 255
    assert core.language == tag[:255]
    book = openpyxl.load_workbook(pack.folder / pack.files[2].name)
    assert (book.properties.version, book.properties.language) == ("9" * 255, tag[:255])
