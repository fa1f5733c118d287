"""What annotators wrote is the completion."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.annotation import Control, Result, decode_task
from dataprep.shapes import generation
from tests.building import annotated, of_task, written

SUMMARY = Control("short_summary", "TextArea", "text", None)


def answer(*given: dict[str, Any]) -> tuple[str, ...]:
    task = decode_task(json.dumps(of_task("Hi", annotated(*given))).encode())
    (annotation,) = task.annotations or []
    results: list[Result] = list(annotation.result or [])
    texts, problems = generation.answer(results, SUMMARY)
    assert problems == []
    return texts


def test_every_submitted_text_is_an_answer() -> None:
    assert answer(written("One.", "Two.")) == ("One.", "Two.")
    assert answer(written("One."), written("Two.")) == ("One.", "Two.")


def test_a_text_is_kept_exactly_as_it_was_written() -> None:
    assert answer(written("  One 😀\r\n\ttwo \\n ")) == ("  One 😀\r\n\ttwo \\n ",)


def test_a_bare_text_is_read_as_a_list_of_one() -> None:
    assert answer({**written(), "value": {"text": "One."}}) == ("One.",)


def test_the_same_text_twice_is_one_answer() -> None:
    assert answer(written("One.", "Two.", "One.")) == ("One.", "Two.")


@pytest.mark.parametrize(
    "value", [{}, {"text": []}, {"text": None}, {"text": [""]}, {"text": [" \n\t"]}, {"text": [7]}]
)
def test_what_is_blank_or_no_text_is_no_answer(value: dict[str, Any]) -> None:
    assert answer({**written(), "value": value}) == ()


def test_the_instruction_is_the_header_or_the_name_of_the_control() -> None:
    assert generation.instruction(SUMMARY) == "Write a short summary of the text."
    assert generation.instruction(SUMMARY, "Say it shortly.") == "Say it shortly."
