"""What messages and parts of other vendors hold beside what is said is named; nulls are nothing."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.example import Example
from dataprep.finding import Drop
from tests.unit.formats.rows import example, shaped

Row = dict[str, Any]
ANTHROPIC = {
    "system": "Be brief.",
    "messages": [
        {"role": "user", "content": "Where is Quito?"},
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "In Ecuador.", "citations": ["a map"]}],
            "node": 7,
        },
    ],
}
GEMINI = {
    "contents": [
        {"role": "user", "parts": [{"text": "Where is Quito?", "functionCall": None}]},
        {
            "role": "model",
            "parts": [{"text": "In Ecuador.", "videoMetadata": {"fps": 1}}],
            "node": 7,
        },
    ]
}
BEDROCK = {
    "schemaVersion": "bedrock-conversation-2024",
    "messages": [
        {"role": "user", "content": [{"text": "Where is Quito?"}], "candidates": None},
        {"role": "assistant", "content": [{"text": "In Ecuador."}], "node": 7},
    ],
}
BATCH = {
    "custom_id": "1",
    "request": {
        "body": {
            "model": "m",
            "messages": [{"role": "user", "content": "Where is Quito?"}],
            "metadata": {"node": 7},
        }
    },
    "response": {
        "status_code": None,
        "body": {
            "choices": [
                {
                    "finish_reason": None,
                    "message": {"role": "assistant", "content": "In Ecuador."},
                }
            ]
        },
    },
}


@pytest.mark.parametrize(
    ("row", "path"),
    [
        (ANTHROPIC, "messages[].node"),
        (ANTHROPIC, "messages[].content[].citations"),
        (GEMINI, "contents[].node"),
        (GEMINI, "contents[].parts[].videoMetadata"),
        (BEDROCK, "messages[].node"),
        (BATCH, "request.body.metadata"),
        (BATCH, "request.body.model"),
    ],
)
def test_keys_that_a_format_does_not_know_are_carried_along(row: Row, path: str) -> None:
    made = example(row)
    assert made.output == "In Ecuador."
    assert path in made.meta


@pytest.mark.parametrize("row", [ANTHROPIC, GEMINI, BEDROCK])
def test_a_verdict_in_a_message_of_another_vendor_is_on_the_answer(row: Row) -> None:
    key = "contents" if "contents" in row else "messages"
    asked, answered = row[key]
    made = example({**row, key: [asked, {**answered, "accepted": False}]})
    assert made.shape == "disapproved"


def test_nulls_in_the_parts_of_a_message_are_nothing() -> None:
    parts = [{"type": "text", "text": "What is it?", "image_url": None}]
    answer = {
        "role": "assistant",
        "content": [{"type": "text", "text": "A dot.", "image_url": None}],
    }
    *_, made = shaped({"messages": [{"role": "user", "content": parts}, answer]})
    assert isinstance(made, Example)
    assert (made.input, made.output) == ("What is it?", "A dot.")


def test_what_a_grader_compares_with_is_no_answer_of_anybody() -> None:
    asked = {"messages": [{"role": "user", "content": "6 x 7?"}]}
    for keys in (
        {"ground_truth": "42", "dataset": "gsm8k"},
        {"reference_answer": None, "solution": "x"},
    ):
        (made,) = shaped({**asked, **keys})
        assert isinstance(made, Example | Drop)
        assert not isinstance(made, Example) or made.output == ""
