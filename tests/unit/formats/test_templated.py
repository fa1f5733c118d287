"""Texts in a chat template: which marks count, and what stands between them."""

from __future__ import annotations

import pytest

from dataprep.formats import templated

HI = [("user", "Hi there?"), ("assistant", "Hello.")]
MORE = [*HI, ("user", "And you?"), ("assistant", "Fine.")]


def split(text: str) -> list[tuple[str, str]] | None:
    found = templated.split(text)
    return None if found is None else [(turn["role"], turn["content"]) for turn in found[1]]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("### Human: Hi there?### Assistant: Hello.", HI),
        ("### Human: Hi there? ### Assistant: Hello.", HI),
        ("### Human: Hi there?\n### Assistant: Hello.", HI),
        ("### Human: Hi there?### Assistant: Hello.### Human: And you?### Assistant: Fine.", MORE),
        (
            "### Human: Hi there?\n### Assistant: Hello.### Human: And you?### Assistant: Fine.",
            MORE,
        ),
        ("### Human: Hi there? ### Assistant: Hello.### Human: And you?### Assistant: Fine.", MORE),
        ("### Human: Hi there?### Assistant: Hello.### Human: And you?", MORE[:3]),
    ],
)
def test_the_marks_of_guanaco_may_stand_in_one_line(text: str, turns: list[str]) -> None:
    assert split(text) == turns
    assert templated.template_of([text, text]) == "Guanaco"


def test_a_mark_that_an_answer_speaks_of_is_none() -> None:
    text = "### Human: What marks?\n### Assistant: Write ### Human: and ### Assistant: there."
    assert split(text) == [
        ("user", "What marks?"),
        ("assistant", "Write ### Human: and ### Assistant: there."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Write ### Human: Hi### Assistant: Hello.",
        "### Human: Hi there?",
        "### Assistant: Hello.### Human: Hi?",
        "### Human: Hi there?### Assistant: ",
        "### Human: Hi### Human: Hi### Assistant: Hello.",
    ],
)
def test_what_does_not_ask_before_it_answers_is_no_template(text: str) -> None:
    assert split(text) is None
