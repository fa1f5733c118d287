"""ByT5, UL2 and T5Gemma: converted by their own tokenizers, trained, and loaded by transformers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    ByT5Tokenizer,
    T5Config,
    T5ForConditionalGeneration,
)

from dataprep.finding import UsageError
from dataprep.tokens import load_tokenizer, save_tokenizer, train_tokenizer
from tests.unit.tokens import gemma_folder
from tests.unit.trainers.converted import convert, example
from trainers import predict, t5

_GEMMA = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "query_pre_attn_scalar": 8,
    "max_position_embeddings": 512,
}
_SIGHT = {
    "hidden_size": 32,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "image_size": 28,
    "patch_size": 14,
}
_T5: dict[str, Any] = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4}
_KINDS = ["byt5", "ul2", "t5gemma", "t5gemma2"]


def base_of(kind: str, folder: Path) -> Path:
    """A tiny model of that kind, with a tokenizer of its own."""
    texts = [example(n, "train").input + " bird fish [S2S]" for n in range(40)]
    torch.manual_seed(0)
    if kind.startswith("t5gemma"):
        gemma_folder.write(folder, texts, begins=kind == "t5gemma2")
        text = {**_GEMMA, "vocab_size": load_tokenizer(str(folder)).vocabulary + 9}
        seen = {"text_config": text, "vision_config": _SIGHT}
        both = {"encoder": seen if kind == "t5gemma2" else text, "decoder": dict(text)}
        net: Any = AutoModelForSeq2SeqLM.from_config(AutoConfig.for_model(kind, **both))
    elif kind == "byt5":
        ByT5Tokenizer().save_pretrained(folder)
        shape = {**_T5, "vocab_size": 384, "feed_forward_proj": "gated-gelu"}
        net = T5ForConditionalGeneration(T5Config(**shape, decoder_start_token_id=0))
    else:
        save_tokenizer(train_tokenizer(texts, 300, folder / "learned"), folder)
        vocabulary = load_tokenizer(str(folder)).vocabulary + 28
        shape = {**_T5, "vocab_size": vocabulary, "feed_forward_proj": "gated-silu"}
        net = T5ForConditionalGeneration(T5Config(**shape, decoder_start_token_id=0))
    net.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=_KINDS)
def given(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, Path]:
    """The kind, a model of it, and a dataset by its tokenizer."""
    folder = tmp_path_factory.mktemp(request.param)
    base = base_of(request.param, folder / "base")
    sizes = {"train": 12, "test": 2}
    dataset = convert(folder / "out", sizes, answer="{}", tokenizer=base)
    return request.param, base, dataset


def losses(run: Path) -> tuple[float, float]:
    loss = json.loads((run / "evaluation.json").read_text())["loss"]
    return loss["first"], loss["last"]


def logits(folder: Path, adapter: Path | None = None) -> torch.Tensor:
    from peft import PeftModel

    net: Any = AutoModelForSeq2SeqLM.from_pretrained(folder)
    if adapter:
        net = PeftModel.from_pretrained(net, str(adapter))
    ids = torch.tensor([[70, 71, 72, 73]])
    with torch.no_grad():
        found: torch.Tensor = net.eval()(input_ids=ids, decoder_input_ids=ids).logits
    return found


def test_it_learns_and_answers_as_transformers_makes_it_answer(
    given: tuple[str, Path, Path], tmp_path: Path
) -> None:
    _, base, dataset = given
    out = tmp_path / "run"
    run = t5.train(dataset, out=out, model=str(base), epochs=3, batch_tokens=2000)
    first, last = losses(run)
    assert last < first
    (tmp_path / "asked.jsonl").write_text('{"prompt": "[S2S] What is number 3, the trout?"}\n')
    made = predict.predict(run, tmp_path / "asked.jsonl", out=tmp_path / "said", max_new_tokens=6)
    said = json.loads(made.path.read_text())["completion"]
    tokenizer = AutoTokenizer.from_pretrained(run / "model")
    net = AutoModelForSeq2SeqLM.from_pretrained(run / "model")
    asked = tokenizer(["[S2S] What is number 3, the trout?"], return_tensors="pt")
    asked.pop("token_type_ids", None)
    ids = net.generate(**asked, max_new_tokens=6, do_sample=False)
    assert tokenizer.batch_decode(ids, skip_special_tokens=True) == [said]


def test_its_adapters_merge_and_load_alike(given: tuple[str, Path, Path], tmp_path: Path) -> None:
    _, base, dataset = given
    choices: Any = {"epochs": 3, "batch_tokens": 1500, "learning_rate": 1e-2}
    run = t5.train(dataset, out=tmp_path / "run", model=str(base), lora=4, **choices)
    first, last = losses(run)
    assert last < first
    merged = logits(run / "model")
    assert torch.allclose(logits(base, run / "adapter"), merged, atol=1e-5)
    assert not torch.allclose(logits(base), merged, atol=1e-4)


def test_it_is_packed_exactly_or_refused_in_words(
    given: tuple[str, Path, Path], tmp_path: Path
) -> None:
    kind, base, dataset = given
    choices: Any = {"epochs": 1, "batch_tokens": 1500, "packing": True}
    if kind.startswith("t5gemma"):
        with pytest.raises(UsageError, match=f"is a {kind} model, whose rows cannot be packed"):
            t5.train(dataset, out=tmp_path / "run", model=str(base), **choices)
        assert not (tmp_path / "run").exists()
    else:
        assert losses(t5.train(dataset, out=tmp_path / "run", model=str(base), **choices))[0] > 0


def test_another_tokenizer_is_refused(given: tuple[str, Path, Path], tmp_path: Path) -> None:
    _, base, _ = given
    other = convert(tmp_path / "out", {"train": 6})
    with pytest.raises(UsageError, match="made for another tokenizer"):
        t5.train(other, out=tmp_path / "run", model=str(base))
