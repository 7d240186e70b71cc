"""Whatever is printed in CI or on a terminal is text: nothing from outside is obeyed."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import cmarkgfm
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.making import ROOT, record, written
from tests.report.services import COMMANDS, github, lines_of, steers
from tests.test_cli import run
from toolkit.batch import report as run_report
from toolkit.batch.jobs import Outcome
from toolkit.cli.escaped_output import escaping_streams
from toolkit.record.diagnostic import Diagnostic, FileReport
from toolkit.record.source import Source
from toolkit.report.escaping import Escaped, escape_lines
from toolkit.report.formats import FORMATS
from toolkit.report.markdown import as_markdown
from toolkit.report.text import lines

HOSTILE = (
    "::error file=README.md,line=1::spoofed", "  \u3000::stop-commands::t", "::add-mask::a",
    ":\u00ad:add-mask::a", ":\u200d:error::a", "x ##[error]y", "#\u200d#[error]y", "##vso[task.x]y",
    "\r::error::z", "a\n::warning::b", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b31m",
    "section_start:1560896352:a[collapsed=true]\r\x1b[0K", "\u202eevil\u2066x\u2069", "a\u2028::b::",
    "\x85::error::c", "%0A::error::d", "\ud800", "\udcff",
)  # fmt: skip
PIECES = (
    *HOSTILE,
    ":",
    "::",
    "#",
    "##",
    "[",
    "]",
    " ",
    "\n",
    "\t",
    "error",
    "|",
    "`",
    "\\",
    "é",
    "مر",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=6).map("".join)
# What a name of a file can be: any bytes but these.
NAMES = TEXTS.map(lambda text: text.replace("\0", "").replace("\ud800", ""))


def printed(write: Callable[[], object]) -> list[str]:
    """Return the lines that a runner reads of what is printed, by the streams of the command."""
    before = sys.stdout
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
    sys.stdout = stream
    try:
        with escaping_streams():
            write()
    finally:
        sys.stdout = before
    stream.flush()
    data = stream.buffer.getvalue()  # type: ignore[attr-defined]
    return lines_of(data)


def report(file: str, message: str, text: str) -> FileReport:
    source = Source(file, b"", text)
    end = min(len(source.line_text(1)), 3) + 1
    return FileReport(
        file, (Diagnostic("unknown-value", message, 1, 1, 1, end, "/kind", "error", "x"),), source
    )


@given(NAMES, TEXTS, TEXTS)
@settings(max_examples=300, deadline=None)
@example("::error::x.json", "::add-mask::a", "::stop-commands::t")
@example("a\n::error::x", "a\r\n::error::x", "##[error]x")
def test_no_line_of_any_format_is_a_command_but_our_own(file: str, message: str, text: str) -> None:
    reports = [report(file, message, text), FileReport(file, ())]
    for name in ("text", *FORMATS):
        out = lines(reports) if name == "text" else [FORMATS[name](reports)]
        seen = printed(lambda out=out: print(*out, sep="\n"))
        commands = [command for line in seen if (command := github(line))]
        assert "".join(map("".join, map(steers, seen))) == ""
        if name != "github":
            assert commands == [], name
            continue
        (command,) = commands
        assert (command[0], command[1]["line"]) == ("error", "1")
        assert github("\n".join(seen).strip("\n"), COMMANDS) == command


@given(NAMES, TEXTS, TEXTS)
@settings(max_examples=300, deadline=None)
@example("r.json", "-", ":")
def test_what_programs_read_stays_as_it_is_when_it_is_printed(
    file: str, message: str, text: str
) -> None:
    reports = [report(file, message, text)]
    for name in ("json", "sarif", "gitlab", "junit"):
        written_text = FORMATS[name](reports)
        assert escape_lines(written_text) == written_text
        if name == "junit":
            assert ET.fromstring(written_text).find(".//testcase") is not None
        else:
            json.loads(written_text)
    assert json.loads(FORMATS["json"](reports))["files"][0]["file"] == file
    outcomes = [Outcome(file, message, "failed", message=message, report=reports[0])]
    for write in (run_report.as_json, run_report.as_junit):
        assert escape_lines(write(outcomes, [file])) == write(outcomes, [file])


def test_an_annotation_names_file_and_message_as_they_are() -> None:
    name, message = "a,b: 100%\n::error::.json", "50%0A of\nit"
    (line,) = printed(lambda: print(FORMATS["github"]([report(name, message, "x")])))[:1]
    command = github(line, COMMANDS)
    assert command is not None
    assert (command[0], command[1]["file"], command[2]) == ("error", name, message)


@given(st.lists(TEXTS, max_size=6))
@settings(max_examples=300, deadline=None)
def test_a_line_is_judged_as_a_whole_however_it_is_written(texts: list[str]) -> None:
    def write() -> None:
        for text in texts:
            print(text, end="")
            sys.stdout.flush()

    seen = printed(write)
    assert [line for line in seen if github(line)] == []
    assert [steers(line.replace("\t", "")) for line in seen if steers(line.replace("\t", ""))] == []
    assert "\n".join(seen) == escape_lines("".join(texts))


def test_what_is_joined_to_escaped_text_is_text_from_outside_again() -> None:
    assert printed(lambda: print(Escaped("::debug::") + "x"))[0] == "\\x3a:debug::x"
    assert printed(lambda: print("x", Escaped("##[a]")))[0] == "x \\x23#[a]"
    assert printed(lambda: print(Escaped("::debug::x")))[0] == "::debug::x"


@pytest.mark.parametrize(
    "text", [t for t in HOSTILE if t.isprintable()] + ["Чтобы", "é", "می\u200cخواهم"]
)
def test_usual_text_stays_and_what_is_escaped_can_still_be_read(text: str) -> None:
    out = escape_lines(text)
    assert (out == text) == (github(text) is None)
    assert out.replace("\\x3a", ":").replace("\\x23", "#") == text


def rendered(markdown: str) -> ET.Element:
    """Return Markdown as GitHub renders it; its raw HTML is escaped, so that it would be seen."""
    html = cmarkgfm.github_flavored_markdown_to_html(markdown)
    return ET.fromstring(f"<body>{html.replace('&nbsp;', ' ')}</body>")


def plain(text: str) -> str:
    from toolkit.report.escaping import printable

    return printable(text)


MARKUP = ("[a](http://x.y)", "![a](b)", "<img src=x>", "@octocat", "#1", "https://a.b", "www.a.b",
          "a@b.c", "|", "\\|", "`", "``", "**a**", "&#64;", "\\", "- ", "1. ", ":tada:")  # fmt: skip


@given(
    st.lists(st.sampled_from(MARKUP) | TEXTS, max_size=5).map(" ".join),
    st.lists(st.sampled_from(MARKUP) | TEXTS, max_size=5).map("".join),
)
@settings(max_examples=400, deadline=None)
@example("|", "\\|")
@example("`a`", "\\")
def test_text_is_no_markup_in_a_summary(file: str, message: str) -> None:
    reports = [report(file, message, "x")]
    outcomes = [Outcome(file, message, "failed", message=message, report=reports[0])]
    for markdown in (as_markdown(reports), run_report.as_markdown(outcomes, [file])):
        body = rendered(markdown)
        tags = {element.tag for element in body.iter()}
        assert tags <= {"body", "h2", "h3", "p", "ul", "li", "code", "table", "thead", "tbody",
                        "tr", "th", "td"}  # fmt: skip
        assert "@" not in "".join(
            "".join([e.text or "", *(child.tail or "" for child in e)])
            for e in body.iter() if e.tag != "code"
        )  # fmt: skip
    row = rendered(as_markdown(reports)).findall(".//tbody/tr")
    assert len(row) == 1
    cells = ["".join(cell.itertext()) for cell in row[0]]
    assert cells == [f"{plain(file)}:1:1", "error", plain(message), "unknown-value"]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A project whose names of files, keys and texts are commands."""
    (tmp_path / "briefpack.toml").write_text('records = ["records/*"]\n', "utf-8")
    bad = record(kind="::error::talk", **{"##[error]x": 1})
    for number, name in enumerate(("::error::a.json", "b##[group]c.json", "n\n::add-mask::t.json")):
        written(tmp_path / "records" / name, {**bad, "id": f"r{number}"})
    broken = '{\n::error file=x::y \x1b[31m##[error]z\u202e\n"a": 1}'
    (tmp_path / "records" / "broken.json").write_text(broken, "utf-8", newline="\n")
    Path(os.fsdecode(os.fsencode(tmp_path / "records") + b"/z\xff.json")).write_text(
        "::error::x", encoding="utf-8"
    )
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [["validate"], ["build"], ["build", "--check"], ["validate", "--fix", "--diff"], ["status"],
     ["validate", "::error::none.json"], ["build", "::error::none.json", "--quiet"],
     ["build", "--only", "x\n::error::y"], ["nonsense\n::error::z"], ["rule", "::error::"],
     *(["validate", "--format", name] for name in FORMATS)],
    ids=lambda arguments: "_".join(arguments).replace("\n", " "),
)  # fmt: skip
def test_the_command_is_not_spoken_through(
    hostile: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(hostile / "summary.md"))
    done = run(*arguments, cwd=hostile)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    seen = [line for out in (done.stdout, done.stderr) for line in lines_of(out.encode("utf-8"))]
    assert [line for line in seen if steers(line)] == []
    commands = [command for line in seen if (command := github(line))]
    assert {command[0] for command in commands} <= {"error"}
    for _, properties, message in commands:
        assert properties["file"].startswith(("records/", "::error::none"))
        assert message
    if arguments[0] == "validate" and "--diff" not in arguments and "--format" not in arguments:
        assert commands


def on_terminal(folder: Path, *arguments: str) -> str:
    """Return what a command writes on a terminal."""
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on Windows")
    termios = pytest.importorskip("termios")
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (40, 120))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "toolkit", *arguments]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=follower, stderr=follower
    )
    os.close(follower)
    data = b""
    try:
        while chunk := os.read(leader, 65536):
            data += chunk
    except OSError:  # the other side is closed
        pass
    os.close(leader)
    assert process.wait() == 1
    return data.decode("utf-8").replace("\r\n", "\n")


def test_on_a_terminal_the_only_colours_are_ours(hostile: Path) -> None:
    out = on_terminal(hostile, "validate")
    assert "\x1b[31merror\x1b[0m" in out
    for sign in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m"):
        out = out.replace(sign, "")
    assert steers(out.replace("\n", "")) == []
    assert "\\x1b[31m\\x23#[error]z\\u202e" in out


def test_a_bar_of_progress_moves_and_gives_way_to_messages(tmp_path: Path) -> None:
    for number in range(3):
        written(tmp_path / f"{number}.json", record(id=f"r{number}", kind="talk"))
    out = on_terminal(tmp_path, "build", *(f"{number}.json" for number in range(3)))
    assert "\r  0%|" in out
    assert re.search(r"\r +\r\x1b\[1m0\.json:8:11:", out), out


def test_a_record_that_the_log_would_obey_is_extracted_into_a_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "r.json", record(title="A ##[error] in the log"))
    assert run("build", path, "--only", "agreements", cwd=tmp_path).returncode == 0
    pack = tmp_path / "packs" / "made" / "made-agreements.xlsx"
    assert json.loads(run("extract", pack).stdout)["title"] == "A ##[error] in the log"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = run("extract", pack)
    assert (done.returncode, done.stdout) == (1, "")
    assert "-o" in done.stderr
    assert run("extract", pack, "-o", tmp_path / "back.json").returncode == 0
    assert (tmp_path / "back.json").read_bytes() == path.read_bytes()
