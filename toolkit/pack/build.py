"""One record to one pack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.document.context import Context
from toolkit.document.language import need_language
from toolkit.document.registry import COMPOSERS
from toolkit.errors import UnshowableTextError, UsageError
from toolkit.export.registry import Attachment, Exporter, exporter
from toolkit.export.style import Style, default_style, load_style
from toolkit.pack import manifest
from toolkit.pack.files import remove, write_all
from toolkit.pack.manifest import PackFile
from toolkit.places import place
from toolkit.record.diagnostic import Diagnostic, FileReport, pointer
from toolkit.record.load import InvalidRecordError, Record, load
from toolkit.record.notations import is_yaml, parse
from toolkit.record.policy import Policy
from toolkit.record.select import select
from toolkit.record.texts import values
from toolkit.version import VERSION

PDF_FORMATS = {1: "pdf", 2: "pdf2"}
DEFAULT_FORMATS = {"briefing": "docx", "summary": "pdf", "agreements": "xlsx"}


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was written: its folder and its files, the manifest apart."""

    folder: Path
    files: tuple[PackFile, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document and the format in which it is wanted."""

    document: str
    format: str

    @property
    def name(self) -> str:
        """The name as `--only` takes it; the usual format goes without saying."""
        usual = DEFAULT_FORMATS[self.document] == self.format
        return self.document if usual else f"{self.document}.{self.format}"


def wanted(only: Iterable[str] | None, pdf_version: int = 1) -> tuple[Wanted, ...]:
    """Read the names of documents, as `briefing` or `briefing.pdf`.

    They come in the order of the pack, each once. Raises UsageError for a name that does not exist,
    or a version of PDF files that does not.
    """
    if pdf_version not in PDF_FORMATS:
        raise UsageError(f"there is no PDF version {pdf_version}; write 1 or 2")
    chosen = []
    for name in only if only is not None else DEFAULT_FORMATS:
        document, _, form = name.strip().partition(".")
        if document not in DEFAULT_FORMATS:
            raise UsageError(
                f'there is no document "{document}"; there are {", ".join(DEFAULT_FORMATS)}'
            )
        form = form or DEFAULT_FORMATS[document]
        chosen.append(Wanted(document, PDF_FORMATS[pdf_version] if form == "pdf" else form))
    if not chosen:
        raise UsageError("name at least one document")
    order = list(DEFAULT_FORMATS)
    return tuple(sorted(set(chosen), key=lambda w: (order.index(w.document), w.format)))


def build(
    record: Record | str | Path,
    out: str | Path = "packs",
    *,
    only: Iterable[str] | None = None,
    audience: str | None = None,
    style: Style | str | Path | None = None,
    pdf_version: int = 1,
    language: str | None = None,
) -> Pack:
    """Build the pack of a record in `out`/ID and return what was written.

    `only` names documents (`briefing`, `summary`, `agreements`, each with a format where another
    than its own is wanted, as `briefing.pdf`). With `audience`, a handling mark, all that is marked
    above it is left out, and folder and files carry the mark in their names. `style` is a house
    style's folder, or the name of a shipped one. `pdf_version` is 1 for PDF/UA-1 with PDF/A-3a, 2
    for PDF/UA-2 with PDF/A-4f. `language` (BCP 47) is another one than the record's: its words are
    printed, and the record's texts where they are given in it; the names carry it, too. `out` may
    be an address, such as s3://bucket/packs.

    Raises InvalidRecordError where the record has errors or a character that cannot be printed,
    UsageError for wrong options, BriefpackError where the output cannot be written. Nothing is
    written before all documents are made; what an earlier build wrote there and this one does not
    is removed, so that a folder holds one pack.
    """
    documents = wanted(only, pdf_version)
    if language:
        need_language(language)
    exporters = {w.format: exporter(w.format) for w in documents}
    look = style if isinstance(style, Style) else load_style(style) if style else default_style()
    whole = record if isinstance(record, Record) else load(record, Policy(look.handling.scheme))
    shown = select(whole, audience) if audience else whole
    name = pack_name(whole.id, audience, language)
    _check_letters(whole, exporters.values(), look)
    made = list(_documents(shown, documents, exporters, look, name, language))
    files = tuple(manifest.described(file, kind, data) for file, kind, data in made)
    options = options_of(documents, audience, look, language)
    stated = {"id": whole.id, "version": whole.meeting.version, "sha256": whole.source.sha256}
    text = manifest.manifest_text(stated, VERSION, options, files)
    folder = place(out) / name
    earlier = manifest.read_manifest(folder)
    write_all(folder, [*((file, data) for file, _, data in made), (manifest.NAME, text)])
    if earlier:
        remove(folder, set(earlier.sizes) - {file.name for file in files})
    return Pack(folder, files)


def pack_name(identity: str, audience: str | None, language: str | None) -> str:
    """Return the name of a pack's folder, with which its files begin."""
    parts = (identity, _slug(audience) if audience else None, language)
    return "--".join(part for part in parts if part)


def options_of(
    documents: tuple[Wanted, ...], audience: str | None, style: Style, language: str | None
) -> dict[str, Any]:
    """Return the options of a pack as its manifest states them."""
    stated = {
        "documents": [w.name for w in documents],
        "audience": audience,
        "style": style.sha256,
    }
    return {**stated, "language": language} if language else stated


def _slug(mark: str) -> str:
    """Return a handling mark as a part of a file's name, whatever signs it has."""
    return re.sub(r"[^\w]+", "-", mark.casefold()).strip("-") or "audience"


def _documents(
    record: Record,
    documents: tuple[Wanted, ...],
    exporters: dict[str, Exporter],
    style: Style,
    name: str,
    language: str | None,
) -> Iterator[tuple[str, str, bytes]]:
    ending = "yaml" if is_yaml(record.source.name) else "json"
    attachment = Attachment(f"{record.id}.{ending}", record.source.data)
    for entry in documents:
        ctx = Context(record, language, style.labels, style.sections)
        composed = COMPOSERS[entry.document](ctx)
        chosen = exporters[entry.format]
        try:
            data = chosen.export(composed, style, attachment)
        except UnshowableTextError as error:
            raise _unshowable(record, error) from error
        yield f"{name}-{entry.document}.{chosen.extension}", chosen.media_type, data


def _check_letters(record: Record, exporters: Iterable[Exporter], style: Style) -> None:
    """Refuse a record with a character that one of the formats could only show as a box."""
    text = record.source.text
    if text.isascii() and "\\u" not in text:
        return
    characters = sorted({char for _, value in values(record.data) for char in value if char > "~"})
    missing = {char for each in exporters for char in each.lacking(characters, style)}
    if not missing:
        return
    positions = parse(record.source).positions()
    found = []
    for path, value in values(record.data):
        for char in dict.fromkeys(value):
            if char in missing:
                start, end = positions.value(path)
                at = text.find(char, start, end)
                start, end = (at, at + 1) if at >= 0 else (start, end)
                message = f'no font here has the character "{char}" (U+{ord(char):04X}); write another one, or leave it out'
                found.append(
                    Diagnostic(
                        "missing-glyph",
                        message,
                        *record.source.place(start),
                        *record.source.place(end),
                        pointer(path),
                    )
                )
    raise InvalidRecordError(
        FileReport(
            record.source.name,
            tuple(sorted(found, key=lambda d: (d.line, d.column))),
            record.source,
        )
    )


def _unshowable(record: Record, error: UnshowableTextError) -> InvalidRecordError:
    path = next((path for path, value in values(record.data) if value == error.text), ())
    span = parse(record.source).positions().value(path)
    places = (*record.source.place(span[0]), *record.source.place(span[1]))
    diagnostic = Diagnostic("unshowable-text", f"this text {error}", *places, pointer(path))
    return InvalidRecordError(FileReport(record.source.name, (diagnostic,), record.source))
