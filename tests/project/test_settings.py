"""briefpack.toml: found upwards, checked with line and column, and kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.making import record, written
from tests.record.rules.test_book import EXAMPLES, record_with
from tests.test_cli import run
from toolkit.pack.build import build
from toolkit.record.load import load
from toolkit.record.policy import Policy
from toolkit.record.rules import RULES
from toolkit.record.validate import validate


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two records."""
    (tmp_path / "briefpack.toml").write_text('records = ["records/**/*.json"]\n')
    written(tmp_path / "records" / "one.json", record(id="one"))
    written(tmp_path / "records" / "2024" / "two.json", record(id="two"))
    return tmp_path


def settings(folder: Path, text: str) -> None:
    (folder / "briefpack.toml").write_text(text)


def test_validate_without_arguments_takes_all_records_from_any_folder_below(project: Path) -> None:
    done = run("validate", cwd=project / "records" / "2024")
    assert done.returncode == 0
    assert "../one.json: valid" in done.stdout.replace("\\", "/")
    assert "two.json: valid" in done.stdout
    assert "2 files" in done.stdout


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('recrods = ["a"]\n', "1:1", 'did you mean "records"'),
        ('records = "a"\n', "1:11", "list"),
        ('records = ["records/*.jsn"]\n', "1:12", "finds no file"),
        ('records = ["records/**/*.json", "*.yaml"]\n', "1:33", "finds no file"),
        (
            'records = ["records/**/*.json"]\noutput = "records/packs"\n',
            "2:10",
            "among the records",
        ),
        ('documents = ["letter"]\n', "1:14", ""),
        ("pdf_version = 3\n", "1:15", ""),
        ('languages = ["English"]\n', "1:14", ""),
        ('[rules]\nacces-date = "off"\n', "2:1", 'did you mean "access-date"'),
        ('[rules]\naccess-date = "of"\n', "2:15", '"off"'),
        ('[rules]\nunknown-reference = "off"\n', "2:1", "cannot be changed"),
        ("records = [\n", "1:", "TOML"),
    ],
)
def test_a_wrong_entry_is_told_with_its_place(
    project: Path, text: str, place: str, words: str
) -> None:
    settings(project, text)
    for command in ("validate", "build"):
        done = run(command, cwd=project)
        assert done.returncode == 1
        assert f"briefpack.toml:{place}" in done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    assert not (project / "packs").exists()


def test_settings_that_are_named_hold_and_missing_ones_are_told(project: Path) -> None:
    (project / "briefpack.toml").rename(project / "other.toml")
    assert run("validate", cwd=project).returncode == 2
    assert run("validate", "--config", "other.toml", cwd=project).returncode == 0
    done = run("validate", "--config", "none.toml", cwd=project)
    assert done.returncode == 1
    assert "no such file" in done.stderr


def test_a_project_decides_how_grave_a_rule_is(project: Path) -> None:
    source = {"id": "s", "title": "S", "address": "https://example.org"}
    path = written(project / "records" / "one.json", record(id="one", sources=[source]))
    assert "warning" in run("validate", cwd=project).stdout
    for chosen, code, words in (("off", 0, "valid"), ("error", 1, "error"), ("warning", 0, "warn")):
        settings(project, f'records = ["records/**/*.json"]\n[rules]\naccess-date = "{chosen}"\n')
        done = run("validate", path, cwd=project)
        assert done.returncode == code
        assert words in done.stdout
        assert ("access-date" in done.stdout) == (chosen != "off")
        assert run("build", "--only", "summary", "--force", cwd=project).returncode == code


CHANGEABLE = [rule for rule in EXAMPLES if not rule.firm]


@pytest.mark.parametrize("rule", CHANGEABLE, ids=[rule.code for rule in CHANGEABLE])
def test_documents_do_not_rely_on_a_rule_that_can_be_off(rule: object, tmp_path: Path) -> None:
    code, wrong, right = rule.code, rule.wrong, rule.right  # type: ignore[attr-defined]
    path = tmp_path / "r.json"
    path.write_text(record_with(wrong, right), "utf-8")
    off = Policy(severities={code: "off"})
    assert code not in {d.rule for d in validate(path, off).diagnostics}
    quiet = Policy(severities={r.code: "off" for r in RULES.values() if not r.firm})
    assert build(load(path, quiet), tmp_path / "packs").files


def test_the_style_of_the_project_brings_its_handling_marks(project: Path) -> None:
    run("style", "house", cwd=project)
    (project / "house" / "style.toml").write_text('[handling]\nscheme = ["open", "closed"]\n')
    settings(project, 'records = ["records/*.json"]\nstyle = "house"\naudiences = ["open"]\n')
    written(project / "records" / "one.json", record(id="one", handling={"mark": "closed"}))
    assert run("validate", cwd=project).returncode == 0
    done = run("build", "--report", "r.json", cwd=project)
    assert done.returncode == 0
    assert json.loads((project / "r.json").read_text())["counts"] == {"withheld": 1}
