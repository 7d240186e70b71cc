"""Cases: which file is damaged, and which commands meet it."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.damage.damages import damaged_bytes, damaged_file
from tests.making import RECORDS, record, written
from toolkit.cli import main
from toolkit.pack.extract import extract
from toolkit.record.convert import converted
from toolkit.report.formats import FORMATS

Command = list[str]

PROJECT = """\
# A project with all settings
records = ["records/*.json", "records/*.yaml"]
output = "packs"
style = "style"
documents = ["briefing", "summary", "agreements"]
audiences = ["whole", "public"]

[rules]
access-date = "warning"
"""
EMBLEM = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><g fill="#036">'
    '<circle cx="5" cy="5" r="4"/><path d="M1 1 L9 9 Z"/></g></svg>\n'
)
_NAMES = ("first", "minimal", "official-visit", "text-is-data", "margins-meeting", "arabic-record")
_ONLY = ("briefing", "summary", "agreements", "briefing,summary,agreements", "summary.docx")


def prepare(base: Path) -> None:
    """Write the sound files of all cases: records in both notations, and a project with its packs."""
    for name in _NAMES:
        folder = base / "records" / name
        folder.mkdir(parents=True)
        shutil.copyfile(RECORDS[name], folder / "r.json")
        (folder / "r.yaml").write_bytes(converted(folder / "r.json", "r.yaml"))
    project = base / "project"
    (project / "records").mkdir(parents=True)
    (project / "briefpack.toml").write_text(PROJECT, "utf-8", newline="\n")
    written(project / "records" / "one.json", record(id="one"))
    shutil.copyfile(base / "records" / "minimal" / "r.yaml", project / "records" / "two.yaml")
    assert main(["style", str(project / "style")]) == 0
    settings = project / "style" / "style.toml"
    settings.write_text(_with_emblem(settings.read_text("utf-8")), "utf-8", newline="\n")
    (project / "style" / "emblem.svg").write_text(EMBLEM, "utf-8", newline="\n")
    assert main(["build", "-q", "--jobs", "1", "--config", str(project / "briefpack.toml")]) == 0


def _with_emblem(text: str) -> str:
    lines = text.splitlines(keepends=True)
    at = next((i for i, line in enumerate(lines) if line.lstrip("# ").startswith("emblem")), None)
    if at is not None and not lines[at].startswith("["):
        lines[at] = 'emblem = "emblem.svg"\n'
    return "".join(lines)


@dataclass
class Case:
    """A folder to work in, the file in it that is damaged, and commands to run one after the other."""

    kind: str
    target: str
    commands: list[Command]


def case(rng: random.Random, base: Path, folder: Path, only: str | None) -> Case | None:
    """Make the files of a case; None where its commands are not those that are asked for."""
    kinds = {
        "record": _record, "yaml": _record, "project": _project, "style": _style, "document": _document,
        "pack": _pack, "argument": _argument,
    }  # fmt: skip
    weights = (7, 5, 2, 3, 4, 2, 1)
    kind = rng.choices(list(kinds), weights)[0]
    made = kinds[kind](rng, base, folder, kind)
    if only:
        made.commands = [command for command in made.commands if command[0] == only]
    made.commands = rng.sample(made.commands, min(len(made.commands), 2))
    return made if made.commands else None


def _damage(rng: random.Random, path: Path) -> None:
    path.write_bytes(damaged_file(rng, path.name, path.read_bytes()))


def _record(rng: random.Random, base: Path, folder: Path, kind: str) -> Case:
    file, other = ("r.json", "o.yaml") if kind == "record" else ("r.yaml", "o.json")
    shutil.copyfile(base / "records" / rng.choice(_NAMES) / file, folder / file)
    _damage(rng, folder / file)
    form = rng.choice(list(FORMATS))
    build = ["build", file, "--jobs", "1", "--only", rng.choice(_ONLY), "-o", "packs"]
    more: list[Command] = [
        [], ["--audience", "public"], ["--language", "ru"], ["--pdf-version", "2"], ["--report", "report.md"],
    ]  # fmt: skip
    commands = [
        ["validate", file], ["validate", "--strict", "--format", form, file], ["validate", "--fix", file],
        ["validate", "--fix", "--diff", file], ["convert", file, "-o", other], build + rng.choice(more),
        ["register", file, "-o", rng.choice(("out.xlsx", "out.csv"))], ["status", file, "--format", "json"],
    ]  # fmt: skip
    return Case(kind, file, commands)


def _copied(base: Path, folder: Path) -> None:
    shutil.copytree(base / "project", folder, dirs_exist_ok=True)


def _project(rng: random.Random, base: Path, folder: Path, kind: str) -> Case:
    _copied(base, folder)
    _damage(rng, folder / "briefpack.toml")
    commands = [
        ["validate"], ["build", "--jobs", "1"], ["build", "--check"], ["build", "--jobs", "1", "--prune"],
        ["register", "-o", "out.csv"], ["status"], ["init", "github"], ["validate", "--fix"],
    ]  # fmt: skip
    return Case(kind, "briefpack.toml", commands)


def _style(rng: random.Random, base: Path, folder: Path, kind: str) -> Case:
    _copied(base, folder)
    shutil.rmtree(folder / "packs")
    files = sorted(path for path in (folder / "style").rglob("*") if path.is_file())
    path = rng.choice([*files, *(p for p in files if p.suffix in (".toml", ".svg"))])
    _damage(rng, path)
    commands = [
        [
            "build",
            "records/one.json",
            "--jobs",
            "1",
            "--only",
            rng.choice(_ONLY),
            "--style",
            "style",
        ],
        ["build", "--jobs", "1", "--only", rng.choice(_ONLY)],
        ["validate", "--style", "style", "records/one.json"],
        ["register", "-o", "out.xlsx", "--style", "style"],
        ["style", "new", "--from", "style"],
    ]
    return Case(kind, path.relative_to(folder).as_posix(), commands)


def _document(rng: random.Random, base: Path, folder: Path, kind: str) -> Case:
    packs = base / "project" / "packs"
    files = sorted(p for p in packs.rglob("*") if p.suffix in (".pdf", ".docx", ".xlsx"))
    chosen = rng.choice(files)
    path = folder / f"document{chosen.suffix}"
    shutil.copyfile(chosen, path)
    _damage(rng, path)
    return Case(kind, path.name, [["extract", path.name, "-o", "out"], ["extract", path.name]])


def _pack(rng: random.Random, base: Path, folder: Path, kind: str) -> Case:
    _copied(base, folder)
    files = sorted(path for path in (folder / "packs").rglob("*") if path.is_file())
    path = rng.choice([*files, *(p for p in files if p.name == "manifest.json")])
    _damage(rng, path)
    commands = [["build", "--check"], ["build", "--jobs", "1"], ["build", "--jobs", "1", "--prune"]]
    return Case(kind, path.relative_to(folder).as_posix(), commands)


def _argument(rng: random.Random, base: Path, folder: Path, kind: str) -> Case:
    shutil.copyfile(base / "records" / "minimal" / "r.json", folder / "r.json")
    words = ("missing-key", "r.json", "public", "2024-02-29", "zh-Hans", "default", "a/b.json")
    odd = damaged_bytes(rng, rng.choice(words).encode()).replace(b"\0", b"")
    word = odd.decode("utf-8", "surrogateescape")[:4000].lstrip("-/").replace("..", "")
    commands = [
        ["rule", word], ["rules"], ["schema", word], ["new", word], ["style", "new", "--from", word],
        ["validate", word], ["convert", word, "-o", "o.json"], ["convert", "r.json", "-o", word], ["extract", word],
        ["build", "r.json", "--audience", word], ["build", "r.json", "--language", word],
        ["build", "r.json", "--only", word], ["status", "r.json", "--as-of", word], ["init"], ["init", word],
        ["register", "r.json", "-o", "out.csv", "--language", word], ["build", word, "--jobs", "1"],
    ]  # fmt: skip
    return Case(kind, repr(word)[:60], commands)


def carried(base: Path) -> set[bytes]:
    """Return the records that the documents of the cases carry while they are sound."""
    paths = (base / "project" / "packs").rglob("*")
    return {extract(p).data for p in paths if p.suffix in (".pdf", ".docx", ".xlsx")}
