"""The register as a workbook: an overview with counts, agreements, commitments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import islice
from typing import BinaryIO

from toolkit.document.blocks import Meta, Overview, SheetCell, SheetColumn, Words, Workbook
from toolkit.document.language import Language
from toolkit.export.style import Style
from toolkit.export.xlsx.stream import MOST_ROWS, LongSheet, Row, write_stream
from toolkit.record import dates
from toolkit.register.entries import Entry, Kind
from toolkit.register.store import Store

_KINDS: dict[Kind, str] = {"agreement": "agreements", "commitment": "commitments_sheet"}
_MOST_COUNTED = 40


def write_workbook(
    target: BinaryIO,
    store: Store,
    style: Style,
    language: str,
    mark: str,
    most_rows: int = MOST_ROWS,
) -> list[str]:
    """Write a store as XLSX; return the titles of its sheets, where a kind had to be split by year.

    `mark` is the line at the top and the foot of each page.
    """
    words = Language(language, style.labels)
    title = words.label("register")
    sheets = [sheet for kind in _KINDS for sheet in _sheets(store, words, kind, most_rows)]
    meta = Meta(
        record_id="register",
        record_version=store.as_of.isoformat(),
        title=title,
        subject=title,
        author="",
        language=language,
        rtl=words.rtl,
        date=store.as_of,
        mark=mark,
        keywords=(),
    )
    overview = Overview(
        words.label("overview"), title, tuple(_facts(store, words, sheets)), _how_to(words)
    )
    book = Workbook(meta, mark, overview, (), Words(**words.group("words")), words.label("overdue"))
    write_stream(target, book, sheets, style)
    titles = [sheet.title for sheet in sheets if sheet.count]
    return titles if len(titles) > len(_KINDS) else []


def _how_to(words: Language) -> tuple[str, ...]:
    told = words.group("how_to")
    return (told["1"], told["4"])


def _sheets(store: Store, words: Language, kind: Kind, most: int) -> Iterator[LongSheet]:
    title = words.label(_KINDS[kind])
    if store.total(kind) <= most:
        yield _sheet(store, words, kind, title)
        return
    for year in store.years(kind):
        count = store.total(kind, year)
        for part, start in enumerate(range(0, count, most), 1):
            more = f" ({part})" if count > most else ""
            yield _sheet(
                store, words, kind, f"{title} {year}{more}", year, start, min(most, count - start)
            )


def _sheet(
    store: Store,
    words: Language,
    kind: Kind,
    title: str,
    year: int | None = None,
    start: int = 0,
    count: int | None = None,
) -> LongSheet:
    number = store.total(kind, year) if count is None else count
    remark = f"{words.label('as_of')}: {words.day(store.as_of)}"
    rows = partial(_rows, store, words, kind, year, start, number)
    return LongSheet(title, remark, tuple(_columns(words)), number, rows)


def _columns(words: Language) -> Iterator[SheetColumn]:
    def column(key: str, name: str, width: int, kind: str = "text") -> SheetColumn:
        return SheetColumn(key, name, kind, width)  # type: ignore[arg-type]

    word = partial(words.word, "column")
    yield SheetColumn("id", word("id"), hidden=True)
    yield column("meeting_on", words.label("date"), 13, "date")
    yield column("meeting", words.label("meeting"), 28)
    yield column("title", word("title"), 44)
    yield column("type", word("type"), 16)
    yield column("parties", word("parties"), 22)
    yield column("sectors", word("sectors"), 16)
    yield column("year", words.label("year"), 8, "number")
    yield column("status", word("status"), 14)
    yield column("signed_on", word("signed_on"), 13, "date")
    yield column("in_force_on", word("in_force_on"), 13, "date")
    yield column("next_step", word("next_step"), 24)
    yield column("responsible", word("responsible"), 20)
    yield column("due", word("due"), 13, "date")
    yield column("overdue", words.label("overdue"), 11)
    yield column("handling", word("handling"), 13)
    yield SheetColumn("record", words.label("record"), hidden=True)


def _rows(
    store: Store, words: Language, kind: Kind, year: int | None, start: int, count: int
) -> Iterator[Row]:
    yes, marks = words.word("yes_no", "yes"), words.group("mark")
    for entry in islice(store.entries(kind, year), start, start + count):
        late = entry.overdue(store.as_of)
        mark = marks.get(entry.handling, entry.handling)
        yield late, _values(entry, words, yes if late else None, mark)


def _values(
    e: Entry, words: Language, late: str | None, mark: str
) -> tuple[str | int | date | None, ...]:
    day = partial(_day, words)
    return (
        f"{e.meeting_id}/{e.id}",
        e.meeting_on,
        e.meeting,
        e.title,
        e.type,
        words.listed(e.parties),
        words.listed(e.sectors),
        e.year,
        e.status,
        day(e.signed_on),
        day(e.in_force_on),
        e.next_step,
        e.responsible,
        day(e.due),
        late,
        mark,
        e.record,
    )


def _day(words: Language, text: str) -> date | str | None:
    """A real date where the day is known, the printed form where it is not."""
    return (dates.parse(text).day or words.when(text)) if text else None


def _facts(
    store: Store, words: Language, sheets: list[LongSheet]
) -> Iterator[tuple[str, SheetCell]]:
    yield words.label("as_of"), SheetCell(store.as_of)
    for sheet in sheets:
        if sheet.count:
            told = words.label("entries", count=sheet.count)
            yield sheet.title, SheetCell(told, f"#{sheet.title}")
    for key, label in (("parties", "parties"), ("sectors", "sectors"), ("status", "status")):
        yield from _counted(store, words, key, words.label(label))
    yield from _counted(store, words, "year", words.label("year"))


def _counted(
    store: Store, words: Language, key: str, label: str
) -> Iterator[tuple[str, SheetCell]]:
    """Yield a line for each value, those with most entries first; years in their order."""
    counts = store.counts[key]
    total = {value: sum(counts[value, kind] for kind in _KINDS) for value, _ in counts}
    by_year = key == "year"
    ordered = sorted(total, key=lambda v: (int(v), "") if by_year else (-total[v], v))
    for value in ordered[:_MOST_COUNTED]:
        told = [
            f"{words.label(name)}: {counts[value, kind]}"
            for kind, name in _KINDS.items()
            if counts[value, kind]
        ]
        if counts[value, "overdue"]:
            told.append(f"{words.label('overdue')}: {counts[value, 'overdue']}")
        yield f"{label}: {value}", SheetCell(" · ".join(told))
