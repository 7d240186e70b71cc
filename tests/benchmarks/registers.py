"""The register of 100,000 agreements: against XlsxWriter on the same cells, and its memory."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import xlsxwriter

from tests.making import large_record, written
from toolkit.document.language import Language
from toolkit.export.style import default_style
from toolkit.record.policy import Policy
from toolkit.register import workbook
from toolkit.register.collect import collect
from toolkit.register.store import Store

AS_OF = date(2026, 1, 1)
_SCRIPT = """
import pathlib, re, sys
from toolkit.cli import main
main(sys.argv[1:])
status = pathlib.Path('/proc/self/status').read_text()
print(re.search(r'VmHWM:\\s*(\\d+)', status)[1], file=sys.stderr)
"""


def records(folder: Path, count: int) -> list[str]:
    """Write records of 500 agreements each, together `count`."""
    data = large_record(500, 0)
    return [
        str(written(folder / f"{n}.json", {**data, "id": f"record-{n}"}))
        for n in range(count // 500)
    ]


def _theirs(store: Store, target: io.BufferedWriter) -> None:
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "default_date_format": "d mmm yyyy"}
    )
    words = Language("en")
    for kind in ("agreement", "commitment"):
        sheet = book.add_worksheet()
        rows = workbook._rows(store, words, kind, None, 0, store.total(kind))
        for number, (_, values) in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value)
                elif value is not None:
                    sheet.write_number(number, column, value)
    book.close()


def speed(folder: Path, count: int = 100_000) -> None:
    """Ours against XlsxWriter's constant-memory mode, from the same store."""
    paths = records(folder, count)
    with Store(AS_OF) as store:
        start = time.process_time()
        assert not list(collect(paths, store, Policy(), "en", None))
        read = time.process_time() - start
        times = []
        for write in (
            lambda file: workbook.write_workbook(file, store, default_style(), "en", "Public"),
            lambda file: _theirs(store, file),
        ):
            start = time.process_time()
            with (folder / "register.xlsx").open("wb") as file:
                write(file)
            times.append(time.process_time() - start)
        print(
            f"register of {store.total()} entries: collected in {read:.1f} s; written in "
            f"{times[0]:.1f} s, by XlsxWriter in {times[1]:.1f} s"
        )


def memory(folder: Path, count: int = 100_000) -> None:
    """Peak memory of the whole command above a bare interpreter (Linux only)."""
    if not Path("/proc/self/status").exists():
        return
    paths = records(folder, count)
    bare = "import pathlib; print(pathlib.Path('/proc/self/status').read_text())"
    told = subprocess.run([sys.executable, "-c", bare], capture_output=True, text=True, check=True)
    least = int(re.search(r"VmHWM:\s*(\d+)", told.stdout)[1])
    for ending in ("xlsx", "csv", "parquet"):
        command = ["register", *paths, "-o", str(folder / f"r.{ending}"), "--as-of", "2026-01-01"]
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT, *command], capture_output=True, text=True, check=True
        )
        peak = int(done.stderr.split()[-1])
        print(f"register as {ending}: {(peak - least) / 1024:.0f} MB above the interpreter")
