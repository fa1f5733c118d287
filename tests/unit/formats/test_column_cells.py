"""A list or an object in the cell of a table is read as one, and is no answer as it stands."""

from typing import Any

import pytest

from dataprep.example import Record
from dataprep.finding import Place, UsageError
from dataprep.formats.literals import from_python
from dataprep.recipe import Source
from dataprep.shapes.rows import RowShape
from tests.unit.formats.printed import flags_in
from tests.unit.formats.rows import example, shaped


def refusal(row: Any) -> str:
    with pytest.raises(UsageError) as refused:
        shaped(row)
    return str(refused.value)


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
        ("['a' 'b']", ["a", "b"]),
        ("['a'\n \"b's\" 'c, d']", ["a", "b's", "c, d"]),
        ("['a' ... 'b']", None),
        ("{'a': 1, 'a': 2}", None),
        ("['a', ..., 'b']", None),
        ("[np.int64(1)]", None),
    ],
)
def test_a_literal_of_python_is_read_with_the_arrays_of_numpy(written: str, value: Any) -> None:
    assert from_python(written) == value


@pytest.mark.parametrize(
    ("name", "cell", "answer"),
    [
        ("answers", '{"text": ["a1"], "answer_start": [3]}', "a1"),
        ("answer", '{"text": ["a1"], "answer_start": [3]}', "a1"),
        (
            "answers",
            "{'text': array(['a1', 'a2'], dtype=object), 'answer_start': array([3, 4])}",
            "a1",
        ),
        ("answers", '{"text": [], "answer_start": []}', "unanswerable"),
        ("answers", "['Paris', 'Lutetia']", "Paris"),
        ("answers", '["Paris", "Lutetia"]', "Paris"),
        ("answers", "Paris", "Paris"),
        ("answers", "[sic] Paris", "[sic] Paris"),
        # One answer that is JSON is what the model shall write.
        ("answer", '["Paris", "Lutetia"]', '["Paris", "Lutetia"]'),
        ("answer", '{"city": "Rome"}', '{"city": "Rome"}'),
        ("response", "['a', 'b']", "['a', 'b']"),
        ("answer", "[Applause] It's 'so' 'so'.", "[Applause] It's 'so' 'so'."),
    ],
)
def test_a_cell_of_answers_is_read_by_the_rules_of_true_json(
    name: str, cell: str, answer: str
) -> None:
    assert example({"question": "q", name: cell}).output == answer


def test_the_completion_of_a_pair_stays_the_text_that_it_is() -> None:
    for said in ('{"city": "Rome"}', "['a', 'b']", '["a"]'):
        assert example({"prompt": "p", "completion": said}).output == said


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("answer", "['Paris', 'Lutetia']"),
        ("answer", "{'value': 'Paris', 'aliases': array(['Lutetia'], dtype=object)}"),
        ("answers", "{'text': array(['a' ... 'b'], dtype=object), 'answer_start': array([1])}"),
    ],
)
def test_what_python_wrote_and_nobody_said_is_asked_for(name: str, cell: str) -> None:
    row = {"question": "q", name: cell}
    said = refusal(row)
    assert f"{name} is a list or an object that Python wrote as a text" in said
    assert [example(row, **flag).output for flag in flags_in(said)] == [cell]


@pytest.mark.parametrize(
    "cell",
    [
        "['aa', 'bb', 'cc']",
        '["aa", "bb", "cc"]',
        "['aa' 'bb'\n 'cc']",
        '{"A": "aa", "B": "bb", "C": "cc"}',
        "{'text': array(['aa', 'bb', 'cc'], dtype=object), 'label': array(['A', 'B', 'C'])}",
    ],
)
def test_options_in_a_cell_are_options(cell: str) -> None:
    made = example({"question": "q", "options": cell, "answer": "C"})
    assert (made.input, made.output) == ("q\n\nA) aa\nB) bb\nC) cc", "cc")


@pytest.mark.parametrize("cell", ["A) aa B) bb", "['aa' ... 'bb']"])
def test_options_that_are_a_text_are_asked_for(cell: str) -> None:
    row = {"question": "q", "options": cell, "answer": "B"}
    said = refusal(row)
    assert "options is a text of no plain options" in said
    prompt, completion = flags_in(said)
    made = example(row, **prompt, **completion)
    assert (made.input, made.output) == (f"q\n\n{cell}", "B")


def test_a_template_that_writes_a_cell_has_its_text_and_one_that_looks_inside_its_list() -> None:
    row = {"question": "q", "options": "['aa', 'bb']", "answer": "B"}
    assert example(row, prompt="{{ question }} {{ options }}").input == "q ['aa', 'bb']"
    assert example(row, prompt="{{ question }} {{ options }}").output == "bb"
    assert example(row, prompt="{{ question }} {{ options[0] }}").input == "q aa"


def test_a_history_in_a_cell_is_the_turns_before() -> None:
    row = {"question": "q", "answer": "a", "history": '[["h", "i"]]'}
    assert [turn.content for turn in example(row).turns] == ["h", "i", "q", "a"]
    row = {"instruction": "q", "output": "a", "history": "[['h', 'i']]"}
    assert [turn.content for turn in example(row).turns] == ["h", "i", "q", "a"]
    assert example({**row, "history": "[]"}).input == "q"


def test_a_history_that_is_a_text_is_asked_for() -> None:
    row = {"question": "q", "answer": "a", "history": "h, then i"}
    said = refusal(row)
    assert "history is a text, and no list of turns" in said
    assert [example(row, **flag).output for flag in flags_in(said)] == ["a", "a"]


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
