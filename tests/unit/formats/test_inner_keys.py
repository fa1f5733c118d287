"""Keys inside messages that the user names: carried along, or left out, in whichever format."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from dataprep.checks.context import Context
from dataprep.checks.per_row.schema import RowJudge
from dataprep.finding import Finding
from dataprep.formats import ColumnChoices, RowReader
from tests.unit.formats.rows import example, shaped_rows

Row = dict[str, Any]
CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def called(**result: Any) -> Row:
    told = {"role": "tool", "tool_call_id": "a", "content": "3", **result}
    return {
        "messages": [
            {"role": "user", "content": "Q"},
            {"role": "assistant", "tool_calls": [CALL]},
            told,
            {"role": "assistant", "content": "A"},
        ]
    }


def pair(**more: Any) -> Row:
    said = {"chosen": "A", "rejected": "B"}
    return {"prompt": "Q"} | {
        name: [{"role": "assistant", "content": text, **more}] for name, text in said.items()
    }


def talk(**more: Any) -> Row:
    turns = [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A", **more}]
    return {"conversations": turns}


def test_the_name_in_a_result_that_its_id_says_is_left_out_and_counted() -> None:
    row = called(name="f")
    read = RowReader([row]).read(row)
    assert [fault.code for fault in read.mended] == ["C120"]
    assert [turn.name for turn in example(row).turns] == [None] * 4


@pytest.mark.parametrize("flag", ["carry", "leave_out"])
@pytest.mark.parametrize(
    ("row", "path"),
    [
        (called(name="g"), "messages[].name"),
        (called(name="f"), "messages[].name"),
        (called(date="7"), "messages[].date"),
        (pair(weight=0.5), "chosen[].weight"),
        (pair(name="bob"), "rejected[].name"),
        (talk(train="a bit"), "conversations[].train"),
        (talk(loss=0), "conversations[].loss"),
        ({"messages": json.dumps(called(name="g")["messages"])}, "messages[].name"),
    ],
)
def test_a_key_inside_messages_is_set_aside_by_its_path(row: Row, path: str, flag: str) -> None:
    others = {"rejected[].name": "chosen[].name", "chosen[].weight": "rejected[].weight"}
    paths = [path, others.get(path, path)]
    made = example(row, **{flag: paths})
    assert [turn.weight for turn in made.turns if turn.weight is not None] == []
    assert ((path in json.loads(made.meta)), flag) in ((True, "carry"), (False, "leave_out"))
    choices = ColumnChoices(**{flag: frozenset(paths)})
    read = RowReader([row], choices).read(row)
    assert read.faults == []
    assert read.keys[path] == {"carry": "carried along", "leave_out": "left out"}[flag]


def test_a_key_deep_in_a_call_is_set_aside_too() -> None:
    row = called()
    row["messages"][1] = {"role": "assistant", "tool_calls": [CALL | {"index": 0}]}
    made = example(row, carry=["messages[].tool_calls[].index"])
    assert json.loads(made.meta) == {"messages[].tool_calls[].index": [None, [0], None, None]}


@pytest.mark.parametrize("row", [called(name="g"), pair(name="bob")])
def test_what_an_extra_key_asks_for_settles_it(row: Row) -> None:
    first = shaped_rows([row], judge=RowJudge(Context()))[0]
    assert isinstance(first, Finding)
    assert first.code == "C009"
    flags = shlex.split(first.remedy.rstrip(".").replace(", and", " and"))
    path = flags[flags.index("--leave-out") + 1]
    paths = [path, path.replace("chosen", "rejected")]
    assert example(row, leave_out=paths).turns or example(row, leave_out=paths).rejected


@pytest.mark.parametrize(("mark", "value"), [("weight", 0), ("loss", False), ("weight", 0.5)])
def test_a_mark_in_a_preference_of_openai_s_is_set_aside_as_its_finding_says(
    mark: str, value: Any
) -> None:
    row = {
        "input": {"messages": [{"role": "user", "content": "Q"}]},
        "preferred_output": [{"role": "assistant", "content": "A", mark: value}],
        "non_preferred_output": [{"role": "assistant", "content": "B"}],
    }
    first = shaped_rows([row], judge=RowJudge(Context()))[0]
    assert isinstance(first, Finding)
    path = f"preferred_output[].{mark}"
    assert first.code == "C009"
    assert f"Learn all of them: --leave-out '{path}', or --carry '{path}'." in first.remedy
    assert example(row, leave_out=[path]).rejected == "B"
