"""Scores of the vocabulary on learned positions alone give the loss and gradient of all of them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import (
    CohereConfig,
    CohereForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    GraniteConfig,
    GraniteForCausalLM,
    MT5Config,
    MT5ForConditionalGeneration,
)

from tests.unit.trainers.one_step import VOCABULARY, Held, collate, model
from trainers import learned_logits, loss, packing
from trainers.loop import summed_loss
from trainers.rows import IGNORED

LINES = [(0, 3), (1, 2), (4, 6, 7)]
_SHAPE: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 48,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 12,
}


def _gemma2() -> Any:
    config = Gemma2Config(**_SHAPE, final_logit_softcapping=0.5, attn_implementation="eager")
    return Gemma2ForCausalLM(config)


def _cohere() -> Any:
    return CohereForCausalLM(CohereConfig(**_SHAPE, logit_scale=0.0625))


def _granite() -> Any:
    return GraniteForCausalLM(GraniteConfig(**_SHAPE, logits_scaling=7.0))


def _mt5() -> Any:
    """The shape of T5 1.1: its head is a matrix of its own, and its scores are not scaled."""
    shape = {"d_model": 48, "d_kv": 12, "d_ff": 64, "num_heads": 4, "num_layers": 2}
    config = MT5Config(vocab_size=VOCABULARY, dropout_rate=0.0, decoder_start_token_id=0, **shape)
    made = MT5ForConditionalGeneration(config)
    packing.accept_masks(made)
    return made


def _adapted() -> Any:
    """A LLaMA whose head has adapters too, with weights that are not zero."""
    from peft import LoraConfig, get_peft_model

    made = get_peft_model(
        model("causal"),
        LoraConfig(r=4, target_modules=["q_proj", "lm_head"], task_type="CAUSAL_LM"),
    )
    for name, weights in made.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights)
    return made


def _head_saved_whole() -> Any:
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=4, target_modules=["q_proj"], modules_to_save=["lm_head"])
    return get_peft_model(model("causal"), config)


MAKERS = {
    "llama": lambda: model("causal"),
    "gemma2": _gemma2,
    "cohere": _cohere,
    "granite": _granite,
    "adapted head": _adapted,
    "head saved whole": _head_saved_whole,
    "t5": lambda: model("t5"),
    "mt5": _mt5,
}


def batch(name: str, *, packed: bool, weighed: bool = False) -> dict[str, torch.Tensor]:
    """The lines of that family, with labels of which most are masked."""
    family = "t5" if "t5" in name else "causal"
    held = Held(family)
    if weighed:
        held.rows = [row._replace(weight=(n + 1) / 8) for n, row in enumerate(held.rows)]
    lines = LINES if packed else [(n,) for n in range(8)]
    made: dict[str, torch.Tensor] = collate(family, packed=packed)([held[line] for line in lines])
    return made


def of_all(net: Any, inputs: dict[str, Any]) -> torch.Tensor:
    """The loss by the scores of every position, as it was taken before."""
    labels, weights = inputs.pop("labels"), inputs.pop("weights", None)
    if "segments" in inputs:
        inputs = packing.block_masks(inputs, torch.float64)
    return loss.summed(net(**inputs, use_cache=False).logits, labels, weights)


def gradients(net: Any, value: torch.Tensor) -> torch.Tensor:
    """Of all weights that are trained, one behind the other."""
    trained = [p for p in net.parameters() if p.requires_grad]
    found = torch.autograd.grad(value, trained, allow_unused=True)
    return torch.cat([g.flatten() for g in found if g is not None])


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(("packed", "weighed"), [(False, True), (True, False)])
def test_loss_and_gradient_are_those_of_all_positions(
    name: str, packed: bool, weighed: bool
) -> None:
    torch.manual_seed(0)
    net = MAKERS[name]().double()
    expected = of_all(net, batch(name, packed=packed, weighed=weighed))
    wanted = gradients(net, expected)
    found = summed_loss(net, batch(name, packed=packed, weighed=weighed))
    assert found.item() == pytest.approx(expected.item(), rel=1e-6)
    assert wanted.abs().max() > 0
    assert (gradients(net, found) - wanted).abs().max() < 1e-6


@pytest.mark.parametrize("name", MAKERS)
def test_no_other_scores_are_computed(name: str) -> None:
    net = MAKERS[name]()
    inputs = batch(name, packed=False)
    labels = inputs.pop("labels")
    dtype = net.dtype
    inputs = {k: v.to(dtype) if v.is_floating_point() else v for k, v in inputs.items()}
    logits, kept, _ = learned_logits.scores(net, inputs, labels, None)
    learned = int((labels != IGNORED).sum())
    assert 0 < learned < labels.numel()
    assert logits.shape == (1, learned, VOCABULARY)
    assert kept.tolist() == [labels[labels != IGNORED].tolist()]


class HeadBySteps(torch.nn.Module):
    """A model that asks its head a few tokens at a time, or is compiled: nothing is left out."""

    def __init__(self, *, compiled: bool = False) -> None:
        super().__init__()
        self.net = model("causal")
        if compiled:
            self._orig_mod = self.net

    def get_output_embeddings(self) -> Any:
        return self.net.lm_head

    def forward(self, **inputs: Any) -> Any:
        hidden = self.net.model(**inputs).last_hidden_state
        parts = [self.net.lm_head(part) for part in hidden.split(5, dim=1)]
        return type("Output", (), {"logits": torch.cat(parts, dim=1)})


@pytest.mark.parametrize("compiled", [False, True])
def test_a_head_that_is_asked_otherwise_has_all_its_scores(compiled: bool) -> None:
    net = HeadBySteps(compiled=compiled)
    found = summed_loss(net, batch("llama", packed=True))
    expected = of_all(net.net, batch("llama", packed=True))
    assert found.item() == pytest.approx(expected.item(), rel=1e-9)


def test_the_head_is_as_it_was_afterwards() -> None:
    net = model("causal")
    summed_loss(net, batch("llama", packed=True))
    assert not net.lm_head._forward_pre_hooks
