"""What is to be built: records against the packs that are there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from toolkit.batch.jobs import Job, Order, Outcome
from toolkit.batch.pool import Pool, outcomes
from toolkit.export.style import Style
from toolkit.pack import manifest
from toolkit.pack.build import options_of, pack_name, wanted
from toolkit.places import is_remote, place
from toolkit.record import rules, schema, source
from toolkit.record.diagnostic import FileReport
from toolkit.record.notations import is_yaml, parse
from toolkit.record.source import UnreadableError
from toolkit.record.validate import shared_id
from toolkit.version import VERSION

_QUESTIONS = 16
_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass(frozen=True, slots=True)
class Known:
    """What must be known of a record before anything is written. The id is "" where it has none."""

    record: str
    identity: str
    sha256: str


class Plan:
    """The packs of a run, compared with those in the output.

    `variants` are the audience and the language of each pack of a record. Where records are those
    of a whole project, `lenient` is set: a record that is above an audience is no failure then.
    """

    def __init__(
        self,
        records: Sequence[str],
        order: Order,
        style: Style,
        variants: Sequence[tuple[str | None, str | None]],
        *,
        lenient: bool = False,
    ) -> None:
        self.order = order
        self._style = style
        self._variants = variants
        self._lenient = lenient
        self._out = place(order.out)
        self._documents = wanted(order.documents, order.pdf_version)
        self._far = is_remote(order.out) or any(map(is_remote, records))
        self.known = list(self._each(self._look, records))
        self._holders: dict[str, list[Known]] = {}
        for known in self.known:
            if known.identity:
                self._holders.setdefault(known.identity, []).append(known)

    @property
    def size(self) -> int:
        """The number of packs."""
        return len(self.known) * len(self._variants)

    def jobs(self, *, force: bool = False) -> Iterator[Job | Outcome]:
        """Yield a job for each pack that must be built, and an outcome for each other one."""
        for holders in self._holders.values():
            if len(holders) > 1:
                yield from (self._shared(known, holders) for known in holders)
        alone = (known for known in self.known if len(self._holders.get(known.identity, ())) < 2)
        variants = ((known, *variant, force) for known in alone for variant in self._variants)
        yield from self._each(self._job, variants)

    def _each(self, work: Callable[[_In], _Out], items: Iterable[_In]) -> Iterator[_Out]:
        """Do something for each item, in order; many at a time where each is a question to a server."""
        if not self._far:
            yield from map(work, items)
            return
        with ThreadPoolExecutor(_QUESTIONS) as threads:
            yield from threads.map(work, items)

    def _job(self, item: tuple[Known, str | None, str | None, bool]) -> Job | Outcome:
        known, audience, language, force = item
        name = pack_name(known.identity, audience, language) if known.identity else ""
        options = options_of(self._documents, audience, self._style, language)
        reasons: tuple[str, ...] = ("--force",) if force else ("there is no pack yet",)
        if name and not force:
            folder = self._out / name
            reasons = manifest.changes(folder, known.sha256, VERSION, options)
            if not reasons:
                return Outcome(known.record, name, "unchanged", folder=str(folder))
        if self._lenient and name and audience and (why := self._withheld(known.record, audience)):
            earlier = manifest.read_manifest(self._out / name)
            if earlier is None:
                return Outcome(known.record, name, "withheld", message=why)
            reasons = (why,)
        return Job(known.record, name, audience, language, self.order, reasons, self._lenient)

    def gone(self) -> list[Path]:
        """Return the folders of packs whose record is gone; none where a record cannot tell its id."""
        if not all(known.identity for known in self.known):
            return []
        names = {
            pack_name(known.identity, audience, language)
            for known in self.known
            for audience, language in self._variants
        }
        try:
            folders = sorted(self._out.iterdir())
        except Exception:  # there is no output yet, or nobody may look into it
            return []
        packs = (f for f in folders if f.name not in names and manifest.read_manifest(f))
        return list(packs)

    def _look(self, record: str) -> Known:
        try:
            text = source.read(record)
        except UnreadableError:
            return Known(record, "", "")
        # YAML takes long to read; the pack of the same text knows the id.
        identity = self._made.get(text.sha256) if is_yaml(record) else None
        return Known(record, identity or _identity(parse(text).data), text.sha256)

    @cached_property
    def _made(self) -> dict[str, str]:
        """The ids of the records from which the packs in the output were made, by SHA-256."""
        try:
            folders = list(self._out.iterdir())
        except Exception:
            return {}
        found = (manifest.read_manifest(folder) for folder in folders)
        return {m.record["sha256"]: m.record["id"] for m in found if m and "id" in m.record}

    def _shared(self, known: Known, holders: list[Known]) -> Outcome:
        other = next(holder for holder in holders if holder != known)
        try:
            text = source.read(known.record)
        except UnreadableError as error:  # since it was looked at
            return Outcome(known.record, "", "failed", message=str(error))
        found = shared_id(text, known.identity, other.record)
        report = FileReport(known.record, (found,), text)
        return Outcome(known.record, "", "failed", report=report)

    def _withheld(self, record: str, audience: str) -> str:
        """Say why a record as a whole is not for an audience; "" where it is, or cannot be told."""
        try:
            data = parse(source.read(record)).data
        except UnreadableError:  # its job will tell
            return ""
        scheme = rules.scheme_of(data, self._style.handling.scheme)
        handling = data.get("handling") if isinstance(data, dict) else None
        mark = handling.get("mark") if isinstance(handling, dict) else None
        if mark in scheme and audience in scheme and scheme.index(mark) > scheme.index(audience):
            return f'the record is marked "{mark}", which is above "{audience}"'
        return ""


def _identity(data: Any) -> str:
    """Return a record's id; "" where it has none that could name a folder."""
    found = data.get("id") if isinstance(data, dict) else None
    pattern = schema.schema()["properties"]["id"]["pattern"]
    return found if isinstance(found, str) and schema.regex(pattern).search(found) else ""


def checked(plan: Plan) -> Iterator[Outcome]:
    """Build nothing, and yield for each pack whether it would be."""
    for item in plan.jobs():
        if isinstance(item, Outcome):
            yield item
        else:
            told = "; ".join(item.reasons)
            yield Outcome(item.record, item.name, "stale", message=told)


def built(plan: Plan, pool: Pool, *, force: bool = False) -> Iterator[Outcome]:
    """Build what must be, and yield how each pack of the plan went."""
    ready: deque[Outcome] = deque()

    def jobs() -> Iterator[Job]:
        for item in plan.jobs(force=force):
            if isinstance(item, Outcome):
                ready.append(item)
            else:
                yield item

    for outcome in outcomes(jobs(), pool):
        while ready:
            yield ready.popleft()
        yield outcome
    yield from ready
