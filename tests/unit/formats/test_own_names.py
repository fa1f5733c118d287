"""Columns called like our own names in a template: the flags that are printed mean them."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from dataprep.formats import RowReader
from tests.unit.formats.rows import example

Row = dict[str, Any]
NOTE = "a passage of several words"
ASKS = {"role": "user", "content": "Q"}
SAYS = {"role": "assistant", "content": "A"}
TURNS = [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]
WORSE = {"chosen": "A", "rejected": "B"}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"input": NOTE, "question": "Q", **WORSE}, "input"),
        ({"input": NOTE, "prompt": "Q", **WORSE}, "input"),
        ({"input": NOTE, "prompt": [ASKS], "chosen": [SAYS], "rejected": [SAYS]}, "input"),
        ({"input": NOTE, "messages": [ASKS, SAYS]}, "input"),
        ({"output": NOTE, "messages": [ASKS, SAYS]}, "output"),
        ({"input": NOTE, "conversations": TURNS}, "input"),
        ({"input": NOTE, "prompt": "Q", "completion": "A"}, "input"),
        ({"input": NOTE, "question": "Q", "answer": "A"}, "input"),
        ({"output": NOTE, "question": "Q", "answer": "A"}, "output"),
        ({"prompt": NOTE, "question": "Q", "answer": "A"}, "prompt"),
        ({"completion": NOTE, "question": "Q", "answer": "A"}, "completion"),
        ({"messages": NOTE, "question": "Q", "answer": "A"}, "messages"),
    ],
)
def test_the_flag_that_puts_a_column_in_the_prompt_does_so_once(row: Row, column: str) -> None:
    (fault,) = RowReader([row]).read(row).faults
    assert fault.path == column
    found = re.search(r"--prompt ('[^']*')", fault.remedy)
    assert found is not None
    (template,) = shlex.split(found[1])
    made = example(row, prompt=template.replace("\\n", "\n"))
    assert (made.input, made.output) == (f"{NOTE}\n\nQ", "A")


def test_no_template_is_printed_where_all_our_names_are_columns() -> None:
    row = {"input": NOTE, "asked": "7", "messages": [ASKS, SAYS]}
    (fault,) = RowReader([row]).read(row).faults
    assert fault.remedy == "Carry it along: --carry input; leave it out: --leave-out input."
