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

from toolkit.batch.jobs import Job, Order, Outcome
from toolkit.errors import BriefpackError, UsageError, WithheldError
from toolkit.export.style import Style, load_style
from toolkit.pack.build import Pack, build, pack_name
from toolkit.pack.manifest import withdraw
from toolkit.places import place
from toolkit.record.diagnostic import FileReport, InvalidFileError
from toolkit.record.load import Record, load
from toolkit.record.policy import Policy
from toolkit.version import VERSION

_ONE_AT_A_TIME = threading.Lock()


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
    with _ONE_AT_A_TIME:
        outcome = _attempt(job)
    return replace(outcome, seconds=round(time.perf_counter() - start, 3))


def _attempt(job: Job) -> Outcome:
    order = job.order
    try:
        if order.tool != VERSION:
            raise BriefpackError(f"its worker has briefpack {VERSION}, not {order.tool}")
        style = _style(style_place(order), order.style_sha256)
        policy = Policy(style.handling.scheme, order.rules)
        record = load(order.path(job.record), policy, job.record)
        # The names of other packs were compared with the one that was planned.
        name = pack_name(record.id, job.audience, job.language)
        if job.name and name != job.name:
            raise BriefpackError("the record was changed meanwhile; build again")
        return _built(job, name, record, style)
    except InvalidFileError as error:
        return Outcome(job.record, job.name, "failed", report=error.report)
    except UsageError as error:
        return Outcome(job.record, job.name, "failed", message=str(error), usage=True)
    except BriefpackError as error:
        return Outcome(job.record, job.name, "failed", message=str(error))
    except Exception as error:  # a bug of ours, but not the other records' harm
        told = f"{type(error).__name__}: {error}"
        return Outcome(job.record, job.name, "failed", message=f"unexpected error: {told}")


def _built(job: Job, name: str, record: Record, style: Style) -> Outcome:
    order = job.order
    try:
        pack: Pack = build(
            record,
            order.path(order.out),
            only=order.documents,
            audience=job.audience,
            style=style,
            pdf_version=order.pdf_version,
            language=job.language,
        )
    except WithheldError as error:
        if not job.lenient:
            raise
        # What was made while the record was open to this audience must not stay.
        gone = withdraw(place(order.path(order.out)) / name)
        told = f"{error}; its earlier pack was removed" if gone else str(error)
        return Outcome(job.record, job.name, "withheld", message=told)
    report = FileReport(job.record, record.warnings, record.source) if record.warnings else None
    names = tuple(file.name for file in pack.files)
    folder = str(place(order.out) / pack.folder.name)
    return Outcome(job.record, job.name, "built", folder=folder, files=names, report=report)
