"""What a pack holds: the bytes of its documents, made from one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from toolkit.document.context import Context
from toolkit.document.registry import COMPOSERS
from toolkit.errors import UnshowableTextError
from toolkit.export.registry import Attachment, Exporter, exporter
from toolkit.export.style import Style
from toolkit.pack.manifest import TOOL, Manifest, PackFile
from toolkit.pack.targets import BuildOptions, Target, pack_name
from toolkit.record.diagnostic import Diagnostic, FileReport, pointer
from toolkit.record.load import InvalidRecordError, Record
from toolkit.record.notations import is_yaml, parse
from toolkit.record.select import select
from toolkit.record.texts import values
from toolkit.version import VERSION, libraries


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a pack with their bytes, and its manifest."""

    name: str
    files: tuple[tuple[PackFile, bytes], ...]
    manifest: Manifest


class PackPlan:
    """One pack of a record: what it will be called, and what it is made from.

    Nothing is composed before `contents` is asked for. Raises UsageError for an audience that the
    scheme does not have or a format that does not exist, WithheldError where the record as a whole
    is above the audience, BriefpackError where nothing would be left of it.
    """

    def __init__(self, record: Record, options: BuildOptions, style: Style) -> None:
        self._whole = record
        self._options = options
        self._style = style
        self._exporters = {t.format: exporter(t.format) for t in options.targets}
        self._selected = select(record, options.audience) if options.audience else record
        self.name = pack_name(record.id, options.audience, options.language)

    @cached_property
    def expected(self) -> Manifest:
        """The manifest that the pack is to have, but for size and hash of its files."""
        names = map(self._file_name, self._options.targets)
        return self._manifest({name: PackFile(name, "", 0, "") for name in names})

    def contents(self) -> Contents:
        """Compose and export the documents.

        Raises InvalidRecordError where a character or a text of the record cannot be printed.
        """
        _check_characters(self._whole, self._exporters.values(), self._style)
        files = tuple(self._files())
        manifest = self._manifest({file.name: file for file, _ in files})
        return Contents(self.name, files, manifest)

    def _file_name(self, target: Target) -> str:
        return f"{self.name}-{target.document}.{self._exporters[target.format].extension}"

    def _manifest(self, files: dict[str, PackFile]) -> Manifest:
        record = {
            "id": self._whole.id,
            "version": self._selected.meeting.version,
            "sha256": self._selected.source.sha256,
        }
        options = self._options.stated(self._style.sha256)
        return Manifest(record, {"name": TOOL, "version": VERSION}, libraries(), options, files)

    def _files(self) -> Iterator[tuple[PackFile, bytes]]:
        record, style = self._selected, self._style
        suffix = "yaml" if is_yaml(record.source.name) else "json"
        attachment = Attachment(f"{record.id}.{suffix}", record.source.data)
        for target in self._options.targets:
            ctx = Context(record, self._options.language, style.labels, style.sections)
            composed = COMPOSERS[target.document](ctx)
            chosen = self._exporters[target.format]
            try:
                data = chosen.export(composed, style, attachment if self._options.attach else None)
            except UnshowableTextError as error:
                raise _unrepresentable(record, error) from error
            yield PackFile.of(self._file_name(target), chosen.media_type, data), data


def _check_characters(record: Record, exporters: Iterable[Exporter], style: Style) -> None:
    """Refuse a record with a character that one of the formats could only show as a box."""
    text = record.source.text
    if text.isascii() and "\\u" not in text:
        return
    characters = sorted({char for _, value in values(record.data) for char in value if char > "~"})
    missing = {char for each in exporters for char in each.lacking(characters, style)}
    if not missing:
        return
    positions = parse(record.source).positions()
    diagnostics = []
    for path, value in values(record.data):
        for char in dict.fromkeys(value):
            if char in missing:
                start, end = positions.value(path)
                offset = text.find(char, start, end)
                start, end = (offset, offset + 1) if offset >= 0 else (start, end)
                message = f'no font here has the character "{char}" (U+{ord(char):04X}); write another one, or leave it out'
                diagnostics.append(
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
            tuple(sorted(diagnostics, key=lambda d: (d.line, d.column))),
            record.source,
        )
    )


def _unrepresentable(record: Record, error: UnshowableTextError) -> InvalidRecordError:
    path = next((path for path, value in values(record.data) if value == error.text), ())
    span = parse(record.source).positions().value(path)
    start, end = record.source.place(span[0]), record.source.place(span[1])
    diagnostic = Diagnostic("unshowable-text", f"this text {error}", *start, *end, pointer(path))
    return InvalidRecordError(FileReport(record.source.name, (diagnostic,), record.source))
