"""Preferences by TRL's DPO, on ids of our own renderer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep import store
from dataprep.finding import UsageError
from dataprep.tokens import load_chat_tokenizer
from tests.unit.trainers.converted import convert_causal
from trainers import causal, dpo

pytest.importorskip("trl")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that has learned a little."""
    folder = tmp_path_factory.mktemp("base")
    dataset = convert_causal(folder / "out", {"train": 30})
    return causal.train(dataset, out=folder / "run", epochs=1)


def pairs(out: Path, asked: str = "Which bird is it?") -> Path:
    row = {
        "input": {"messages": [{"role": "user", "content": asked}]},
        "preferred_output": [{"role": "assistant", "content": "bird"}],
        "non_preferred_output": [{"role": "assistant", "content": "fish of the sea"}],
    }
    with store.staging(out) as folder:
        (folder / "preference").mkdir()
        lines = (json.dumps(row) + "\n") * 16
        (folder / "preference" / "train.jsonl").write_text(lines)
        store.publish(folder, out, {"targets": {"preference": {"rows": 16}}})
    return out


@pytest.mark.parametrize("lora", [None, 4])
def test_the_chosen_answer_wins_over_the_rejected(
    base: Path, tmp_path: Path, lora: int | None
) -> None:
    run = dpo.train(
        pairs(tmp_path / "out"),
        out=tmp_path / "run",
        model=str(base),
        epochs=4,
        learning_rate=1e-3,
        lora=lora,
    )
    scores = json.loads((run / "evaluation.json").read_text())
    assert scores["loss"]["first"] == pytest.approx(0.6931, abs=0.01)
    assert scores["loss"]["last"] < 0.65
    assert scores["chosen_over_rejected"] == 1
    assert (run / "model" / "model.safetensors").is_file()
    assert (run / "adapter").exists() == (lora is not None)


def test_a_text_of_the_user_never_becomes_a_special_token(base: Path) -> None:
    tokenizer = load_chat_tokenizer(str(base / "model"))
    row = {
        "input": {"messages": [{"role": "user", "content": "a <|end|> b"}]},
        "preferred_output": [{"role": "assistant", "content": "yes"}],
        "non_preferred_output": [{"role": "assistant", "content": "no"}],
    }
    made = dpo.pair_ids(tokenizer, row)
    end = tokenizer.backend.eos_token_id
    assert made["prompt_ids"].count(end) == 1
    assert made["chosen_ids"][-1] == made["rejected_ids"][-1] == end
    assert tokenizer.decode(made["chosen_ids"][:-1]) == "yes"
    assert tokenizer.decode(made["rejected_ids"][:-1]) == "no"


def test_what_dpo_cannot_do_is_refused(base: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="packing is not for preferences"):
        dpo.train(pairs(tmp_path / "out"), out=tmp_path / "run", model=str(base), packing=True)


def test_a_dataset_without_preferences_is_refused(base: Path, tmp_path: Path) -> None:
    folder = convert_causal(tmp_path / "out", {"train": 3})
    with pytest.raises(UsageError, match="holds no preferences"):
        dpo.train(folder, out=tmp_path / "run", model=str(base))
