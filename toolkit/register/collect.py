"""Records into a store: each is checked, and those that are wrong are told and left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolkit.errors import BriefpackError, WithheldError
from toolkit.record.diagnostic import FileReport, InvalidFileError
from toolkit.record.load import Record, load
from toolkit.record.policy import Policy
from toolkit.record.select import select
from toolkit.register.entries import entries_of
from toolkit.register.store import Store


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is not in the register, and why."""

    record: str
    report: FileReport | None = None
    message: str = ""
    withheld: bool = False


def collect(
    records: Iterable[str], store: Store, policy: Policy, language: str, audience: str | None
) -> Iterator[LeftOut]:
    """Fill a store, and yield what was left out.

    With `audience`, a handling mark, all that is marked above it is left out, too.
    """
    for name in records:
        try:
            record: Record = load(name, policy)
            shown = select(record, audience) if audience else record
            store.add(entries_of(shown, language, name), shown.scheme)
        except InvalidFileError as error:
            yield LeftOut(name, error.report)
        except WithheldError as error:
            yield LeftOut(name, message=str(error), withheld=True)
        except BriefpackError as error:
            yield LeftOut(name, message=str(error))


def mark_line(marks: Iterable[str], scheme: tuple[str, ...], names: dict[str, str]) -> str:
    """Return the line for a paper with entries of some marks.

    It is the strictest where all are of the scheme, and names all of them where they are not.
    """
    listed = list(marks)
    if not listed:
        return ""
    if all(mark in scheme for mark in listed):
        listed = [max(listed, key=scheme.index)]
    return ", ".join(names.get(mark, mark) for mark in listed)
