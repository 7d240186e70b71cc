"""Mending: what is certain is mended, and all else stays byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toolkit
from tests.making import FIRST, RECORDS, record, written
from tests.record.test_validate import SMALL
from tests.test_cli import run
from toolkit.record.fix import fixed
from toolkit.record.source import decode
from toolkit.record.validate import check


def mended(text: str) -> str:
    return fixed(decode("r.json", text.encode())).text


CERTAIN = [
    ('"made",', '"made"', '"made",'),
    ('"by": ["ch"] }]', '"by": ["ch"] },]', '"by": ["ch"] }]'),
    ('"status": "draft",', "status: “draft”,", '"status": "draft",'),
    ('"status": "draft",', "'status': 'draft',", '"status": "draft",'),
    ("A meeting", "A \\meeting", "A \\\\meeting"),
    ('"version": "1"', '"version": 1', '"version": "1"'),
    ("2024-02-29", "29.02.2024", "2024-02-29"),
    ("2024-02-29", "29/02/2024", "2024-02-29"),
    ('"country": "CH" } }]', '"country": "uk" } }]', '"country": "GB" } }]'),
]


@pytest.mark.parametrize(("part", "wrong", "right"), CERTAIN, ids=range(len(CERTAIN)))
def test_what_is_certain_is_mended(part: str, wrong: str, right: str) -> None:
    assert mended(SMALL.replace(part, wrong)) == SMALL.replace(part, right)


UNCERTAIN = [
    ("2024-02-29", "03/04/2024"),
    ('"status": "draft",', '"staus": "draft",'),
    ('"draft"', '"drafft"'),
    ('"made"', '"My Meeting"'),
    ('"status": "draft",', '"status": "draft", // soon'),
    ('["ch"]', '["cch"]'),
    ('"status": "draft"', '"status": NaN'),
]


@pytest.mark.parametrize(("part", "wrong"), UNCERTAIN, ids=range(len(UNCERTAIN)))
def test_what_may_mean_several_things_is_left_alone(part: str, wrong: str) -> None:
    text = SMALL.replace(part, wrong)
    assert mended(text) == text


@pytest.mark.parametrize("name", list(RECORDS))
def test_a_sound_record_is_left_byte_for_byte(name: str) -> None:
    data = RECORDS[name].read_bytes()
    assert fixed(decode("r", data)).data == data


def test_layout_line_ends_and_byte_order_mark_stay() -> None:
    text = "\ufeff" + SMALL.replace('"made",', '"made"').replace("\n", "\r\n").replace(": ", " :\t")
    done = fixed(decode("r", text.encode()))
    assert done.data == text.replace('"made"', '"made",').encode()


@given(st.integers(0, 20_000), st.text(max_size=3), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_mending_never_makes_it_worse(at: int, slip: str, cut: int) -> None:
    text = FIRST.read_text("utf-8")
    broken = decode("r", (text[:at] + slip + text[at + cut :]).encode("utf-8", "replace"))
    done = fixed(broken)
    assert check(done)[0].errors <= max(check(broken)[0].errors, 1) or check(broken)[1] is None
    assert fixed(done).text == done.text


def test_the_command_mends_files_and_tells_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(SMALL.replace('"made",', '"made"').replace('"talks"', '"tlaks"'), "utf-8")
    done = run("validate", "--fix", "r.json", cwd=tmp_path)
    assert done.returncode == 1
    assert [d.rule for d in toolkit.validate(path).diagnostics] == ["unknown-value"]
    assert "did you mean" in done.stdout


def test_the_diff_shows_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    text = SMALL.replace('"made",', '"made"')
    path.write_text(text, "utf-8")
    done = run("validate", "--fix", "--diff", "r.json", cwd=tmp_path)
    assert done.returncode == 0
    assert '+  "id": "made",' in done.stdout.splitlines()
    assert path.read_text("utf-8") == text
    assert run("validate", "--diff", "r.json", cwd=tmp_path).returncode == 2


def test_the_diff_says_aside_what_stays_wrong(tmp_path: Path) -> None:
    text = SMALL.replace('"made",', '"made"').replace('"talks"', '"tlaks"')
    (tmp_path / "r.json").write_text(text, "utf-8")
    done = run("validate", "--fix", "--diff", "r.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "tlaks" not in done.stdout.replace('   "kind": "tlaks",', "")
    assert done.stderr.startswith('r.json:8:11: error "tlaks" is not a value of "kind"')


def test_a_file_that_cannot_be_read_is_told_and_left(tmp_path: Path) -> None:
    written(tmp_path / "good.json", record())
    done = run("validate", "--fix", "none.json", "good.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "no such file" in done.stdout
