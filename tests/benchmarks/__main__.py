"""Benchmarks: `python -m tests.benchmarks`. They compare within one run and assert nothing."""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf

import toolkit
from tests.benchmarks import batches, registers
from tests.benchmarks.plain import plain, register
from tests.making import FIRST, RECORDS, ROOT, large_record, written
from toolkit.document import briefing
from toolkit.document.context import Context
from toolkit.export.pdf import PdfExporter
from toolkit.export.registry import Attachment
from toolkit.export.style import default_style


def cpu(work: Callable[[], object], times: int = 3) -> float:
    """Return the least CPU time of some runs, in seconds."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


_OTHER = (
    sys.executable,
    "-m",
    "check_jsonschema",
    "--schemafile",
    str(ROOT / "schemas" / "meeting.schema.json"),
)


def cold(*arguments: str, times: int = 5) -> float:
    """Return the least CPU time of a command in a fresh process, in seconds."""
    script = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(u.ru_utime + u.ru_stime)"
    )
    command = [sys.executable, "-c", script, *arguments]
    runs = (
        subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(times)
    )
    return min(float(run.stdout) for run in runs)


def growth(folder: Path) -> None:
    """500 agreements and 300 statements against the first record."""
    large = written(folder / "large.json", large_record(500, 300))
    toolkit.build(FIRST, folder)
    print(f"{'document':<12} {'first':>9} {'large':>9} {'ratio':>7}")
    for name in (["briefing"], ["summary"], ["agreements"], ["briefing.pdf"], None):
        one = cpu(lambda: toolkit.build(FIRST, folder, only=name))  # noqa: B023
        many = cpu(lambda: toolkit.build(large, folder, only=name), 1)  # noqa: B023
        label = name[0] if name else "whole pack"
        print(f"{label:<12} {one:>7.3f} s {many:>7.3f} s {many / one:>6.1f}x")


def tags(folder: Path) -> None:
    """Tags, letters, notes and attachment against a plain PDF of the same blocks."""
    register()
    large = written(folder / "large.json", large_record(500, 300))
    print(f"{'briefing.pdf':<12} {'plain':>9} {'tagged':>9} {'ratio':>7} {'pages':>6}")
    for label, path in (("first", FIRST), ("large", large)):
        record = toolkit.load(path)
        document = briefing.compose(Context(record))
        attachment = Attachment("record.json", record.source.data)
        style = default_style()
        bare = cpu(lambda: plain(document))  # noqa: B023
        tagged = cpu(lambda: PdfExporter().export(document, style, attachment))  # noqa: B023
        with pikepdf.open(io.BytesIO(PdfExporter().export(document, style, attachment))) as pdf:
            pages = len(pdf.pages)
        print(f"{label:<12} {bare:>7.3f} s {tagged:>7.3f} s {tagged / bare:>6.1f}x {pages:>6}")


def memory(folder: Path) -> None:
    """Peak memory of a whole pack with Chinese letters, in a fresh process (Linux only)."""
    if not Path("/proc/self/status").exists():
        return
    script = (
        "import pathlib, re, sys, toolkit\n"
        "toolkit.build(sys.argv[1], sys.argv[2])\n"
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "print(int(re.search(r'VmHWM:\\s*(\\d+)', status)[1]) / 1024)"
    )
    for name in ("first", "chinese-record", "minimal"):
        command = [sys.executable, "-c", script, str(RECORDS[name]), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        print(f"peak memory of the pack {name}: {float(done.stdout):.0f} MB")


def start() -> None:
    """A cold validation against a bare interpreter, and against check-jsonschema."""
    bare = cold(sys.executable, "-c", "pass")
    ours = cold(sys.executable, "-m", "toolkit", "validate", str(FIRST))
    theirs = cold(*_OTHER, str(FIRST))
    print(f"cold: interpreter {bare:.3f} s, validate {ours:.3f} s, check-jsonschema {theirs:.3f} s")


def many(folder: Path, count: int) -> None:
    """Many records in one run, by the record, against check-jsonschema on the same files."""
    data = json.loads(FIRST.read_text("utf-8"))
    paths = [
        str(written(folder / f"{n}.json", {**data, "id": f"record-{n}"})) for n in range(count)
    ]
    ours, theirs = (sys.executable, "-m", "toolkit", "validate"), _OTHER
    mine, other = (
        1000 * (cold(*tool, *paths, times=1) - cold(*tool, str(FIRST), times=1)) / (count - 1)
        for tool in (ours, theirs)
    )
    print(
        f"one of {count} records: validate {mine:.2f} ms, check-jsonschema {other:.2f} ms "
        f"({other / mine:.1f}x)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--records", type=int, default=1000, help="how many in one run (1000)")
    parser.add_argument("--agreements", type=int, default=20_000, help="in the register (20000)")
    parser.add_argument("--packs", type=int, default=100, help="built in one run (100)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        growth(Path(name))
        tags(Path(name))
        memory(Path(name))
        many(Path(name), options.records)
    with tempfile.TemporaryDirectory() as name:
        registers.speed(Path(name), options.agreements)
        registers.memory(Path(name), options.agreements)
    for measure in (batches.processes, batches.cluster):
        with tempfile.TemporaryDirectory() as name:
            measure(Path(name), options.packs)
    start()
