"""A question at the end, beside a column that looks like its answer: asked for, by its flag."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dataprep.finding import UsageError
from dataprep.formats import FORMATS, ColumnChoices, RowReader
from tests.unit.formats.printed import flags_in
from tests.unit.formats.rows import example, shaped_rows

Row = dict[str, Any]
ASKS = {"role": "user", "content": "Q"}
BEGUN = [ASKS, {"role": "assistant", "content": "Which?"}, {"role": "user", "content": "This."}]
OPEN: list[Row] = [
    {"messages": [ASKS]},
    {"messages": BEGUN},
    {"messages": json.dumps(BEGUN)},
    {"conversations": [{"from": "human", "value": "Q"}]},
    {"contents": [{"role": "user", "parts": [{"text": "Q"}]}]},
    {"system": "Be brief.", "messages": [ASKS]},
    {"messages": [{"role": "user", "content": [{"text": "Q"}]}]},
]
ANSWERED = {"messages": [ASKS, {"role": "assistant", "content": "A"}]}


@pytest.mark.parametrize("row", OPEN)
@pytest.mark.parametrize("key", ["response", "completion", "output", "Reply"])
@pytest.mark.parametrize("said", ["It is an answer of words.", "Yes"])
def test_the_column_is_named_with_the_flag_that_learns_it(row: Row, key: str, said: str) -> None:
    whole = {**row, key: said}
    with pytest.raises(UsageError, match=f"{key} looks like its answer") as caught:
        example(whole)
    flag = flags_in(caught.value.remedy)[0]
    assert flag == {"completion": f"{{{{ {key} }}}}"}
    made = example(whole, **flag)
    assert made.output == said
    assert made.input == ("This." if len(BEGUN) == len(made.turns) - 1 else "Q")


def test_check_says_so_too() -> None:
    row = {"messages": [ASKS], "response": "Yes"}
    (fault,) = RowReader([row]).read(row).faults
    assert (fault.code, fault.path) == ("S004", "response")
    assert "--prompt" not in fault.remedy


def test_a_row_among_answered_ones_has_a_flag_for_all_of_them() -> None:
    rows = [*[ANSWERED] * 9, {"messages": [ASKS], "response": "Yes"}]
    (fault,) = [f for f in RowReader(rows).read(rows[-1]).faults if f.code == "S004"]
    (flag,) = flags_in(fault.remedy)
    assert flag == {"completion": "{{ response | default(output) }}"}
    assert [made.output for made in shaped_rows(rows, **flag)] == [*["A"] * 9, "Yes"]  # type: ignore[union-attr]


@pytest.mark.parametrize("key", ["answer", "reference_answer"])
def test_the_keys_of_graders_stay_theirs_and_can_be_learned(key: str) -> None:
    row = {"messages": [ASKS], key: "Yes"}
    assert RowReader([row]).read(row).faults == []
    assert example(row).shape == "reinforcement"
    assert example(row, completion=f"{{{{ {key} }}}}").shape == "messages"


def test_what_is_all_for_a_grader_is_not_asked_for() -> None:
    row = {"messages": [ASKS], "response": "Yes"}
    assert RowReader([row], as_items=True).read(row).faults == []
    assert RowReader([row], wanted=FORMATS["reinforcement"]).read(row).faults == []


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [ASKS], "chosen": "A", "rejected": "B"},
        {"messages": [ASKS], "choices": [{"message": {"role": "assistant", "content": "A"}}]},
        {
            "contents": OPEN[4]["contents"],
            "completions": [
                {"score": score, "completion": {"role": "model", "parts": [{"text": text}]}}
                for score, text in ((1, "A"), (0, "B"))
            ],
        },
    ],
)
def test_an_answer_that_stands_elsewhere_is_the_one_that_a_template_replaces(row: Row) -> None:
    made = example(row, completion="{{ output }}!")
    assert (made.input, made.output) == ("Q", "A!")


@pytest.mark.parametrize("flag", ["carry", "leave_out"])
def test_an_end_that_may_be_cut_may_stay_without_its_answer(flag: str) -> None:
    row = {"messages": BEGUN, "response": "Yes"}
    choices = ColumnChoices(**{flag: frozenset(["response"])})
    read = RowReader([row], choices).read(row)
    assert (read.faults, [fault.code for fault in read.mended]) == ([], ["C002"])
