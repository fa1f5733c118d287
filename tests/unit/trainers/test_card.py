"""What the model card says of the training itself."""

from __future__ import annotations

from typing import Any

import pytest

from trainers.card import card

SETTINGS: dict[str, Any] = {
    "model": "from scratch, tiny",
    "parameters": 1_136_256,
    "dataset": {"digest": "d1", "tokenizer": {"sha256": "t1"}},
    "epochs": 1.0,
    "learning_rate": 1e-6,
    "precision": "fp32",
    "seed": 0,
}
SCORES: dict[str, Any] = {
    "loss": {"first": 9.0, "last": 1.0},
    "held_out_loss": {"first": 7.642, "lowest": 7.287},
    "steps": [80, 80],
}


def lines(settings: dict[str, Any], scores: dict[str, Any]) -> list[str]:
    return card(SETTINGS | settings, SCORES | scores, "causal").splitlines()


@pytest.mark.parametrize(
    ("epochs", "steps", "said"),
    [
        (1.0, [80, 80], "- 1 epoch, learning rate 1e-06, fp32, seed 0"),
        (10, [80, 80], "- 10 epochs, learning rate 1e-06, fp32, seed 0"),
        (0.5, [80, 80], "- 0.5 epochs, learning rate 1e-06, fp32, seed 0"),
        (10, [20, 1080], "- 20 of the 1,080 steps of 10 epochs, learning rate 1e-06, fp32, seed 0"),
    ],
)
def test_a_training_that_ended_early_says_how_far_it_went(
    epochs: float, steps: list[int], said: str
) -> None:
    assert said in lines({"epochs": epochs}, {"steps": steps})


def test_the_held_out_loss_is_told_beside_that_of_training() -> None:
    found = lines({}, {})
    assert "- training loss: 9.000 at first, 1.000 at last" in found
    assert "- held-out loss: 7.642 at first, 7.287 at best" in found


def test_without_held_out_data_there_is_no_such_line() -> None:
    assert not any("held-out" in line for line in lines({}, {"held_out_loss": None}))


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([8, 8], "- 8 approved answers, 8 others; weights 1 and 1"),
        ([8, 6], "- 8 approved answers, 6 others; weights 1 and 1"),
        (
            [12, 4],
            "- 12 approved answers, 4 others; weights 1 and 1 "
            "(uneven: --undesirable-weight 3 would let both kinds count alike)",
        ),
        (
            [4, 8],
            "- 4 approved answers, 8 others; weights 1 and 1 "
            "(uneven: --undesirable-weight 0.5 would let both kinds count alike)",
        ),
    ],
)
def test_uneven_verdicts_are_told_with_the_weight_that_evens_them(
    verdicts: list[int], said: str
) -> None:
    weights = {"desirable_weight": 1.0, "undesirable_weight": 1.0}
    settings = {"target": "kto", "beta": 0.1, "verdicts": verdicts, **weights}
    found = lines(settings, {})
    assert said in found
    assert "# A causal model, trained on verdicts by TRL's KTO, beta 0.1" in found
