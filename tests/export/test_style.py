"""A house style changes the documents without code, and cannot break them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import docx
import pikepdf
import pytest
from PIL import Image

import toolkit
from tests.export.reading import page_texts, structure
from tests.making import FIRST, RECORDS, record, written
from tests.test_cli import run
from toolkit.document import agreements, briefing, summary
from toolkit.document.language import english_labels, label_languages
from toolkit.errors import BriefpackError
from toolkit.export.font_files import FaceName, FontFiles
from toolkit.export.style import contrast, copy_style, load_style, shipped_styles
from toolkit.record import schema
from toolkit.record.policy import Policy
from toolkit.record.settings import InvalidSettingsError
from toolkit.resources import resource


def settings(folder: Path, text: str) -> Path:
    (folder / "style.toml").write_text(text, "utf-8")
    return folder


def mistakes(folder: Path, text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(InvalidSettingsError) as caught:
        load_style(settings(folder, text))
    return [(d.rule, d.line, d.column) for d in caught.value.report.diagnostics]


def test_there_are_two_styles_and_they_look_different(tmp_path: Path) -> None:
    assert set(shipped_styles()) >= {"default", "classic"}
    packs = {
        name: toolkit.build(FIRST, tmp_path / name, style=name) for name in ("default", "classic")
    }
    for one, other in zip(packs["default"].files, packs["classic"].files, strict=True):
        assert one.sha256 != other.sha256
    assert load_style("default").fonts != load_style("classic").fonts


def test_a_copied_style_builds_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    usual = toolkit.build(FIRST, tmp_path / "usual")
    own = toolkit.build(FIRST, tmp_path / "own-pack", style=folder)
    assert own.files == usual.files
    manifests = [(p.folder / "manifest.json").read_bytes() for p in (usual, own)]
    assert manifests[0] == manifests[1]


def test_a_style_is_never_copied_over_another(folder: Path) -> None:
    with pytest.raises(BriefpackError, match="is there already"):
        copy_style(folder)
    with pytest.raises(BriefpackError, match="classic, default"):
        copy_style(folder.parent / "new", "modern")


def test_an_empty_settings_file_is_the_default_style(folder: Path) -> None:
    style = load_style(settings(folder, ""))
    assert style.colours == load_style("default").colours


def test_colours_and_family_reach_all_three_documents(folder: Path, tmp_path: Path) -> None:
    settings(folder, '[colours]\naccent = "0B5D1E"\n[fonts]\nfamily = "Noto Sans"\n')
    pack = toolkit.build(FIRST, tmp_path, style=folder)
    briefing_file, summary_file, sheet = (pack.folder / f.name for f in pack.files)
    with zipfile.ZipFile(briefing_file) as archive:
        styles = archive.read("word/styles.xml").decode()
        assert "0B5D1E" in styles
        assert "1F3A5F" not in styles
        assert "Noto Sans" in archive.read("word/fontTable.xml").decode()
    with zipfile.ZipFile(sheet) as archive:
        assert "0B5D1E" in archive.read("xl/styles.xml").decode()
    with pikepdf.open(summary_file) as pdf:
        fonts = pdf.pages[0].Resources.Font
        names = {str(font.BaseFont) for _, font in fonts.items()}
        assert any("NotoSans-Bold" in name for name in names)
        assert "043137" in pdf.pages[0].obj.Contents.read_bytes().decode("latin-1").replace(".", "")


def test_what_was_changed_in_word_stays(folder: Path, tmp_path: Path) -> None:
    template = docx.Document(str(folder / "briefing.docx"))
    template.styles["Heading 1"].font.name = "Georgia"
    template.save(str(folder / "briefing.docx"))
    settings(folder, '[colours]\naccent = "0B5D1E"\n')
    pack = toolkit.build(FIRST, tmp_path, style=folder, only=["briefing"])
    made = docx.Document(str(pack.folder / pack.files[0].name))
    assert made.styles["Heading 1"].font.name == "Georgia"
    assert str(made.styles["Heading 1"].font.color.rgb) == "0B5D1E"


def test_paper_and_margins(folder: Path, tmp_path: Path) -> None:
    settings(folder, '[paper]\nsize = "Letter"\nleft = 40\n')
    pack = toolkit.build(FIRST, tmp_path, style=folder)
    with pikepdf.open(pack.folder / pack.files[1].name) as pdf:
        assert [float(v) for v in pdf.pages[0].mediabox] == [0, 0, 612, 792]
    section = docx.Document(str(pack.folder / pack.files[0].name)).sections[0]
    assert round(section.left_margin.mm) == 40
    assert round(section.page_width.mm) == 216


def test_labels_and_marks_are_the_ministrys(folder: Path, tmp_path: Path) -> None:
    text = '[labels.en.label]\nwhen = "Date and time"\n[labels.en.mark]\npublic = "OPEN"\n'
    pack = toolkit.build(FIRST, tmp_path, style=settings(folder, text), only=["summary"])
    (shown,) = page_texts(pack.folder / pack.files[0].name)
    assert "Date and time" in shown
    assert shown.count("OPEN") == 2


def test_a_language_can_be_added(folder: Path, tmp_path: Path) -> None:
    text = '[labels.de.label]\nwhen = "Wann"\nwhere = "Wo"\n'
    path = written(tmp_path / "r.json", record(language="de"))
    pack = toolkit.build(path, tmp_path, style=settings(folder, text), only=["summary"])
    (shown,) = page_texts(pack.folder / pack.files[0].name)
    assert "Wann" in shown
    assert "29. Februar 2024" in shown
    assert "Who" in shown  # what is not translated stays English


def test_marks_and_their_order_hold_for_records_that_name_none(
    folder: Path, tmp_path: Path
) -> None:
    settings(folder, '[handling]\nscheme = ["open", "inner", "closed"]\n')
    data = record(handling={"mark": "open"}, objectives=[{"text": "Aim.", "handling": "closed"}])
    path = written(tmp_path / "r.json", data)
    assert not toolkit.validate(path).valid
    scheme = load_style(folder).handling.scheme
    assert toolkit.validate(path, Policy(scheme)).valid
    pack = toolkit.build(path, tmp_path, style=folder, only=["summary"])
    assert page_texts(pack.folder / pack.files[0].name)[0].count("closed") == 2
    open_pack = toolkit.build(path, tmp_path, style=folder, audience="open", only=["briefing.pdf"])
    assert "Aim." not in page_texts(open_pack.folder / open_pack.files[0].name)[0]
    assert run("validate", path, "--style", folder).returncode == 0


def test_sections_and_their_order(folder: Path, tmp_path: Path) -> None:
    text = (
        '[sections]\nbriefing = ["sources", "agreements", "key_facts"]\n'
        'summary = ["figures", "key_facts"]\nagreements = ["figures", "agreements"]\n'
    )
    pack = toolkit.build(FIRST, tmp_path, style=settings(folder, text))
    made = docx.Document(str(pack.folder / pack.files[0].name))
    heads = [p.text for p in made.paragraphs if p.style.name == "Heading 1"]
    assert heads == ["Sources", "Agreements"]
    said = structure(pack.folder / pack.files[1].name).said()
    assert said.index("52 projects") < said.index("Where")
    assert "Next steps" not in said
    assert not structure(pack.folder / pack.files[1].name).all("Link")  # no sources, no notes
    with zipfile.ZipFile(pack.folder / pack.files[2].name) as archive:
        names = re.findall(r'<sheet [^>]*name="(\w+)"', archive.read("xl/workbook.xml").decode())
    assert names[:3] == ["Overview", "Figures", "Agreements"]


def test_the_sections_of_the_schema_are_those_of_the_documents() -> None:
    listed = schema.loaded("style.schema.json")["properties"]["sections"]["properties"]
    assert listed["briefing"]["items"]["enum"] == list(briefing.SECTIONS)
    assert listed["summary"]["items"]["enum"] == list(summary.SECTIONS)
    assert listed["agreements"]["items"]["enum"] == list(agreements.SHEETS)


@pytest.mark.parametrize("kind", ["svg", "png", "png-with-alpha"])
def test_an_emblem_with_its_text(folder: Path, tmp_path: Path, kind: str) -> None:
    if kind == "svg":
        source = resource("templates", "styles", "classic", "emblem.svg")
        shutil.copy(source, folder / "seal.svg")
    else:
        mode = "RGBA" if kind == "png-with-alpha" else "P"
        Image.new(mode, (60, 30), 1 if mode == "P" else (9, 9, 200, 90)).save(folder / "seal.png")
    name = "seal.svg" if kind == "svg" else "seal.png"
    settings(folder, f'[emblem]\nfile = "{name}"\nalt = "Seal of the ministry"\n')
    pack = toolkit.build(FIRST, tmp_path, style=folder)
    with zipfile.ZipFile(pack.folder / pack.files[0].name) as archive:
        assert 'descr="Seal of the ministry"' in archive.read("word/document.xml").decode()
        assert any(n.startswith("word/media/") for n in archive.namelist())
    tree = structure(pack.folder / pack.files[1].name)
    assert [str(f.raw.Alt) for f in tree.all("Figure")] == ["Seal of the ministry"]


def test_own_fonts_show_what_the_family_lacks(folder: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", record(title="Sign \u2713 and \U00010330"))
    with pytest.raises(toolkit.InvalidRecordError):
        toolkit.build(path, tmp_path, style=folder)
    make_gothic(folder)
    pack = toolkit.build(path, tmp_path, style=folder, only=["summary"])
    assert "\U00010330" in page_texts(pack.folder / pack.files[0].name)[0]


def make_gothic(folder: Path) -> None:
    """Give the style a font with a letter that no shipped font has."""
    import io

    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(FontFiles().read(FaceName("Lato"))))
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format == 12:
            break
    else:
        from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

        table = CmapSubtable.newSubtable(12)
        table.platformID, table.platEncID, table.language = 3, 10, 0
        table.cmap = dict(font.getBestCmap())
        font["cmap"].tables.append(table)
    table.cmap[0x10330] = "A"
    table.cmap[0x2713] = "V"
    for entry in font["name"].names:
        if entry.nameID in (1, 4, 16):
            entry.string = "Own Letters"
    (folder / "fonts").mkdir(exist_ok=True)
    font.save(folder / "fonts" / "own.ttf")


MISTAKES = [
    ('[colours]\nacent = "1F3A5F"\n', ("unknown-key", 2, 1)),
    ('[colours]\naccent = "blue"\n', ("bad-form", 2, 10)),
    ("[colours]\naccent = 5\n", ("wrong-type", 2, 10)),
    ('[colours]\nmuted = "AAB0B8"\n', ("low-contrast", 2, 9)),
    ('[colours]\npaper = "1B232D"\n', ("low-contrast", 2, 9)),
    ('[fonts]\nfamily = "Comic Sans"\n', ("unknown-font", 2, 10)),
    ('[paper]\nsize = "A5"\n', ("unknown-value", 2, 8)),
    ("[paper]\nleft = 200\n", ("bad-number", 2, 8)),
    ('[emblem]\nfile = "x.svg"\n', ("missing-key", 1, 2)),
    ('[emblem]\nfile = "x.svg"\nalt = "Seal"\n', ("bad-emblem", 2, 8)),
    ('[emblem]\nfile = "../x.svg"\nalt = "Seal"\n', ("bad-form", 2, 8)),
    ('[labels.en.label]\nwhem = "x"\n', ("unknown-key", 2, 1)),
    ('[labels.en]\nlabels = { when = "x" }\n', ("unknown-key", 2, 1)),
    ('[labels.en]\nlabel = "x"\n', ("wrong-type", 2, 1)),
    ('[sections]\nbriefing = ["figures",\n  "objektives"]\n', ("unknown-value", 3, 3)),
    ('[sections]\nsummary = ["figures", "figures"]\n', ("repeated-entry", 2, 23)),
    ("[colours\n", ("syntax", 1, 9)),
    ('[colours]\naccent = "1F3A5F\n', ("syntax", 2, 17)),
    ("colour = {}\n", ("unknown-key", 1, 1)),
]


@pytest.mark.parametrize(
    ("text", "told"), MISTAKES, ids=[f"{n}-{m[1][0]}" for n, m in enumerate(MISTAKES)]
)
def test_a_wrong_entry_is_told_with_its_place(
    folder: Path, text: str, told: tuple[str, int, int]
) -> None:
    assert told in mistakes(folder, text)


def test_a_message_says_what_to_write_instead(folder: Path) -> None:
    settings(folder, '[sections]\nbriefing = ["objektives"]\n[fonts]\nfamily = "Noto Sanss"\n')
    written(folder.parent / "r.json", record())
    done = run("build", "r.json", "--style", "own", cwd=folder.parent)
    assert done.returncode == 1
    assert 'did you mean "objectives"?' in done.stderr
    assert "own/style.toml:2:13" in done.stderr.replace("\\", "/")
    assert "Traceback" not in done.stderr
    assert not (folder.parent / "packs").exists()


@pytest.mark.parametrize("name", ["own.otf", "own.ttf", "own.woff2"])
def test_a_font_that_cannot_be_used_is_refused(folder: Path, name: str) -> None:
    (folder / "fonts").mkdir()
    (folder / "fonts" / name).write_bytes(b"no font at all")
    with pytest.raises(InvalidSettingsError) as caught:
        load_style(folder)
    assert name in caught.value.report.diagnostics[0].message


def test_a_style_without_its_files_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BriefpackError, match="no such style"):
        load_style(tmp_path / "nowhere")
    (folder / "briefing.docx").write_bytes(b"not a document")
    with pytest.raises(BriefpackError, match="no Word document"):
        toolkit.build(FIRST, tmp_path, style=folder)
    (folder / "briefing.docx").unlink()
    with pytest.raises(BriefpackError, match="is missing"):
        load_style(folder)


def test_a_template_that_lost_a_style_is_told(folder: Path, tmp_path: Path) -> None:
    template = docx.Document(str(folder / "briefing.docx"))
    template.styles["Kicker"].delete()
    template.save(str(folder / "briefing.docx"))
    with pytest.raises(BriefpackError, match="Kicker"):
        toolkit.build(FIRST, tmp_path, style=folder)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("FFFFFF", "000000") == pytest.approx(21)
    assert contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_all_label_files_have_the_same_words() -> None:
    def shape(words: dict[str, object]) -> dict[str, object]:
        return {
            k: shape(v) if isinstance(v, dict) else sorted(re.findall(r"\{\w+\}", str(v)))
            for k, v in words.items()
        }

    import tomllib

    english = shape(english_labels())
    for name in label_languages():
        text = resource("templates", "labels", f"{name}.toml").read_text("utf-8")
        assert shape(tomllib.loads(text)) == english, name


def test_every_value_of_the_schema_has_its_printed_word() -> None:
    groups = {
        "kind": "meeting_kind", "status": "record_status",
        "agreement/type": "agreement_type", "agreement/level": "level", "agreement/status": "agreement_status",
        "statement/kind": "statement_kind", "commitment/kind": "commitment_kind",
        "commitment/status": "commitment_status", "participant/role": "role", "sitting/mode": "mode",
        "sitting/format": "format", "event/relation": "relation", "source/kind": "source_kind",
        "delegation/part": "part", "agreement/in_force_by": "in_force_by",
        "agreement/implementation": "implementation",
    }  # fmt: skip
    for place, group in groups.items():
        definition, _, key = place.rpartition("/")
        root = schema.schema()
        node = root["$defs"][definition] if definition else root
        assert set(node["properties"][key]["enum"]) <= set(english_labels()[group]), place


def test_the_schema_of_styles_is_published_as_readable_json() -> None:
    text = resource("schemas", "style.schema.json").read_text("utf-8")
    assert json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n" == text


def test_every_style_that_is_shipped_is_sound(tmp_path: Path) -> None:
    for name in shipped_styles():
        toolkit.build(RECORDS["minimal"], tmp_path / name, style=name)
