"""Rewards of a grader, by TRL's GRPO, on ids of our own renderer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import NothingToDo, UsageError
from dataprep.tokens import load_chat_tokenizer
from tests.unit.trainers.aligned import item, items, near
from tests.unit.trainers.converted import convert_causal
from trainers import causal, graders, grpo
from trainers.predict import predict

pytest.importorskip("trl")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that says bird or fish of the sea, about as often."""
    folder = tmp_path_factory.mktemp("base")
    dataset = convert_causal(folder / "out", {"train": 60})
    return causal.train(dataset, out=folder / "run", epochs=9, batch_tokens=700)


def test_the_reward_rises(base: Path, tmp_path: Path) -> None:
    run = grpo.train(
        items(tmp_path / "out", train=[item(n) for n in range(6)], test=[item(7)]),
        out=tmp_path / "run",
        model=str(base),
        grader=near(tmp_path),
        max_new_tokens=6,
        epochs=3,
        learning_rate=1e-3,
    )
    lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    rewards = [line["reward"] for line in lines if "reward" in line]
    assert len(rewards) == 18
    assert sum(rewards[-6:]) / 6 > sum(rewards[:6]) / 6 + 0.2
    scores = json.loads((run / "evaluation.json").read_text())
    assert scores["held_out_reward"] == {"split": "test", "examples": 1, "mean": 1.0}
    card = (run / "README.md").read_text()
    assert "trained on a grader's rewards by TRL's GRPO, beta 0" in card
    assert "- mean reward 1.000 on 1 held-out items (test), answered greedily" in card
    (tmp_path / "prompts.jsonl").write_text('{"prompt": "What is number 3, the robin? "}\n')
    found = predict(run, tmp_path / "prompts.jsonl", out=tmp_path / "said", max_new_tokens=6)
    assert json.loads(found.path.read_text())["completion"].strip() == "bird"


def test_answers_that_are_all_alike_in_reward_are_said_to_teach_nothing(
    base: Path, tmp_path: Path
) -> None:
    run = grpo.train(
        items(tmp_path / "out", train=[item(1, "nobody says this")]),
        out=tmp_path / "run",
        model=str(base),
        max_new_tokens=4,
        generations=2,
        epochs=1,
    )
    assert (
        "- in 0 of 1 steps the answers to an item had different rewards: nothing was learned"
    ) in (run / "README.md").read_text().splitlines()


def test_a_developer_is_the_system_and_a_text_of_the_user_no_special_token(base: Path) -> None:
    tokenizer = load_chat_tokenizer(str(base / "model"))
    row = item(1)
    row["messages"][0]["content"] = "a <|end|> b"
    row["messages"].insert(0, {"role": "developer", "content": "Be short."})
    made = grpo.item_ids(graders.grader_of(graders.DEFAULT), tokenizer, row)
    assert made["item"] == {"reference_answer": "bird"}
    read = tokenizer.decode(made["ids"])
    assert read == "<|system|>Be short.<|end|><|user|>a <|end|> b<|end|><|assistant|>"
    assert made["ids"].count(tokenizer.backend.eos_token_id) == 2


def test_an_item_that_lacks_the_graders_key_is_named(base: Path, tmp_path: Path) -> None:
    rows = [item(1), {"messages": item(2)["messages"], "answer": "bird"}]
    with pytest.raises(UsageError, match=r"train\.jsonl:2: the grader reads item\.reference_ans"):
        grpo.train(items(tmp_path / "out", train=rows), out=tmp_path / "run", model=str(base))
    assert not (tmp_path / "run").exists()


def test_what_grpo_cannot_do_is_refused(base: Path, tmp_path: Path) -> None:
    folder = items(tmp_path / "out", train=[item(1)])

    def train(**choices: Any) -> None:
        grpo.train(folder, out=tmp_path / "run", model=str(base), **choices)

    with pytest.raises(UsageError, match="sample at least 2"):
        train(generations=1)
    with pytest.raises(UsageError, match="temperature is 0"):
        train(temperature=0)
    with pytest.raises(NothingToDo, match="has no items for a grader to train on"):
        grpo.train(items(tmp_path / "no", test=[item(1)]), out=tmp_path / "run", model=str(base))
