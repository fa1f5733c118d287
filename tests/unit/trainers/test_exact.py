"""The arithmetic: what is cut into batches, steps, lines or ranks gives one loss and gradient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PrinterCallback, Trainer, TrainingArguments

from tests.unit.trainers.one_step import Held, collate, cut, model, rows, step
from trainers import packing
from trainers.loop import summed_loss
from trainers.rows import IGNORED

FAMILIES = ("t5", "causal")
PACKED = [[(0, 3, 5), (1, 2)], [(4, 6, 7)]]


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def whole(family: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[float, torch.Tensor]:
    """Loss and gradient of the eight rows in one batch, in fp64."""
    return step(family, cut(8), tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("size", [4, 3, 1])
def test_accumulation_changes_neither_loss_nor_gradient(
    family: str, whole: tuple[float, torch.Tensor], size: int, tmp_path: Path
) -> None:
    loss, gradient = step(family, cut(size), tmp_path)
    assert loss == pytest.approx(whole[0], rel=1e-6)
    assert (gradient - whole[1]).abs().max() < 1e-12


def test_packing_changes_neither_loss_nor_gradient(
    family: str, whole: tuple[float, torch.Tensor], tmp_path: Path
) -> None:
    loss, gradient = step(family, PACKED, tmp_path, packed=True)
    assert loss == pytest.approx(whole[0], rel=1e-6)
    assert (gradient - whole[1]).abs().max() < 1e-12


def test_packing_with_recomputed_activations_is_as_exact(
    family: str, whole: tuple[float, torch.Tensor], tmp_path: Path
) -> None:
    _, gradient = step(family, PACKED, tmp_path, packed=True, activation_checkpointing=True)
    assert (gradient - whole[1]).abs().max() < 1e-12


def test_an_empty_batch_adds_nothing(
    family: str, whole: tuple[float, torch.Tensor], tmp_path: Path
) -> None:
    _, gradient = step(family, [*cut(8), []], tmp_path)
    assert (gradient - whole[1]).abs().max() < 1e-12


def each(family: str, net: Any, lines: list[tuple[int, ...]], **more: Any) -> list[float]:
    """The mean loss of each row, in the order of the lines."""
    held = Held(family)
    tensors = collate(family, **more)([held[line] for line in lines])
    labels = tensors.pop("labels")
    if "segments" in tensors:
        tensors = packing.block_masks(tensors, net.dtype)
    with torch.no_grad():
        logits = net(**tensors, use_cache=False).logits
    losses = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="none"
    )
    counted = losses[labels.flatten() != IGNORED]
    sizes = [int((held.rows[n].labels != IGNORED).sum()) for line in lines for n in line]
    return [float(part.mean()) for part in counted.split(sizes)]


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_each_row_has_the_loss_that_it_has_alone(family: str, attention: str) -> None:
    net = model(family, attention, torch.float32).eval()
    alone = [each(family, net, [(n,)], packed=False)[0] for n in range(8)]
    padded = each(family, net, [(n,) for n in range(8)], packed=False)
    packed = each(family, net, [(0, 1, 2, 3), (4, 5, 6, 7)], packed=True)
    assert padded == pytest.approx(alone, rel=1e-6)
    assert packed == pytest.approx(alone, rel=1e-6)


def test_lines_without_a_mask_between_their_rows_are_not_exact(family: str) -> None:
    net = model(family, dtype=torch.float32).eval()
    alone = [each(family, net, [(n,)], packed=False)[0] for n in range(4)]
    tensors = collate(family, packed=True)([Held(family)[(0, 1, 2, 3)]])
    if family == "t5":
        tensors["segments"] = torch.ones_like(tensors["segments"])
        tensors["decoder_segments"] = torch.ones_like(tensors["decoder_segments"])
    else:
        tensors.pop("position_ids")
    sizes = [int((row.labels != IGNORED).sum()) for row in rows(family)[:4]]
    with torch.no_grad():
        naive = float(summed_loss(net, tensors)) / sum(sizes)
    exact = sum(a * n for a, n in zip(alone, sizes, strict=True)) / sum(sizes)
    assert abs(naive - exact) / exact > 1e-3


def test_booleans_as_masks_would_be_silently_wrong_in_eager_attention() -> None:
    """Why the masks are floats; when this fails, transformers has mended it."""
    net = model("t5", "eager", torch.float32).eval()
    tensors = collate("t5", packed=True)([Held("t5")[(0, 1, 2, 3)]])
    labels = tensors.pop("labels")
    masks = packing.block_masks(tensors, torch.float32)
    with torch.no_grad():
        right = net(**masks, use_cache=False).logits
        spelled = {k: v == 0 if v.is_floating_point() else v for k, v in masks.items()}
        wrong = net(**spelled, use_cache=False).logits
    assert (right - wrong)[labels != IGNORED].abs().max() > 1e-3


def transformers_own(batch: int, accumulate: int, out: Path) -> tuple[float, torch.Tensor]:
    """The same step by Trainer and T5's own loss."""
    net = model("t5")
    held: list[torch.Tensor] = []

    class Stopped(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:  # type: ignore[override]
            held.append(
                torch.cat([p.grad.flatten() for p in net.parameters() if p.grad is not None])
            )

    optimiser = Stopped(net.parameters(), lr=0.1)
    arguments = TrainingArguments(
        output_dir=str(out),
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulate,
        train_sampling_strategy="sequential",
        num_train_epochs=1,
        max_grad_norm=0,
        use_cpu=True,
        report_to="none",
        disable_tqdm=True,
        save_strategy="no",
        remove_unused_columns=False,
        logging_steps=1,
    )
    lines = torch.utils.data.Subset(Held("t5"), [(n,) for n in range(8)])  # type: ignore[list-item]
    trainer = Trainer(
        model=net,
        args=arguments,
        train_dataset=lines,
        data_collator=collate("t5", packed=False),
        optimizers=(optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, lambda _: 1.0)),
    )
    trainer.remove_callback(PrinterCallback)
    return float(trainer.train().training_loss), held[0]


def test_transformers_own_path_is_off_by_the_number_of_steps_and_points_elsewhere(
    tmp_path: Path,
) -> None:
    """The defect that ExactTrainer replaces; when this fails, it has been mended upstream."""
    loss, gradient = step("t5", cut(8), tmp_path)
    own, same = transformers_own(8, 1, tmp_path)
    assert own == pytest.approx(loss, rel=1e-6)
    assert (same - gradient).abs().max() < 1e-12
    eight, other = transformers_own(1, 8, tmp_path)
    assert eight / loss == pytest.approx(8, rel=0.2)
    assert torch.nn.functional.cosine_similarity(other, gradient, dim=0) < 0.95


def test_rows_count_as_much_as_they_weigh() -> None:
    net = model("causal").eval()
    both = [row._replace(weight=w) for row, w in zip(rows("causal")[:2], (1.0, 0.25), strict=True)]
    with torch.no_grad():
        whole = float(summed_loss(net, collate("causal", packed=True)([both])))
        alone = [
            float(summed_loss(net, collate("causal", packed=False)([[row]])))
            for row in rows("causal")[:2]
        ]
    assert whole == pytest.approx(alone[0] + alone[1] / 4, rel=1e-9)
