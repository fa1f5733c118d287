"""Columns become a pair through templates or by their names; anything else is asked for."""

from typing import Any

import pytest

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, Place, UsageError
from dataprep.recipe import Source
from dataprep.shapes import columns


def shape(value: Any, **recipe: Any) -> list[Example | Drop | Finding]:
    record = Record(Place(file="t.csv", line=2), 0, value)
    return list(columns.shape(record, Source(path="t.csv", **recipe)))


def example(value: Any, **recipe: Any) -> Example:
    (made,) = shape(value, **recipe)
    assert isinstance(made, Example), made
    return made


def test_templates_write_prompt_completion_and_system_from_the_columns() -> None:
    made = example(
        {"city": "Nairobi", "land": "Kenya", "n": 3},
        prompt="Capital of {{ land }}?",
        completion="{{ city }}",
        system="Answer in {{ n }} words.",
        label="land",
        group="n",
    )
    assert (made.input, made.output) == ("Capital of Kenya?", "Nairobi")
    assert (made.system, made.label, made.group) == ("Answer in 3 words.", "Kenya", "3")
    assert made.data == '{"city":"Nairobi","land":"Kenya","n":3}'
    assert (made.shape, made.file, made.line) == ("columns", "t.csv", 2)


@pytest.mark.parametrize(
    ("row", "pair"),
    [
        ({"prompt": "p", "completion": "c", "more": 1}, ("p", "c")),
        ({"Question": "q", " answer": "a"}, ("q", "a")),
        ({"input": "i", "output": "o"}, ("i", "o")),
        ({"instruction": "Add.", "input": "1 2", "output": "3"}, ("Add.\n\n1 2", "3")),
        ({"instruction": "Add.", "input": "", "output": "3"}, ("Add.", "3")),
        ({"instruction": "Add.", "input": None, "output": "3"}, ("Add.", "3")),
        ({"instruction": "Sing.", "response": "La"}, ("Sing.", "La")),
        ({"text": "good", "label": 1}, ("good", "1")),
        ({"question": "q", "answer": ["a", "b"]}, ("q", '["a","b"]')),
    ],
)
def test_columns_are_known_by_name(row: dict[str, Any], pair: tuple[str, str]) -> None:
    made = example(row)
    assert (made.input, made.output) == pair


def test_the_label_column_is_the_stratum_of_a_classification() -> None:
    assert example({"text": "good", "Label": "positive"}).label == "positive"
    assert example({"question": "q", "answer": "a"}).label is None


def test_text_and_label_of_the_recipe_name_the_pair() -> None:
    made = example({"body": "b", "class": "c", "id": 1}, text="body", label="class")
    assert (made.input, made.output, made.label) == ("b", "c", "c")


def test_one_template_leaves_the_other_side_to_the_names() -> None:
    made = example({"text": "good", "label": "positive"}, prompt="Mood of: {{ text }}")
    assert (made.input, made.output) == ("Mood of: good", "positive")


def test_a_template_reads_the_column_input_as_it_stands() -> None:
    row = {"instruction": "Add.", "input": "1 2", "output": "3"}
    made = example(row, prompt="{{ input }}!", completion="{{ output }}")
    assert (made.input, made.output) == ("1 2!", "3")


@pytest.mark.parametrize(
    ("row", "recipe", "reason", "detail"),
    [
        ({"question": "q"}, {}, "missing-column", "answer"),
        ({"question": "q", "answer": None}, {}, "null-value", "answer"),
        ({"a": None, "b": "x"}, {"prompt": "{{ a }}", "completion": "{{ b }}"}, "null-value", "a"),
        ({"b": "x"}, {"prompt": "{{ a }}", "completion": "{{ b }}"}, "missing-column", "a"),
        (["a"], {}, "not-an-object", ""),
    ],
)
def test_a_row_without_a_value_is_dropped_with_the_reason(
    row: Any, recipe: dict[str, str], reason: str, detail: str
) -> None:
    assert shape(row, **recipe) == [
        Drop(unit="record", reason=reason, place=Place(file="t.csv", line=2), detail=detail)
    ]


def test_a_table_without_a_known_pair_is_a_usage_error_with_an_example() -> None:
    with pytest.raises(UsageError) as error:
        shape({"city": "Nairobi", "land": "Kenya"})
    assert str(error.value) == (
        "no pair of columns is known by name among: city, land. Say it in the recipe, for "
        'example: prompt: "{{ city }}" and completion: "{{ land }}".'
    )


def test_user_text_is_data_and_never_a_template() -> None:
    made = example({"prompt": "{{ completion }} {% for", "completion": "{{ 7*7 }}"})
    assert (made.input, made.output) == ("{{ completion }} {% for", "{{ 7*7 }}")


def test_a_template_that_does_not_parse_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="prompt"):
        shape({"a": "x", "b": "y"}, prompt="{{ a", completion="{{ b }}")


@pytest.mark.parametrize(
    ("row", "recipe", "words"),
    [
        ({"question": "q", "answer": "a"}, {}, "question → answer"),
        ({"instruction": 1, "input": 2, "output": 3}, {}, "instruction (+ input) → output"),
        (
            {"a": 1, "b": 2},
            {"prompt": "{{ a }}", "completion": "{{ b }}"},
            "a, b through templates",
        ),
    ],
)
def test_the_columns_that_are_used_are_said(
    row: dict[str, Any], recipe: dict[str, Any], words: str
) -> None:
    assert columns.announce(row, Source(path="x", **recipe)) == words


def test_a_template_with_an_unknown_column_is_refused_at_the_first_row() -> None:
    source = Source(path="x", prompt="{{ qestion }}", completion="{{ answer }}")
    with pytest.raises(UsageError) as error:
        columns.announce({"question": "q", "answer": "a"}, source)
    assert str(error.value) == (
        "a template of the recipe names the column 'qestion', and there is none. "
        "The columns are: question, answer."
    )


def test_a_label_column_that_is_not_there_is_refused_at_the_first_row() -> None:
    with pytest.raises(UsageError, match="there is no column 'topic'"):
        columns.announce({"question": "q", "answer": "a"}, Source(path="x", label="topic"))
