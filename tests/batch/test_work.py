"""What a worker refuses: another house style, another version, a record that changed meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.making import record, written
from toolkit.batch.jobs import Job, Order
from toolkit.batch.work import perform
from toolkit.export.style import default_style
from toolkit.pack.targets import BuildOptions, parse_targets


@pytest.fixture
def job(tmp_path: Path) -> Job:
    written(tmp_path / "r.json", record())
    order = Order(
        "packs",
        "default",
        default_style().sha256,
        base=str(tmp_path),
        state=str(tmp_path / ".briefpack"),
    )
    return Job("r.json", "made", BuildOptions(parse_targets(["agreements"])), order)


def test_a_job_names_files_as_the_call_did_wherever_it_runs(job: Job, tmp_path: Path) -> None:
    outcome = perform(job)
    assert outcome.status == "built"
    assert (outcome.record, outcome.folder) == ("r.json", str(Path("packs") / "made"))
    assert (tmp_path / "packs" / "made" / "manifest.json").exists()
    written(tmp_path / "r.json", record(kind="talk"))
    report = perform(job).report
    assert report is not None
    assert report.file == "r.json"


@pytest.mark.parametrize(
    ("change", "words"),
    [({"tool": "0.0.1"}, "not 0.0.1"), ({"style_sha256": "0"}, "another one"),
     ({"style": "nowhere"}, "no such style folder")],
)  # fmt: skip
def test_a_worker_that_is_not_like_its_caller_builds_nothing(
    job: Job, tmp_path: Path, change: dict[str, str], words: str
) -> None:
    outcome = perform(replace(job, order=replace(job.order, **change)))
    assert outcome.status == "failed"
    assert words in outcome.message
    assert not (tmp_path / "packs").exists()


def test_a_record_whose_id_changed_meanwhile_is_not_built(job: Job, tmp_path: Path) -> None:
    outcome = perform(replace(job, name="other"))
    assert outcome.status == "failed"
    assert "changed meanwhile" in outcome.message
    assert not (tmp_path / "packs").exists()


def test_a_record_that_is_gone_is_a_failure_and_no_crash(job: Job, tmp_path: Path) -> None:
    (tmp_path / "r.json").unlink()
    assert perform(job).status == "failed"
