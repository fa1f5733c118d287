"""Regions of whole words that quote a part of them, as Label Studio 1.4 wrote (issue 1931)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.building import NER, Json, annotated, of_task, region
from tests.converting import Converting

TEXT = "Some simple text with explanations"


@pytest.fixture
def convert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Converting:
    monkeypatch.setenv("COLUMNS", "400")
    return Converting(tmp_path, capsys)


def marked(start: int, end: int, quote: str, text: str = TEXT) -> list[Json]:
    return [of_task(text, annotated(region(start, end, "ORG", quote=quote)))]


def test_both_readings_are_shown_with_the_flag_that_takes_the_words(convert: Converting) -> None:
    made = convert(marked(5, 16, "mple tex"), config=NER)
    assert made.code == 1
    assert (
        "A003 quotes 'mple tex', but at 5-16 code points give 'simple text'; to take these words,"
        " which Label Studio 1.4 quoted in part: --offsets codepoint."
    ) in made.said


def test_the_words_are_taken_and_counted_where_that_is_asked(convert: Converting) -> None:
    made = convert(marked(5, 16, "mple tex"), "--offsets", "codepoint", config=NER)
    assert [answer for _, answer in made.rows] == ['[{"text":"simple text","label":"ORG"}]']
    assert "1 as whole words that quote a part of themselves" in made.said


@pytest.mark.parametrize(
    ("start", "end", "quote"),
    [(6, 16, "mple tex"), (5, 15, "mple tex"), (5, 16, "with"), (5, 16, " ")],
)
def test_a_part_of_a_word_or_another_quote_is_refused_whatever_is_asked(
    convert: Converting, start: int, end: int, quote: str
) -> None:
    made = convert(marked(start, end, quote), "--offsets", "codepoint", config=NER)
    assert made.code == 1
    assert "A003 quotes" in made.said


def test_words_behind_an_emoji_are_taken_in_the_unit_that_was_asked_for(
    convert: Converting,
) -> None:
    tasks = marked(3, 10, "ob lef", "😀 Bob left.")
    made = convert(tasks, "--offsets", "utf16", config=NER)
    assert made.code == 1
    tasks = marked(3, 11, "ob lef", "😀 Bob left.")
    made = convert(tasks, "--offsets", "utf16", config=NER)
    assert [answer for _, answer in made.rows] == ['[{"text":"Bob left","label":"ORG"}]']
