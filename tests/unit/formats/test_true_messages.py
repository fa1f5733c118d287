"""Rows of the world that are not read as they stand: what is said of them is true, and helps."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep import checks
from dataprep.checker import check
from dataprep.example import Example
from dataprep.finding import Finding, UsageError
from tests.unit.formats.printed import flags_in
from tests.unit.formats.rows import example, shaped


def refusal(row: Any, **recipe: Any) -> str:
    with pytest.raises(UsageError) as refused:
        shaped(row, **recipe)
    return str(refused.value)


def found(tmp_path: Path, row: Any) -> list[Finding]:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row) + "\n", "utf-8")
    return list(check([file], None, checks.Context()))


def test_questions_beside_their_answers_are_not_called_rated() -> None:
    coqa = {
        "source": "mctest",
        "story": "Once there was a queen.",
        "questions": [{"input_text": "Who was?", "turn_id": 1}],
        "answers": [{"input_text": "a queen", "span_text": "a queen", "turn_id": 1}],
    }
    said = refusal(coqa)
    assert "the row holds several questions in one list, and their answers in another" in said
    assert "Write a row for each question" in said


def test_answers_without_a_rating_are_not_called_rated() -> None:
    row = {
        "document": {"id": "1", "text": "Once there was a queen."},
        "question": {"text": "Who was?", "tokens": ["Who"]},
        "answers": [{"text": "a queen", "tokens": ["a", "queen"]}],
    }
    said = refusal(row)
    assert "rated" not in said
    prompt, completion = flags_in(said)
    made = example(row, **prompt, **completion, carry=["document"])
    assert (made.input, made.output) == ("Once there was a queen.\n\nWho was?", "a queen")


@pytest.mark.parametrize("rating", ["overall_score", "pm_score", "rank", "annotations", "selected"])
def test_answers_with_a_rating_are_rated(rating: str) -> None:
    row = {"instruction": "Who?", "completions": [{"response": "Ada", rating: 4}]}
    assert "the row holds several rated answers to one question" in refusal(row)


def test_a_dialogue_that_is_asked_about_is_no_conversation() -> None:
    dream = {
        "dialogue": ["M: Hi there.", "W: Hello to you."],
        "question": "Who speaks first?",
        "answer": "a man",
        "id": 1,
    }
    flags = flags_in(refusal(dream))
    assert [next(iter(flag)) for flag in flags] == ["prompt", "completion", "carry", "leave_out"]
    made = example(dream, **flags[0])
    assert made.input == "M: Hi there.; W: Hello to you.\n\nWho speaks first?"
    assert made.output == "a man"


def hermes(call: str) -> list[tuple[str, str]]:
    """A conversation in which a call stands as text."""
    said = [("user", "Weather?"), ("assistant", f"<tool_call>\n{call}\n</tool_call>")]
    return [*said, ("tool", "sun"), ("assistant", "Sunny.")]


HERMES = hermes('{"name": "w", "arguments": {"city"}}')


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"messages": [{"role": r, "content": c} for r, c in HERMES]}, "messages"),
        ({"conversations": [{"from": r, "value": c} for r, c in HERMES]}, "conversations"),
    ],
)
def test_a_call_that_stands_as_text_is_told_as_such(tmp_path: Path, row: Any, place: str) -> None:
    (finding,) = [f for f in found(tmp_path, row) if f.code in ("C104", "C113")]
    assert finding.message == (
        f"{place}[2] answers a call that stands as text (<tool_call>) in {place}[1]"
    )
    assert finding.remedy.startswith("Write the call as tool_calls of that message")


def test_a_result_without_any_call_is_still_told_so(tmp_path: Path) -> None:
    said = [("user", "Weather?"), ("tool", "sun"), ("assistant", "Sunny.")]
    row = {"messages": [{"role": r, "content": c} for r, c in said]}
    assert {f.code for f in found(tmp_path, row)} >= {"C104", "C113"}


def test_a_function_without_a_name_is_asked_for_it(tmp_path: Path) -> None:
    turns = [("user", "Do it."), ("assistant", "Action: b"), ("function", "{}"), ("assistant", "!")]
    row = {"conversations": [{"from": r, "value": c} for r, c in turns]}
    (finding,) = [f for f in found(tmp_path, row) if f.code == "S001"]
    assert finding.message == "conversations[2] lacks 'name'"
    assert finding.remedy == "Add it: `name` says which function answered."


def test_no_remedy_holds_a_placeholder_for_a_format(tmp_path: Path) -> None:
    row = {"messages": [{"role": "user", "content": 7}, {"role": "assistant", "content": "a"}]}
    for finding in found(tmp_path, row):
        assert "FORMAT" not in finding.remedy


def test_a_copy_of_the_talk_in_another_spelling_may_be_set_aside() -> None:
    asked = [{"role": "user", "content": "Hi"}]
    capybara = {
        "conversation": [{"q": "Hi"}],
        "chosen": [*asked, {"role": "assistant", "content": "Hello"}],
        "rejected": [*asked, {"role": "assistant", "content": "Away"}],
    }
    (finding, _) = shaped(capybara)
    assert isinstance(finding, Finding)
    assert finding.message == "conversation[0] is no message"
    for flag in flags_in(finding.remedy):
        made = example(capybara, **flag)
        assert (made.input, made.output, made.rejected) == ("Hi", "Hello", "Away")


def test_a_system_column_stands_before_messages() -> None:
    row = {
        "system": "Be brief.",
        "prompt": [{"role": "user", "content": "Hi"}],
        "completion": [{"role": "assistant", "content": "Yo"}],
    }
    made = example(row)
    assert isinstance(made, Example)
    assert (made.system, made.output) == ("Be brief.", "Yo")
    assert [turn.role for turn in made.turns] == ["system", "user", "assistant"]


def test_a_translation_is_told_how_its_direction_is_said() -> None:
    row = {"translation": {"de": "Guten Tag", "en": "Good day"}}
    assert "Say the direction, for example: --prompt '{{ translation.de }}'" in refusal(row)
    made = example(row, prompt="{{ translation.de }}", completion="{{ translation.en }}")
    assert (made.input, made.output) == ("Guten Tag", "Good day")
