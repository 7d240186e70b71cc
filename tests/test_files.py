"""Writing: whole or not at all, beside other runs, and with no wider permissions."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.making import FIRST, ROOT, record, written
from tests.test_cli import run
from toolkit import files
from toolkit.errors import BriefpackError

posix = pytest.mark.skipif(os.name != "posix", reason="permissions and locks are other ones here")
WRONG = record(version=1)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """The umask of most systems, as what is run inherits it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def started(*arguments: str | Path, cwd: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "toolkit", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


# Permissions and links.


@posix
@pytest.mark.usefixtures("usual_umask")
@pytest.mark.parametrize("rights", [0o600, 0o640, 0o664, 0o400])
def test_what_is_mended_keeps_its_permissions(tmp_path: Path, rights: int) -> None:
    path = written(tmp_path / "r.json", WRONG)
    path.chmod(rights)
    if rights == 0o400 and os.geteuid():
        assert "read-only" in run("validate", "--fix", path).stderr
    else:
        assert run("validate", "--fix", path).returncode == 0
        assert '"version": "1"' in path.read_text("utf-8")
    assert mode(path) == rights


@posix
@pytest.mark.usefixtures("usual_umask")
def test_what_comes_from_a_record_allows_no_more_than_the_record(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", record())
    for rights, derived in ((0o600, 0o600), (0o640, 0o640), (0o666, 0o644), (0o440, 0o640)):
        path.chmod(rights)
        for command in (
            ("convert", path, "-o", "c.yaml"),
            ("build", path, "--only", "summary", "--report", "c.json"),
            ("register", path, "-o", "c.csv"),
        ):
            assert run(*command, cwd=tmp_path).returncode == 0
        pack = list(tmp_path.glob("packs/made/*"))
        assert {oct(mode(file)) for file in pack} == {oct(derived)}
        assert len(pack) == 2
        shutil.rmtree(tmp_path / "packs")
        for out in tmp_path.glob("c.*"):
            assert (out.name, oct(mode(out))) == (out.name, oct(derived))
            out.unlink()
    assert run("build", path, "--only", "summary", cwd=tmp_path).returncode == 0
    (pdf,) = tmp_path.glob("packs/made/*.pdf")
    pdf.chmod(0o600)
    assert run("extract", pdf, "-o", tmp_path / "back.json").returncode == 0
    assert mode(tmp_path / "back.json") == 0o600


@posix
def test_a_link_stays_a_link_and_its_target_is_mended(tmp_path: Path) -> None:
    real = written(tmp_path / "real" / "r.json", WRONG)
    real.chmod(0o600)
    link = tmp_path / "link.json"
    link.symlink_to("real/r.json")
    assert run("validate", "--fix", "link.json", cwd=tmp_path).returncode == 0
    assert link.readlink() == Path("real/r.json")
    assert '"version": "1"' in real.read_text("utf-8")
    assert mode(real) == 0o600
    assert names(real.parent) == ["r.json"]


@posix
def test_another_hard_link_keeps_the_earlier_text_and_that_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", WRONG)
    before = path.read_bytes()
    (tmp_path / "snapshot.json").hardlink_to(path)
    done = run("validate", "--fix", path)
    assert "mended; its other hard links keep the earlier text" in done.stderr
    assert (tmp_path / "snapshot.json").read_bytes() == before != path.read_bytes()


@posix
@pytest.mark.usefixtures("usual_umask")
def test_a_file_that_is_replaced_keeps_its_permissions_and_a_mode_only_tightens(
    tmp_path: Path,
) -> None:
    for name, rights in (("a", 0o600), ("b", 0o666)):
        (tmp_path / name).write_bytes(b"x")
        (tmp_path / name).chmod(rights)
    files.write_all(tmp_path, [("a", b"1"), ("b", b"2"), ("c", b"3")])
    assert [oct(mode(tmp_path / n)) for n in "abc"] == ["0o600", "0o666", "0o644"]
    files.write_all(tmp_path, [("a", b"1"), ("b", b"2"), ("d", b"3")], mode=0o640)
    assert [oct(mode(tmp_path / n)) for n in "abd"] == ["0o600", "0o640", "0o640"]


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_the_owner_stays_and_a_group_that_cannot_stay_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    os.chown(path, 1234, 2345)
    path.chmod(0o664)
    files.write(path, b"y")
    state = path.stat()
    assert (state.st_uid, state.st_gid, mode(path)) == (1234, 2345, 0o664)

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refused)
    path.chmod(0o640)
    files.write(path, b"z")
    assert (path.stat().st_gid, mode(path)) == (os.getegid(), 0o600)


@posix
def test_a_link_in_a_pack_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "a").symlink_to("../precious")
    files.write_all(out, [("a", b"1"), ("b", b"2")])
    assert (tmp_path / "precious").read_bytes() == b"mine"
    assert not (out / "a").is_symlink()


# Other runs.


def test_ten_that_convert_into_one_folder_at_once_all_succeed(tmp_path: Path) -> None:
    written(tmp_path / "r.json", record())
    runs = [started("convert", "r.json", "-o", f"out/{n}.yaml", cwd=tmp_path) for n in range(10)]
    ends = [process.communicate(timeout=120) for process in runs]
    assert [process.returncode for process in runs] == [0] * 10, ends
    assert names(tmp_path / "out") == sorted(f"{n}.yaml" for n in range(10))
    assert len({path.read_bytes() for path in (tmp_path / "out").iterdir()}) == 1


def test_of_ten_that_convert_into_one_file_at_once_one_succeeds(tmp_path: Path) -> None:
    written(tmp_path / "r.json", record())
    runs = [started("convert", "r.json", "-o", "c.yaml", cwd=tmp_path) for _ in range(10)]
    told = [process.communicate(timeout=120)[1] for process in runs]
    assert sorted(process.returncode for process in runs) == [0] + [1] * 9
    assert sum("c.yaml is there already; choose another name" in text for text in told) == 9
    assert names(tmp_path) == ["c.yaml", "r.json"]


HOLDS = """
import sys
from pathlib import Path
from toolkit import files
with files.written_whole(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    sys.stdin.readline()
    file.write(b" and half")
"""


@posix
@pytest.mark.parametrize("killed", [False, True], ids=["living", "killed"])
def test_what_a_living_run_writes_stays_and_what_a_killed_one_left_goes(
    tmp_path: Path, killed: bool
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDS, tmp_path / "a"], env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout is not None
    assert other.stdout.readline() == "writing\n"
    assert len(names(tmp_path)) == 1
    if killed:
        other.kill()
        other.communicate(timeout=60)
    files.write_all(tmp_path, [("b", b"1"), ("c", b"2")])
    assert len(names(tmp_path)) == (2 if killed else 3)
    if not killed:
        other.communicate("go on\n", timeout=60)
        assert other.returncode == 0
        assert (tmp_path / "a").read_bytes() == b"half and half"
        assert names(tmp_path) == ["a", "b", "c"]


@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
def test_without_locks_leftovers_go_when_they_are_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: bool
) -> None:
    monkeypatch.setattr(files, "fcntl", None)
    for name in (".briefpack-old.tmp", ".briefpack-new.tmp"):
        (tmp_path / name).mkdir() if folder else (tmp_path / name).write_bytes(b"x")
    long_ago = time.time() - 7200
    os.utime(tmp_path / ".briefpack-old.tmp", (long_ago, long_ago))
    files.write_all(tmp_path, [("a", b"1")])
    assert names(tmp_path) == [".briefpack-new.tmp", "a"]


# What fails leaves what was.


@pytest.mark.parametrize("linked", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize("held", ["a.docx", "b.pdf", "manifest.json"])
def test_where_a_program_holds_a_file_the_others_stay_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: str, linked: bool
) -> None:
    before = {"a.docx": b"old a", "b.pdf": b"old b", "manifest.json": b"old m"}
    for name, data in before.items():
        (tmp_path / name).write_bytes(data)

    def unless_held(usual: Callable[..., Any]) -> Callable[..., Any]:
        def method(self: Path, *arguments: Any, **options: Any) -> Any:
            taken = [path for path in (self, *arguments) if isinstance(path, Path)]
            if any(path.name == held and path.exists() for path in taken):
                raise PermissionError(13, "Permission denied", str(self))
            return usual(self, *arguments, **options)

        return method

    def no_link(*_: object) -> None:
        raise OSError

    for name in ("replace", "rename", "unlink"):
        monkeypatch.setattr(Path, name, unless_held(getattr(Path, name)))
    if not linked:
        monkeypatch.setattr(os, "link", no_link)
    with pytest.raises(BriefpackError, match="Permission denied"):
        files.write_all(tmp_path, [(n, b"new") for n in ("x.new", *before)])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_on_windows_the_message_says_what_to_close(monkeypatch: pytest.MonkeyPatch) -> None:
    error = PermissionError(13, "Permission denied", "C:\\packs\\a-briefing.docx")
    monkeypatch.setattr(files, "_WINDOWS", True)
    assert "close it in Word" in files._why(error)


def test_a_folder_of_somebody_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mine").write_bytes(b"mine")
    with pytest.raises(BriefpackError, match="a is a folder"):
        files.write_all(tmp_path, [("a", b"1"), ("b", b"2")])
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a" / "mine").read_bytes() == b"mine"


def test_new_files_come_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"mine")
    with pytest.raises(BriefpackError, match="b is there already"):
        files.write_new({tmp_path / "a": b"1", tmp_path / "b": b"2"})
    with pytest.raises(BriefpackError, match="b is no folder"):
        files.write_new({tmp_path / "a": b"1", tmp_path / "b" / "c": b"2"})
    assert names(tmp_path) == ["b"]
    assert (tmp_path / "b").read_bytes() == b"mine"


def test_a_name_that_is_taken_at_the_last_moment_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = files._put_new

    def late(path: Path, target: Path) -> None:
        if target.name == "b":
            target.write_bytes(b"another's")
        usual(path, target)

    monkeypatch.setattr(files, "_put_new", late)
    with pytest.raises(BriefpackError, match="b is there already"):
        files.write_new({tmp_path / "a": b"1", tmp_path / "b": b"2"})
    assert names(tmp_path) == ["b"]
    assert (tmp_path / "b").read_bytes() == b"another's"


def test_extract_overwrites_no_other_record(tmp_path: Path, packs: object) -> None:
    pdf = packs.file("first", "summary")  # type: ignore[attr-defined]
    out = tmp_path / "r.json"
    for _ in range(2):
        assert run("extract", pdf, "-o", out).returncode == 0
        assert out.read_bytes() == FIRST.read_bytes()
    out.write_bytes(b"edited")
    done = run("extract", pdf, "-o", out)
    assert done.returncode == 1
    assert "is there already" in done.stderr
    assert out.read_bytes() == b"edited"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of memory, on which two pages are left."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no file system may be mounted here")
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    (folder / "filler").write_bytes(b"x" * (256 * 1024 - 8192))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(
    ("command", "made"),
    [
        (["new", "sub/r.json"], "sub/r.json"),
        (["style", "house"], "house"),
        (["init", "github", "--from", "https://packages.example.org/simple"], "briefpack.toml"),
        (["convert", FIRST, "-o", "c.yaml"], "c.yaml"),
        (["register", FIRST, "-o", "r.csv"], "r.csv"),
        (["register", FIRST, "-o", "r.xlsx"], "r.xlsx"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_full_disk_leaves_nothing_that_blocks_the_next_try(
    full_disk: Path, command: list[str], made: str
) -> None:
    (full_disk / "rest").write_bytes(b"x" * (8192 if made == "r.csv" else 4096))
    done = run(*command, cwd=full_disk)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    left = [path for path in full_disk.rglob("*") if path.is_file()]
    assert sorted(path.name for path in left) == ["filler", "rest"]
    (full_disk / "filler").unlink()
    assert run(*command, cwd=full_disk).returncode == 0
    assert (full_disk / made).exists()
