"""Two texts and their class, as GLUE, SNLI and their like name them."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.finding import Drop, Finding, UsageError
from dataprep.formats import COLUMNS, RowReader
from tests.unit.formats.printed import flags_in
from tests.unit.formats.rows import example, shaped_rows

TWO = [
    ("premise", "hypothesis", "label"),
    ("sentence1", "sentence2", "label"),
    ("sentence1", "sentence2", "gold_label"),
    ("sentence_A", "sentence_B", "label"),
    ("question1", "question2", "is_duplicate"),
    ("question", "sentence", "label"),
    ("title", "content", "label"),
]


@pytest.mark.parametrize(("first", "second", "label"), TWO)
def test_both_texts_stand_in_the_prompt_behind_their_names(
    first: str, second: str, label: str
) -> None:
    made = example({first: "It rains in Oslo.", second: "Oslo is dry.", label: "no", "idx": 3})
    assert made.input == f"{first}: It rains in Oslo.\n\n{second}: Oslo is dry."
    assert made.output == "no"
    assert made.meta == '{"idx":3}'


def test_each_column_is_accounted_for_and_each_text_is_looked_into() -> None:
    row = {"premise": "It rains.", "hypothesis": "It is dry.", "label": "no", "genre": "talk"}
    read = RowReader([row]).read(row)
    assert read.keys == {
        "premise": "prompt",
        "hypothesis": "prompt",
        "label": "answer",
        "genre": "carried along",
    }
    assert read.reading is not None
    assert [(p.path, p.text) for p in read.reading.pieces or ()] == [
        ("premise", "It rains."),
        ("hypothesis", "It is dry."),
        ("label", "no"),
    ]


def test_trees_of_sentences_are_carried_along_and_not_asked_for() -> None:
    made = example(
        {
            "premise": "It rains.",
            "premise_binary_parse": "( It ( rains . ) )",
            "hypothesis": "It is dry.",
            "hypothesis_parse": "(ROOT (S (NP It) (VP is) (ADJP dry)))",
            "label": "no",
            "pairID": "7n",
        }
    )
    assert made.input == "premise: It rains.\n\nhypothesis: It is dry."


def test_a_prompt_of_the_user_takes_the_place_of_both() -> None:
    made = example(
        {"premise": "It rains.", "hypothesis": "It is dry.", "label": "no"},
        prompt="{{ premise }} Is it true that {{ hypothesis | lower }}",
    )
    assert (made.input, made.output) == ("It rains. Is it true that it is dry.", "no")


@pytest.mark.parametrize("said", ["-1", -1, "-", -1.0])
def test_what_stands_for_no_class_is_asked_for(said: Any) -> None:
    rows = [
        {"premise": f"It rains in {town}.", "hypothesis": "It is dry.", "gold_label": label}
        for town, label in (("Oslo", "no"), ("Rome", "yes"), ("Lima", said))
    ]
    made = shaped_rows(rows)
    assert [type(one) for one in made[2:]] == [Finding, Drop]
    assert isinstance(made[2], Finding)
    assert (made[2].code, "stands for no class" in made[2].message) == ("S004", True)


def test_a_score_of_two_texts_is_asked_for_and_learned_by_its_flag() -> None:
    row = {"sentence1": "A plane takes off.", "sentence2": "A jet flies.", "label": 3.8}
    with pytest.raises(UsageError, match="a number on a scale and no class") as error:
        example(row)
    assert flags_in(str(error.value)) == [{"completion": "{{ label }}"}]
    assert "--drop-invalid" not in str(error.value)  # the whole numbers alone would be learned
    assert example(row, completion="{{ label }}").output == "3.8"


@pytest.mark.parametrize(
    "row",
    [
        {"premise": "It rains.", "hypothesis": "It is dry."},
        {"question": "Is it dry?", "sentence": "It rains.", "options": ["a", "b"], "label": 0},
    ],
)
def test_without_a_class_or_with_options_they_are_no_pair_of_texts(row: dict[str, Any]) -> None:
    reader = RowReader([row])
    read = reader.read(row)
    assert reader.form is not COLUMNS or read.keys.get("sentence") != "prompt"
