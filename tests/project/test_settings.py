"""briefpack.toml: found upwards, checked with line and column, and kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.making import record, written
from tests.record.rules.test_book import EXAMPLES, record_with
from tests.test_cli import run
from toolkit.export.style import load_style, shipped_styles
from toolkit.pack.build import build
from toolkit.pack.extract import extract
from toolkit.project.records import record_files
from toolkit.project.settings import Project, read_project
from toolkit.record.load import InvalidRecordError, load
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
        ('records = ["../../etc/*"]\n', "1:12", "leads out of the folder"),
        ('records = ["records/*.json", "/etc/*"]\n', "1:30", "leads out of the folder"),
        ('records = ["records/../../*.json"]\n', "1:12", "leads out of the folder"),
        ('records = ["C:/records/*.json"]\n', "1:12", "leads out of the folder"),
        ("records = ['records\\*.json']\n", "1:12", 'write / instead of \\, as "records/*.json"'),
        ("output = 'packs\\new'\n", "1:10", 'write / instead of \\, as "packs/new"'),
        ('output = "packs\\new"\n', "1:10", "no path holds a line end"),
        ('records = ["records\\table.json"]\n', "1:12", "no path holds a line end or a tab"),
        ('output = "packs\\2024"\n', "1:18", "so write / between folders"),
        ('output = "C:\\Users"\n', "1:15", "so write / between folders"),
        ('archives = ["sources", "../texts"]\n', "1:24", "leads out of the folder"),
        ('archives = ["/etc"]\n', "1:13", "leads out of the folder"),
        ("archives = []\n", "1:12", ""),
        ('style = "../house"\n', "1:9", "leads out of the folder"),
        ('style = "/srv/house"\n', "1:9", "leads out of the folder"),
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


SECRET = '{"password": swordfish}'


@pytest.mark.parametrize("pattern", ["records/**/*.json", "records/*/x.json", "*/linked.json"])
def test_a_link_out_of_the_project_is_no_record(project: Path, pattern: str) -> None:
    outside = project.parent / f"{project.name}-outside"
    outside.mkdir()
    (outside / "x.json").write_text(SECRET)
    (project / "records" / "linked.json").symlink_to(outside / "x.json")
    (project / "records" / "folder").symlink_to(outside)
    settings(project, f'records = ["records/2024/*.json", "{pattern}"]\n')
    for command in ("validate", "build", "status"):
        done = run(command, cwd=project)
        assert done.returncode == 1
        assert "briefpack.toml:1:35" in done.stderr
        assert "a link out of the folder of briefpack.toml" in done.stderr
        assert "swordfish" not in done.stderr + done.stdout


def test_links_within_the_project_are_records_and_loops_of_folders_end(project: Path) -> None:
    (project / "records" / "one-too.json").symlink_to("one.json")
    for name in ("loop", "again"):
        (project / "records" / name).symlink_to(".")
    (project / "records" / ".hidden").mkdir()
    written(project / "records" / ".hidden" / "three.json", record(id="three"))
    read = read_project(project / "briefpack.toml")
    names = [Path(file).name for file in record_files(read)]
    assert names == ["two.json", "one-too.json", "one.json"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("**", "a.json b.txt c.json d.json"),
        ("**/*.json", "a.json c.json d.json"),
        ("**/**/*.json", "a.json c.json d.json"),
        ("x/**/*.json", "c.json d.json"),
        ("**/y/*", "d.json"),
        ("**/y/**", "d.json"),
        ("x/*/*.json", "d.json"),
        ("[ab].*", "a.json b.txt"),
        ("?.json", "a.json"),
        ("./a.json", "a.json"),
    ],
)
def test_patterns_find_what_they_say(tmp_path: Path, pattern: str, names: str) -> None:
    for name in ("a.json", "b.txt", "x/c.json", "x/y/d.json", ".h/e.json", "x/.f.json"):
        written(tmp_path / name, {})
    # At an address, the packs are among no files of this machine.
    read = Project(tmp_path / "briefpack.toml", (pattern,), output="s3://bucket/packs")
    assert sorted(Path(file).name for file in record_files(read)) == names.split()


def test_the_style_lies_in_the_project_whatever_links_say_and_where_the_call_is(
    project: Path,
) -> None:
    assert run("style", "house", cwd=project.parent).returncode == 0
    house = project.parent / "house"
    try:
        settings(project, 'records = ["records/**/*.json"]\nstyle = "house"\n')
        # The folder of that name is where the command runs, not where the settings are.
        done = run("validate", "--config", project / "briefpack.toml", cwd=project.parent)
        assert done.returncode == 1
        assert "no such style" in done.stderr
        (project / "house").symlink_to(house)
        done = run("build", cwd=project)
        assert done.returncode == 1
        assert "briefpack.toml:2:9" in done.stderr
        assert "a link that leads out" in done.stderr
        assert run("validate", "--style", house, cwd=project).returncode == 1
        settings(project, 'records = ["records/**/*.json"]\n')
        assert run("validate", "--style", house, cwd=project).returncode == 0
    finally:
        shutil.rmtree(house)


def test_settings_that_are_a_link_out_of_their_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "briefpack.toml").symlink_to("../secret")
    for command in ("validate", "build", "init"):
        done = run(command, cwd=folder)
        assert done.returncode == 1
        assert "swordfish" not in done.stderr + done.stdout
    assert "leads out of its folder" in run("validate", cwd=folder).stderr


REVERSED = {"mark": "official", "scheme": ["confidential", "restricted", "official", "public"]}
"""An order of the marks in which an audience of "official" may see what is restricted."""


def stated(project: Path, where: str) -> None:
    """State the ministry's marks, in the settings or in a house style."""
    scheme = 'scheme = ["public", "official", "restricted", "confidential"]\n'
    usual = 'records = ["records/**/*.json"]\naudiences = ["official"]\n'
    if where == "project":
        settings(project, usual + scheme)
        return
    run("style", "house", cwd=project)
    (project / "house" / "style.toml").write_text(f"[handling]\n{scheme}", "utf-8")
    settings(project, usual + 'style = "house"\n')


@pytest.mark.parametrize("where", ["project", "style"])
def test_no_record_turns_the_ministrys_order_of_marks_round(project: Path, where: str) -> None:
    stated(project, where)
    secret = {"text": "A secret.", "handling": "restricted"}
    path = written(
        project / "records" / "one.json", record(id="one", handling=REVERSED, objectives=[secret])
    )
    line = path.read_text("utf-8").split('"scheme"')[0].count("\n") + 1
    for command in (("validate",), ("build",), ("build", path), ("register", "-o", "r.csv"),
                    ("status", "--audience", "official")):  # fmt: skip
        done = run(*command, cwd=project)
        said = done.stdout + done.stderr
        assert done.returncode == 1, command
        assert f"one.json:{line}:15: error" in said, command
        assert "public, official, restricted, confidential" in said
        assert "[other-scheme]" in said
        assert "A secret" not in (done.stdout if command[0] == "status" else "")
    assert [p.name for p in (project / "packs").iterdir()] == ["two--official"]
    with pytest.raises(InvalidRecordError) as error:
        if where == "style":  # a record that was loaded without it
            build(load(path), project / "out", style=project / "house")
        load(path, read_project(project / "briefpack.toml").policy())
    assert {d.rule for d in error.value.report.diagnostics} >= {"other-scheme"}
    assert not (project / "out").exists()


@pytest.mark.parametrize("where", ["project", "style"])
def test_a_record_may_state_the_ministrys_own_scheme(project: Path, where: str) -> None:
    stated(project, where)
    scheme = ["public", "official", "restricted", "confidential"]
    written(project / "records" / "one.json", record(id="one", handling={"mark": "public", "scheme": scheme}))  # fmt: skip
    assert run("validate", cwd=project).returncode == 0
    assert run("build", cwd=project).returncode == 0


def test_a_records_own_scheme_holds_where_nobody_else_states_one(project: Path) -> None:
    own = {"mark": "open", "scheme": ["open", "closed"]}
    aim = [{"text": "Shut.", "handling": "closed"}, {"text": "Ajar.", "handling": "open"}]
    written(project / "records" / "one.json", record(id="one", handling=own, objectives=aim))
    (project / "records" / "2024" / "two.json").unlink()
    settings(project, 'records = ["records/*.json"]\naudiences = ["open"]\n')
    assert run("validate", cwd=project).returncode == 0
    assert run("build", "--only", "summary", cwd=project).returncode == 0
    made = extract(project / "packs" / "one--open" / "one--open-summary.pdf").data
    assert [o["text"] for o in json.loads(made)["objectives"]] == ["Ajar."]
    for name in shipped_styles():
        assert load_style(name).handling.scheme == (), "validate without a style relies on this"


def test_a_project_and_a_style_that_state_different_marks_are_told(project: Path) -> None:
    stated(project, "style")
    with (project / "briefpack.toml").open("a", encoding="utf-8") as file:
        file.write('scheme = ["public", "secret"]\n')
    for command in (("validate",), ("build",), ("register", "-o", "r.csv"), ("status",)):
        done = run(*command, cwd=project)
        assert done.returncode == 1
        assert "briefpack.toml:4:10: error" in done.stderr
        assert "public, official, restricted, confidential" in done.stderr
    assert not (project / "packs").exists()


@pytest.mark.parametrize("setting", ["", 'extensions = ["x-file-number"]\n'])
def test_own_keys_leave_the_house_only_where_the_project_lists_them(
    project: Path, setting: str
) -> None:
    own = {"x-file-number": "F-17", "x-internal": "Ours."}
    written(project / "records" / "one.json", record(id="one", **own))
    settings(project, f'records = ["records/*.json"]\naudiences = ["whole", "public"]\n{setting}')
    assert run("build", "--only", "summary", cwd=project).returncode == 0
    held = {
        name: json.loads(extract(project / "packs" / name / f"{name}-summary.pdf").data)
        for name in ("one", "one--public")
    }
    assert {key: held["one"].get(key) for key in own} == own
    assert held["one--public"].get("x-file-number") == ("F-17" if setting else None)
    assert "x-internal" not in held["one--public"]


def test_a_key_that_is_not_the_ministrys_own_cannot_be_an_extension(project: Path) -> None:
    settings(project, 'records = ["records/*.json"]\nextensions = ["summary"]\n')
    done = run("validate", cwd=project)
    assert done.returncode == 1
    assert "briefpack.toml:2:15: error" in done.stderr
