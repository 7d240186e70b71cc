"""One record to one pack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.document.language import need_language
from toolkit.export.style import Style, default_style, load_style
from toolkit.pack.contents import PackPlan
from toolkit.pack.manifest import PackFile
from toolkit.pack.state import state_of
from toolkit.pack.targets import BuildOptions, parse_targets
from toolkit.pack.writer import write_pack
from toolkit.record.load import Record, from_source, load
from toolkit.record.policy import Policy


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was written: its folder and its files, the manifest apart."""

    folder: Path
    files: tuple[PackFile, ...]


def build(
    record: Record | str | Path,
    out: str | Path = "packs",
    *,
    only: Iterable[str] | None = None,
    audience: str | None = None,
    style: Style | str | Path | None = None,
    pdf_version: int = 1,
    language: str | None = None,
    attach: bool = True,
    force: bool = False,
) -> Pack:
    """Build the pack of a record in `out`/ID and return what was written.

    `only` names documents (`briefing`, `summary`, `agreements`, each with a format where another
    than its own is wanted, as `briefing.pdf`). With `audience`, a handling mark, all that is marked
    above it is left out, and folder and files carry the mark in their names. `style` is a house
    style's folder, or the name of a shipped one. `pdf_version` is 1 for PDF/UA-1 with PDF/A-3a, 2
    for PDF/UA-2 with PDF/A-4f. `language` (BCP 47) is another one than the record's: its words are
    printed, and the record's texts where they are given in it; the names carry it, too. Without
    `attach`, the files do not carry the record. `out` may be an address, such as s3://bucket/packs.

    Raises InvalidRecordError where the record has errors or a character that cannot be printed,
    UsageError for wrong options, WithheldError where the record as a whole is above the audience,
    BriefpackError where the output cannot be written. Nothing is written before all documents are
    made; what an earlier build wrote there and this one does not is removed, so that a folder holds
    one pack. A file that somebody edited is left as it is, and EditedFilesError tells of it when all
    others are written; with `force` it is moved into `.briefpack/aside` and written anew.
    """
    options = BuildOptions(parse_targets(only, pdf_version), audience, language, attach)
    if language:
        need_language(language)
    house_style = style if isinstance(style, Style) else _style(style)
    loaded = record if isinstance(record, Record) else load(record, policy_of(house_style))
    scheme = house_style.handling.scheme
    if scheme and scheme != loaded.policy.scheme:  # checked without the style's marks
        loaded = from_source(loaded.source, replace(loaded.policy, scheme=scheme))
    contents = PackPlan(loaded, options, house_style).contents()
    state = state_of(out)
    with state.locked():
        write_pack(contents, state, force=force, mode=record_mode(loaded))
    return Pack(state.out / contents.name, tuple(contents.manifest.files.values()))


def _style(style: str | Path | None) -> Style:
    return load_style(style) if style else default_style()


def policy_of(style: Style) -> Policy:
    """Return how records are checked under a house style alone."""
    return Policy(style.handling.scheme)


def record_mode(record: Record) -> int | None:
    """Return the permissions of a record's file; None where it is none of this machine."""
    source = record.source
    if source.folder is None:
        return None
    try:
        return (source.folder / Path(source.name).name).stat().st_mode & 0o666
    except OSError:
        return None
