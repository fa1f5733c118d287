"""Training data against the user's own evaluation file."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.checks import Context
from dataprep.checks.per_file.contamination import EvaluationPrompts
from dataprep.finding import Place, UsageError
from tests.unit.checks.rows import assistant, chat, pair, read, user

LONG = (
    "A train leaves the station at nine in the morning and travels north at sixty miles an hour "
    "while another one leaves two hours later and follows it at ninety; when do they meet?"
)


def evaluation(folder: Path, *rows: Any, name: str = "eval.jsonl") -> EvaluationPrompts:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return EvaluationPrompts(Context(evaluation=(path,)))


def leaks(held: EvaluationPrompts, *rows: Any) -> list[tuple[int | None, str]]:
    for line, row in enumerate(rows, 1):
        held.add(read(row), Place(file="train.jsonl", line=line), "train.jsonl")
    assert all(finding.code == "D005" for finding in held.findings())
    return [(finding.place.line, finding.message) for finding in held.findings()]


def test_the_same_prompt_is_found_whatever_its_case_and_punctuation(tmp_path: Path) -> None:
    held = evaluation(tmp_path, pair("Capital of Peru?", "Lima"), pair("Capital of Kenya?", "x"))
    rows = [pair("capital of  KENYA", "Nairobi"), pair("Capital of Chad?", "N'Djamena")]
    assert leaks(held, *rows) == [(1, "its prompt is eval.jsonl:2")]


def test_a_conversation_leaks_by_what_its_user_says(tmp_path: Path) -> None:
    held = evaluation(tmp_path, {"question": "Capital of Kenya?", "answer": "Nairobi"})
    system = {"role": "system", "content": "Be brief."}
    row = chat(system, user("Capital of Kenya?"), assistant("Nairobi"))
    assert leaks(held, row) == [(1, "its prompt is eval.jsonl:1")]


def test_nearly_the_same_prompt_is_found_by_runs_of_thirteen_words(tmp_path: Path) -> None:
    held = evaluation(tmp_path, pair(LONG, "at three"))
    changed = LONG.replace("A train", "One train").replace("do they meet", "is that")
    said = "its prompt is nearly eval.jsonl:1: 18 of 22 runs of 13 words"
    assert leaks(held, pair(changed, "at three")) == [(1, said)]
    assert leaks(evaluation(tmp_path, pair(LONG, "x")), pair(LONG[:90], "x")) == []


def test_a_template_that_many_prompts_share_is_no_leak(tmp_path: Path) -> None:
    task = "Read the following text with care and answer with one of the labels sport or chess: "
    held = evaluation(tmp_path, *(pair(f"{task} text {n} of many", "sport") for n in range(20)))
    assert leaks(held, pair(f"{task} quite another story", "chess")) == []


@pytest.mark.parametrize(
    "row",
    [
        pair("Capital of Kenya?", "x"),
        chat(user("Capital of Kenya?"), assistant("x")),
        {"conversations": [{"from": "human", "value": "Capital of Kenya?"}]},
        {"instruction": "Capital of Kenya?", "output": "x"},
        {"text": "Capital of Kenya?"},
        {"input": "Capital of Kenya?", "ideal": "x"},
        "Capital of Kenya?",
    ],
)
def test_evaluation_rows_of_many_forms_are_read(row: Any, tmp_path: Path) -> None:
    assert leaks(evaluation(tmp_path, row), pair("Capital of Kenya?", "y")) == [
        (1, "its prompt is eval.jsonl:1")
    ]


def test_a_text_file_has_a_prompt_a_line(tmp_path: Path) -> None:
    path = tmp_path / "prompts.txt"
    path.write_text("Capital of Peru?\nCapital of Kenya?\n", "utf-8")
    held = EvaluationPrompts(Context(evaluation=(path,)))
    assert leaks(held, pair("Capital of Kenya?", "x")) == [(1, "its prompt is prompts.txt:2")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds no prompt"),
        ("{", "eval.jsonl:1: "),
        ('{"answer": 1}\n', "eval.jsonl:1: the row has no prompt"),
        ("[]\n", "the row has no prompt"),
    ],
)
def test_a_file_without_prompts_is_a_usage_error(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "eval.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(UsageError) as caught:
        EvaluationPrompts(Context(evaluation=(path,)))
    assert said in str(caught.value)


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        EvaluationPrompts(Context(evaluation=(tmp_path / "none.jsonl",)))
