"""Preferences by TRL's DPO, on ids of our own renderer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from dataprep import store
from dataprep.durable import write_json
from dataprep.finding import UsageError
from dataprep.tokens import load_chat_tokenizer
from tests.unit.trainers.converted import convert_causal
from trainers import causal, dpo
from trainers.run_folder import SETTINGS, RunFolder, day_in, settings_of

pytest.importorskip("trl")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that has learned a little."""
    folder = tmp_path_factory.mktemp("base")
    dataset = convert_causal(folder / "out", {"train": 30})
    return causal.train(dataset, out=folder / "run", epochs=1)


def pair(asked: str, chosen: str = "bird", rejected: str = "fish of the sea") -> str:
    """A line of the target preference."""
    row = {
        "input": {"messages": [{"role": "user", "content": asked}]},
        "preferred_output": [{"role": "assistant", "content": chosen}],
        "non_preferred_output": [{"role": "assistant", "content": rejected}],
    }
    return json.dumps(row) + "\n"


def pairs(out: Path, asked: str = "Which bird is it?", held_out: str = "") -> Path:
    with store.staging(out) as folder:
        (folder / "preference").mkdir()
        (folder / "preference" / "train.jsonl").write_text(pair(asked) * 16)
        if held_out:
            (folder / "preference" / "validation.jsonl").write_text(held_out)
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
    card = (run / "README.md").read_text().splitlines()
    assert "# A causal model, trained on preferences by TRL's DPO, beta 0.1" in card
    assert "- of the training pairs, the chosen answer is the likelier in 100.0%" in card
    assert card[0] == "---"


def test_a_run_that_was_killed_goes_on_to_the_same_weights(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It began anew: no checkpoint was ever marked whole."""
    folder = pairs(tmp_path / "out")
    mark = RunFolder.mark_whole

    def killed(run: RunFolder, step: int) -> None:
        mark(run, step)
        raise KeyboardInterrupt

    def train(name: str, *, resume: bool = False) -> Path:
        return dpo.train(
            folder,
            out=tmp_path / name,
            model=str(base),
            epochs=3,
            checkpoint_steps=2,
            learning_rate=1e-3,
            resume=resume,
        )

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "mark_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            train("killed")
    assert (tmp_path / "killed" / "checkpoints" / "checkpoint-2" / "whole").is_file()
    found, wanted = (
        load_file(run / "model" / "model.safetensors")
        for run in (train("killed", resume=True), train("whole"))
    )
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


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


def test_the_tools_of_a_row_stand_in_its_prompt(base: Path) -> None:
    """The template would have shown them to the model, and the pair left them out."""
    tokenizer = load_chat_tokenizer(str(base / "model"))
    tokenizer.backend.chat_template = (
        "{% if tools %}{{ tools | tojson }}{% endif %}" + tokenizer.template
    )
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    asked = [{"role": "user", "content": "Which?"}]
    row = {
        "input": {"messages": asked, "tools": [tool]},
        "preferred_output": [{"role": "assistant", "content": "yes"}],
        "non_preferred_output": [{"role": "assistant", "content": "no"}],
    }
    wanted = tokenizer.backend.apply_chat_template(
        asked, tools=[tool], add_generation_prompt=True, tokenize=True, return_dict=True
    )
    assert dpo.pair_ids(tokenizer, row)["prompt_ids"] == wanted["input_ids"]
    assert '"name"' in tokenizer.decode(wanted["input_ids"])


@pytest.mark.parametrize("beta", [0.0, -1.0, float("nan"), float("inf")])
def test_a_beta_that_is_no_weight_is_refused(beta: float, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--beta is"):
        dpo.train(tmp_path, out=tmp_path / "run", model="base", beta=beta)


def test_a_dataset_without_preferences_is_refused(base: Path, tmp_path: Path) -> None:
    folder = convert_causal(tmp_path / "out", {"train": 3})
    with pytest.raises(UsageError, match="holds no preferences"):
        dpo.train(folder, out=tmp_path / "run", model=str(base))


def test_a_run_that_goes_on_writes_the_day_that_it_was_begun_on(tmp_path: Path) -> None:
    dataset = {"chat_template": {"date": "2026-02-03"}}
    write_json(tmp_path / SETTINGS, {"dataset": dataset})
    assert day_in(settings_of(tmp_path)) == date(2026, 2, 3)
    write_json(tmp_path / SETTINGS, {"dataset": {}})
    assert day_in(settings_of(tmp_path)) is None


@pytest.mark.parametrize("lora", [None, 4])
def test_the_weights_of_the_lowest_held_out_loss_are_saved(
    base: Path, tmp_path: Path, lora: int | None
) -> None:
    """Who is held out says the opposite of what is learned: each step is worse than the first."""
    opposite = pair("Which bird is it?", "fish of the sea", "bird") * 3
    folder = pairs(tmp_path / "out", held_out=opposite)

    def train(name: str, **more: Any) -> Path:
        return dpo.train(
            folder,
            out=tmp_path / name,
            model=str(base),
            checkpoint_steps=1,
            learning_rate=1e-3,
            lr_scheduler_type="constant",
            lora=lora,
            **more,
        )

    best, last, once = (
        train("best", epochs=3),
        train("last", epochs=3, keep="last"),
        train("once", epochs=0.5, keep="last"),
    )
    told = {run: json.loads((run / "evaluation.json").read_text()) for run in (best, last)}
    assert told[best]["saved"] == {"step": 1, "of": "best"}
    assert told[last]["saved"] == {"step": 6, "of": "last"}
    for scores in told.values():
        held = scores["held_out_loss"]
        assert held["lowest"] == held["first"] < held["last"]
    assert told[best]["held_out_chosen_over_rejected"] == 0
    weights = {run: load_file(run / "model" / "model.safetensors") for run in (best, last, once)}
    assert all(torch.equal(weights[best][name], weights[once][name]) for name in weights[best])
    assert any(not torch.equal(weights[best][n], weights[last][n]) for n in weights[best])
    assert (
        "weights: those of step 1, of the lowest held-out loss" in (best / "README.md").read_text()
    )
