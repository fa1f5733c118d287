"""Family C, 2xx: preferences, in OpenAI's fields. Rows here keep that format's schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep.checks.per_row.chat import UNSAID, blank, unsaid
from dataprep.checks.per_row.tools import tool_faults
from dataprep.example import INSTRUCTING
from dataprep.finding import Fault
from dataprep.formats import Row
from dataprep.formats.preference import OUTPUTS
from dataprep.patterns import LatePattern


def preference_faults(row: Row) -> Iterator[Fault]:
    """C003, C005, C008, C012, C201, C202 and C204 for a pair in OpenAI's format.

    And what holds for the tools and the calls of any chat.
    """
    yield from _asked(row["input"]["messages"])
    yield from (_inside(fault) for fault in tool_faults(row["input"]))
    for name in OUTPUTS:
        answers = row[name]
        if len(answers) != 1:
            yield Fault("C202", name, f"{name} holds {len(answers)} messages, not one")
        for index, answer in enumerate(answers):
            if blank(answer["content"]):
                path = f"{name}[{index}].content"
                yield Fault("C003", path, f"{path} is empty")
            elif isinstance(answer["content"], str) and answer["content"].strip() in UNSAID:
                yield unsaid(f"{name}[{index}].content", answer["content"])
    if _said(row["preferred_output"]) == _said(row["non_preferred_output"]):
        yield Fault("C201", "non_preferred_output", "both outputs say the same")


def _asked(messages: list[Row]) -> Iterator[Fault]:
    """C005, C008, C012 and C204 for the question of a pair."""
    for index, message in enumerate(messages):
        role, at = message["role"], f"input.messages[{index}]"
        if role == "developer":
            yield Fault("C008", f"{at}.role", f"{at} is the developer's")
        if index and role in INSTRUCTING:
            yield Fault("C012", at, f"the {role} message {at} is not the first message")
        if role == "user" and blank(message["content"]):
            yield Fault("C005", f"{at}.content", f"{at}.content is empty: nothing is asked")
    if role == "assistant":
        yield Fault("C204", at, f"{at}, the last of the input, is the assistant's")


_INPUT = LatePattern(r"(?<![\w.])(messages|tools|functions)(?=[\[ ])")


def _inside(fault: Fault) -> Fault:
    """A fault of what is asked, with the place that it has in the pair."""
    message = _INPUT.sub(r"input.\1", fault.message)
    return fault._replace(path=f"input.{fault.path}", message=message)


def _said(answer: Any) -> Any:
    """An answer, for comparing: white space around a text says nothing."""
    if isinstance(answer, str):
        return answer.strip()
    return [(message["role"], _said(message["content"])) for message in answer]
