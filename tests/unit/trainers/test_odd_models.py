"""Models and tokenizers that do not belong together, or are not what they seem: in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModelForCausalLM

from dataprep import tokens
from dataprep.finding import UsageError
from tests.unit.trainers import tiny_models
from tests.unit.trainers.converted import convert_causal
from trainers import causal, models, planning


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert_causal(tmp_path_factory.mktemp("data") / "out", {"train": 12, "test": 2})


@pytest.fixture
def base(dataset: Path, tmp_path: Path) -> Path:
    return tiny_models.build("Mistral 7B v0.3", dataset, tmp_path / "base")


def trained(dataset: Path, out: Path, model: Path, **choices: Any) -> Path:
    return causal.train(dataset, out=out, model=str(model), epochs=1, batch_tokens=1200, **choices)


def resized(base: Path, size: int) -> Path:
    net = AutoModelForCausalLM.from_pretrained(base)
    net.resize_token_embeddings(size)
    net.save_pretrained(base)
    return base


def settings_of_tokenizer(base: Path, **more: Any) -> None:
    path = base / "tokenizer_config.json"
    kept = {k: v for k, v in (json.loads(path.read_text()) | more).items() if v is not None}
    path.write_text(json.dumps(kept))


def test_a_model_without_the_token_that_ends_an_answer_is_refused(base: Path) -> None:
    """The ends of LLaMA 3 are the last of its ids; the rows may hold none that the model lacks."""
    net = AutoModelForCausalLM.from_pretrained(base)
    words = models.causal_words(tokens.load_chat_tokenizer(str(base)))
    models.refuse_other_size("base", words, net)
    beyond = replace(words, ends=(1, words.size + 24))
    with pytest.raises(UsageError, match="the model knows 357: it could never end") as error:
        models.refuse_other_size("base", beyond, net)
    assert error.value.remedy == "Give the tokenizer and the weights of one model."


def test_a_model_with_more_ids_than_its_tokenizer_is_trained(
    dataset: Path, base: Path, tmp_path: Path
) -> None:
    """Many are padded to a round number; what such an id says is nothing."""
    run = trained(dataset, tmp_path / "run", resized(base, 512))
    words = models.causal_words(tokens.load_chat_tokenizer(str(run / "model")))
    assert words.decode([[500, 511]]) == [""]
    assert json.loads((run / "evaluation.json").read_text())["examples"] == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("num_hidden_layers", 0), ("num_attention_heads", 0), ("hidden_size", 0), ("vocab_size", -1)],
)
@pytest.mark.parametrize("plan", [False, True])
def test_a_config_of_an_empty_model_is_refused(
    base: Path, dataset: Path, tmp_path: Path, name: str, value: int, *, plan: bool
) -> None:
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**config, name: value}))
    with pytest.raises(UsageError, match=f"says {name}: {value}, and such a model learns"):
        if plan:
            planning.plan(dataset, target="causal", family="causal", model=str(base))
        else:
            trained(dataset, tmp_path / "run", base)


def test_the_end_is_learned_where_it_is_also_the_padding(base: Path) -> None:
    settings_of_tokenizer(base, **{"pad_token": "<|end|>"})
    tokenizer = tokens.load_chat_tokenizer(str(base))
    words = models.causal_words(tokenizer)
    assert words.pad in words.ends
    asked = [{"role": "user", "content": "What?"}, {"role": "assistant", "content": "trout"}]
    labels = tokenizer.encode(asked).labels
    assert [i for i in labels if i != tokens.IGNORED][-1] == words.pad


def test_a_tokenizer_that_names_no_end_is_refused(
    dataset: Path, base: Path, tmp_path: Path
) -> None:
    settings_of_tokenizer(base, eos_token=None)
    with pytest.raises(UsageError, match="names no token that ends a text"):
        trained(dataset, tmp_path / "run", base)


def test_adapters_are_no_model_and_name_the_base_that_they_are_for(
    dataset: Path, base: Path, tmp_path: Path
) -> None:
    run = trained(dataset, tmp_path / "run", base, lora=2)
    with pytest.raises(UsageError, match=r"holds adapters for .*base, not a whole model") as error:
        trained(dataset, tmp_path / "again", run / "adapter")
    assert "whose model/ has them merged" in error.value.remedy
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("content", ['{"base_model_name_or_path": 3}', "[]", "{", "\udc80"])
def test_adapters_beside_another_base_are_refused(
    dataset: Path, base: Path, tmp_path: Path, content: str
) -> None:
    """transformers puts them on whatever base lies there; it was an internal error."""
    (base / "adapter_config.json").write_text(content, "utf-8", "surrogateescape")
    with pytest.raises(UsageError, match="holds adapters, not a whole model"):
        trained(dataset, tmp_path / "run", base)
