"""How a run went, for people and for programs: JSON, JUnit or Markdown, by a file's ending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from toolkit.batch.jobs import Outcome
from toolkit.errors import UsageError
from toolkit.record.diagnostic import Diagnostic
from toolkit.report.escaping import printable, to_json, to_xml
from toolkit.report.markdown import code, more, row
from toolkit.report.text import one_line
from toolkit.version import VERSION

_ORDER = ("built", "unchanged", "withheld", "stale", "edited", "failed")


def counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how many packs there are of each status, without those of which there is none."""
    counted = Counter[str](outcome.status for outcome in outcomes)
    return {status: counted[status] for status in _ORDER if counted[status]}


def line(found: Mapping[str, int], gone: int = 0) -> str:
    """Return the counts in words."""
    told = [f"{found[status]} {status}" for status in _ORDER if found.get(status)]
    if gone:
        told.append(f"{gone} without a record")
    return ", ".join(told) or "nothing to build"


def messages(outcome: Outcome) -> list[str]:
    """Return what there is to say of an outcome, one line each."""
    told = f"{outcome.name or outcome.record}: {outcome.message}"
    said = [printable(told)] if outcome.message else []
    return said + [one_line(outcome.record, d) for d in _diagnostics(outcome)]


def _diagnostics(outcome: Outcome) -> tuple[Diagnostic, ...]:
    return outcome.report.diagnostics if outcome.report else ()


def as_json(outcomes: Sequence[Outcome], gone: Sequence[str]) -> str:
    """Return a run as JSON."""
    content = {
        "version": 1,
        "tool": {"name": "briefpack", "version": VERSION},
        "counts": counts(outcomes),
        "records": [_entry(outcome) for outcome in outcomes],
        "without_record": list(gone),
    }
    return to_json(content) + "\n"


def _entry(outcome: Outcome) -> dict[str, Any]:
    said: list[dict[str, Any]] = [
        {
            "rule": d.rule,
            "severity": d.severity,
            "message": d.message,
            "line": d.line,
            "column": d.column,
        }
        for d in _diagnostics(outcome)
    ]
    if outcome.message:
        severity = "error" if outcome.bad else "note"
        said.insert(0, {"severity": severity, "message": outcome.message})
    return {
        "record": outcome.record,
        "pack": outcome.name,
        "status": outcome.status,
        "seconds": outcome.seconds,
        "folder": outcome.folder,
        "files": list(outcome.files),
        "messages": said,
    }


def as_junit(outcomes: Sequence[Outcome], gone: Sequence[str]) -> str:
    """Return a run as JUnit XML: a test case a pack."""
    bad = str(sum(outcome.bad for outcome in outcomes))
    skipped = str(sum(outcome.status == "withheld" for outcome in outcomes))
    seconds = f"{sum(outcome.seconds for outcome in outcomes):.3f}"
    totals = {"tests": str(len(outcomes)), "failures": bad, "errors": "0", "time": seconds}
    root = ET.Element("testsuites", {"name": "briefpack build", **totals})
    suite = ET.SubElement(root, "testsuite", {"name": "packs", "skipped": skipped, **totals})
    for outcome in outcomes:
        case = ET.SubElement(
            suite,
            "testcase",
            {
                "name": printable(outcome.name or outcome.record),
                "classname": printable(outcome.record),
                "time": f"{outcome.seconds:.3f}",
            },
        )
        text = "\n".join(messages(outcome))
        if outcome.bad:
            what = {"message": messages(outcome)[0], "type": outcome.status}
            ET.SubElement(case, "failure", what).text = text
        elif outcome.status == "withheld":
            ET.SubElement(case, "skipped", {"message": text})
        elif text:
            ET.SubElement(case, "system-out").text = text
    if gone:
        told = "\n".join(f"without a record: {printable(folder)}" for folder in gone)
        ET.SubElement(suite, "system-out").text = told
    return to_xml(root) + "\n"


def as_markdown(outcomes: Sequence[Outcome], gone: Sequence[str], most: int | None = None) -> str:
    """Return a run as Markdown, what went wrong first; at most so many lines of each kind."""
    out = ["## Packs", "", f"{line(counts(outcomes), len(gone))}.", ""]
    changed = (o for o in outcomes if o.status != "unchanged")
    rows = sorted(changed, key=lambda o: -_ORDER.index(o.status))
    if rows:
        out += ["| Record | Pack | Status | Seconds | Files |", "| --- | --- | --- | --: | --- |"]
    for o in rows[:most]:
        texts = (code(text, in_table=True) for text in (o.record, o.name))
        files = code(", ".join(o.files), in_table=True)
        out.append(row(*texts, o.status, f"{o.seconds:.1f}", files))
    out += more(len(rows), most)
    said = [text for o in rows for text in messages(o)]
    for title, lines in (("Messages", said), ("Without a record", gone)):
        if lines:
            out += ["", f"### {title}", "", *(f"- {code(text)}" for text in lines[:most])]
            out += more(len(lines), most)
    return "\n".join(out) + "\n"


_WRITERS: dict[str, Callable[[Sequence[Outcome], Sequence[str]], str]] = {
    ".json": as_json,
    ".xml": as_junit,
    ".md": as_markdown,
}


def writer(name: str) -> Callable[[Sequence[Outcome], Sequence[str]], str]:
    """Return what writes a report, by the ending of its file. Raises UsageError for another one."""
    found = _WRITERS.get(Path(name).suffix.casefold())
    if found is None:
        raise UsageError(f"{name}: a report ends in {', '.join(_WRITERS)} (.xml is JUnit)")
    return found
