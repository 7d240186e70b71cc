"""From a file to its diagnostics: load, check, sort."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from toolkit.record import rules, schema, source
from toolkit.record.diagnostic import Diagnostic, FileReport, pointer
from toolkit.record.finding import Finding
from toolkit.record.notations import parse
from toolkit.record.policy import USUAL, Policy
from toolkit.record.source import Source, UnreadableError
from toolkit.record.syntax import Parsed

if TYPE_CHECKING:
    from toolkit.record.positions import Positions


def validate(path: str | FilePath, policy: Policy = USUAL) -> FileReport:
    """Check one record: notation, schema and rules.

    `policy` says which handling marks hold where the record names none, and how grave a rule is.

    Returns every mistake at once, in the order of the file. A file that cannot be read gives one
    diagnostic with the rule `unreadable`; nothing is raised.
    """
    try:
        return check(source.read(path, pipes=True), policy)[0]
    except UnreadableError as error:
        return unreadable(str(path), error)


def validate_all(paths: Iterable[str | FilePath], policy: Policy = USUAL) -> Iterator[FileReport]:
    """Check all records of a project, one after the other; each needs an id of its own, too."""
    seen: dict[str, str] = {}
    for path in paths:
        try:
            text = source.read(path)
        except UnreadableError as error:
            yield unreadable(str(path), error)
            continue
        report, data = check(text, policy)
        identity = data.get("id") if isinstance(data, dict) else None
        if isinstance(identity, str) and seen.setdefault(identity, text.name) != text.name:
            shared = shared_id(text, identity, seen[identity])
            report = _report(text, (*report.diagnostics, shared))
        yield report


def shared_id(text: Source, identity: str, other: str) -> Diagnostic:
    """Return what is to be said of a record whose id is that of another one, too."""
    start, end = parse(text).positions().value(("id",))
    message = f'"{identity}" is the id of {other}, too; each record needs its own'
    return Diagnostic("duplicate-id", message, *text.place(start), *text.place(end), "/id")


def unreadable(name: str, error: UnreadableError) -> FileReport:
    """Return the report of a file that is no readable text."""
    place = (error.line, error.column, error.line, error.column)
    return FileReport(name, (Diagnostic("unreadable", str(error), *place),))


@dataclass(frozen=True, slots=True)
class Spot:
    """A finding with its place: offsets of characters in the file's text."""

    finding: Finding
    start: int
    end: int


def check(text: Source, policy: Policy = USUAL) -> tuple[FileReport, Any]:
    """Check a record's text; return the report and the data (None where it could not be read)."""
    parsed = parse(text)
    found = [_diagnostic(text, spot, policy) for spot in _spots(text, parsed, policy)]
    return _report(text, found), None if parsed.fatal else parsed.data


def examine(text: Source, policy: Policy = USUAL) -> list[Spot]:
    """Return what is wrong with a record's text, with the places as offsets."""
    return list(_spots(text, parse(text), policy))


def _spots(text: Source, parsed: Parsed, policy: Policy) -> Iterator[Spot]:
    fixes = [fix for fix in parsed.fixes if fix.message]
    for fix in [*fixes, parsed.fatal] if parsed.fatal else fixes:
        yield Spot(Finding(fix.rule, (), fix.message, "value", fix.new or None), fix.start, fix.end)
    if parsed.fatal:
        return
    findings = _findings(parsed.data, parsed.text, policy, text.folder)
    if not findings and not parsed.duplicate_keys:
        return
    positions = parsed.positions()
    for path, span in positions.duplicate_keys() if parsed.duplicate_keys else ():
        message = f'"{path[-1]}" stands in this object already; keep one of the two'
        start, end = (parsed.original(offset) for offset in span)
        yield Spot(Finding("duplicate-key", path, message), start, end)
    # Where a null took the place of what is no value, that was told already.
    told = {fix.start for fix in parsed.fixes if fix.new == "null"}
    for finding in findings:
        start, end = (parsed.original(offset) for offset in _spot(positions, finding))
        if start not in told:
            yield Spot(finding, start, end)


def _findings(data: Any, text: str, policy: Policy, folder: FilePath | None) -> list[Finding]:
    found: list[Finding] = []
    if not isinstance(data, dict):
        return [Finding("wrong-type", (), "a record is an object in braces { }")]
    if not schema.accepts(data):
        from toolkit.record.explain import explained  # only where there is something to explain

        found = explained(data)
    found.extend(rules.check(data, text, policy, folder))
    return found


def _spot(positions: Positions, finding: Finding) -> tuple[int, int]:
    if finding.spot == "key":
        return positions.key(finding.path)
    if finding.spot == "opening":
        return positions.opening(finding.path)
    return positions.value(finding.path)


def _diagnostic(text: Source, spot: Spot, policy: Policy) -> Diagnostic:
    finding = spot.finding
    return Diagnostic(
        finding.rule,
        finding.message,
        *text.place(spot.start),
        *text.place(min(spot.end, len(text.text))),
        pointer(finding.path),
        rules.severity_of(finding.rule, policy),
        finding.suggestion,
    )


def _report(text: Source, found: Iterable[Diagnostic]) -> FileReport:
    ordered = sorted(set(found), key=lambda d: (d.line, d.column, d.rule, d.pointer, d.message))
    # Where there is nothing to show, nothing is kept: an archive has many valid records.
    return FileReport(text.name, tuple(ordered), text if ordered else None)
