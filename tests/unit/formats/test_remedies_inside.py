"""What cannot be read inside a conversation is taken out of it, or its row is: no flag names it."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.checks import Context, RowJudge
from dataprep.example import Example
from dataprep.finding import Drop
from dataprep.formats import RowReader
from tests.unit.formats.rows import shaped_rows

Row = dict[str, Any]
REDACTED = {
    "messages": [
        {"role": "user", "content": "Is it wet?"},
        {
            "role": "assistant",
            "content": [
                {"type": "redacted_thinking", "data": "zzz"},
                {"type": "text", "text": "No."},
            ],
        },
    ]
}
PICTURE = {"inlineData": {"data": ""}}
ASKED = {"role": "user", "parts": [{"text": "Is it wet?"}]}
PART = {"role": "model", "parts": [PICTURE]}
EXPORT = {
    "mapping": {
        "a": {
            "message": {
                "author": {"role": "user"},
                "content": {"content_type": "multimodal_text", "parts": ["Is it?", {"a": 1}]},
            }
        }
    }
}
ITEM = {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}


@pytest.mark.parametrize(
    "row",
    [
        REDACTED,
        EXPORT,
        {"contents": [ASKED, PART]},
        {"request": {"contents": [ASKED]}, "response": {"candidates": [{"content": PART}]}},
        {
            "custom_id": "r",
            "body": {"contents": [ASKED]},
            "response": {"candidates": [{"content": PART}]},
        },
        {"input": "Is it wet?", "output": [ITEM]},
        {
            "schemaVersion": "bedrock-conversation-2024",
            "messages": [{"role": "user", "content": [{"image": {}}]}],
        },
    ],
)
def test_a_part_of_a_conversation_that_is_not_read_has_no_flags(row: Row) -> None:
    (fault,) = RowReader([row]).read(row).faults
    assert fault.code == "S004"
    assert "--drop-invalid" in fault.remedy
    assert "--carry" not in fault.remedy
    assert "--prompt" not in fault.remedy


def test_rows_of_which_most_hold_such_a_part_are_read_all_the_same() -> None:
    sound = {"messages": [REDACTED["messages"][0], {"role": "assistant", "content": "No."}]}
    judge = RowJudge(Context())
    made = shaped_rows([REDACTED, REDACTED, {"system": "S", **sound}], judge=judge)
    kinds = [type(one) for one in made if isinstance(one, Example | Drop)]
    assert kinds == [Drop, Drop, Example]
