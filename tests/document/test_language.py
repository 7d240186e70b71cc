"""Dates, numbers and names as each language prints them; texts split by script."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

from toolkit.document.language import Language, is_rtl, pick, script_of, split_by_script


@pytest.mark.parametrize(
    ("tag", "text", "shown"),
    [
        ("en", "2023-10-17", "17 October 2023"),
        ("en", "2023-10", "October 2023"),
        ("en", "2024", "2024"),
        ("en", "2024?", "2024 (uncertain)"),
        ("en", "2022-09~", "about September 2022"),
        ("en", "2023-10-16/2023-10-18", "16–18 October 2023"),
        ("ru", "2023-10-17", "17 октября 2023 г."),
        ("fr", "2024-05-14", "14 mai 2024"),
        ("zh-Hans", "2024-03-28", "2024年3月28日"),
    ],
)
def test_a_date_is_printed_as_the_language_does(tag: str, text: str, shown: str) -> None:
    assert Language(tag).when(text).replace("\u202f", " ").replace("\u2009", " ") == shown


@pytest.mark.parametrize(
    ("tag", "value", "shown"),
    [
        ("en", "21000000000", "21 billion"),
        ("en", "52", "52"),
        ("en", "1234.50", "1,234.50"),
        ("en", "412500000.5", "412,500,000.5"),
        ("en", "44.0", "44.0"),
        ("en", "1e24", "1,000,000,000,000,000,000,000,000"),
        ("ru", "2.1", "2,1"),
        ("en", "-12.75", "-12.75"),
        ("en", "12345678901234567890.123456789", "12,345,678,901,234,567,890.123456789"),
    ],
)
def test_a_number_keeps_its_digits(tag: str, value: str, shown: str) -> None:
    assert Language(tag).number(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("tag", "script", "rtl"),
    [("en", "Latn", False), ("kk", "Cyrl", False), ("kk-Latn", "Latn", False), ("ar", "Arab", True),
     ("fa", "Arab", True), ("he", "Hebr", True), ("zh-Hans", "Hans", False), ("zh", "Hans", False),
     ("uz", "Latn", False), ("sr", "Cyrl", False), ("xx", "Latn", False)],
)  # fmt: skip
def test_scripts_and_directions(tag: str, script: str, rtl: bool) -> None:
    assert script_of(tag) == script
    assert is_rtl(tag) is rtl


def test_a_foreign_word_gets_its_language_and_the_rest_stays() -> None:
    pieces = list(split_by_script("Xi Jinping (习近平), President", "en", ["zh-Hans"]))
    assert pieces == [("Xi Jinping (", "en"), ("习近平", "zh-Hans"), ("), President", "en")]


@given(st.text(), st.sampled_from(["en", "ru", "ar", "zh-Hans", "xx"]))
def test_splitting_loses_nothing(text: str, tag: str) -> None:
    assert "".join(piece for piece, _ in split_by_script(text, tag, ["kk", "ar"])) == text


def test_the_best_form_of_a_text_is_picked() -> None:
    forms = {"zh-Hans": "北京", "en": "Beijing", "ru": "Пекин"}
    assert pick(forms, "zh", "en") == ("北京", "zh-Hans")
    assert pick(forms, "kk", "ru") == ("Пекин", "ru")
    assert pick(forms, "kk", "kk") == ("Beijing", "en")
    assert pick("Beijing", "kk", "en") == ("Beijing", "en")


def test_every_language_of_cldr_prints_dates_and_numbers() -> None:
    for identifier in localedata.locale_identifiers():
        check_prints(Language(identifier.replace("_", "-")))


def check_prints(language: Language) -> None:
    for text in ("2023-10-17", "2023-10", "2023-10-16/2023-11-02", "2023-10/2024-01", "2023/2024?"):
        assert language.when(text)
    assert language.number(Decimal("21000000000"))
    assert language.money(language.number(Decimal("1234.50")), "USD")


@pytest.mark.parametrize("tag", ["qq", "zxx", "x-own"])
def test_a_language_that_cldr_does_not_know_falls_back(tag: str) -> None:
    assert Language(tag).when("2024-05-14")
    assert Language(tag).label("when")
