"""The way is chosen by evidence and said, or asked for."""

from typing import Any, get_args

import pytest

from dataprep.example import Example, Record
from dataprep.finding import Place, UsageError
from dataprep.recipe import Source, Way
from dataprep.shapes.choose import WAYS, choose_way


def choose(value: Any, **recipe: Any) -> tuple[Way, str]:
    return choose_way(Record(Place(file="a"), 0, value), Source(path="a", **recipe))


@pytest.mark.parametrize(
    ("value", "way", "why"),
    [
        ({"prompt": "a", "completion": "b"}, "pairs", "pairs (prompt, completion)"),
        ({"prompt": "a"}, "pairs", "pairs (prompt, completion)"),
        ({"messages": []}, "messages", "conversations (messages)"),
        ({"prompt": "a", "completion": "b", "x": 1}, "columns", "columns: prompt → completion"),
        ({"question": "a", "answer": "b"}, "columns", "columns: question → answer"),
        ({"text": "a", "label": "b"}, "columns", "columns: text → label"),
        ({"text": "Q: a\nA: b\n"}, "qa", "1 question-answer block (Q:/A:)"),
        ({"text": "Q: a\nA: b\n" * 24}, "qa", "24 question-answer blocks (Q:/A:)"),
        (
            {"text": "### Prompt\na\n### Completion\nb\n"},
            "qa",
            "1 question-answer block (### Prompt/### Completion)",
        ),
        ({"text": "---\nprompt: a\n---\nb"}, "qa", "1 question-answer block (front matter)"),
        ({"text": "# A\nx\n# B\ny", "title": "t"}, "sections", "2 headings"),
    ],
)
def test_the_way_is_told_by_what_stands_there(value: Any, way: str, why: str) -> None:
    assert choose(value) == (way, why)


def test_the_recipe_decides_where_it_speaks() -> None:
    assert choose({"text": "Q: a\nA: b"}, way="plain") == ("plain", "plain, as asked")
    assert choose({"question": "a", "answer": "b"}, way="columns") == (
        "columns",
        "columns, as asked: question → answer",
    )


def test_two_templates_mean_columns() -> None:
    way, why = choose(
        {"prompt": "a", "completion": "b"}, prompt="{{ prompt }}", completion="{{ completion }}"
    )
    assert (way, why) == (
        "columns",
        "the templates of the recipe: completion, prompt through templates",
    )


def test_columns_that_the_recipe_names_leave_pairs_pairs() -> None:
    row = {"prompt": "a", "completion": "b", "topic": "x"}
    assert choose(row, label="topic")[0] == "pairs"


def test_running_text_without_structure_is_never_guessed() -> None:
    with pytest.raises(UsageError) as error:
        choose({"text": "Once upon a time there was a text."})
    message = str(error.value)
    assert message.startswith("a is running text without questions or headings")
    assert "--way" in message
    assert "`way` in the recipe" in message
    for way in ("continuation", "denoising", "plain", "chunks"):
        assert way in message


def test_two_lines_of_dialogue_in_a_long_text_are_no_question_answer_file() -> None:
    with pytest.raises(UsageError):
        choose({"text": "Prose. " * 50 + "\n\nQ: a\nA: b\n\n" + "Prose. " * 50})


def test_rows_with_a_named_text_column_are_running_text() -> None:
    with pytest.raises(UsageError, match="running text"):
        choose({"body": "Prose.", "id": 1}, text="body")
    assert choose({"body": "Q: a\nA: b", "id": 1}, text="body")[0] == "qa"


def test_a_table_of_unknown_columns_is_never_guessed() -> None:
    with pytest.raises(UsageError, match="no pair of columns is known by name among: text, url"):
        choose({"text": "Prose.", "url": "x"})


@pytest.mark.parametrize("way", get_args(Way))
def test_every_way_makes_an_example(way: Way) -> None:
    values: dict[str, Any] = {
        "pairs": {"prompt": "a", "completion": "b"},
        "messages": {"messages": [{"role": "assistant", "content": "b"}]},
        "columns": {"question": "a", "answer": "b"},
        "qa": {"text": "Q: a\nA: b"},
        "sections": {"text": "# A\nb"},
    }
    prose = {"text": "This is one sentence of many. This is another one of them. The end."}
    record = Record(Place(file="a", line=1), 0, values.get(way, prose))
    made = list(WAYS[way](record, Source(path="a", way=way), seed=3))
    assert made
    assert all(isinstance(item, Example) for item in made)
    assert all(len(item.id) == 16 for item in made if isinstance(item, Example))
