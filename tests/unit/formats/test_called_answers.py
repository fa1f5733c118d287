"""Answers that are calls of the tools beside them (xLAM) are calls, and the tools have a schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.finding import Drop
from tests.unit.formats.rows import example, shaped_rows

CALLS = [{"name": "rain", "arguments": {"city": "Lima"}}, {"name": "rain", "arguments": {}}]
TOOL = {
    "name": "rain",
    "description": "Does it rain?",
    "parameters": {
        "city": {"type": "str", "description": "Where."},
        "days": {"type": "List[int]", "description": "When.", "default": "1"},
        "near": {"type": "Optional[float]", "description": ""},
        "how": {"type": "Union[int, str]", "description": "How."},
    },
}
SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Where."},
        "days": {"type": "array", "description": "When.", "default": "1"},
        "near": {"type": "number", "description": ""},
        "how": {"description": "How. (Union[int, str])"},
    },
    "required": ["city", "how"],
}


def row(answers: Any = CALLS, tools: Any = (TOOL,)) -> dict[str, Any]:
    """A row of xLAM, with its lists as the JSON of a text."""
    return {"id": 1, "query": "Rain?", "answers": json.dumps(answers), "tools": json.dumps(tools)}


@pytest.mark.parametrize("written", [row(), {**row(), "answers": CALLS, "tools": [TOOL]}])
def test_the_answers_are_calls_of_the_declared_tools(written: dict[str, Any]) -> None:
    made = example(written)
    assert [turn.role for turn in made.turns] == ["user", "assistant"]
    calls = json.loads(made.turns[1].tool_calls or "")
    assert [json.loads(call["function"]["arguments"]) for call in calls] == [{"city": "Lima"}, {}]
    assert len({call["id"] for call in calls}) == 2
    (tool,) = json.loads(made.data)["tools"]
    assert tool["function"]["parameters"] == SCHEMA
    assert json.loads(made.meta) == {"id": 1}


@pytest.mark.parametrize("parameters", [SCHEMA, {"type": "object", "properties": {}}])
def test_a_schema_stays_the_schema_that_it_is(parameters: dict[str, Any]) -> None:
    (tool,) = json.loads(example(row(tools=[{**TOOL, "parameters": parameters}])).data)["tools"]
    assert tool["function"]["parameters"] == parameters


@pytest.mark.parametrize(
    ("answers", "tools"), [([], [TOOL]), (["rain"], [TOOL]), ([{"name": "r", "mood": 1}], [TOOL])]
)
def test_what_is_no_call_is_refused(answers: Any, tools: Any) -> None:
    *_, made = shaped_rows([row(), row(), row(), row(answers, tools)])
    assert isinstance(made, Drop)
