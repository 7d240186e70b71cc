"""Windows, where most officers sit: what of it can be imitated elsewhere.

Text has a named encoding and named ends of lines, names are those that Windows can have, and nothing
needs what only other systems have: forked processes, their signals, locks and limits.
"""

from __future__ import annotations

import ast
import json
import ntpath
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.making import FIRST, ROOT, record, written
from tests.test_cli import run
from toolkit import files, places
from toolkit.batch import pool
from toolkit.errors import BriefpackError
from toolkit.pack.contents import pack_name
from toolkit.pack.manifest import read_manifest
from toolkit.record.schema import schema

MODULES = sorted((ROOT / "toolkit").rglob("*.py"))
NAME = "2023-10-17-beijing"


# Text


def unnamed(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield where text is read or written in whatever encoding or ends of lines a system has."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
        named = {keyword.arg for keyword in node.keywords}
        values = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
        encoding = "encoding" in named
        if name == "read_text" and not (values or encoding):
            yield node.lineno, "encoding"
        if name == "write_text":
            if len(values) < 2 and not encoding:
                yield node.lineno, "encoding"
            if "newline" not in named:
                yield node.lineno, "newline"
        if name in ("open", "fdopen"):
            mode = values[1:2] if name == "fdopen" or isinstance(node.func, ast.Name) else values
            text = re.fullmatch(r"[rwxa]\+?t?", str(mode[0] if mode else "r"))
            if text and not encoding and isinstance(node.func, ast.Name):
                yield node.lineno, "encoding"
            if text and re.search(r"[wxa+]", text[0]) and not ({"encoding", "newline"} <= named):
                yield node.lineno, "newline"
        if name == "TextIOWrapper" and len(values) < 2 and not encoding:
            yield node.lineno, "encoding"
        if named & {"text", "universal_newlines"} and name in ("run", "Popen") and not encoding:
            yield node.lineno, "encoding"


def test_encoding_and_ends_of_lines_are_named_wherever_text_is_read_or_written() -> None:
    for path in MODULES:
        assert list(unnamed(ast.parse(path.read_text("utf-8")))) == [], path


@pytest.mark.parametrize(
    "line",
    [
        "path.read_text()",
        'path.write_text(text, "utf-8")',
        'path.write_text(text, newline="")',
        "open(path)",
        'open(path, "w", encoding="utf-8")',
        'path.open("x", newline="")',
        'os.fdopen(handle, "a")',
        "io.TextIOWrapper(file)",
        "subprocess.run(command, text=True)",
    ],
)
def test_what_is_not_named_would_be_seen(line: str) -> None:
    assert list(unnamed(ast.parse(line)))


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_of_few_letters_gets_all_that_is_said(tmp_path: Path, encoding: str) -> None:
    written(tmp_path / "北京.json", record(id="a", title="Встреча 北京", kind="talk"))
    written(tmp_path / "good.json", record(id="b", title="Встреча 北京"))
    system = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    system["PYTHONPATH"] = str(ROOT)

    def code(*arguments: str) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "toolkit", *arguments],
            cwd=tmp_path, env=system, capture_output=True, check=False,
        )  # fmt: skip
        assert b"Traceback" not in done.stdout + done.stderr
        assert b"Error" not in done.stdout + done.stderr
        return done.returncode

    assert code("validate", "北京.json", "good.json") == 1
    assert code("build", "北京.json", "good.json", "--report", "отчёт.md") == 1
    assert code("build", "good.json", "-o", "пакеты", "-v") == 0
    assert code("build", "нет.json") == 1
    assert code("validate", "--北京") == 2
    for command in ("rules", "build --help"):
        assert code(*command.split()) == 0


# Names


def forbidden(name: str) -> bool:
    """Tell whether Windows cannot have a file or folder of a name."""
    stem = name.partition(".")[0].rstrip(" ").upper()
    devices = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    numbered = {f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³"}
    return (
        stem in devices | numbered
        or name != name.rstrip(". ")
        or bool(re.search(r'[<>:"/\\|?*\x00-\x1f]', name))
        or len(name) > 255
    )


IDS = st.from_regex(re.compile(schema()["properties"]["id"]["pattern"]), fullmatch=True)
MARKS = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["CON", "nul", "a.", "a ", "a:b", "..\\x"]
)
TAGS = st.sampled_from([None, "ru", "zh-Hans", "es-419"])


@given(IDS.filter(lambda text: len(text) < 60), st.none() | MARKS, TAGS)
def test_whatever_id_and_mark_a_pack_has_windows_can_have_its_folder(
    identity: str, audience: str | None, language: str | None
) -> None:
    name = pack_name(identity, audience, language)
    assert not forbidden(name)
    assert PureWindowsPath(name).name == name
    assert identity == identity.casefold()  # no two ids are told apart by capitals


@pytest.mark.parametrize("name", ["con", "aux", "nul", "prn", "com0", "lpt9", "Talks", "a.", "a "])
def test_an_id_that_windows_would_not_take_as_a_folder_is_refused(
    tmp_path: Path, name: str
) -> None:
    path = written(tmp_path / "r.json", record(id=name))
    done = run("build", path, cwd=tmp_path)
    assert done.returncode == 1
    assert f'r.json:3:9: error "{name}" does not have the form of "id"' in done.stderr
    assert not (tmp_path / "packs").exists()


def test_audiences_that_differ_by_capitals_only_are_refused(tmp_path: Path) -> None:
    scheme = ["public", "Inner", "inner"]
    path = written(tmp_path / "r.json", record(handling={"mark": "public", "scheme": scheme}))
    settings = 'records = ["*.json"]\naudiences = ["Inner", "inner"]\n'
    (tmp_path / "briefpack.toml").write_text(settings, "utf-8")
    done = run("build", cwd=tmp_path)
    assert done.returncode == 2
    assert "would give their packs the same name" in done.stderr
    assert path.exists()


@pytest.mark.parametrize(
    "name",
    [
        "..\\r.json",
        "C:\\r.json",
        "C:r.json",
        "\\\\server\\share\\r.json",
        "a\\b",
        "x:stream",
        "a/b",
    ],
)
def test_a_manifest_leads_nowhere_else_on_windows_either(tmp_path: Path, name: str) -> None:
    assert (
        ntpath.join("pack", name) != f"pack\\{name}" or "\\" in name or "/" in name or ":" in name
    )
    run("build", FIRST, "-o", tmp_path, "--only", "agreements", cwd=tmp_path)
    path = tmp_path / NAME / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    content["files"].append({**content["files"][0], "name": name})
    path.write_text(json.dumps(content), "utf-8")
    manifest = read_manifest(tmp_path / NAME)
    assert manifest is not None
    assert list(manifest.files) == [f"{NAME}-agreements.xlsx"]


@pytest.mark.parametrize(
    "pattern", ['"records\\\\*.json"', "'records\\*.json'", '"records\\*.json"']
)
def test_a_backslash_in_the_settings_is_told(tmp_path: Path, pattern: str) -> None:
    written(tmp_path / "records" / "r.json", record())
    (tmp_path / "briefpack.toml").write_text(f"records = [{pattern}]\n", "utf-8")
    done = run("validate", cwd=tmp_path)
    assert done.returncode == 1
    assert "briefpack.toml:1:" in done.stderr
    assert "\\" in done.stderr
    assert "Traceback" not in done.stderr


def test_patterns_that_the_shell_leaves_to_the_program_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from toolkit.cli import main

    monkeypatch.chdir(tmp_path)
    for name in ("a.json", "b.json", "c[1].json"):
        written(tmp_path / name, record())
    assert main(["validate", "*.json"]) == 0
    assert "3 files" in capsys.readouterr().out
    assert main(["validate", "c[1].json", "a.json"]) == 0
    assert "2 files" in capsys.readouterr().out
    assert main(["validate", "*.yaml"]) == 1
    assert "*.yaml:1:1: error" in capsys.readouterr().out


def test_a_path_that_is_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a" / ("b" * 200) / ("c" * 100)
    lost = FileNotFoundError(2, "No such file or directory", str(path))
    hint = f"the path has {len(str(path))} characters, and Windows takes 260"
    assert hint not in places.reason(lost)
    monkeypatch.setattr(places, "_WINDOWS", True)
    assert hint in places.reason(lost)
    assert hint not in places.reason(OSError(28, "No space left on device", str(path)))
    assert places.reason(FileNotFoundError(2, "No such file", "short")) == "No such file"
    with pytest.raises(BriefpackError, match="Windows takes 260"):
        _write_as_windows_does(path, monkeypatch)


def _write_as_windows_does(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Path.mkdir

    def short_only(self: Path, *arguments: object, **options: object) -> None:
        if len(str(self)) > 247:
            raise FileNotFoundError(2, "The system cannot find the path specified", str(self))
        usual(self, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", short_only)
    files.write_all(path, [("r", b"")])


# A file that another program holds open


def test_a_file_that_word_holds_open_is_told_and_the_pack_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from toolkit.cli import main

    path = tmp_path / "r.json"
    path.write_bytes(FIRST.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(files, "_WINDOWS", True)
    assert main(["build", "r.json"]) == 0
    pack = tmp_path / "packs" / NAME
    before = {p.name: p.read_bytes() for p in pack.iterdir()}
    path.write_bytes(FIRST.read_bytes().replace(b'"version": "1"', b'"version": "2"'))
    held = f"{NAME}-briefing.docx"

    def refuse(usual: object) -> object:
        def method(self: Path, *arguments: object, **options: object) -> object:
            for taken in (self, *arguments):
                if isinstance(taken, Path) and taken.name == held and taken.exists():
                    text = "The process cannot access the file because it is being used by another process"
                    raise PermissionError(13, text, str(taken))
            return usual(self, *arguments, **options)  # type: ignore[operator]

        return method

    def no_link(*_: object) -> None:
        raise PermissionError(13, "used by another process")

    with monkeypatch.context() as word:
        word.setattr(os, "link", no_link)
        for name in ("replace", "rename", "unlink"):
            word.setattr(Path, name, refuse(getattr(Path, name)))
        capsys.readouterr()
        assert main(["build", "r.json"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert held in line
    assert "close it in Word" in line
    assert {p.name: p.read_bytes() for p in pack.iterdir()} == before
    assert main(["build", "r.json"]) == 0
    assert {p.name for p in pack.iterdir()} == set(before)
    assert all((pack / name).read_bytes() != data for name, data in before.items())


# What is not there

BARE = """
import os, shutil, signal, sys
shutil._use_fd_functions = False  # as the standard library finds out on Windows when it is imported
from toolkit.batch import warm
from toolkit import cli
import distributed, filelock, pyarrow, tqdm, upath, watchfiles

class Lock:  # of which filelock has one for each system
    def __init__(self, *_, **__): pass
    def acquire(self, *_, **__): return self
    def release(self, *_, **__): pass
    __enter__ = acquire
    __exit__ = release

filelock.FileLock = Lock

for name in [name for name in sys.modules if name.partition(".")[0] == "toolkit"]:
    del sys.modules[name]
for name in ("fcntl", "grp", "posix", "pwd", "resource", "select", "termios", "tty"):
    sys.modules[name] = None
for module, names in {
    os: "O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK chown chroot fchmod fchown fork geteuid getgid "
        "getuid killpg lchown mkfifo register_at_fork sched_getaffinity setsid statvfs uname",
    signal: "SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGUSR1 SIGXCPU alarm pause "
        "pthread_sigmask setitimer sigwait",
}.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
sys.platform = "win32"
"""


def bare(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script where modules, functions and signals are not there that Windows does not have."""
    return subprocess.run(
        [sys.executable, "-c", BARE + script],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip


def test_every_module_can_be_imported_without_what_windows_lacks(tmp_path: Path) -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES]
    names = [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]
    script = f"import importlib\nfor name in {names!r}: importlib.import_module(name)\n"
    done = bare(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(names) > 100


def test_all_is_done_without_what_windows_lacks(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_bytes(FIRST.read_bytes())
    commands = [
        ["new", "n.json"],
        ["validate", "n.json", "r.json"],
        ["convert", "r.json", "-o", "r.yaml"],
        ["build", "r.json", "--style", "classic", "-o", "bare"],
        ["extract", f"bare/{NAME}/{NAME}-briefing.docx", "-o", "out.json"],
        ["style", "own"],
        ["init"],
        ["register", "r.json", "-o", "r.xlsx"],
    ]
    script = f"from toolkit.cli import main\nfor c in {commands!r}:\n    assert main(c) == 0, c\n"
    done = bare(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.json").read_bytes() == FIRST.read_bytes()
    run("build", "r.json", "--style", "classic", "-o", "here", cwd=tmp_path)
    here, there = (
        {p.name: p.read_bytes() for p in (tmp_path / out / NAME).iterdir()}
        for out in ("here", "bare")
    )
    assert here == there


def test_processes_that_are_spawned_build_the_same(tmp_path: Path) -> None:
    settings = 'records = ["records/*.json"]\n'
    (tmp_path / "briefpack.toml").write_text(settings, "utf-8")
    for n in range(5):
        written(tmp_path / "records" / f"{n}.json", record(id=f"r{n}"))
    script = (
        "import multiprocessing, sys\n"
        "multiprocessing.get_all_start_methods = lambda: ['spawn']\n"
        "from toolkit.cli import main\n"
        "code = main(['build', '--jobs', '2', '-o', 'spawned'])\n"
        "assert 'multiprocessing.popen_spawn_posix' in sys.modules\n"
        "assert 'multiprocessing.popen_forkserver' not in sys.modules\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "5 built" in done.stderr
    run("build", "-o", "here", cwd=tmp_path)
    here, there = (
        {p.relative_to(tmp_path / out): p.read_bytes() for p in (tmp_path / out).rglob("*.*")}
        for out in ("here", "spawned")
    )
    assert here == there


def test_no_more_processes_than_windows_can_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pool.processes(100, "default", "").window() == 200
    monkeypatch.setattr(sys, "platform", "win32")
    assert pool.processes(100, "default", "").window() == 122


# The first commands


def test_the_readme_has_both_commands_for_powershell_too() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"```(sh|powershell)\n(.*?)```", text, re.S)
    shell = [b.rstrip("\n") for kind, b in blocks if kind == "sh" and "-m venv" in b]
    (power,) = [b.splitlines() for kind, b in blocks if kind == "powershell"]
    assert len(shell) == len(power) == 2
    for line, other in zip(shell, power, strict=True):
        as_power = line.replace("python3 -m", "py -m").replace(" && ", "; ")
        as_power = as_power.replace(".venv/bin/", ".venv\\Scripts\\")
        as_power = re.sub(r"templates/records/", r"templates\\records\\", as_power)
        assert other == as_power


@pytest.mark.slow
@pytest.mark.parametrize("system", ["x86_64-pc-windows-msvc", "aarch64-apple-darwin"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_every_dependency_has_a_wheel(tmp_path: Path, system: str, python: str) -> None:
    command = [
        sys.executable, "-m", "uv", "--quiet", "pip", "install", "--dry-run", "--target", tmp_path,
        "--python-platform", system, "--python-version", python, "--only-binary", ":all:",
        "--requirements", ROOT / "templates" / "ci" / "constraints.txt",
    ]  # fmt: skip
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": "15.0"},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
