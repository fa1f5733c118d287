"""What a run answers is the same by plain generate, by peft, by predict and from an export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import AutoPeftModelForCausalLM, AutoPeftModelForSeq2SeqLM
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

from dataprep.tokens import load_tokenizer
from tests.unit.trainers.converted import convert, convert_causal, example
from trainers import causal, predict, t5
from trainers.export import export

MOST = 16
ASKED = [example(number, "test").input for number in range(20)]


def by_generate(net: Any, folder: Path, **more: Any) -> list[str]:
    """As a stranger asks a causal model: by the template, with the model's own settings."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    said = []
    for text in ASKED:
        asked = tokenizer.apply_chat_template(
            [{"role": "user", "content": text}],
            add_generation_prompt=True,
            return_dict=True,
            return_tensors="pt",
        )
        made = net.eval().generate(**asked, max_new_tokens=MOST, **more)
        behind = made[0, asked["input_ids"].shape[1] :]
        said.append(tokenizer.decode(behind, skip_special_tokens=True))
    return said


def by_predict(run: Path, out: Path) -> list[str]:
    source = out.with_suffix(".jsonl")
    source.write_text("".join(json.dumps({"prompt": text}) + "\n" for text in ASKED))
    made = predict.predict(run, source, out=out, max_new_tokens=MOST)
    found = map(json.loads, made.path.read_text().splitlines())
    said = {row["prompt"]: row["completion"] for row in found}
    return [said[text] for text in ASKED]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert_causal(tmp_path_factory.mktemp("causal") / "out", {"train": 60, "test": 6})


@pytest.fixture(scope="module", params=["llama", "mistral"])
def whole(request: Any, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "run"
    return causal.train(data, out=out, kind=request.param, epochs=10, batch_tokens=500)


def test_a_whole_model_answers_the_same_everywhere(whole: Path, tmp_path: Path) -> None:
    wanted = by_generate(AutoModelForCausalLM.from_pretrained(whole / "model"), whole / "model")
    assert len(set(wanted)) > 1
    assert by_predict(whole, tmp_path / "said") == wanted
    export(whole, "merged", out=tmp_path / "merged")
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
    assert by_generate(merged, tmp_path / "merged") == wanted
    export(whole, "gguf", out=tmp_path / "gguf")
    written = AutoModelForCausalLM.from_pretrained(tmp_path / "gguf", gguf_file="model.gguf")
    assert by_generate(written, whole / "model") == wanted


def test_adapters_answer_the_same_apart_and_merged(whole: Path, data: Path, tmp_path: Path) -> None:
    choices: dict[str, Any] = {"lora": 4, "epochs": 1, "learning_rate": 1e-2}
    run = causal.train(data, out=tmp_path / "run", model=str(whole), **choices)
    wanted = by_generate(AutoModelForCausalLM.from_pretrained(run / "model"), run / "model")
    assert by_predict(run, tmp_path / "said") == wanted
    apart = AutoPeftModelForCausalLM.from_pretrained(run / "adapter")
    assert by_generate(apart, run / "adapter") == wanted
    export(run / "adapter", "merged", out=tmp_path / "merged")
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
    assert by_generate(merged, tmp_path / "merged") == wanted


def test_adapters_of_a_gguf_base_answer_the_same(data: Path, tmp_path: Path) -> None:
    """Their base was called "." and could be loaded by nobody."""
    first = causal.train(data, out=tmp_path / "first", epochs=2, batch_tokens=500)
    export(first, "gguf", out=tmp_path / "gguf")
    choices: dict[str, Any] = {"lora": 4, "epochs": 1, "learning_rate": 1e-2}
    model = str(tmp_path / "gguf" / "model.gguf")
    data = convert_causal(tmp_path / "data", {"train": 60, "test": 6}, tokenizer=model)
    run = causal.train(data, out=tmp_path / "run", model=model, **choices)
    named = json.loads((run / "adapter" / "adapter_config.json").read_text())
    assert named["base_model_name_or_path"] == str(run / "base")
    wanted = by_generate(AutoModelForCausalLM.from_pretrained(run / "model"), run / "model")
    assert by_predict(run, tmp_path / "said") == wanted
    apart = AutoPeftModelForCausalLM.from_pretrained(run / "adapter")
    assert by_generate(apart, run / "adapter") == wanted
    weights = AutoModelForCausalLM.from_pretrained(run / "base").state_dict()
    for name, wanted_weights in (
        AutoModelForCausalLM.from_pretrained(first / "model").state_dict().items()
    ):
        assert torch.equal(weights[name], wanted_weights), name


def by_t5(net: Any, folder: Path) -> list[str]:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    asked = tokenizer(ASKED, return_tensors="pt", padding=True)
    asked.pop("token_type_ids", None)
    said = net.eval().generate(**asked, max_new_tokens=MOST)
    found: list[str] = tokenizer.batch_decode(said, skip_special_tokens=True)
    return found


def test_a_t5_answers_the_same_everywhere(tmp_path: Path) -> None:
    data = convert(tmp_path / "data", {"train": 90, "test": 6})
    run = t5.train(data, out=tmp_path / "run", epochs=6, batch_tokens=700)
    wanted = by_t5(AutoModelForSeq2SeqLM.from_pretrained(run / "model"), run / "model")
    assert len(set(wanted)) > 1
    assert by_predict(run, tmp_path / "said") == wanted
    export(run, "merged", out=tmp_path / "merged")
    merged = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "merged")
    assert by_t5(merged, tmp_path / "merged") == wanted
    assert (
        load_tokenizer(str(tmp_path / "merged")).sha256 == load_tokenizer(str(run / "model")).sha256
    )
    choices: dict[str, Any] = {"lora": 4, "epochs": 1, "learning_rate": 1e-2}
    tuned = t5.train(data, out=tmp_path / "tuned", model=str(run), **choices)
    wanted = by_t5(AutoModelForSeq2SeqLM.from_pretrained(tuned / "model"), tuned / "model")
    assert by_predict(tuned, tmp_path / "said tuned") == wanted
    apart = AutoPeftModelForSeq2SeqLM.from_pretrained(tuned / "adapter")
    assert by_t5(apart, tuned / "adapter") == wanted
