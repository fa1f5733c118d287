"""Each training lists the flags that it takes, and no others; those of another are told as such."""

from __future__ import annotations

from dataclasses import fields

import pytest

from dataprep.cli import app, run
from dataprep.cli.training_flags import CommonFlags, TrainingFlags
from trainers.options import CommonChoices, CommonOptions, TrainingChoices, TrainingOptions

OURS = {
    "--max-minutes",
    "--batch-tokens",
    "--packing",
    "--pack-width",
    "--patience",
    "--plan",
    "--gpu",
    "--compile",
    "--fsdp",
}
"""Of T5 and causal models: TRL's trainers make their own batches."""
KEEP = "--keep"
"""GRPO has no held-out loss by which some of them could be the best."""


def flags(name: str) -> set[str]:
    """The flags of `train NAME`."""
    return {f for a in app["train"][name].assemble_argument_collection() for f in a.names}


@pytest.mark.parametrize("name", ["dpo", "kto", "grpo"])
def test_the_help_of_a_training_by_trl_lists_no_flag_that_it_refuses(name: str) -> None:
    known = flags(name)
    assert not known & OURS
    assert (KEEP in known) is (name != "grpo")
    assert {"--lora-targets", "--epochs", "--resume", "--beta", "--attention"} <= known


@pytest.mark.parametrize("name", ["t5", "llama", "mistral"])
def test_the_other_trainings_take_all_of_them(name: str) -> None:
    assert flags(name) >= {*OURS, KEEP}


@pytest.mark.parametrize("flag", sorted(OURS))
@pytest.mark.parametrize("name", ["dpo", "kto", "grpo"])
def test_a_flag_of_another_training_is_told_as_such(
    name: str, flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The nearest flag by letters would be --seed for --fsdp."""
    assert run(["train", name, "out", "--model", "base", flag, "1"]) == 2
    said = capsys.readouterr().err
    assert f"{flag} is for train t5, llama and mistral, not for {name}." in said
    assert "Did you mean" not in said


def test_a_misspelt_flag_comes_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "dpo", "out", "--model", "base", "--lora-target", "q_proj"]) == 2
    assert "Did you mean --lora-targets?" in capsys.readouterr().err


def test_a_flag_of_one_training_alone_is_told_as_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["train", "t5", "out", "--grader=grader.json"]) == 2
    assert "--grader is for train grpo, not for t5." in capsys.readouterr().err


def test_flags_options_and_keywords_of_a_training_are_the_same() -> None:
    for cli, options, choices in (
        (CommonFlags, CommonOptions, CommonChoices),
        (TrainingFlags, TrainingOptions, TrainingChoices),
    ):
        flagged = {f.name: f.default for f in fields(cli)}
        given = {f.name: f.default for f in fields(options)}
        assert {k: v for k, v in flagged.items() if k not in ("plan", "gpu")} == given
        assert given.keys() == choices.__annotations__.keys() | (
            CommonChoices.__annotations__.keys()
        )


def test_every_flag_of_training_has_a_word_in_its_help() -> None:
    """A flag whose text is lost by inheritance would stand there bare."""
    for name in ("t5", "dpo"):
        there = app["train"][name].assemble_argument_collection(parse_docstring=True)
        texts = {a.name: a.parameter.help for a in there if a.name.startswith("--")}
        assert texts["--lora-targets"]
        assert [flag for flag, text in texts.items() if not text] == []
