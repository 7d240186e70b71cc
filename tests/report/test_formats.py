"""Reports for programs: each in its format, in a stable order, whatever texts hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toolkit
from tests.making import FIRST, record, written
from tests.test_cli import run
from toolkit.record.diagnostic import Diagnostic, FileReport
from toolkit.record.rules import RULES
from toolkit.report.formats import FORMATS


@pytest.fixture
def reports(tmp_path: Path) -> list[FileReport]:
    bad = record(kind="talk", sources=[{"id": "s", "title": "S", "address": "https://example.org"}])
    names = ("bad, 50%: x.json", "good.json")
    paths = [
        written(tmp_path / name, data) for name, data in zip(names, (bad, record()), strict=True)
    ]
    return [toolkit.validate(path) for path in (*paths, tmp_path / "none.json")]


def test_github_shows_each_on_its_line(reports: list[FileReport]) -> None:
    lines = FORMATS["github"](reports).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("::error file=")
    assert "bad%2C 50%25%3A x.json,line=8,endLine=8,col=11," in lines[0]
    assert lines[1].startswith("::warning ")
    assert all(re.match(r"::(error|warning) [^:]*::.", line) for line in lines)


def test_sarif_names_rules_and_regions(reports: list[FileReport]) -> None:
    content = json.loads(FORMATS["sarif"](reports))
    assert content["version"] == "2.1.0"
    (run_,) = content["runs"]
    rules = run_["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["access-date", "unknown-value", "unreadable"]
    for result in run_["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
    uri = run_["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.endswith("bad%2C%2050%25%3A%20x.json")


def test_junit_has_a_case_a_file(reports: list[FileReport]) -> None:
    root = ET.fromstring(FORMATS["junit"](reports))
    suite = root.find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    cases = suite.findall("testcase")
    assert [case.find("failure") is not None for case in cases] == [True, False, True]


def test_gitlab_has_fingerprints_that_do_not_follow_lines(reports: list[FileReport]) -> None:
    issues = json.loads(FORMATS["gitlab"](reports))
    assert [issue["severity"] for issue in issues] == ["major", "minor", "major"]
    assert len({issue["fingerprint"] for issue in issues}) == 3
    moved = (
        FileReport("f", (Diagnostic("schema", "m", line=9),)),
        FileReport("f", (Diagnostic("schema", "m"),)),
    )
    one, other = (json.loads(FORMATS["gitlab"]([report]))[0]["fingerprint"] for report in moved)
    assert one == other


@given(st.text(max_size=30), st.text(max_size=60))
@settings(max_examples=150)
def test_any_text_fits_any_format(file: str, message: str) -> None:
    report = FileReport(file, (Diagnostic("unknown-value", message, 3, 4, 3, 9, "/a"),))
    for name, write in FORMATS.items():
        written_text = write([report])
        if name == "junit":
            ET.fromstring(written_text)
        elif name == "github":
            assert len(written_text.splitlines()) >= 1
            assert "\n" not in written_text
        else:
            json.loads(written_text)


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_command_writes_each_format_the_same_each_time(name: str, tmp_path: Path) -> None:
    bad = written(tmp_path / "bad.json", record(kind="talk", status="dra"))
    one, two = (run("validate", "--format", name, bad, FIRST) for _ in range(2))
    assert one.stdout == two.stdout
    assert one.returncode == 1


def test_strict_makes_warnings_fail(tmp_path: Path) -> None:
    data = record(sources=[{"id": "s", "title": "S", "address": "https://example.org"}])
    path = written(tmp_path / "r.json", data)
    assert run("validate", path).returncode == 0
    assert run("validate", "--strict", path).returncode == 1


def test_rules_are_listed_and_explained() -> None:
    listed = run("rules").stdout.splitlines()
    assert [line.split()[0] for line in listed] == sorted(RULES)
    told = run("rule", "bad-date").stdout
    assert "Wrong:" in told
    assert "2023-02-30" in told
    asked = run("rule", "bad-dat")
    assert asked.returncode == 2
    assert 'did you mean "bad-date"?' in asked.stderr


def test_standard_input_is_a_record(tmp_path: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "toolkit", "validate", "-"]
    text = json.dumps(record(kind="talk"), indent=2)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("<stdin>:8:11: error")
    assert '"kind": "talk"' in done.stdout
