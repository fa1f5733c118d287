"""The example grain: frames in, findings with id and origin out."""

from typing import Any

import pytest

from dataprep.checks import check_examples
from dataprep.contracts import Contract
from dataprep.example import Batch, Example, Turn
from dataprep.finding import Place

NAMED = Contract(
    {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}},
        "additionalProperties": False,
    }
)


def example(input_: str, output: str, shape: str = "generation", **more: Any) -> Example:
    return Example(id="00aa", file="e.json", shape=shape, input=input_, output=output, **more)


def test_a_sound_batch_has_no_finding() -> None:
    assert check_examples(Batch.of([example("a", "b"), example("c", "d")])) == []
    assert check_examples(Batch.of([])) == []
    assert check_examples(Batch.of([]), NAMED) == []


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0", "\u3000"])
def test_an_empty_answer_is_found_with_its_example_and_place(blank: str) -> None:
    batch = Batch.of([example("a", "b"), example("a", blank, task="7")])
    (finding,) = check_examples(batch)
    assert (finding.code, finding.message) == ("C003", "the completion is empty")
    assert finding.example == "00aa"
    assert finding.place == Place(file="e.json", task="7")


@pytest.mark.parametrize("shape", ["classification", "spans", "generation"])
def test_an_empty_prompt_is_found(shape: str) -> None:
    (finding,) = check_examples(Batch.of([example(" ", "b", shape, line=3)]))
    assert (finding.code, finding.place) == ("C005", Place(file="e.json", line=3))


@pytest.mark.parametrize("shape", ["plain", "denoising", "chunk"])
def test_a_text_that_is_learned_for_its_own_sake_needs_no_prompt(shape: str) -> None:
    assert check_examples(Batch.of([example("", "b", shape)])) == []


def test_an_answer_that_is_a_tool_call_needs_no_text() -> None:
    turns = (Turn(role="user", content="a"), Turn(role="assistant", tool_calls="[{}]"))
    assert check_examples(Batch.of([example("a", "", "dialogue", turns=turns)])) == []


@pytest.mark.parametrize(
    ("output", "path", "message"),
    [
        ("Ada", "", "the completion is not JSON: expecting value (line 1, column 1)"),
        (
            '{"name": "Ada", "name": "Bob"}',
            "",
            'the completion is not JSON: the key "name" stands twice in one object '
            "(line 1, column 17)",
        ),
        ("{}", "", "the completion lacks 'name'"),
        ('{"name": 7}', "name", "name is a number, not string"),
        ('{"name": "Ada", "age": 7}', "", "the completion has the unknown key 'age'"),
    ],
)
def test_a_completion_that_breaks_the_users_schema_is_found(
    output: str, path: str, message: str
) -> None:
    batch = Batch.of([example("a", '{"name": "Ada"}'), example("a", output, line=5)])
    (finding,) = check_examples(batch, NAMED)
    assert (finding.code, finding.message) == ("S002", message)
    assert finding.place == Place(file="e.json", line=5, path=path)
    assert finding.example == "00aa"


def test_every_example_with_the_same_broken_completion_is_found() -> None:
    batch = Batch.of([example(str(n), "{}", line=n) for n in range(1, 4)])
    assert [f.place.line for f in check_examples(batch, NAMED)] == [1, 2, 3]


def test_an_empty_completion_is_not_found_a_second_time_by_the_schema() -> None:
    assert [f.code for f in check_examples(Batch.of([example("a", " ")]), NAMED)] == ["C003"]


def test_a_completion_with_many_violations_shows_twenty() -> None:
    contract = Contract({"items": {"type": "string"}})
    output = "[" + ",".join("1" * 50) + "]"
    assert len(check_examples(Batch.of([example("a", output)]), contract)) == 20
