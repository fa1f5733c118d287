"""The way is chosen by evidence and said, or asked for."""

from pathlib import Path
from typing import Any, get_args

import pytest

from dataprep.cli import run
from dataprep.example import Record
from dataprep.finding import Place, UsageError
from dataprep.recipe import Source, Way
from dataprep.shapes.choose import ROWS, WAYS, shape_of_rows


def choose(value: Any, **recipe: Any) -> str:
    """Why a file of one row is read as it is."""
    source = Source(path="a", **recipe)
    return shape_of_rows([Record(Place(file="a"), 0, value)], source, 0)[1]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"prompt": "a", "completion": "b"}, "pairs (prompt, completion)"),
        ({"messages": [{"role": "assistant", "content": "b"}]}, "conversations (messages)"),
        ({"prompt": "a", "completion": "b", "x": 1}, "pairs (prompt, completion)"),
        ({"question": "a", "answer": "b"}, "columns"),
        ({"text": "a", "label": "b"}, "columns"),
        ({"text": "Q: a\nA: b\n"}, "1 question-answer block (Q:/A:)"),
        ({"text": "Q: a\nA: b\n" * 24}, "24 question-answer blocks (Q:/A:)"),
        (
            {"text": "### Prompt\na\n### Completion\nb\n"},
            "1 question-answer block (### Prompt/### Completion)",
        ),
        ({"text": "---\nprompt: a\n---\nb"}, "1 question-answer block (front matter)"),
        ({"text": "# A\nx\n# B\ny", "title": "t"}, "2 headings"),
    ],
)
def test_the_way_is_told_by_what_stands_there(value: Any, why: str) -> None:
    assert choose(value) == why


def test_the_recipe_decides_where_it_speaks() -> None:
    assert choose({"text": "Q: a\nA: b"}, way="plain") == "plain, as asked"
    assert choose({"question": "a", "answer": "b"}, way="columns") == "columns, as asked"


def test_two_templates_mean_columns() -> None:
    row = {"prompt": "a", "completion": "b"}
    why = choose(row, prompt="{{ prompt }}", completion="{{ completion }}")
    assert why == "the templates of the recipe"


def test_columns_that_the_recipe_names_leave_pairs_pairs() -> None:
    row = {"prompt": "a", "completion": "b", "topic": "x"}
    assert choose(row, label="topic") == "pairs (prompt, completion)"


def test_running_text_without_structure_is_never_guessed() -> None:
    with pytest.raises(UsageError) as error:
        choose({"text": "Once upon a time there was a text."})
    message = str(error.value)
    assert message.startswith("it is running text without questions or headings")
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
    assert choose({"body": "Q: a\nA: b", "id": 1}, text="body").startswith("1 question-answer")


@pytest.mark.parametrize(
    "row", [{"wind": "north", "rain": 4}, {"passage": "It rained all day long.", "n": 1}]
)
def test_a_table_of_unknown_columns_is_never_guessed(row: Any) -> None:
    with pytest.raises(UsageError, match="is no row of a known format") as refused:
        choose(row)
    assert "--prompt" in str(refused.value)


@pytest.mark.parametrize("template", ["<|im_start|>user\nHi<|im_end|>\n", "### Human: Hi\n"])
def test_text_in_a_chat_template_is_split_on_request_alone(template: str) -> None:
    ends = "<|im_start|>assistant\nHo<|im_end|>\n" if "im" in template else "### Assistant: Ho"
    with pytest.raises(UsageError, match="already in a chat template") as refused:
        choose({"text": template + ends})
    assert "--way turns" in str(refused.value)
    assert choose({"text": template + ends}, way="turns") == "turns, as asked"


@pytest.mark.parametrize("way", get_args(Way))
def test_every_way_makes_an_example(way: Way) -> None:
    values: dict[str, Any] = {
        "pairs": {"prompt": "a", "completion": "b"},
        "messages": {"messages": [{"role": "assistant", "content": "b"}]},
        "turns": {"text": "### Human: a\n### Assistant: b"},
        "qa": {"text": "Q: a\nA: b"},
        "sections": {"text": "# A\nb"},
        "rows": {"question": "a", "answer": "b"},
        "columns": {"question": "a", "answer": "b"},
    }
    prose = {"text": "This is one sentence of many. This is another one of them. The end."}
    record = Record(Place(file="a", line=1), 0, values.get(way, prose))
    shape, _ = shape_of_rows([record], Source(path="a", way=way), 3)
    shaped = shape(record)
    assert shaped.examples
    assert (shaped.drops, shaped.findings) == ([], [])
    assert all(len(made.id) == 16 for made in shaped.examples)


def test_every_way_is_one_of_rows_or_of_running_text() -> None:
    assert {*ROWS, *WAYS} == set(get_args(Way))


@pytest.mark.parametrize(
    ("row", "others"),
    [
        (
            {"text": "Write a function.", "code": "def f(): pass", "test_list": ["assert f()"]},
            "code, test_list",
        ),
        ({"text": "Fine.", "annotation": "good", "status": "Validated"}, "annotation, status"),
        ({"text": "Fine.", "role": "prompter", "lang": "en", "rank": None}, "role"),
    ],
)
def test_the_columns_beside_a_text_are_named(row: dict[str, Any], others: str) -> None:
    with pytest.raises(UsageError) as error:
        choose(row)
    assert str(error.value).startswith(
        f"a text stands in each row and other columns beside it ({others}): nothing says what the "
        "model should learn."
    )
    assert "--way" in str(error.value)


def test_a_refusal_of_a_text_names_its_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    Path("text.txt").write_text("It was a dark night by the river.\n" * 20)
    for command in (["convert", "text.txt", "--to", "t5"], ["advise", "text.txt"]):
        assert run(command) == 2
        said = capsys.readouterr().err
        assert said.startswith("dataprep: text.txt: it is running text without questions")
        assert said.count("text.txt") == 1
    assert run(["init", "text.txt"]) == 0
    assert "as asked" not in Path("dataprep.yaml").read_text()
    assert '  - path: "text.txt"   # continuation\n' in Path("dataprep.yaml").read_text()
