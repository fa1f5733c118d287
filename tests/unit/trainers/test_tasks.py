"""One task has one judgement: of the training, of its card, and of evaluate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep import conversion
from dataprep.recipe import Recipe
from dataprep.tokens import load_chat_tokenizer
from tests.unit.trainers.chat_server import chat_server, message
from trainers import answers, models
from trainers import dataset as datasets
from trainers.asking import evaluate
from trainers.card import card
from trainers.tasks import main_metric, task_of

SETTINGS: dict[str, Any] = {
    "model": "from scratch, tiny",
    "parameters": 1_136_256,
    "dataset": {"digest": "d1", "tokenizer": {"sha256": "t1"}},
    "epochs": 1.0,
    "learning_rate": 1e-6,
    "precision": "fp32",
    "seed": 0,
}


def talk(number: int, answer: str) -> dict[str, Any]:
    asked = {"role": "user", "content": f"Which is {number}?"}
    return {"messages": [asked, {"role": "assistant", "content": answer}]}


def converted(base: Path) -> Path:
    """Conversations of which only the answers say that they are labels."""
    rows = [talk(n, answer) for n, answer in enumerate(["bird", "fish", "frog"] * 20)]
    (base / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = Recipe.model_validate(
        {
            "sources": [{"path": "rows.jsonl"}],
            "targets": [{"name": "causal", "vocabulary": 300}],
            "splits": {"train": 0.6, "validation": 0.0, "test": 0.4, "near_duplicates": False},
            "checks": {"ignore": ["D"]},
        }
    )
    conversion.convert(recipe, base, base / "out")
    return base / "out"


def test_a_training_its_card_and_evaluate_judge_a_task_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = converted(tmp_path)
    dataset = datasets.read(folder, "causal", "causal")
    words = models.causal_words(load_chat_tokenizer(str(dataset.tokenizer)))
    bird = words.encode(["bird"])[0]
    monkeypatch.setattr(answers, "generate", lambda _, __, prompts, ___: [bird for _ in prompts])
    scores = answers.evaluate(None, words, dataset, str)
    with chat_server(lambda _: message("bird")) as server:
        made = evaluate(folder, out=tmp_path / "e", endpoint=server.url, models=["m"])
    (trained,), (asked,) = scores["shapes"].values(), made.table["roads"][0]["shapes"].values()
    assert (trained["judged_as"], trained["judged_by"]) == ("classification", "macro_f1")
    assert (asked["judged_as"], asked["judged_by"]) == ("classification", "macro_f1")
    assert {name: trained[name] for name in asked["scores"]} == asked["scores"]
    assert "**label F1 (macro)**" in made.page
    assert "judged by label F1 (macro) first" in card(SETTINGS, {**scores, "loss": None}, "causal")


@pytest.mark.parametrize(
    ("answers", "task"),
    [
        (["yes", "no"] * 15, "classification"),
        ([f"answer {n}" for n in range(30)], "pairs"),
        (["yes", "no"] * 5, "pairs"),
        ([f'[{{"label": "PER", "text": "Ada {n}"}}]' for n in range(30)], "spans"),
        ([f'{{"n": {n}}}' for n in range(30)], "structured"),
    ],
)
def test_the_task_is_told_by_the_answers(answers: list[str], task: str) -> None:
    assert task_of("pairs", answers) == task
    assert task_of("rating", answers) == "rating"


def test_each_shape_is_judged_by_its_own_metric() -> None:
    judged = {s: main_metric(s) for s in ("classification", "spans", "structured", "qa")}
    assert judged == {
        "classification": "macro_f1",
        "spans": "span_f1",
        "structured": "chrf",
        "qa": "rouge_l",
    }
