"""What is asked of a pack: its documents, and for whom and in which language they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from toolkit.errors import UsageError

PDF_FORMATS = {1: "pdf", 2: "pdf2"}
DEFAULT_FORMATS = {"briefing": "docx", "summary": "pdf", "agreements": "xlsx"}


@dataclass(frozen=True, slots=True)
class Target:
    """A document and the format in which it is asked for."""

    document: str
    format: str

    @property
    def name(self) -> str:
        """The name as `--only` takes it; the usual format goes without saying."""
        usual = DEFAULT_FORMATS[self.document] == self.format
        return self.document if usual else f"{self.document}.{self.format}"


def parse_targets(names: Iterable[str] | None, pdf_version: int = 1) -> tuple[Target, ...]:
    """Read the names of documents, as `briefing` or `briefing.pdf`.

    They come in the order of the pack, each once. Raises UsageError for a name that does not exist,
    or a version of PDF files that does not.
    """
    if pdf_version not in PDF_FORMATS:
        raise UsageError(f"there is no PDF version {pdf_version}; write 1 or 2")
    targets = []
    for name in names if names is not None else DEFAULT_FORMATS:
        document, _, form = name.strip().partition(".")
        if document not in DEFAULT_FORMATS:
            raise UsageError(
                f'there is no document "{document}"; there are {", ".join(DEFAULT_FORMATS)}'
            )
        form = form or DEFAULT_FORMATS[document]
        targets.append(Target(document, PDF_FORMATS[pdf_version] if form == "pdf" else form))
    if not targets:
        raise UsageError("name at least one document")
    order = list(DEFAULT_FORMATS)
    return tuple(sorted(set(targets), key=lambda t: (order.index(t.document), t.format)))


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """The options of one pack.

    `audience` is a handling mark, above which all is left out; None keeps everything. `language`
    (BCP 47) is another one than the record's. `attach` puts the record into each file.
    """

    targets: tuple[Target, ...]
    audience: str | None = None
    language: str | None = None
    attach: bool = True

    def stated(self, style_sha256: str) -> dict[str, Any]:
        """Return the options as a manifest states them; what is usual goes without saying."""
        options: dict[str, Any] = {
            "documents": [target.name for target in self.targets],
            "audience": self.audience,
            "style": style_sha256,
        }
        if self.language:
            options["language"] = self.language
        if not self.attach:
            options["attach"] = False
        return options


def pack_name(record_id: str, audience: str | None, language: str | None) -> str:
    """Return the name of a pack's folder, with which its files begin."""
    parts = (record_id, _slug(audience) if audience else None, language)
    return "--".join(part for part in parts if part)


def _slug(mark: str) -> str:
    """Return a handling mark as a part of a file's name, whatever signs it has."""
    return re.sub(r"[^\w]+", "-", mark.casefold()).strip("-") or "audience"
