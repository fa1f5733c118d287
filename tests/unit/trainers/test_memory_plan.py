"""What `train --plan` says a step takes is what a real step takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LlamaConfig

from dataprep.finding import UsageError
from tests.unit.trainers import tiny_models
from tests.unit.trainers.converted import convert_causal
from trainers import adapters, loop, memory_plan, planned_ways, planning
from trainers.memory_plan import StepMemory
from trainers.options import TrainingOptions
from trainers.planning import GIB

ROOT = Path(__file__).parents[3]

_MEASURE = """
import ctypes, gc, json, sys
from pathlib import Path
import torch
from transformers import LlamaConfig, LlamaForCausalLM, T5Config, T5ForConditionalGeneration
from trainers import memory_plan
from trainers.loop import summed_loss

def status(key):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))

torch.set_num_threads(1)
more, t5 = {"vocab_size": 16000}, sys.argv[1] == "t5"
ids = torch.randint(3, 9000, (4, 256))
qlora = sys.argv[1] == "qlora"
if t5:
    shape = {"d_model": 256, "d_kv": 64, "d_ff": 1024, "num_heads": 4, "num_layers": 2}
    make = lambda: T5ForConditionalGeneration(
        T5Config(**more, **shape, decoder_start_token_id=0, attn_implementation="sdpa"))
    wanted = ids[:, :96]
    batch = {"input_ids": ids, "decoder_input_ids": wanted, "labels": wanted}
else:
    shape = {"hidden_size": 256, "intermediate_size": 1024, "num_hidden_layers": 4}
    make = lambda: LlamaForCausalLM(
        LlamaConfig(**more, **shape, num_attention_heads=4, num_key_value_heads=2))
    labels = ids.clone()
    labels[:, :128] = -100
    batch = {"input_ids": ids, "labels": labels}
if qlora:
    from dataclasses import replace
    from transformers import AutoModelForCausalLM
    from trainers import adapters, model_files, planning, quantisation
    from trainers.options import TrainingOptions
    options, folder = TrainingOptions(lora=16, load_in_4bit=True), sys.argv[2]
    whole, read = make, torch.float32
    whole().save_pretrained(folder)
    kind, config = AutoModelForCausalLM, model_files.config_of(folder)
    loading = quantisation.loading(kind, config, folder, read)
    base = model_files.load_weights(kind, folder, "auto", "float32", **loading)
    make = planning.adapted_maker(whole, options, True, family="causal", half=False)
said = memory_plan.step_memory(make, batch)
net = adapters.with_lora(base, options, "CAUSAL_LM") if qlora else make()
net = net.train()
learns = [p for p in net.parameters() if p.requires_grad]
optimiser = torch.optim.AdamW(learns, lr=1e-4, foreach=False)
summed_loss(net, dict(batch)).backward()
optimiser.step()
optimiser.zero_grad()
state = sum(t.nbytes for s in optimiser.state.values() for t in s.values() if t.ndim)
gc.collect()
ctypes.CDLL("libc.so.6").malloc_trim(0)
Path("/proc/self/clear_refs").write_text("5")
before = status("VmRSS")
summed_loss(net, dict(batch)).backward()
peak = status("VmHWM") - before
weights = sum(p.nbytes for p in net.parameters())
for scales in (p.quant_state for p in net.parameters() if hasattr(p, "quant_state")):
    outer = scales.state2
    kept = (scales.absmax, scales.code, scales.offset, outer.absmax, outer.code)
    weights += sum(t.nbytes for t in kept)
said = [said.weights, said.optimiser, said.total]
print(json.dumps([*said, weights, state, weights + state + peak]), flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize("family", ["causal", "t5", "qlora"])
def test_a_real_step_takes_what_the_plan_says_within_its_margin(
    family: str, tmp_path: Path
) -> None:
    import json

    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, family, tmp_path],
        cwd=ROOT,
        env={**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536"},  # what is freed is given back
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said_weights, said_state, said, weights, state, real = json.loads(done.stdout)
    assert said_weights == pytest.approx(weights, rel=0.01)
    assert said_state == pytest.approx(state, rel=0.01)
    assert said == pytest.approx(real, rel=memory_plan.MARGIN)


@pytest.mark.parametrize(
    ("gpu", "name", "gib"),
    [
        ("RTX 4090", "RTX 4090", 24),
        ("NVIDIA GeForce RTX 4090", "RTX 4090", 24),
        ("a100-80gb", "A100 80GB", 80),
        ("24GB", "a GPU of 24GB", 24),
        ("11.5 GiB", "a GPU of 11.5 GiB", 11.5),
    ],
)
def test_a_gpu_is_known_by_its_name_or_its_memory(gpu: str, name: str, gib: float) -> None:
    device = planning.device_of(gpu)
    assert (device.name, device.memory) == (name, gib * GIB)


def test_a_gpu_that_is_not_in_the_table_is_asked_for_by_its_memory() -> None:
    with pytest.raises(UsageError, match="no GPU 'RTX 9999'") as error:
        planning.device_of("RTX 9999")
    assert "--gpu 24GB" in error.value.remedy


def test_a_step_fits_with_its_margin_and_what_cuda_takes() -> None:
    device = planning.device_of("10GB")
    assert device.holds(StepMemory(GIB, GIB, 2 * GIB, 4 * GIB))
    assert not device.holds(StepMemory(GIB, GIB, 2 * GIB, 5 * GIB))


def test_the_plan_counts_steps_and_tokens_and_weighs_each_way(tmp_path: Path) -> None:
    import polars as pl

    folder = convert_causal(tmp_path / "out", {"train": 30})
    shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
    LlamaConfig(vocab_size=512, num_attention_heads=4, **shape).save_pretrained(tmp_path / "model")
    asked: dict[str, Any] = {"target": "causal", "family": "causal", "gpu": "24GB", "epochs": 2}
    new = planning.plan(folder, model=None, batch_tokens=300, **asked)
    recompute = "--activation-checkpointing"
    wholes = ["", "--optim adamw_8bit", "--optim adafactor"]
    anew = [f"{flags} {recompute}".strip() for flags in wholes]
    assert [way.flags for way in new.ways] == wholes + anew
    made = planning.plan(folder, model=str(tmp_path / "model"), batch_tokens=300, **asked)
    rows = pl.read_parquet(folder / "causal" / "train.parquet")["input_ids"]
    assert made.tokens == 2 * rows.list.len().sum()
    adapted = ["--lora 16", "--lora 16 --load-in-4bit"]
    flags = [f"{way} {again}".strip() for way in adapted for again in ("", recompute)]
    assert [way.flags for way in made.ways] == wholes + anew + flags
    whole, _, _, recomputed, _, _, adapters, _, qlora, _ = (way.batch for way in made.ways)
    assert whole.weights == pytest.approx(4 * made.parameters, rel=0.01)
    assert whole.gradients == pytest.approx(4 * made.parameters, rel=0.01)
    assert whole.optimiser == pytest.approx(8 * made.parameters, rel=0.01)
    assert recomputed.activations < whole.activations
    assert adapters.weights < whole.weights
    assert adapters.optimiser < whole.optimiser / 4
    assert "``" not in made.page()
    assert made.page().count("| yes |") == 10
    assert new.page().endswith("tried.\n")
    assert "QLoRA needs dataprep-tune[qlora]." in made.page()
    assert made.merging == 2 * made.parameters
    assert qlora.total < whole.total
    assert qlora.optimiser == adapters.optimiser
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("choices", "flags"),
    [
        (
            {"lora": 8, "lora_alpha": 8, "load_in_4bit": True},
            ["--lora 8", "--lora 8 --load-in-4bit"],
        ),
        (
            {"optim": "adafactor"},
            [f"--lora 16{f} --optim adafactor" for f in ("", " --load-in-4bit")],
        ),
    ],
)
def test_adapters_are_weighed_as_they_are_asked_for(
    choices: dict[str, Any], flags: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: True)  # no number of it is needed
    whole = tiny_models.net("Mistral 7B v0.3")
    nothing = StepMemory(0, 0, 0, 0)
    ways = planned_ways.weigh(
        TrainingOptions(**choices),
        "causal",
        lambda: whole,
        lambda _, four_bit: lambda: whole,
        lambda made, anew: (nothing, nothing),
    )
    kept = [way.flags for way in ways if "--activation-checkpointing" not in way.flags]
    assert kept == ["", "--optim adamw_8bit", "--optim adafactor", *flags]


def test_experts_are_not_weighed_in_4_bits() -> None:
    whole = tiny_models.net("Mixtral")
    nothing = StepMemory(0, 0, 0, 0)
    ways = planned_ways.weigh(
        TrainingOptions(),
        "causal",
        lambda: whole,
        lambda _, four_bit: lambda: whole,
        lambda made, anew: (nothing, nothing),
    )
    assert {way.name.split(",")[0] for way in ways} == {"whole", "LoRA"}


@pytest.mark.parametrize("name", ["Mixtral", "Qwen3-MoE", "Mistral 7B v0.3"])
@pytest.mark.parametrize("lora", [None, 4])
def test_experts_are_planned_as_they_are_computed(name: str, lora: int | None) -> None:
    """A plan of a model with experts was an internal error, unless it was in bf16."""
    whole = tiny_models.net(name)
    ids = torch.randint(3, 90, (4, 64), generator=torch.Generator().manual_seed(0))
    batch = {"input_ids": ids, "labels": ids}

    def make() -> Any:
        net = type(whole)(whole.config)
        return adapters.with_lora(net, TrainingOptions(lora=lora), "CAUSAL_LM") if lora else net

    said = memory_plan.step_memory(make, batch)
    net = make().train()
    held = [*net.parameters(), *net.buffers()]
    gradients = sum(p.nbytes for p in net.parameters() if p.requires_grad)
    assert said.weights == sum({t.data_ptr(): t.nbytes for t in held}.values())
    assert said.gradients == gradients
    live = memory_plan.LiveBytes({t.untyped_storage()._cdata for t in held})
    with live:
        torch.autograd.backward(loop.summed_loss(net, dict(batch)))
    assert said.activations == pytest.approx(live.peak - gradients, rel=0.2)
