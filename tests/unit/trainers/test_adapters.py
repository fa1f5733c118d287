"""Where adapters are put: on every layer that is asked, on experts too, and on no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, T5Config, T5ForConditionalGeneration

from dataprep.finding import UsageError
from tests.unit.trainers import tiny_models
from trainers import adapters
from trainers.options import TrainingOptions

ATTENTION = {"q_proj": 2, "k_proj": 2, "v_proj": 2, "o_proj": 2}
EXPERTS = {"gate_up_proj": 2, "down_proj": 2}
IDS = torch.randint(2, 90, (4, 16), generator=torch.Generator().manual_seed(0))


def adapted(name: str, **choices: Any) -> Any:
    """A model of two layers, with adapters of rank 4."""
    return adapters.with_lora(
        tiny_models.net(name), TrainingOptions(lora=4, **choices), "CAUSAL_LM"
    )


def on(net: Any) -> dict[str, int]:
    found: dict[str, int] = adapters.summary(net)["on"]
    return found


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("Mixtral", {}),
        ("Qwen3-MoE", {}),
        ("gpt-oss", {}),
        ("Llama 4", {"gate_proj": 2, "up_proj": 2, "down_proj": 4}),
        ("GLM-4.5", {"gate_proj": 2, "up_proj": 2, "down_proj": 3, "gate_up_proj": 1}),
    ],
)
def test_adapters_stand_on_attention_experts_and_dense_layers_and_all_of_them_learn(
    name: str, shared: dict[str, int], tmp_path: Path
) -> None:
    """GLM-4.5 has one dense layer and one with an expert that is shared; Llama 4 two of these.

    Were on attention alone (gpt-oss), crashed (Llama 4), or lost the dense layers (GLM-4.5).
    """
    from peft import PeftModel

    made = adapted(name)
    assert on(made) == dict(sorted({**ATTENTION, **EXPERTS, **shared}.items()))
    made.save_pretrained(tmp_path / "new")
    steps = torch.optim.AdamW([p for p in made.parameters() if p.requires_grad], lr=1e-2)
    losses = []
    for _ in range(6):
        loss = made(IDS, labels=IDS, use_cache=False).loss
        loss.backward()
        steps.step()
        losses.append(float(loss.detach()))
        still = [n for n, p in made.named_parameters() if ".lora_B." in n and not p.grad.any()]
        assert still == []
        steps.zero_grad()
    assert losses[-1] < losses[0]
    made.save_pretrained(tmp_path)
    with torch.no_grad():
        wanted = made.eval()(IDS).logits
        loaded = PeftModel.from_pretrained(tiny_models.net(name), str(tmp_path)).eval()(IDS).logits
        merged = made.merge_and_unload()
        merged.save_pretrained(tmp_path / "merged")
        again = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
        for found in (loaded, merged(IDS).logits, again(IDS).logits):
            assert torch.allclose(found, wanted, atol=1e-5)


def test_only_what_is_named_gets_adapters() -> None:
    assert on(adapted("Mixtral", lora_targets="q_proj, v_proj")) == {"q_proj": 2, "v_proj": 2}
    assert on(adapted("Mixtral", lora_targets="experts.down_proj")) == {"down_proj": 2}
    assert on(adapted("Mixtral", lora_targets="gate")) == {"gate": 2}
    assert on(adapted("Llama 4", lora_targets="router")) == {"router": 2}
    assert on(adapted("Mistral 7B v0.3", lora_targets="layers.1.self_attn.q_proj")) == {"q_proj": 1}


@pytest.mark.parametrize("names", ["w1,w2,w3", "gate_proj,up_proj,down_proj"])
def test_the_names_of_single_experts_mean_the_fused_ones(names: str) -> None:
    assert on(adapted("Mixtral", lora_targets=names)) == EXPERTS


@pytest.mark.parametrize("names", ["c_attn", "q_proj,c_attn", "gate_proj", "roj", " , "])
def test_a_target_that_matches_nothing_is_refused_with_the_names_that_exist(names: str) -> None:
    """Half of a fused parameter cannot be adapted without the other half."""
    with pytest.raises(UsageError, match="has no part called") as error:
        adapted("Mixtral", lora_targets=names)
    assert error.value.remedy == (
        "Known: all-linear, down_proj, gate, gate_up_proj, k_proj, o_proj, q_proj, v_proj."
    )


@pytest.mark.parametrize(
    ("name", "targets", "widest"),
    [("Mixtral", "all-linear", 32), ("Mistral 7B v0.3", "k_proj", 16), ("Mixtral", "gate", 4)],
)
def test_a_rank_above_that_of_every_layer_is_refused(name: str, targets: str, widest: int) -> None:
    """It would learn more numbers than the model has, and may ask for more memory than there is."""
    with pytest.raises(UsageError, match=f"is 100000, and no .* has a rank above {widest}\\."):
        adapters.with_lora(
            tiny_models.net(name),
            TrainingOptions(lora=100_000, lora_targets=targets),
            "CAUSAL_LM",
        )


def test_rank_and_alpha_are_as_asked_on_every_layer() -> None:
    """peft doubles them for fused experts where it chooses the layers itself."""
    for choices, alpha in (({}, 8), ({"lora_alpha": 5}, 5)):
        made = adapted("Mixtral", **choices)
        parts = [m for m in made.modules() if hasattr(m, "lora_alpha")]
        assert len(parts) == 12
        assert {(m.r["default"], m.lora_alpha["default"]) for m in parts} == {(4, alpha)}


def test_dropout_is_computed_and_refused_where_it_cannot_be() -> None:
    made = adapted("Mistral 7B v0.3", lora_dropout=0.25)
    drops = [m for m in made.modules() if isinstance(m, torch.nn.Dropout)]
    assert {d.p for d in drops} == {0.25}
    with pytest.raises(UsageError, match=r"experts \(down_proj, gate_up_proj\) take no dropout"):
        adapted("Mixtral", lora_dropout=0.25)
    assert on(adapted("Mixtral", lora_dropout=0.25, lora_targets="q_proj")) == {"q_proj": 2}


@pytest.mark.parametrize("name", ["Small 3.1", "Gemma 3"])
def test_what_sees_pictures_gets_no_adapters(name: str) -> None:
    """No text teaches them anything, and the run would say that they learned."""
    made = adapted(name)
    assert on(made) == dict(
        sorted({**ATTENTION, "gate_proj": 2, "up_proj": 2, "down_proj": 2}.items())
    )
    assert not [n for n, p in made.named_parameters() if p.requires_grad and "vision" in n]


def test_the_head_gets_none_since_it_may_be_the_embeddings() -> None:
    small = T5Config(vocab_size=60, d_model=16, d_kv=4, d_ff=16, num_layers=1, num_heads=2)
    made = adapters.with_lora(
        T5ForConditionalGeneration(small), TrainingOptions(lora=2), "SEQ_2_SEQ_LM"
    )
    assert on(made) == {"k": 3, "o": 3, "q": 3, "v": 3, "wi": 2, "wo": 2}
    assert adapters.summary(made)["parameters"] == 832  # 12 of 16 to 8, 4 of 16 to 16, rank 2
