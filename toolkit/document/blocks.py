"""The tree between composers and exporters: blocks of text runs, and sheets of cells.

A composer never knows a file format; an exporter never reads the record. Texts arrive here as they
are to be read: no markup, no escapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one language (BCP 47) and one look.

    `link` is an http(s) address, or `#` with the anchor of a block. `note` is the number of a
    source; the run then has no text of its own.
    """

    text: str
    language: str
    bold: bool = False
    italic: bool = False
    link: str | None = None
    note: int | None = None


Inline = tuple[Run, ...]
"""Runs that follow each other in one paragraph."""

Cell = tuple[Inline, ...]
"""The paragraphs of a table cell."""

Role = Literal["body", "lead", "fields", "remark", "closing"]


@dataclass(frozen=True, slots=True)
class Masthead:
    """The top of the first page. Any field but title may be empty."""

    title: Inline
    kicker: Inline = ()
    subtitle: Inline = ()
    reference: Inline = ()
    date: Inline = ()
    copy: Inline = ()
    department: Inline = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the highest below the title, and levels do not skip."""

    level: int
    content: Inline
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; the role says what it is for, a style how it looks."""

    content: Inline
    role: Role = "body"


@dataclass(frozen=True, slots=True)
class BulletList:
    """A list; numbered where the order matters."""

    items: tuple[Inline, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A panel of short facts: a label and its paragraphs each."""

    title: Inline
    rows: tuple[tuple[Inline, Cell], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; `weight` is its share of the width."""

    title: Inline
    weight: float = 1.0
    align: Literal["start", "end"] = "start"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row, which repeats on each page."""

    caption: Inline
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """A verbatim quotation with its marks, and who said it."""

    content: Inline
    attribution: Inline


@dataclass(frozen=True, slots=True)
class Tile:
    """One number to be read at a glance."""

    value: Inline
    label: Inline
    remark: Inline = ()


@dataclass(frozen=True, slots=True)
class Tiles:
    """A row of numbers."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; `shown` is the number as it is to be read."""

    label: Inline
    value: Decimal
    shown: Inline


@dataclass(frozen=True, slots=True)
class BarChart:
    """Numbers of one series, compared. `alt` says what the chart says."""

    caption: Inline
    bars: tuple[Bar, ...]
    alt: str


@dataclass(frozen=True, slots=True)
class Note:
    """A source as a numbered note; `short` for a foot of the page, `full` for the list."""

    number: int
    anchor: str
    short: Inline
    full: Inline


@dataclass(frozen=True, slots=True)
class NoteList:
    """The sources, in the order of their numbers."""

    notes: tuple[Note, ...]


Block = (
    Heading | Paragraph | BulletList | KeyFacts | Table | Quotation | Tiles | BarChart | NoteList
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What a file says about itself. `date` is the record's, never the clock's."""

    record_id: str
    record_version: str
    title: str
    subject: str
    author: str
    language: str
    rtl: bool
    date: date
    mark: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The few words that an exporter prints itself, in the document's language."""

    page: str
    page_of: str
    contents: str
    figure: str
    table: str
    sources: str
    source: str


@dataclass(frozen=True, slots=True)
class Document:
    """A paper: a masthead, blocks, and the line that stands at the top and foot of each page."""

    meta: Meta
    mark_line: Inline
    running_title: Inline
    masthead: Masthead
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    words: Words
    contents: bool = False
    compact: bool = False


Value = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One value of a sheet; a link is an http(s) address."""

    value: Value
    link: str | None = None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet; `width` is in characters, `choices` make a drop-down list."""

    key: str
    title: str
    kind: Literal["text", "date", "number"] = "text"
    width: int = 16
    choices: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Overdue:
    """Which cells of a sheet make a row overdue: last day past, and status one of the open ones."""

    due: str
    status: str
    open_values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a workbook."""

    key: str
    title: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[SheetCell, ...], ...]
    remark: str = ""
    overdue: Overdue | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The first sheet: facts, and how to work with the others."""

    title: str
    heading: str
    facts: tuple[tuple[str, SheetCell], ...]
    how_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """A spreadsheet: an overview and its sheets."""

    meta: Meta
    mark_line: str
    overview: Overview
    sheets: tuple[Sheet, ...]
    words: Words
    overdue_label: str = ""


Composed = Document | Workbook
