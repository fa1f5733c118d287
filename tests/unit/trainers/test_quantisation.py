"""QLoRA: what a base in 4 bits computes, what of a model stands in them, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    T5Config,
    T5ForConditionalGeneration,
)

from dataprep.finding import EnvironmentProblem, UsageError
from tests.unit.trainers import tiny_models
from trainers import adapters, loop, model_files, models, options, planning, quantisation
from trainers.dataset import Words
from trainers.optimisers import OptimiserSettings
from trainers.options import TrainingOptions

bnb = pytest.importorskip("bitsandbytes")
QLORA = TrainingOptions(lora=4, load_in_4bit=True)
IDS = torch.randint(2, 90, (4, 16), generator=torch.Generator().manual_seed(0))
LABELS = torch.cat([IDS[:, 1:], torch.full((4, 1), -100)], dim=1)


def saved(net: Any, folder: Path) -> str:
    net.save_pretrained(folder)
    return str(folder)


def in_4bit(net: Any, folder: Path, dtype: torch.dtype = torch.float32) -> Any:
    """The model from its folder, as `train --load-in-4bit` has it."""
    kind = models.loader(net.config, "t5" if net.config.is_encoder_decoder else "causal")
    where = saved(net, folder)
    more = quantisation.loading(kind, model_files.config_of(where), where, dtype)
    return model_files.load_weights(kind, where, "auto", "float32", **more)


def adapted(net: Any) -> Any:
    """With adapters that are not nought."""
    made = adapters.with_lora(net, QLORA, "CAUSAL_LM")
    torch.manual_seed(1)
    for name, weights in made.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.1)
    return made.train()


def rounded(weights: torch.Tensor) -> torch.Tensor:
    """What NF4 leaves of a matrix, by bitsandbytes' own functions."""
    stored, state = bnb.functional.quantize_4bit(
        weights.contiguous(), quant_type="nf4", compress_statistics=True
    )
    made: torch.Tensor = bnb.functional.dequantize_4bit(stored, state)
    return made


def test_loss_and_gradients_are_those_of_the_rounded_base_with_the_product_of_the_adapters(
    tmp_path: Path,
) -> None:
    """W' = NF4(W) + 2 B A, so the gradients are G_B = 2 G_W' A^T and G_A = 2 B^T G_W'."""
    plain = tiny_models.net("Mistral 7B v0.3")
    made = adapted(in_4bit(plain, tmp_path))
    loss = loop.summed_loss(made, {"input_ids": IDS, "labels": LABELS.clone()})
    loss.backward()
    factors = {
        name.removeprefix("base_model.model."): module
        for name, module in made.named_modules()
        if hasattr(module, "lora_A")
    }
    layers = {name: plain.get_submodule(name) for name in factors}
    assert len(layers) == 14
    with torch.no_grad():
        for name, layer in layers.items():
            a, b = (factors[name].lora_A.default, factors[name].lora_B.default)
            layer.weight.copy_(rounded(layer.weight) + 2 * b.weight @ a.weight)
    logits = plain.train()(IDS).logits.flatten(0, 1)
    wanted = torch.nn.functional.cross_entropy(logits, LABELS.flatten(), reduction="sum")
    wanted.backward()
    assert float(loss.detach()) == pytest.approx(float(wanted.detach()), rel=1e-5)
    for name, layer in layers.items():
        a, b = (factors[name].lora_A.default.weight, factors[name].lora_B.default.weight)
        assert torch.allclose(b.grad, 2 * layer.weight.grad @ a.T, atol=1e-3), name
        assert torch.allclose(a.grad, 2 * b.T @ layer.weight.grad, atol=1e-3), name


def test_a_model_that_was_asked_goes_on_learning_as_before(tmp_path: Path) -> None:
    """bitsandbytes rewrote the base at the first answer, where a processor computes in bf16."""
    made = adapted(in_4bit(tiny_models.net("Mistral 7B v0.3"), tmp_path))

    def gradients() -> list[torch.Tensor]:
        made.zero_grad()
        loop.summed_loss(made, {"input_ids": IDS, "labels": LABELS.clone()}).backward()
        return [p.grad.clone() for p in made.parameters() if p.requires_grad]

    before = gradients()
    with torch.no_grad():
        made.eval()(input_ids=IDS)
    made.train()
    assert all(torch.equal(one, other) for one, other in zip(before, gradients(), strict=True))
    assert all(bool(gradient.any()) for gradient in before)


def test_all_but_the_layers_in_4_bits_is_in_fp32_and_none_of_the_base_learns(
    tmp_path: Path,
) -> None:
    net = tiny_models.net("Mistral 7B v0.3").to(torch.bfloat16)
    made = adapters.with_lora(in_4bit(net, tmp_path, torch.bfloat16), QLORA, "CAUSAL_LM")
    kinds = {name: p.dtype for name, p in made.named_parameters()}
    assert {d for n, d in kinds.items() if not n.endswith("base_layer.weight")} == {torch.float32}
    assert {d for n, d in kinds.items() if n.endswith("base_layer.weight")} == {torch.uint8}
    assert all(".lora_" in n for n, p in made.named_parameters() if p.requires_grad)
    assert quantisation.compute_dtype(made) == torch.bfloat16
    assert adapters.summary(made)["base"] == {
        "type": "nf4",
        "parameters": 15_360,
        "of": net.num_parameters(),
    }


def test_inputs_have_gradients_where_activations_are_made_anew(tmp_path: Path) -> None:
    anew = TrainingOptions(lora=4, load_in_4bit=True, activation_checkpointing=True)
    net = in_4bit(tiny_models.net("Mistral 7B v0.3"), tmp_path)
    made = adapters.with_lora(net, anew, "CAUSAL_LM").train()
    made.activation_checkpointing_enable({"use_reentrant": True})
    loop.summed_loss(made, {"input_ids": IDS, "labels": LABELS.clone()}).backward()
    assert all(bool(p.grad.any()) for n, p in made.named_parameters() if "lora_B" in n)


def gpt2() -> Any:
    """Its layers are Conv1D, which hold their weights the other way round."""
    return GPT2LMHeadModel(GPT2Config(vocab_size=96, n_embd=36, n_layer=2, n_head=2))


def t5() -> Any:
    shape = {"d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 2, "num_heads": 4}
    return T5ForConditionalGeneration(T5Config(vocab_size=96, **shape))


@pytest.mark.parametrize(
    "name", ["Mistral 7B v0.3", "Small 3.1", "Gemma 2", "Gemma 3", "gpt2", "t5"]
)
def test_the_plan_knows_the_layers_that_are_loaded_in_4_bits_and_their_bytes(
    name: str, tmp_path: Path
) -> None:
    net = {"gpt2": gpt2, "t5": t5}[name]() if name in ("gpt2", "t5") else tiny_models.net(name)
    loaded = in_4bit(net, tmp_path)
    layers = {n for n, m in loaded.named_modules() if isinstance(m, bnb.nn.Linear4bit)}
    assert set(quantisation.linear_names(net)) == layers != set()
    family: Any = "t5" if name == "t5" else "causal"
    task: Any = "SEQ_2_SEQ_LM" if name == "t5" else "CAUSAL_LM"
    made = adapters.with_lora(loaded, QLORA, task)
    held = [*made.parameters(), *made.buffers()]
    for layer in (m for m in made.modules() if isinstance(m, bnb.nn.Linear4bit)):
        state = layer.weight.quant_state
        held += [state.absmax, state.code, state.offset, state.state2.absmax, state.state2.code]
    measured = sum({t.data_ptr(): t.nbytes for t in held}.values())
    planned = planning.adapted_maker(
        lambda: type(net)(net.config), QLORA, True, family=family, half=False
    )
    with torch.device("meta"):
        shapes = planned()
    parts = [*shapes.parameters(), *shapes.buffers()]
    assert sum({id(t): t.nbytes for t in parts}.values()) == measured


def test_a_plan_weighs_no_4_bits_over_a_base_that_is_quantised_already() -> None:
    config = tiny_models.config_of("Mistral 7B v0.3", 96, {"pad_token_id": 0, "eos_token_id": 1})
    config.quantization_config = {"quant_method": "gptq", "bits": 4}
    net = AutoModelForCausalLM.from_config(config)
    assert quantisation.unfit(net) == "is quantised already (gptq)"


def test_layers_of_another_shape_than_the_config_says_are_refused(tmp_path: Path) -> None:
    """transformers puts them in 4 bits as they are, and the first product fails."""
    where = saved(tiny_models.net("Mistral 7B v0.3"), tmp_path)
    path = tmp_path / "config.json"
    path.write_text(path.read_text().replace('"intermediate_size": 48', '"intermediate_size": 64'))
    config = model_files.config_of(where)
    more = quantisation.loading(AutoModelForCausalLM, config, where, torch.float32)
    with pytest.raises(UsageError, match="has 6 weights of another shape than its config"):
        model_files.load_weights(AutoModelForCausalLM, where, "auto", "float32", **more)


@pytest.mark.parametrize(
    ("name", "share"), [("Mixtral", 74), ("Qwen3-MoE", 59), ("gpt-oss", 73), ("Llama 4", 63)]
)
def test_experts_are_told_that_they_would_stay_as_they_are(
    name: str, share: int, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as error:
        in_4bit(tiny_models.net(name), tmp_path)
    assert error.value.message == (
        f"{tmp_path} has experts that are no linear layers, and bitsandbytes would leave them as "
        f"they are: {share}% of the weights."
    )
    assert error.value.remedy.startswith("Leave --load-in-4bit out")


def test_a_model_that_is_quantised_already_is_refused(tmp_path: Path) -> None:
    net = in_4bit(tiny_models.net("Mistral 7B v0.3"), tmp_path / "whole")
    net.save_pretrained(tmp_path / "stored")
    with pytest.raises(UsageError, match="is quantised already \\(bitsandbytes\\)") as error:
        model_files.config_of(str(tmp_path / "stored"))
    assert "Name the model that it was made from" in error.value.remedy
    config = model_files.config_of(str(tmp_path / "whole"))
    config.quantization_config = {"quant_method": "gptq", "bits": 4}
    with pytest.raises(UsageError, match="is quantised already \\(gptq\\)"):
        quantisation.loading(AutoModelForCausalLM, config, "a/model", torch.float32)


def test_a_model_without_linear_layers_is_refused() -> None:
    assert quantisation.unfit(T5ForConditionalGeneration(T5Config(vocab_size=9, num_layers=0))) == (
        "has no linear layer that bitsandbytes puts in 4 bits"
    )


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({}, "A model in 4 bits cannot learn itself"),
        ({"lora": 4, "compile": True, "packing": True}, "--compile is not for a base in 4 bits"),
    ],
)
def test_a_base_in_4_bits_is_for_adapters(choices: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        TrainingOptions(load_in_4bit=True, **choices)


@pytest.mark.parametrize(
    ("model", "said"), [(None, "A new model is made"), ("a.gguf", "a.gguf is")]
)
def test_only_a_given_model_is_loaded_in_4_bits(model: str | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        QLORA.settled_for(model)
    assert QLORA.settled_for("a/model").load_in_4bit


def test_without_bitsandbytes_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EnvironmentProblem) as error:
        TrainingOptions(lora=4, load_in_4bit=True)
    assert error.value.exit_code == 4
    assert error.value.remedy == "Install it with: pip install 'dataprep-tune[qlora]'"


def test_a_gpu_that_bitsandbytes_has_no_library_for_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was an internal error, at the first step."""
    from bitsandbytes import cextension

    missing = cextension.ErrorHandlerMockBNBNativeLibrary("CUDA binary not found")
    net = tiny_models.net("Mistral 7B v0.3")
    with monkeypatch.context() as patch:
        patch.setattr(cextension, "lib", missing)
        patch.setattr(options, "has_gpu", lambda: True)
        with pytest.raises(EnvironmentProblem, match="no library for this GPU") as error:
            in_4bit(net, tmp_path)
        assert "python -m bitsandbytes" in error.value.remedy
        with pytest.raises(EnvironmentProblem, match="no library for this GPU"):
            OptimiserSettings("adamw_8bit", 1e-3).make(net, list(net.parameters()))


def test_a_gpu_that_is_too_small_for_4_bits_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    where = saved(tiny_models.net("Mistral 7B v0.3"), tmp_path)
    monkeypatch.setattr(models, "load_weights", full)
    monkeypatch.setattr(models, "_vocabulary", lambda *_: "same")
    words = Words(lambda _: [], lambda _: [], lambda _: None, 0, (1,), "same", 96)
    with pytest.raises(EnvironmentProblem, match=r"too small for .* in 4 bits"):
        models.given_causal(where, words, "auto", "float32", torch.float32)
