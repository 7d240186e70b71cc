"""Settings in TOML, checked by a published schema as records are: each mistake with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from math import isfinite
from pathlib import Path as FilePath
from typing import Any

from toolkit.record import schema, source
from toolkit.record.diagnostic import Diagnostic, FileReport, InvalidFileError, pointer
from toolkit.record.finding import Finding, Fix, Path
from toolkit.record.source import Source, UnreadableError
from toolkit.record.syntax import is_deep, too_deep
from toolkit.record.validate import unreadable

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONG = "this number has too many digits; TOML knows whole numbers up to 9223372036854775807"

Rules = Callable[[dict[str, Any]], Iterator[Finding]]


class InvalidSettingsError(InvalidFileError):
    """A settings file has errors; `report` holds them all."""


def read_settings(path: FilePath, schema_name: str, rules: Rules) -> dict[str, Any]:
    """Return the settings of a TOML file.

    `rules` yields what the schema cannot say. Raises InvalidSettingsError where anything is wrong.
    """
    try:
        text = source.read(path, may_be_empty=True)
    except UnreadableError as error:
        raise InvalidSettingsError(unreadable(str(path), error)) from None
    try:
        data = tomllib.loads(text.text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(text, _notation(text, str(error))) from None
    except (RecursionError, ValueError) as error:
        raise _wrong(text, _beyond(text, deep=isinstance(error, RecursionError))) from None
    if is_deep(data):
        raise _wrong(text, _beyond(text, deep=True))
    findings = list(_no_values(data, ()))
    if not findings and not schema.accepts(data, schema_name):
        from toolkit.record.explain import explained

        findings = explained(data, schema_name)
    # The rules may rely on the shape of the data.
    findings = findings or list(rules(data))
    if findings:
        raise InvalidSettingsError(_report(text, findings))
    return data


def wrong_settings(path: FilePath, findings: list[Finding]) -> InvalidSettingsError:
    """Return the error for what turned out to be wrong with a settings file after it was read."""
    return InvalidSettingsError(_report(source.read(path, may_be_empty=True), findings))


def _wrong(text: Source, diagnostic: Diagnostic) -> InvalidSettingsError:
    return InvalidSettingsError(FileReport(text.name, (diagnostic,), text))


def _notation(text: Source, message: str) -> Diagnostic:
    match = _AT.search(message)
    line, column = (int(match[1]), int(match[2])) if match and match[1] else _end(text)
    plain = _AT.sub("", message)
    plain = plain[:200]
    if plain.startswith(("Unescaped '\\'", "Invalid hex value")):
        plain += "; within quotation marks \\ begins a code, so write / between folders"
    what = f"this is no TOML: {plain[:1].lower()}{plain[1:]}"
    return Diagnostic("syntax", what, line, column, line, column + 1)


def _beyond(text: Source, *, deep: bool) -> Diagnostic:
    """What is sound TOML, but has more levels or digits than Python reads."""
    from toolkit.record.toml_positions import beyond

    start, end = beyond(text.text)
    fix = too_deep(start) if deep else Fix(start, end, "", "bad-number", _LONG)
    return Diagnostic(fix.rule, fix.message, *text.place(start), *text.place(fix.end))


def _no_values(data: Any, path: Path) -> Iterator[Finding]:
    """Yield what TOML can write and no setting can be."""
    if isinstance(data, str) and "\0" in data:
        yield Finding("forbidden-character", path, "this text holds U+0000; remove it")
    if isinstance(data, int) and not -(2**63) <= data < 2**63:
        yield Finding("bad-number", path, _LONG)
    if isinstance(data, float) and not isfinite(data):
        message = f"{data} is not a number; leave the key out if there is none"
        yield Finding("bad-number", path, message)
    for step, value in (
        data.items()
        if isinstance(data, dict)
        else enumerate(data if isinstance(data, list) else ())
    ):
        yield from _no_values(value, (*path, step))


def _end(text: Source) -> tuple[int, int]:
    return text.place(len(text.text.rstrip()))


def _report(text: Source, findings: list[Finding]) -> FileReport:
    from toolkit.record.toml_positions import TomlPositions

    positions = TomlPositions(text.text)
    found = []
    for finding in findings:
        start, end = (
            positions.key(finding.path) if finding.spot == "key" else positions.value(finding.path)
        )
        if finding.spot == "opening":
            end = min(end, start + 1)
        places = (*text.place(start), *text.place(end))
        found.append(
            Diagnostic(
                finding.rule,
                finding.message,
                *places,
                pointer(finding.path),
                "error",
                finding.suggestion,
            )
        )
    return FileReport(
        text.name, tuple(sorted(found, key=lambda d: (d.line, d.column, d.message))), text
    )
