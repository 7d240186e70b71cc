"""What an editor shows: the language service of VS Code completes and explains by our schema alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import needed
from tests.making import FIRST, RECORDS, ROOT

pytestmark = pytest.mark.slow
PACKAGE = "vscode-json-languageservice@5"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the language service is installed."""
    needed("node")
    folder = tmp_path_factory.mktemp("editor")
    command = [needed("npm"), "install", "--silent", "--no-save", PACKAGE]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def asked(service: Path, questions: list[dict[str, Any]]) -> list[Any]:
    script = Path(__file__).with_name("editor.mjs")
    command = [needed("node"), str(script), str(ROOT / "schemas" / "meeting.schema.json")]
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(
        command, cwd=service, input=lines, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


TEXT = FIRST.read_text("utf-8")


def place(before: str, inside: str) -> dict[str, Any]:
    """A place in the first record: within `inside`, the first one behind `before`."""
    at = TEXT.index(inside, TEXT.index(before)) + len(inside) // 2
    return {"text": TEXT, "offset": at}


def typed(before: str, new: str) -> dict[str, Any]:
    """The first record with something typed behind `before`; the cursor stands at its `|`."""
    at = TEXT.index(before) + len(before)
    text = TEXT[:at] + new.replace("|", "") + TEXT[at:]
    return {"text": text, "offset": at + new.index("|")}


def test_hover_explains_keys_and_values_at_five_places(service: Path) -> None:
    places = [
        ('"schema_version"', '"kind"'), ('"sittings"', '"date"'), ('"participants": [\n', '"role"'),
        ('"agreements"', '"coverage"'), ('"figures": [', '"currency"'),
    ]  # fmt: skip
    said = asked(service, [{"ask": "hover", **place(*where)} for where in places])
    for words, expected in zip(
        said, ("kind of meeting", "iso 8601", "role", "every instrument", "iso 4217"), strict=True
    ):
        assert expected in words.casefold(), words


def test_completion_offers_keys_and_values_at_five_places(service: Path) -> None:
    places = [
        typed('"version": "1",', '\n  "|": "",'),
        typed('"status": "final",', '\n  "x-y": {}, "kind": |,'),
        typed('"sittings": [\n    {', '\n      "|": "",'),
        typed('"handling": {"mark": "public",', ' "|": "",'),
        typed('"figures": [\n    {', '\n      "qualifier": |,'),
    ]
    offered = asked(service, [{"ask": "complete", **where} for where in places])
    for labels, expected in zip(
        offered,
        ("objectives", '"bilateral_meeting"', "time_zone", "caveat", '"about"'),
        strict=True,
    ):
        assert expected in labels, labels


def test_errors_are_marked_and_sound_records_are_not(service: Path) -> None:
    questions = [
        {"ask": "validate", "text": p.read_text("utf-8"), "offset": 0} for p in RECORDS.values()
    ]
    wrong = {
        "ask": "validate",
        "text": TEXT.replace('"status": "final"', '"status": "finel"'),
        "offset": 0,
    }
    *sound, broken = asked(service, [*questions, wrong])
    assert sound == [[] for _ in RECORDS]
    assert len(broken) == 1
