"""What a worker does: one job after the other, with style, fonts and schema loaded once."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from toolkit.batch.cache import stamps_of
from toolkit.batch.jobs import Job, Order, Outcome, Stamp, Status
from toolkit.errors import BriefpackError, UsageError, WithheldError, unforeseen
from toolkit.export.style import Style, load_style
from toolkit.files import remove_leftovers
from toolkit.pack.build import record_mode
from toolkit.pack.contents import PackPlan
from toolkit.pack.manifest import NAME, read_manifest, stale_reasons
from toolkit.pack.state import State
from toolkit.pack.writer import EditedFilesError, altered_files, delete_pack, write_pack
from toolkit.places import place
from toolkit.record.archive import archive_paths
from toolkit.record.diagnostic import FileReport, InvalidFileError
from toolkit.record.load import Record, load
from toolkit.version import VERSION

_BUILD_LOCK = threading.Lock()


def style_place(order: Order) -> str:
    """Return the folder of an order's house style, or the name of a shipped one."""
    path = order.path(order.style)
    return path if Path(path).is_dir() else order.style


def begin(style: str, sha256: str) -> None:
    """Make a process of a pool ready: it keeps what it loads, and leaves Ctrl-C to its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(50_000, 20, 20)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(BriefpackError):  # each job will tell
        _style(style, sha256)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@lru_cache(maxsize=4)
def _style(name: str, sha256: str) -> Style:
    """Return a house style in a certain state, read once in each process."""
    style = load_style(name)
    if style.sha256 != sha256:
        raise BriefpackError(f"{name}: the house style of this worker is another one")
    return style


def perform(job: Job) -> Outcome:
    """Build one pack. Nothing is raised: whatever goes wrong is this job's outcome alone."""
    start = time.perf_counter()
    # The libraries of the documents keep state of their own, and some pools have threads.
    with _BUILD_LOCK:
        outcome = _attempt(job)
    return replace(outcome, seconds=round(time.perf_counter() - start, 3))


def _attempt(job: Job) -> Outcome:
    order = job.order
    try:
        if order.tool != VERSION:
            raise BriefpackError(f"its worker has briefpack {VERSION}, not {order.tool}")
        style = _style(style_place(order), order.style_sha256)
        record = load(order.path(job.record), order.policy, job.record)
        return _Pack(job, record, style).run()
    except InvalidFileError as error:
        return Outcome(job.record, job.name, "failed", report=error.report, blame="record")
    except UsageError as error:
        return Outcome(job.record, job.name, "failed", message=str(error), blame="call")
    except BriefpackError as error:
        return Outcome(job.record, job.name, "failed", message=str(error))
    except (OSError, MemoryError) as error:
        return Outcome(job.record, job.name, "failed", message=unforeseen(error))
    except Exception as error:  # a bug of ours that this record brings out, and no other one's harm
        message = unforeseen(error)
        return Outcome(job.record, job.name, "failed", message=message, blame="record")


class _Pack:
    """One pack of a valid record: compared with what is there, and built where it must be."""

    def __init__(self, job: Job, record: Record, style: Style) -> None:
        self._job, self._record, self._style = job, record, style
        order = job.order
        self._state = State(Path(order.state), place(order.path(order.out)))

    def run(self) -> Outcome:
        job, record = self._job, self._record
        try:
            plan = PackPlan(record, job.options, self._style)
        except WithheldError as error:
            return self._withheld(str(error))
        except UsageError:
            raise
        except BriefpackError as error:  # nothing is left of it
            return Outcome(job.record, job.name, "failed", message=str(error), blame="record")
        # The names of other packs were compared with the one that was planned.
        if job.name and plan.name != job.name:
            raise BriefpackError("the record was changed meanwhile; build again")
        folder = self._state.out / plan.name
        if not job.order.check:
            remove_leftovers(folder)
        names = {*plan.expected.files, NAME}
        before = stamps_of(folder, names)
        manifest = read_manifest(folder)
        reasons = stale_reasons(manifest, plan.expected)
        altered = altered_files(folder, manifest) if manifest else None
        missing = [f"{name} is missing" for name in altered.missing] if altered else []
        edited = [f"{name} was edited, or is damaged" for name in altered.edited] if altered else []
        if job.order.check and (reasons or missing or edited):
            status: Status = "edited" if edited else "stale"
            message = "; ".join((*edited, *reasons, *missing))
            return self._outcome(plan.name, status, message=message)
        if not (reasons or missing or edited or job.order.force):
            return self._outcome(plan.name, "unchanged", before)
        why = (*reasons, *missing, *edited) or ("--force",)
        return self._built(plan, "; ".join(why))

    def _built(self, plan: PackPlan, why: str) -> Outcome:
        contents = plan.contents()
        mode = record_mode(self._record)
        report = None
        if self._record.warnings:
            source = self._record.source
            report = FileReport(self._job.record, self._record.warnings, source)
        try:
            moved = write_pack(contents, self._state, force=self._job.order.force, mode=mode)
        except EditedFilesError as error:
            display = EditedFilesError(self._folder(plan.name), error.names)
            return self._outcome(plan.name, "edited", message=str(display))
        stamps = stamps_of(self._state.out / plan.name, {*contents.manifest.files, NAME})
        files = tuple(contents.manifest.files)
        aside = "".join(f"; the edited file is now {path}" for path in moved)
        return replace(
            self._outcome(plan.name, "built", stamps, message=why + aside),
            files=files,
            report=report,
        )

    def _withheld(self, message: str) -> Outcome:
        """Take away what was made while the record was open to the audience."""
        job, name = self._job, self._job.name
        if job.order.check:
            exists = name and read_manifest(self._state.out / name)
            return self._outcome(name, "stale" if exists else "withheld", message=message)
        removed, moved = delete_pack(name, self._state) if name else (False, [])
        if removed:
            message += "; its earlier pack was removed"
        message += "".join(f"; an edited file of it is now {path}" for path in moved)
        return self._outcome(name, "withheld", message=message)

    def _folder(self, name: str) -> Path:
        return place(self._job.order.out) / name

    def _outcome(
        self, name: str, status: Status, stamps: dict[str, Stamp] | None = None, message: str = ""
    ) -> Outcome:
        record = self._record
        paths = archive_paths(record.data, record.source.folder, record.policy)
        archives = tuple(str(path) for path in paths)
        return Outcome(
            self._job.record,
            name,
            status,
            folder=str(self._folder(name)) if name else "",
            message=message,
            stamps=stamps or {},
            archives=archives,
        )
