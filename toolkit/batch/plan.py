"""What is to be built: records against the packs that are there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from toolkit.batch.audience_packs import AudiencePacks
from toolkit.batch.cache import Cache, basis_of, stamps_of
from toolkit.batch.jobs import Job, Order, Outcome
from toolkit.batch.pool import Pool, outcomes
from toolkit.errors import unforeseen
from toolkit.files import remove_leftovers
from toolkit.pack.manifest import read_manifest
from toolkit.pack.state import State
from toolkit.pack.targets import BuildOptions, pack_name
from toolkit.pack.writer import delete_pack
from toolkit.places import is_remote, place
from toolkit.record import schema, source
from toolkit.record.diagnostic import FileReport
from toolkit.record.notations import parse
from toolkit.record.source import UnreadableError
from toolkit.record.validate import shared_id

_MAX_REMOTE_REQUESTS = 16
_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass(frozen=True, slots=True)
class RecordInfo:
    """What must be known of a record before anything is written. The id is "" where it has none."""

    record: str
    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Orphan:
    """A pack in the output that no record of the project asks for, and why.

    `unsafe` tells that it may show what must no longer be shown.
    """

    folder: Path
    reason: str
    unsafe: bool = False


class Plan:
    """The packs of a run, compared with those in the output.

    `variants` are the options of each pack of a record. With `verify`, files are compared with their
    manifests even where nothing says that they changed.
    """

    def __init__(
        self,
        records: Sequence[str],
        order: Order,
        variants: Sequence[BuildOptions],
        *,
        verify: bool = False,
    ) -> None:
        self.order = order
        self.state = State(Path(order.state), place(order.out))
        self._records = records
        self._variants = {options: basis_of(order, options) for options in variants}
        self._verify = verify or order.check or order.force
        self._unidentified = False
        self._remote = is_remote(order.out) or any(map(is_remote, records))

    @property
    def size(self) -> int:
        """The number of packs."""
        return len(self._records) * len(self._variants)

    @contextmanager
    def session(self, waiting: Callable[[], object]) -> Iterator[None]:
        """Keep other runs out of the output, and remember what was found for the next one.

        `waiting` is called where another run is at work. A run that only checks does neither.
        """
        if self.order.check:
            yield
            return
        with self.state.locked(waiting):
            try:
                yield
            finally:
                self.cache.save()

    @cached_property
    def cache(self) -> Cache:
        """What the last run found."""
        return Cache(self.state)

    @cached_property
    def infos(self) -> dict[str, RecordInfo]:
        """What is known of each record, by its name."""
        return {info.record: info for info in self._each(self._read_info, self._records)}

    @cached_property
    def _holders(self) -> dict[str, list[RecordInfo]]:
        holders: dict[str, list[RecordInfo]] = {}
        for info in self.infos.values():
            if info.id:
                holders.setdefault(info.id, []).append(info)
        return holders

    @cached_property
    def _audience_packs(self) -> AudiencePacks:
        languages = {options.language for options in self._variants if options.language}
        return AudiencePacks(self.state, languages)

    def jobs(self) -> Iterator[Job | Outcome]:
        """Yield a job for each pack that must be looked into, and an outcome for each other one."""
        for holders in self._holders.values():
            if len(holders) > 1:
                yield from (self._shared(info, holders) for info in holders)
        single = (i for i in self.infos.values() if len(self._holders.get(i.id, ())) < 2)
        pairs = ((info, options) for info in single for options in self._variants)
        yield from self._each(self._job, pairs)

    def _each(self, work: Callable[[_In], _Out], items: Iterable[_In]) -> Iterator[_Out]:
        """Do something for each item, in order; many at a time where each is a question to a server."""
        if not self._remote:
            yield from map(work, items)
            return
        with ThreadPoolExecutor(_MAX_REMOTE_REQUESTS) as threads:
            yield from threads.map(work, items)

    def _job(self, item: tuple[RecordInfo, BuildOptions]) -> Job | Outcome:
        info, options = item
        name = pack_name(info.id, options.audience, options.language) if info.id else ""
        if name and not self._verify:
            folder = self.state.out / name
            names = self.cache.names(name)
            stamps = stamps_of(folder, names) if names else {}
            if stamps and self.cache.holds(name, info.sha256, self._variants[options], stamps):
                remove_leftovers(folder)
                return Outcome(info.record, name, "unchanged", folder=str(folder))
        return Job(info.record, name, options, self.order)

    def _read_info(self, record: str) -> RecordInfo:
        try:
            text = source.read(record)
        except UnreadableError:
            return RecordInfo(record, "", "")
        try:
            # To parse takes longer than to look up what the last run found.
            record_id = self._identities.get(text.sha256) or _id(parse(text).data)
        except Exception:  # its job will tell
            record_id = ""
        return RecordInfo(record, record_id, text.sha256)

    @cached_property
    def _identities(self) -> dict[str, str]:
        return self.cache.identities()

    def _shared(self, info: RecordInfo, holders: list[RecordInfo]) -> Outcome:
        other = next(holder for holder in holders if holder != info)
        try:
            text = source.read(info.record)
            report = FileReport(info.record, (shared_id(text, info.id, other.record),), text)
        except UnreadableError as error:  # since it was looked at
            return Outcome(info.record, "", "failed", message=str(error), blame="record")
        except Exception as error:
            return Outcome(info.record, "", "failed", message=unforeseen(error), blame="record")
        return Outcome(info.record, "", "failed", report=report, blame="record")

    def settle(self, outcome: Outcome) -> Outcome:
        """Draw the consequences of an outcome: what is remembered, and what may no longer be shown.

        A record that fails for a reason of its own loses its packs for audiences until it passes:
        nobody can tell whether what they show may still be shown. Failures of a disk, a worker or a
        network remove nothing.
        """
        if self.order.check:
            return outcome
        info = self.infos[outcome.record]
        if outcome.status == "withheld":
            self.cache.forget(outcome.name)
        elif outcome.name and outcome.status != "failed":
            basis = next(
                b for o, b in self._variants.items() if self._name(info, o) == outcome.name
            )
            self.cache.note(outcome, info.id, info.sha256, basis)
        if outcome.status != "failed" or outcome.blame != "record":
            return outcome
        messages = [outcome.message] if outcome.message else []
        names = self._packs_to_withdraw(info)
        self._unidentified = self._unidentified or (names == set() and not info.id)
        for name in sorted(names or ()):
            removed, moved = delete_pack(name, self.state)
            if removed:
                messages.append(f"its pack {name} was taken away until the record is right")
            messages += [f"an edited file of it is now {path}" for path in moved]
        return replace(outcome, message="; ".join(messages))

    def _packs_to_withdraw(self, info: RecordInfo) -> set[str] | None:
        built = self.cache.packs_of(info.record)
        names = self._audience_packs.of_record(info.record, info.id, built)
        if not names:
            return names
        others = {i.id for i in self.infos.values() if i.record != info.record and i.id != info.id}
        return {name for name in names if name.partition("--")[0] not in others}

    def _name(self, info: RecordInfo, options: BuildOptions) -> str:
        return pack_name(info.id, options.audience, options.language)

    def orphans(self) -> list[Orphan]:
        """Return the packs in the output that no record of the project asks for.

        While a record cannot tell its id, a pack may be its own; then only those for audiences are
        returned, as unsafe, where none could be told to be its own.
        """
        complete = all(info.id for info in self.infos.values())
        names = {self._name(info, o) for info in self.infos.values() for o in self._variants}
        try:
            folders = sorted(self.state.out.iterdir())
        except Exception:  # there is no output yet, or nobody may look into it
            return []
        orphans = []
        for folder in folders:
            if folder.name in names or (manifest := read_manifest(folder)) is None:
                continue
            if complete:
                orphans.append(Orphan(folder, self._why_orphaned(dict(manifest.options), folder)))
            elif self._unidentified and manifest.options.get("audience"):
                reason = "a record that cannot be read may be its own"
                orphans.append(Orphan(folder, reason, unsafe=True))
        return orphans

    def remove(self, orphan: Orphan) -> list[Path]:
        """Take an orphan away; return where edited files of it were moved."""
        _, moved = delete_pack(orphan.folder.name, self.state)
        self.cache.forget(orphan.folder.name)
        return moved

    def _why_orphaned(self, options: dict[str, Any], folder: Path) -> str:
        record_id = folder.name.partition("--")[0]
        audience, language = options.get("audience"), options.get("language")
        if record_id not in self._holders:
            return "its record is gone"
        if audience not in {o.audience for o in self._variants}:
            who = f'the audience "{audience}"' if audience else "the whole record"
            return f"packs for {who} are no longer asked for"
        if language not in {o.language for o in self._variants}:
            return f'packs in the language "{language or "of the record"}" are no longer asked for'
        return "it is no longer asked for"


def _id(data: Any) -> str:
    """Return a record's id; "" where it has none that could name a folder."""
    value = data.get("id") if isinstance(data, dict) else None
    pattern = schema.schema()["properties"]["id"]["pattern"]
    return value if isinstance(value, str) and schema.regex(pattern).search(value) else ""


def run_plan(plan: Plan, pool: Pool) -> Iterator[Outcome]:
    """Build what must be (or with `--check` only look), and yield how each pack of the plan went."""
    ready: deque[Outcome] = deque()

    def jobs() -> Iterator[Job]:
        for item in plan.jobs():
            if isinstance(item, Outcome):
                ready.append(item)
            else:
                yield item

    for outcome in outcomes(jobs(), pool):
        while ready:
            yield _settled(plan, ready.popleft())
        yield _settled(plan, outcome)
    while ready:
        yield _settled(plan, ready.popleft())


def _settled(plan: Plan, outcome: Outcome) -> Outcome:
    return outcome if outcome.status == "unchanged" and not outcome.stamps else plan.settle(outcome)
