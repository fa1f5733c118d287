"""A run of this machine and an endpoint are asked the very same question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep import conversion, jsonio
from dataprep.recipe import Recipe
from dataprep.tokens import load_chat_tokenizer
from trainers import answers
from trainers import dataset as datasets
from trainers.asking import questions

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def said(role: str, content: str, weight: int | None = None) -> dict[str, Any]:
    message: dict[str, Any] = {"role": role, "content": content}
    return message if weight is None else {**message, "weight": weight}


TALKS = {
    "the last answer has weight 0": [
        said("user", "Hi"),
        said("assistant", "Hello", 1),
        said("user", "Bye"),
        said("assistant", "So long", 0),
    ],
    "the first answer has weight 0": [
        said("user", "Hi"),
        said("assistant", "Hello", 0),
        said("user", "Bye"),
        said("assistant", "So long", 1),
    ],
    "no answer has a weight": [
        said("system", "Be short."),
        said("user", "Hi"),
        said("assistant", "Hello"),
        said("user", "Bye"),
        said("assistant", "So long"),
    ],
}
WANTED = {
    "the last answer has weight 0": "Hello",
    "the first answer has weight 0": "So long",
    "no answer has a weight": "So long",
}


def converted(base: Path, rows: list[dict[str, Any]], *targets: dict[str, Any]) -> Path:
    """All rows in the train split, for a causal model and for other targets."""
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (base / "rows.jsonl").write_text(lines)
    recipe = Recipe.model_validate(
        {
            "sources": [{"path": "rows.jsonl"}],
            "targets": list(targets) or [{"name": "causal", "vocabulary": 400}],
            "splits": {"train": 1.0, "validation": 0.0, "test": 0.0},
            "checks": {"ignore": ["D", "C"]},
        }
    )
    conversion.convert(recipe, base, base / "out")
    return base / "out"


@pytest.mark.parametrize("name", TALKS)
def test_the_ids_that_a_run_is_asked_are_those_of_the_endpoints_question(
    tmp_path: Path, name: str
) -> None:
    folder = converted(tmp_path, [{"messages": TALKS[name], "tools": [TOOL]}])
    dataset = datasets.read(folder, "causal", "causal")
    (question,) = questions.read(folder, "train").asked
    tokenizer = load_chat_tokenizer(str(dataset.tokenizer))
    ids, wanted = answers.asked(dataset.train.row(0), "causal")
    request = question.request
    assert (
        ids
        == tokenizer.backend.apply_chat_template(
            request["messages"], request["tools"], add_generation_prompt=True, return_dict=True
        )["input_ids"]
    )
    assert question.wanted == tokenizer.decode(wanted[:-1]) == WANTED[name]


def test_the_answers_of_training_are_those_that_are_learned(tmp_path: Path) -> None:
    folder = converted(tmp_path, [{"messages": talk} for talk in TALKS.values()])
    assert sorted(questions.read(folder, "train").training["messages"]) == sorted(WANTED.values())


def test_the_system_message_of_a_causal_target_is_asked_of_an_endpoint_too(tmp_path: Path) -> None:
    target = {"name": "causal", "vocabulary": 400, "system": "Be kind."}
    folder = converted(tmp_path, [{"prompt": "Which?", "completion": "one"}], target)
    (question,) = questions.read(folder, "train").asked
    assert question.request["messages"][0] == {"role": "system", "content": "Be kind."}


def test_a_t5_does_not_learn_an_answer_of_weight_0(tmp_path: Path) -> None:
    """Its pair is the last answer, so such a row teaches it nothing, and is dropped by name."""
    rows = [{"messages": talk} for talk in TALKS.values()]
    folder = converted(tmp_path, rows, {"name": "t5", "vocabulary": 100})
    dataset = datasets.read(folder, "t5", "t5")
    assert len(dataset.train) == 2
    dropped = [jsonio.loads(x) for x in (folder / "dropped.jsonl").read_bytes().splitlines()]
    assert [drop["reason"] for drop in dropped] == ["weight-0"]
