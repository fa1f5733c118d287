"""A list or an object in the cell of a table is read as one, and is no answer as it stands."""

from typing import Any

import pytest

from dataprep.example import Record
from dataprep.finding import Place
from dataprep.formats.literals import from_python
from dataprep.recipe import Source
from dataprep.shapes.rows import RowShape


def account_of(*rows: Any) -> str:
    """The line that says what became of the keys."""
    records = [Record(Place(file="r.jsonl", line=n), n, row) for n, row in enumerate(rows, 1)]
    shape = RowShape(records, Source(path="r.jsonl"))
    for record in records:
        shape(record)
    return shape.content.words()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{'text': array(['a', \"b's\"], dtype=object)}", {"text": ["a", "b's"]}),
        (
            "{'text': array(['(a)'], dtype='<U3'), 'n': array([1, 2])}",
            {"text": ["(a)"], "n": [1, 2]},
        ),
        ("{'text': array([], dtype=object)}", {"text": []}),
        ("['a', None, True, 1.5]", ["a", None, True, 1.5]),
        ("['a' 'b']", None),
        ("['a'\n 'b']", None),
        ("['a', ..., 'b']", None),
        ("[np.int64(1)]", None),
    ],
)
def test_a_literal_of_python_is_read_with_the_arrays_of_numpy(written: str, value: Any) -> None:
    assert from_python(written) == value


@pytest.mark.parametrize(
    ("row", "left_out"),
    [
        ({"instruction": "i", "input": "", "output": ["a", "b"]}, "output[1:]"),
        ({"question": "q", "answer": ["a", "b"]}, "answer[1:]"),
        ({"question": "q", "answers": {"text": ["a", "b"]}}, "answers.text[1:]"),
        ({"question": "q", "answers": {"text": ["a"], "more": 1}}, "answers.more"),
    ],
)
def test_the_answers_that_are_not_taken_are_left_out_by_name(row: Any, left_out: str) -> None:
    assert account_of(row).endswith(f"; left out: {left_out}")


def test_the_same_answer_twice_leaves_nothing_out() -> None:
    assert "left out" not in account_of({"question": "q", "answer": ["a", "a"]})
