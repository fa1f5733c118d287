"""What leaves a run works elsewhere: where it stops, its cache, its adapters, the best weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch
from peft import AutoPeftModelForCausalLM
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

from dataprep.tokens import load_chat_tokenizer, save_chat_tokenizer
from tests.unit.trainers.converted import convert, convert_causal
from trainers import causal, predict, t5
from trainers.run_folder import RunFolder

CHATML = (
    "{% for m in messages %}<|user|>{{ m.role }}\n{{ m.content }}<|assistant|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|user|>assistant\n{% endif %}"
)
"""A template that ends every turn in a token that is not the tokenizer's end of text."""


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model whose settings know nothing of the template's ends, and sample by no rule."""
    folder = tmp_path_factory.mktemp("base") / "model"
    data = convert_causal(folder.parent / "words", {"train": 90})
    tokenizer = load_chat_tokenizer(str(data / "causal" / "tokenizer"))
    tokenizer.backend.chat_template = CHATML
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
    config = LlamaConfig(
        vocab_size=tokenizer.vocabulary,
        num_attention_heads=4,
        num_key_value_heads=2,
        eos_token_id=7,
        bos_token_id=9,
        **shape,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    settings = {"eos_token_id": 7, "bos_token_id": 9, "temperature": 0.6, "do_sample": False}
    (folder / "generation_config.json").write_text(json.dumps(settings))
    save_chat_tokenizer(tokenizer, folder)
    return folder


@pytest.fixture(scope="module")
def dataset(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Conversations by the template of the base."""
    sizes = {"train": 90, "validation": 30, "test": 30}
    return convert_causal(tmp_path_factory.mktemp("data") / "out", sizes, tokenizer=base)


@pytest.fixture(scope="module")
def run(base: Path, dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "run"
    return causal.train(
        dataset, out=out, model=str(base), epochs=8, batch_tokens=500, learning_rate=3e-3
    )


def test_a_tuned_base_model_stops_where_its_training_data_stops(run: Path) -> None:
    """It said 7 alone, which no answer ends in, and went on to the limit."""
    turn_end, text_end = 4, 1  # <|assistant|> and <|end|> of the tokenizer
    for name in ("config.json", "generation_config.json"):
        found = read(run / "model" / name)
        assert found["eos_token_id"] == [turn_end, text_end, 7]
        assert found["pad_token_id"] == 0
        assert found.get("bos_token_id") is None
    tokenizer = AutoTokenizer.from_pretrained(run / "model")
    assert tokenizer.convert_ids_to_tokens([turn_end, text_end]) == ["<|assistant|>", "<|end|>"]
    net = AutoModelForCausalLM.from_pretrained(run / "model")
    messages = [{"role": "user", "content": "What is number 3, the trout?"}]
    asked = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    said = net.generate(**asked, max_new_tokens=60)[0, asked["input_ids"].shape[1] :]
    assert said[-1] == turn_end
    assert len(said) < 20


def test_the_cache_is_on_as_it_was(run: Path, base: Path) -> None:
    assert read(base / "config.json")["use_cache"] is True
    assert read(run / "model" / "config.json")["use_cache"] is True


def test_settings_that_contradict_themselves_do_not_end_a_run(run: Path, base: Path) -> None:
    """Llama 2 names a temperature and no sampling: saving raised at the first checkpoint."""
    assert read(base / "generation_config.json")["temperature"] == 0.6
    assert read(run / "model" / "generation_config.json").get("temperature") is None


def test_a_t5_stops_and_caches_as_it_did(tmp_path: Path) -> None:
    data = convert(tmp_path / "out", {"train": 12})
    made = t5.train(data, out=tmp_path / "run", epochs=1)
    config, settings = (read(made / "model" / f"{n}.json") for n in ("config", "generation_config"))
    assert (config["use_cache"], config["eos_token_id"], config["pad_token_id"]) == (True, 1, 0)
    assert (settings["eos_token_id"], settings["decoder_start_token_id"]) == (1, 0)


def test_adapters_of_a_relative_folder_are_loaded_by_peft_from_anywhere(
    base: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(base.parent)
    made = causal.train(
        dataset, out=tmp_path / "run", model="model", lora=4, epochs=1, learning_rate=1e-2
    )
    monkeypatch.chdir(tmp_path)
    assert read(made / "adapter" / "adapter_config.json")["base_model_name_or_path"] == str(base)
    merged = AutoModelForCausalLM.from_pretrained(made / "model")
    _same_logits(AutoPeftModelForCausalLM.from_pretrained(made / "adapter"), merged)
    settings = read(made / "adapter" / "generation_config.json")
    assert settings["eos_token_id"] == read(made / "model" / "config.json")["eos_token_id"]


def test_adapters_of_the_hub_name_the_revision_that_they_were_trained_on(
    base: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = causal.models.given_causal

    def from_hub(model: str, *args: Any) -> Any:
        net = given(str(base), *args)
        net.config._commit_hash = "0123abc"
        return net

    monkeypatch.setattr(causal.models, "given_causal", from_hub)
    made = causal.train(dataset, out=tmp_path / "run", model="someone/a-llama", lora=4, epochs=0.2)
    found = read(made / "adapter" / "adapter_config.json")
    assert (found["base_model_name_or_path"], found["revision"]) == ("someone/a-llama", "0123abc")


def _same_logits(one: Any, other: Any) -> None:
    ids = torch.tensor([[7, 8, 9, 10]])
    with torch.no_grad():
        assert torch.allclose(one.eval()(ids).logits, other.eval()(ids).logits, atol=1e-4)


def overfitted(dataset: Path, out: Path, **more: Any) -> Path:
    """A run whose held-out loss rises again before its end: its answers are others."""
    choices: dict[str, Any] = {"epochs": 5, "checkpoint_steps": 2, "learning_rate": 3e-3}
    return causal.train(dataset, out=out, batch_tokens=500, **{**choices, **more})


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sizes = {"train": 60, "validation": 30, "test": 6}
    out = tmp_path_factory.mktemp("plain") / "out"
    return convert_causal(out, sizes, validated="fish, or {}, or neither")


def held_out(run: Path) -> dict[int, float]:
    return RunFolder(run, {}).losses("held_out_loss")


def loss_of(folder: Path, dataset: Path) -> float:
    """The held-out loss of the saved weights, by transformers alone."""
    net = AutoModelForCausalLM.from_pretrained(folder).eval()
    total, count = 0.0, 0
    frame = pl.read_parquet(dataset / "causal" / "validation.parquet")
    for ids, labels in frame["input_ids", "labels"].iter_rows():
        with torch.no_grad():
            logits = net(torch.tensor([ids])).logits[0, :-1]
        wanted = torch.tensor(labels[1:])
        total += float(torch.nn.functional.cross_entropy(logits, wanted, reduction="sum"))
        count += int(wanted.ne(-100).sum())
    return total / count


@pytest.fixture(scope="module")
def best(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return overfitted(plain, tmp_path_factory.mktemp("best") / "run")


def test_the_best_weights_are_saved(best: Path, plain: Path) -> None:
    held = held_out(best)
    step, lowest = min(held.items(), key=lambda item: item[1])
    assert step < max(held)
    assert loss_of(best / "model", plain) == pytest.approx(lowest, rel=1e-4)
    scores = read(best / "evaluation.json")
    assert scores["saved"] == {"step": step, "of": "best"}
    assert scores["held_out_loss"]["saved"] == lowest
    last = json.loads((best / "metrics.jsonl").read_text().splitlines()[-1])
    assert last == {"step": step, "saved": True}
    assert f"weights: those of step {step}, of the lowest" in (best / "README.md").read_text()


def test_the_last_weights_are_judged_too(best: Path) -> None:
    steps = read(best / "evaluation.json")["steps"]
    assert max(held_out(best)) == steps[0] == steps[1]


def test_keep_last_saves_the_last(best: Path, plain: Path, tmp_path: Path) -> None:
    made = overfitted(plain, tmp_path / "run", keep="last")
    held = held_out(made)
    assert held == held_out(best)
    assert read(made / "evaluation.json")["saved"] == {"step": max(held), "of": "last"}
    assert loss_of(made / "model", plain) == pytest.approx(held[max(held)], rel=1e-4)


def test_a_run_that_goes_on_elsewhere_saves_the_best_from_before_the_kill(
    best: Path, plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = read(best / "evaluation.json")["saved"]["step"]
    mark = RunFolder.mark_whole

    def stopped(run: RunFolder, at: int) -> None:
        mark(run, at)
        if at == step + 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "mark_whole", stopped)
        with pytest.raises(KeyboardInterrupt):
            overfitted(plain, tmp_path / "run")
    place = (tmp_path / "run").rename(tmp_path / "elsewhere")
    made = overfitted(plain, place, resume=True)
    assert read(made / "evaluation.json")["saved"] == {"step": step, "of": "best"}
    assert held_out(made) == held_out(best)
    one, other = (AutoModelForCausalLM.from_pretrained(r / "model") for r in (made, best))
    assert all(map(torch.equal, one.state_dict().values(), other.state_dict().values()))


def test_minutes_that_are_over_end_in_a_checkpoint_that_is_judged(
    plain: Path, tmp_path: Path
) -> None:
    made = overfitted(plain, tmp_path / "run", checkpoint_steps=10_000, max_minutes=1e-5)
    scores = read(made / "evaluation.json")
    assert scores["steps"][0] < scores["steps"][1]
    assert list(held_out(made)) == [scores["steps"][0]]


def test_the_best_adapters_are_saved_and_merged(best: Path, plain: Path, tmp_path: Path) -> None:
    made = overfitted(plain, tmp_path / "run", model=str(best), lora=8, learning_rate=5e-2)
    held = held_out(made)
    lowest = min(held.values())
    assert lowest < held[max(held)]
    assert loss_of(made / "model", plain) == pytest.approx(lowest, rel=1e-4)
    merged = AutoModelForCausalLM.from_pretrained(made / "model")
    _same_logits(AutoPeftModelForCausalLM.from_pretrained(made / "adapter"), merged)


def test_predict_stops_where_the_model_says(run: Path, tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text('{"prompt": "What is number 3, the trout?"}\n')
    made = predict.predict(run, tmp_path / "asked.jsonl", out=tmp_path / "said", max_new_tokens=60)
    said = read(made.path)["completion"]
    assert said.startswith(("bird", "fish"))
    assert len(said) < 40
