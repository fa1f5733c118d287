"""Items of reinforcement fine-tuning."""

from typing import Any

import pytest

from dataprep.checks.per_row.reinforcement import reinforcement_faults
from tests.unit.checks.rows import assistant, chat, user

SYSTEM = {"role": "system", "content": "Be brief."}
DEVELOPER = {"role": "developer", "content": "Be brief."}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (chat(user("2 + 2?"), answer="4"), []),
        (chat(DEVELOPER, user("2 + 2?"), answer="4"), []),
        (chat(user("2?"), assistant("Two."), user("2 + 2?"), answer={"is": 4}), []),
        (chat(user("2 + 2?"), assistant("4"), answer="4"), [("C401", "messages[1]")]),
        (chat(SYSTEM, user("2 + 2?"), answer="4"), [("C402", "messages[0].role")]),
        (chat(user("2 + 2?")), [("C403", "")]),
        (chat(user("2 + 2?"), tools=[]), [("C403", "")]),
        (chat(user("2 + 2?"), **{"right answer": "4"}), [("C404", "right answer")]),
        (chat(user("2 + 2?"), **{"lösung": "4"}), [("C404", "lösung")]),
        (chat(user(" "), answer="4"), [("C005", "messages[0].content")]),
        (chat(user("2?"), DEVELOPER, user("2 + 2?"), answer="4"), [("C012", "messages[1]")]),
        (
            chat(user([{"type": "image_url", "image_url": {"url": "cat.png"}}]), answer="4"),
            [("C306", "messages[0].content[0].image_url.url")],
        ),
        (
            chat(
                user("2 + 2?"),
                {"role": "tool", "tool_call_id": "a", "content": "4"},
                user("Sure?"),
                answer="4",
            ),
            [("C104", "messages[1].tool_call_id")],
        ),
    ],
)
def test_each_fault_of_an_item_is_found(
    row: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert [(fault.code, fault.path) for fault in reinforcement_faults(row)] == expected
