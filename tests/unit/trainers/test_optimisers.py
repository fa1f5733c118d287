"""The optimisers: what they keep is what the plan says, and 8 bits go where 32 bits go."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from safetensors.torch import load_file
from transformers import Trainer, TrainingArguments

from dataprep.finding import EnvironmentProblem, UsageError
from tests.unit.trainers import tiny_models
from tests.unit.trainers.converted import convert_causal
from trainers import causal
from trainers.optimisers import OptimiserSettings, state_sizes
from trainers.options import OptimiserName, TrainingOptions
from trainers.run_folder import RunFolder

pytest.importorskip("bitsandbytes")


class _Layers(torch.nn.Module):
    """Embeddings of 8,192 values, a matrix of as many, one below the least for 8 bits, a vector."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.words = torch.nn.Embedding(128, 64)
        self.large = torch.nn.Linear(64, 129)
        self.small = torch.nn.Linear(129, 31, bias=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        hidden: torch.Tensor = self.small(self.large(self.words(ids)).tanh())
        return hidden


def trained(settings: OptimiserSettings, steps: int) -> tuple[_Layers, torch.optim.Optimizer]:
    net = _Layers()
    optimiser = settings.make(net, list(net.parameters()))
    ids = torch.arange(128)
    wanted = torch.randn(128, 31, generator=torch.Generator().manual_seed(1))
    for _ in range(steps):
        torch.nn.functional.mse_loss(net(ids), wanted).backward()
        optimiser.step()
        optimiser.zero_grad()
    return net, optimiser


def tensors_of(optimiser: torch.optim.Optimizer) -> dict[int, torch.Tensor]:
    """The state of an optimiser, each tensor once; counters of steps are none."""
    parts = [t for state in optimiser.state.values() for t in state.values()]
    return {t.data_ptr(): t for t in parts if isinstance(t, torch.Tensor) and t.ndim}


def test_8_bits_go_where_32_bits_go() -> None:
    """Against torch's AdamW: the way of each matrix differs by less than 3 % of its length."""
    betas = (0.9, 0.95)
    eight, _ = trained(OptimiserSettings("adamw_8bit", 1e-2, 0.1, betas), 30)
    full, _ = trained(OptimiserSettings("adamw_torch", 1e-2, 0.1, betas), 30)
    start = _Layers()
    for name, value in full.state_dict().items():
        way = value - start.state_dict()[name]
        apart = eight.state_dict()[name] - value
        assert way.norm() > 0
        assert apart.norm() < 0.03 * way.norm(), name
    assert not torch.equal(eight.large.weight, full.large.weight)


def test_embeddings_and_small_parameters_keep_32_bits_as_in_transformers(tmp_path: Path) -> None:
    net, ours = trained(OptimiserSettings("adamw_8bit", 1e-2), 1)
    arguments = TrainingArguments(
        output_dir=str(tmp_path), optim="adamw_8bit", use_cpu=True, report_to="none"
    )
    other = _Layers()
    theirs: Any = Trainer(other, arguments).create_optimizer()
    torch.nn.functional.mse_loss(other(torch.arange(128)), torch.zeros(128, 31)).backward()
    theirs.step()
    found = {name: ours.state[p]["state1"].dtype for name, p in net.named_parameters()}
    wanted = {name: theirs.state[p]["state1"].dtype for name, p in other.named_parameters()}
    assert found == wanted
    assert found == {
        "words.weight": torch.float32,
        "large.weight": torch.uint8,
        "large.bias": torch.float32,
        "small.weight": torch.float32,
    }


@pytest.mark.parametrize("name", get_args(OptimiserName))
@pytest.mark.parametrize("kind", ["layers", "Qwen3-MoE"])
def test_the_state_of_a_parameter_is_as_large_as_the_plan_says(
    name: OptimiserName, kind: str
) -> None:
    if kind == "layers":
        net, optimiser = trained(OptimiserSettings(name, 1e-3), 1)
    else:
        net = tiny_models.net(kind, 512)
        optimiser = OptimiserSettings(name, 1e-3).make(net, list(net.parameters()))
        net(torch.arange(96)[None]).logits.sum().backward()
        for parameter in net.parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        optimiser.step()
    measured = sum(t.nbytes for t in tensors_of(optimiser).values())
    assert sum(state_sizes(name, net)) == measured
    if kind == "layers":
        assert (
            measured
            == {  # 8,192 and 8,256 values, 129 of a bias, 3,999 of a small matrix
                "adamw_torch": 8 * (8192 + 8256 + 129 + 3999),
                "adamw_8bit": 8 * (8192 + 129 + 3999) + 2 * 8256 + 2 * 4 * 33 + 2048,
                "adafactor": 4 * (128 + 64 + 129 + 64 + 129 + 31 + 129),
            }[name]
        )


def test_one_optimiser_knows_nothing_of_the_parameters_of_another() -> None:
    """bitsandbytes keeps what it is told for the process, by id(), which another may have later."""
    from bitsandbytes.optim import GlobalOptimManager

    before = dict(GlobalOptimManager.get_instance().pid2config)
    trained(OptimiserSettings("adamw_8bit", 1e-2), 1)
    assert GlobalOptimManager.get_instance().pid2config == before


def test_what_auto_means() -> None:
    assert TrainingOptions().optimiser_of("causal") == "adamw_torch"
    assert TrainingOptions().optimiser_of("t5") == "adafactor"
    assert TrainingOptions(lora=4).optimiser_of("t5") == "adamw_torch"
    assert TrainingOptions(optim="adamw_8bit").optimiser_of("t5") == "adamw_8bit"


def test_an_optimiser_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    choices: Any = {"optim": "sgd"}
    with pytest.raises(UsageError, match="no optimiser 'sgd'") as error:
        TrainingOptions(**choices)
    assert error.value.remedy == "Known to --optim: auto, adamw_torch, adamw_8bit, adafactor."
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UsageError, match="adamw_8bit works on whole ones"):
        TrainingOptions(fsdp=True, optim="adamw_8bit")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EnvironmentProblem) as missing:
        TrainingOptions(optim="adamw_8bit")
    assert str(missing.value) == (
        "bitsandbytes is not installed. Install it with: pip install 'dataprep-tune[qlora]'"
    )


def test_a_run_by_8_bits_learns_and_goes_on_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = convert_causal(tmp_path / "out", {"train": 40})
    mark = RunFolder.mark_whole

    def stopped(run: RunFolder, step: int) -> None:
        mark(run, step)
        raise KeyboardInterrupt

    def train(name: str, *, resume: bool = False) -> RunFolder:
        out = causal.train(
            folder,
            out=tmp_path / name,
            optim="adamw_8bit",
            epochs=3,
            batch_tokens=300,
            checkpoint_steps=6,
            resume=resume,
        )
        return RunFolder(out, {})

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "mark_whole", stopped)
        with pytest.raises(KeyboardInterrupt):
            train("stopped")
    again, whole = train("stopped", resume=True), train("whole")
    found, wanted = (
        load_file(run.folder / "model" / "model.safetensors") for run in (again, whole)
    )
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)
    losses = list(whole.losses().values())
    assert losses[-1] < losses[0] / 2
