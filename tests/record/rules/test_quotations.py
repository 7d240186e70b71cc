"""Quotations and archived texts: what is read, what is told of it, and what that costs."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.making import record, written
from tests.record.rules.test_book import archived
from tests.test_cli import run
from toolkit.record import archive
from toolkit.record.diagnostic import Diagnostic
from toolkit.record.policy import USUAL, Policy
from toolkit.record.rules import quotations
from toolkit.record.validate import validate

SECRET = "The launch code is swordfish and nobody knows it."
posix = pytest.mark.skipif(os.name != "posix", reason="there are no such files here")


def citing(*names: str, quotes: tuple[str, ...] = (), **source: Any) -> dict[str, Any]:
    """Return a record with quotations, each from all of some archived texts."""
    sources = [
        {"id": f"s-{n}", "title": "S", "archived_text": name, **source}
        for n, name in enumerate(names)
    ]
    statements = [
        {
            "id": f"q-{n}", "kind": "other", "mode": "verbatim", "side": "ch", "text": quote,
            "sources": [entry["id"] for entry in sources],
        }
        for n, quote in enumerate(quotes)
    ]  # fmt: skip
    return record(sources=sources, statements=statements)


def found(folder: Path, data: dict[str, Any], policy: Policy = USUAL) -> list[Diagnostic]:
    return list(validate(written(folder / "r.json", data), policy).diagnostics)


# Where archived texts lie.


@pytest.mark.parametrize("place", ["sources", "records/sources"])
@pytest.mark.parametrize("folder", [".", "records"], ids=["from root", "from records"])
def test_sources_lie_in_the_projects_folder_or_the_records(
    tmp_path: Path, place: str, folder: str
) -> None:
    written(tmp_path / "records" / "r.json", citing("sources/a.txt", quotes=("to cooperate",)))
    (tmp_path / "briefpack.toml").write_text('records = ["records/*.json"]\n', "utf-8")
    (tmp_path / place).mkdir()
    path = tmp_path / place / "a.txt"
    path.write_text("We agreed to cooperate.", "utf-8")
    for command in (("validate",), ("build", "--only", "summary"), ("register", "-o", "r.csv")):
        assert run(*command, cwd=tmp_path / folder).returncode == 0
    path.write_text("We agreed to work together.", "utf-8")
    for command in (("validate",), ("build", "--force"), ("register", "-o", "r.csv")):
        done = run(*command, cwd=tmp_path / folder)
        assert done.returncode == 1
        assert "[not-in-source]" in done.stdout + done.stderr


def test_the_project_says_where_archived_texts_lie_and_no_other_file_is_read(
    tmp_path: Path,
) -> None:
    settings = 'records = ["*.json"]\narchives = ["texts/2024"]\n'
    (tmp_path / "briefpack.toml").write_text(settings, "utf-8")
    names = ["texts/2024/a.txt", "texts/b.txt", "sources/c.txt", "d.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("Agreed.", "utf-8")
    written(tmp_path / "r.json", citing(*names))
    done = run("validate", "--format", "json", cwd=tmp_path)
    diagnostics = json.loads(done.stdout)["files"][0]["diagnostics"]
    assert [d["pointer"] for d in diagnostics] == [
        f"/sources/{n}/archived_text" for n in range(1, 4)
    ]
    assert all('archived texts lie in "texts/2024"' in d["message"] for d in diagnostics)


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "secret.txt", "/etc/passwd", "sources/../secret.txt", "sources/out.txt",
     "sources/dir/secret.txt", "sources/.hidden.txt", "sources/.git/a.txt", "sources/key.pem",
     "sources/named.txt", "sources", "sources/", "", ".", "sources/a\0.txt", "\ud800",
     "sources/" + "a" * 300 + ".txt", "a/" * 1_000_000, "sources/binary.txt", "sources/latin.txt",
     "sources/utf-16.txt"],
    ids=lambda name: repr(name)[:30],
)  # fmt: skip
@posix
def test_no_other_file_is_read_and_nothing_is_told_of_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text(SECRET, "utf-8")
    folder = tmp_path / "project"
    archived(folder, SECRET, ".hidden.txt")
    archived(folder, SECRET, ".git/a.txt")
    archived(folder, SECRET, "key.pem")
    (folder / "secret.txt").write_text(SECRET, "utf-8")
    (folder / "sources" / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "sources" / "named.txt").symlink_to("key.pem")
    (folder / "sources" / "dir").symlink_to(tmp_path)
    (folder / "sources" / "binary.txt").write_bytes(SECRET.encode() + b"\0")
    (folder / "sources" / "latin.txt").write_bytes((SECRET + "é").encode("latin-1"))
    (folder / "sources" / "utf-16.txt").write_bytes(SECRET.encode("utf-16"))
    data = citing(name, quotes=("The launch code is kingfisher and nobody knows it.",))
    data["sources"][0]["sha256"] = "0" * 64
    path = folder / "r.json"
    path.write_text(json.dumps(data), "utf-8")
    told = [d for d in validate(path).diagnostics if d.rule != "not-unicode"]
    assert {"archive-missing"} <= {d.rule for d in told}
    assert not {"not-in-source", "archive-changed"} & {d.rule for d in told}
    assert not any("swordfish" in d.message or len(d.message) > 300 for d in told)


def test_a_folder_of_archives_that_is_a_link_out_of_the_project_is_not_read(tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    archived(outer, SECRET, "a.txt")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "sources").symlink_to(outer / "sources")
    assert [d.rule for d in found(folder, citing("sources/a.txt"))] == ["archive-missing"]


@posix
def test_loops_of_links_pipes_and_devices_are_told(tmp_path: Path) -> None:
    archived(tmp_path, "x", "a.txt")
    sources = tmp_path / "sources"
    (sources / "self.txt").symlink_to("self.txt")
    (sources / "one.txt").symlink_to("two.txt")
    (sources / "two.txt").symlink_to("one.txt")
    os.mkfifo(sources / "pipe.txt")
    names = ("self.txt", "one.txt", "pipe.txt")
    reasons = [d.message for d in found(tmp_path, citing(*(f"sources/{n}" for n in names)))]
    assert reasons == [
        '"sources/self.txt" cannot be read: it is a loop of links',
        '"sources/one.txt" cannot be read: it is a loop of links',
        '"sources/pipe.txt" cannot be read: it is no ordinary file',
    ]


def test_what_took_a_files_place_is_neither_waited_for_nor_read_without_end(tmp_path: Path) -> None:
    pipe = tmp_path / "a.txt"
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes here")
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="no ordinary file"):
        archive._read(str(pipe), 0)


def test_texts_have_a_limit_and_so_have_all_of_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(archive, "MOST_TOGETHER", 2_000_000)
    for n, size in enumerate((1_000_001, 900_000, 900_000, 900_000)):
        archived(tmp_path, "x" * size, f"{n}.txt")
    names = [f"sources/{n}.txt" for n in range(4)] + ["sources/./1.txt", "sources/../sources/2.txt"]
    told = {d.pointer.split("/")[2]: d.message for d in found(tmp_path, citing(*names))}
    assert sorted(told) == ["0", "3"]
    assert "larger than 1 MB" in told["0"]
    assert "texts of this record are larger than 2 MB" in told["3"]


def test_a_hash_is_compared_and_never_printed(tmp_path: Path) -> None:
    archived(tmp_path, SECRET, "a.txt")
    right = archive.digest(tmp_path / "sources" / "a.txt")
    assert found(tmp_path, citing("sources/a.txt", sha256=right)) == []
    (changed,) = found(tmp_path, citing("sources/a.txt", sha256="0" * 64))
    assert changed.rule == "archive-changed"
    assert right[:8] not in changed.message


@posix
def test_the_files_on_which_a_record_depends_are_those_that_would_be_read(tmp_path: Path) -> None:
    path = archived(tmp_path / "records", "abc", "a.txt")
    link = path.with_name("link.txt")
    link.symlink_to("a.txt")
    names = ["sources/a.txt", "sources/none.txt", "../x.txt", "/dev/zero", "sources/link.txt"]
    policy = Policy(root=str(tmp_path))
    folder = tmp_path / "records"
    expected = [
        base / "sources" / name
        for name in ("a.txt", "none.txt", "link.txt")
        for base in (folder, tmp_path)
    ]
    assert archive.archive_paths(citing(*names), folder, policy) == expected
    assert archive.archive_paths(citing(*names), None, policy) == []
    assert archive.digest(link) == archive.digest(path)
    assert archive.digest(path).startswith("ba7816bf")
    assert archive.digest(tmp_path / "none.txt") == archive.digest("/dev/zero") == ""


# What a quotation is.

TEXT = "Mr Tokayev said: “My йод – the office   of co\u00adoperation… costs 5 €.” All agreed."


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "quote", ["My йод", '"My йод - the office of cooperation... costs 5 €."', "of\ncooperation"]
)
def test_forms_of_the_same_letters_and_signs_do_not_count(
    tmp_path: Path, quote: str, form: str
) -> None:
    text = unicodedata.normalize(form, TEXT).replace("office", "oﬃce")
    archived(tmp_path, text, "a.txt")
    assert found(tmp_path, citing("sources/a.txt", quotes=(quote,))) == []


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        ("we will build a long road together", 'at "long" (word 5 of 7)'),
        ("we would build a new road together", 'at "would" (word 2 of 7)'),
        ("You will build a new road together", 'at "You" (word 1 of 7)'),
        ("we will build a new road apart", 'at "apart" (word 7 of 7)'),
        ("we will not build a long new road together", 'at "not build a long" (word 3 of 9)'),
        ("we will build road together", '"we will build" is not followed by "road together"'),
        ("we will build together", '"we will build" is not followed by "together"'),
        ("something else was said by somebody", 'write "mode": "reported"'),
    ],
)
def test_the_message_says_which_words_differ_and_quotes_the_record_only(
    tmp_path: Path, quote: str, told: str
) -> None:
    archived(tmp_path, "She said that we will build a new road together, SWORDFISH.", "a.txt")
    (diagnostic,) = found(tmp_path, citing("sources/a.txt", quotes=(quote,)))
    assert diagnostic.rule == "not-in-source"
    assert told in diagnostic.message
    assert "SWORDFISH" not in diagnostic.message


@pytest.mark.parametrize("names", [("near.txt", "far.txt"), ("far.txt", "near.txt")])
def test_of_several_sources_the_nearest_is_the_one_that_is_told(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    archived(tmp_path, "We will build a new road together.", "near.txt")
    archived(tmp_path, "We will see.", "far.txt")
    data = citing(*(f"sources/{name}" for name in names), quotes=("We will build a road together",))
    (diagnostic,) = found(tmp_path, data)
    assert diagnostic.message.endswith('"will build a" is not followed by "road together"')


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta"]), min_size=1, max_size=12),
       st.lists(st.sampled_from(["omega", "sigma"]), max_size=30))  # fmt: skip
def test_no_word_of_the_file_is_told(quote: list[str], text: list[str]) -> None:
    class Text:
        def text(self) -> str:
            return " " + " ".join([*quote[:-1], *text]) + " "

    search = quotations._Search(10_000)
    message = quotations._difference([*quote, "tau"], [Text()], search)  # type: ignore[list-item]
    assert "omega" not in message
    assert "sigma" not in message


# What it costs.


def test_a_long_quotation_in_a_long_text_costs_time_in_proportion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[int] = []
    usual = quotations._Search.stands

    def stands(self: quotations._Search, words: str, text: str) -> bool:
        searched.append(len(words) + len(text))
        return usual(self, words, text)

    monkeypatch.setattr(quotations._Search, "stands", stands)
    counts = {}
    for size in (1_000, 100_000):
        searched.clear()
        archived(tmp_path, "we build roads and bridges " * size, "a.txt")
        quote = "we build roads and bridges " * (size // 2) + "never " + "we build roads " * size
        (diagnostic,) = found(tmp_path, citing("sources/a.txt", quotes=(quote,)))
        assert diagnostic.rule == "not-in-source"
        counts[size] = len(searched), sum(searched)
    # Twice the binary logarithm of the number of words, and one.
    assert counts[100_000][0] <= 2 * 20 + 1
    assert counts[100_000][1] <= counts[1_000][1] * 100 * 2


def test_beyond_the_limit_a_quotation_is_not_taken_for_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotations, "MOST_SEARCHED", 50_000)
    archived(tmp_path, "We build roads. " * 1000, "a.txt")
    told = found(tmp_path, citing("sources/a.txt", quotes=("We build roads.",) * 5))
    assert [d.pointer for d in told] == [f"/statements/{n}/text" for n in (3, 4)]
    assert all("was not compared" in d.message for d in told)
    # What explaining costs does not keep later quotations from being compared.
    quotes = ("We build roads, of course, and bridges.",) * 2 + ("We build roads.",)
    told = found(tmp_path, citing("sources/a.txt", quotes=quotes))
    assert [d.pointer for d in told] == [f"/statements/{n}/text" for n in (0, 1)]
    assert not any("was not compared" in d.message for d in told)


def test_a_word_of_many_marks_is_compared_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = 0
    usual = unicodedata.normalize

    def normalize(form: Any, text: str) -> str:
        nonlocal longest
        longest = max(longest, len(text))
        return usual(form, text)

    monkeypatch.setattr(archive.unicodedata, "normalize", normalize)
    marks = "\u0316\u0300" * 100_000
    assert archive.normalised(f"e\u0301a {marks}") == f"éa {marks}"
    assert 0 < longest < 1000
