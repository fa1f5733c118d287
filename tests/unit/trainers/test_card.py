"""What the model card says of the training itself."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from dataprep.cli import app
from trainers.card import card
from trainers.rows import Family

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
    "loss": {"first": 9.0, "last": 1.0, "saved": 2.5},
    "held_out_loss": {"first": 7.642, "last": 7.5, "lowest": 7.287, "saved": 7.287},
    "steps": [80, 80],
    "saved": {"step": 40, "of": "best"},
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


def test_the_losses_are_those_of_the_weights_that_are_saved() -> None:
    """They were the last of the training and the best of the held-out data, of other weights."""
    found = lines({}, {})
    assert "- weights: those of step 40, of the lowest held-out loss" in found
    assert "- training loss: 9.000 at first, 2.500 at step 40, whose weights these are" in found
    assert "- held-out loss: 7.642 at first, 7.287 at step 40, whose weights these are" in found


def test_weights_that_are_not_the_best_say_how_good_the_best_were() -> None:
    held = {"first": 7.642, "last": 7.5, "lowest": 7.287, "saved": 7.5}
    loss = {"first": 9.0, "last": 1.0, "saved": 1.0}
    scores = {"saved": {"step": 80, "of": "last"}, "held_out_loss": held, "loss": loss}
    found = lines({}, scores)
    said = "- weights: those of the last step, 80; the lowest held-out loss was 7.287"
    assert said in found
    assert "- held-out loss: 7.642 at first, 7.500 at step 80, whose weights these are" in found


def test_a_run_whose_weights_are_not_told_apart_has_its_last_loss() -> None:
    found = lines({}, {"saved": None, "held_out_loss": None, "loss": {"first": 9.0, "last": 1.0}})
    assert "- training loss: 9.000 at first, 1.000 at last" in found


def test_without_held_out_data_there_is_no_such_line() -> None:
    assert not any(
        "held-out" in line
        for line in lines({}, {"held_out_loss": None, "saved": {"step": 80, "of": "last"}})
    )


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


@pytest.mark.parametrize("family", ["t5", "causal"])
def test_the_command_lines_of_a_card_are_typed_as_they_stand(family: Family) -> None:
    text = card(SETTINGS, SCORES, family)
    lines = re.findall(r"(?:^|`)(dataprep [^`\n]+)", text, re.MULTILINE)
    assert lines == [
        'dataprep predict . "a text"',
        "dataprep predict . prompts.jsonl -o answers",
    ]
    for line in lines:
        command, bound, _ = app.parse_args(
            shlex.split(line)[1:], exit_on_error=False, print_error=False
        )
        assert command.__name__ == "predict"
        assert str(bound.arguments["run"]) == "."
    assert "where `.` is the folder of this card, and `prompts.jsonl` a file of yours" in text


def test_the_score_of_one_example_says_how_its_answers_were_judged() -> None:
    score = {
        "accuracy": 1.0,
        "judged_as": "classification",
        "judged_by": "accuracy",
        "examples": 1,
        "majority": {"exact_match": 1.0},
    }
    (line,) = (
        line
        for line in lines({}, {"shapes": {"columns": score}, "split": "test"})
        if line.startswith("- columns")
    )
    assert line == (
        "- columns, judged by its answers as classification: accuracy 100.0% on 1 held-out example"
        " (test), judged by accuracy first; always saying the most frequent answer would reach"
        " 100.0% exact match"
    )
