"""House styles that come from elsewhere: nothing leads out of their folder, nothing does harm."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image

import toolkit
from tests.export.test_style import settings
from tests.making import FIRST, record, written
from toolkit import intake
from toolkit.errors import BriefpackError
from toolkit.export.font_files import FaceName, FontFiles
from toolkit.export.style import load_style
from toolkit.record.settings import InvalidSettingsError
from toolkit.resources import resource

TEMPLATE = resource("templates", "styles", "default", "briefing.docx").read_bytes()
LATO = FontFiles().read(FaceName("Lato"))
EMBLEM = '[emblem]\nfile = "seal.png"\nalt = "Seal"\n'


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
