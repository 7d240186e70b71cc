"""From a file to its diagnostics: load, check, sort."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from toolkit.record import rules, schema, source, syntax
from toolkit.record.diagnostic import Diagnostic, FileReport, pointer
from toolkit.record.explain import Finding, explain
from toolkit.record.source import Source, UnreadableError

if TYPE_CHECKING:
    from toolkit.record.positions import Positions


def validate(path: str | FilePath, scheme: tuple[str, ...] = ()) -> FileReport:
    """Check one record: notation, schema and references.

    `scheme` are the handling marks, least strict first, of records that name none of their own.

    Returns every mistake at once, in the order of the file. A file that cannot be read gives one
    diagnostic with the rule `unreadable`; nothing is raised.
    """
    try:
        return check(source.read(path), scheme)[0]
    except UnreadableError as error:
        return unreadable(str(path), error)


def unreadable(name: str, error: UnreadableError) -> FileReport:
    """Return the report of a file that is no readable text."""
    place = (error.line, error.column, error.line, error.column)
    return FileReport(name, (Diagnostic("unreadable", str(error), *place),))


def check(text: Source, scheme: tuple[str, ...] = ()) -> tuple[FileReport, Any]:
    """Check a record's text; return the report and the data (None where it could not be read)."""
    parsed = syntax.parse(text.text)
    found = [_notation(text, fix) for fix in parsed.fixes if fix.message]
    if parsed.fatal:
        found.append(_notation(text, parsed.fatal))
        return _report(text, found), None
    findings = _findings(parsed.data, parsed.text, scheme, text.folder)
    if findings or parsed.duplicate_keys:
        from toolkit.record.positions import Positions

        positions = Positions(parsed.text)
        if parsed.duplicate_keys:
            for path, span in positions.duplicate_keys():
                message = f'"{path[-1]}" stands in this object already; keep one of the two'
                start, end = (parsed.original(offset) for offset in span)
                found.append(_diagnostic(text, start, end, Finding("duplicate-key", path, message)))
        # Where a null took the place of what is no value, that was told already.
        told = {fix.start for fix in parsed.fixes if fix.new == "null"}
        for finding in findings:
            start, end = (parsed.original(offset) for offset in _spot(positions, finding))
            if start not in told:
                found.append(_diagnostic(text, start, end, finding))
    return _report(text, found), parsed.data


def _findings(
    data: Any, text: str, scheme: tuple[str, ...], folder: FilePath | None
) -> list[Finding]:
    found: list[Finding] = []
    if not isinstance(data, dict):
        return [Finding("wrong-type", (), "a record is an object in braces { }")]
    if not schema.accepts(data):
        for error in schema.validator().iter_errors(data):
            found.extend(explain(error, schema.schema()))
    found.extend(rules.check(data, text, scheme, folder))
    return found


def _spot(positions: Positions, finding: Finding) -> tuple[int, int]:
    if finding.spot == "key":
        return positions.key(finding.path)
    if finding.spot == "opening":
        return positions.opening(finding.path)
    return positions.value(finding.path)


def _notation(text: Source, fix: syntax.Fix) -> Diagnostic:
    finding = Finding(fix.rule, (), fix.message, "value", fix.new or None)
    return _diagnostic(text, fix.start, fix.end, finding)


def _diagnostic(text: Source, start: int, end: int, finding: Finding) -> Diagnostic:
    return Diagnostic(
        finding.rule,
        finding.message,
        *text.place(start),
        *text.place(min(end, len(text.text))),
        pointer(finding.path),
        rules.RULES[finding.rule].severity,
        finding.suggestion,
    )


def _report(text: Source, found: Iterable[Diagnostic]) -> FileReport:
    ordered = sorted(set(found), key=lambda d: (d.line, d.column, d.rule, d.pointer, d.message))
    return FileReport(text.name, tuple(ordered), text)
