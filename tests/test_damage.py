"""The damage tool: it sees what it is there to see, and sees nothing in five hundred damages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.making import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

# A command that misbehaves in a way of its own in each case; the folder of a case is its number.
PLANTED = """
import json, os, pathlib, sys, time
from tests.damage import run

def planted(command):
    number = int(pathlib.Path.cwd().name)
    print("a word")
    if number == 1: raise KeyError("x")
    if number == 2: os.abort()
    if number == 3: time.sleep(60)
    if number == 4: flood = bytearray(1100 << 20)
    if number == 5: pathlib.Path(".briefpack-1.tmp").touch()
    if number == 6: next(p for p in pathlib.Path().rglob("*") if p.is_file()).write_bytes(b"")
    if number == 7: return 7
    if number == 8: print("unexpected error", file=sys.stderr)
    return 1

run.main = planted
limits = run.Limits(seconds=10, jobs=2)
found = {r.number: r.complaints[0] for r in run.results(1, list(range(9)), limits) if r.complaints}
print(json.dumps(found))
"""
SEEN = {
    "1": "exit code none: KeyError is raised: 'x'",
    "2": "is ended by signal 6",
    "3": "does not end",
    "4": "takes 11",
    "5": "left .briefpack-1.tmp aside",
    "6": "changed ",
    "7": "exit code 7",
    "8": 'says "unexpected error"',
}


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )  # fmt: skip


def test_the_tool_sees_what_goes_wrong() -> None:
    done = ran("-c", PLANTED)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.keys() == SEEN.keys()
    assert {n: text.startswith(SEEN[n]) for n, text in found.items()} == dict.fromkeys(SEEN, True)


def test_a_case_is_the_same_each_time(tmp_path: Path) -> None:
    keep = [tmp_path / name for name in ("a", "b")]
    for folder in keep:
        done = ran("-m", "tests.damage", "--seed", "5", "--case", "17", "--keep", str(folder))
        assert done.stdout.startswith("# ")
    first, second = ({p.name: p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in keep)
    assert first == second


@pytest.mark.parametrize("command", ["validate", "convert"])
def test_reading_survives_any_damage(command: str) -> None:
    done = ran("-m", "tests.damage", "--count", "60", "--seed", "6", "--only", command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_every_command_survives_any_damage() -> None:
    done = ran("-m", "tests.damage", "--count", "500", "--seed", "7")
    assert done.returncode == 0, done.stdout + done.stderr
