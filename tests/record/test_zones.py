"""Time zones are those of the package tzdata, whatever the machine has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tzdata

from tests.making import FIRST, record, written
from toolkit.record.source import decode
from toolkit.record.validate import check


def sitting(zone: str) -> dict[str, str | dict[str, str]]:
    place = {"country": "CH"}
    return {"date": "2024-02-29", "start_time": "10:00", "time_zone": zone, "place": place}


def messages(zone: str, folder: Path) -> list[str]:
    path = written(folder / "r.json", record(sittings=[sitting(zone)]))
    report, _ = check(decode("r.json", path.read_bytes()))
    return [d.message for d in report.diagnostics]


@pytest.mark.parametrize(
    "zone",
    ["Europe/Kyiv", "Europe/Kiev", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC", "-03:30"],
)
def test_zones_that_exist(zone: str, tmp_path: Path) -> None:
    assert messages(zone, tmp_path) == []


def test_a_zone_that_does_not_exist_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    (message,) = messages("Asia/Tashkend", tmp_path)
    assert '"Asia/Tashkent"' in message
    (message,) = messages("Nowhere/Xyzzy_Qq", tmp_path)
    assert '"+05:00"' in message


def test_what_the_system_knows_of_zones_changes_nothing(tmp_path: Path) -> None:
    zones = tmp_path / "zoneinfo"
    (zones / "Nowhere").mkdir(parents=True)
    # A zone of this machine alone, which zoneinfo would take.
    utc = Path(tzdata.__file__).parent / "zoneinfo" / "UTC"
    (zones / "Nowhere" / "Xyzzy_Qq").write_bytes(utc.read_bytes())
    system = {**os.environ, "TZ": "Mars/Olympus", "TZDIR": str(zones), "PYTHONTZPATH": str(zones)}
    script = "from zoneinfo import ZoneInfo; ZoneInfo('Nowhere/Xyzzy_Qq')"
    subprocess.run([sys.executable, "-c", script], env=system, check=True)
    path = written(tmp_path / "r.json", record(sittings=[sitting("Nowhere/Xyzzy_Qq")]))

    def run(*arguments: str | Path, env: dict[str, str]) -> tuple[int, str]:
        command = [sys.executable, "-m", "toolkit", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False
        )
        return done.returncode, done.stdout

    told = run("validate", path, env=dict(os.environ))
    assert told[0] == 1
    assert "[unknown-time-zone]" in told[1]
    assert run("validate", path, env=system) == told
    assert run("build", FIRST, "-o", "here", env=dict(os.environ))[0] == 0
    assert run("build", FIRST, "-o", "there", env=system)[0] == 0
    here, there = (
        {p.name: p.read_bytes() for p in (tmp_path / name).rglob("*.*")}
        for name in ("here", "there")
    )
    assert here == there
