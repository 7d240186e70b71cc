"""Diagnostics as JUnit XML: a test case a file, which fails where the file has errors."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from toolkit.record.diagnostic import FileReport
from toolkit.report.escaping import printable, to_xml
from toolkit.report.text import one_line


def as_junit(reports: Iterable[FileReport]) -> str:
    """Return reports as one test suite."""
    listed = list(reports)
    failed = str(sum(not report.valid for report in listed))
    counts = {"tests": str(len(listed)), "failures": failed, "errors": "0"}
    root = ET.Element("testsuites", {"name": "briefpack validate", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": "records", "skipped": "0", **counts})
    for report in listed:
        file = printable(report.file)
        case = ET.SubElement(suite, "testcase", {"name": file, "classname": "record", "time": "0"})
        told = [one_line(report.file, d) for d in report.diagnostics]
        if not report.valid:
            summary = f"{report.errors} errors, {report.warnings} warnings"
            failure = ET.SubElement(case, "failure", {"message": summary, "type": "invalid"})
            failure.text = "\n".join(told)
        elif told:
            ET.SubElement(case, "system-out").text = "\n".join(told)
    return to_xml(root)
