"""A number that a flag does not take is a usage error in every command, and nothing is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from cyclopts.argument import Argument

from dataprep.api.numbers import NumberRange
from dataprep.cli import run
from dataprep.cli.closed_weights import openai, together
from dataprep.cli.numbers import FlagRange
from tests.command_tree import arguments, commands, required
from trainers.openai import request

ANY = {"--good-from", "--bad-to"}
"""Ratings are of a scale that nobody knows beforehand."""


def numeric(argument: Argument) -> type | None:
    """Int or float, where a flag takes one."""
    kinds = {argument.hint, *get_args(argument.hint)}
    return next((kind for kind in (int, float) if kind in kinds), None)


NUMBERS = [
    (words, argument)
    for words in commands()
    for argument in arguments(words)
    if numeric(argument) is not None
]


def range_of(argument: Argument) -> NumberRange:
    """The range that the flag declares; fails where it declares none."""
    validator: Any = argument.parameter.validator
    assert len(validator) == 1, f"{argument.name} takes any number"
    (numbers,) = validator
    assert isinstance(numbers, FlagRange)
    return numbers.numbers


def wrong(argument: Argument) -> list[float]:
    """Numbers that the flag must refuse."""
    numbers = range_of(argument)
    nowhere = [float("nan"), float("inf"), float("-inf")]
    if argument.name in ANY:
        return nowhere
    assert numbers.least >= 0
    ends = {"least": [numbers.least], "most": [numbers.most]}.get(numbers.open_, [])
    beyond = [numbers.least - (1 if numeric(argument) is int else 0.01), numbers.most * 2]
    return [*nowhere, -1, 9 * 10**30, *ends, *beyond]


@pytest.mark.parametrize(
    ("words", "argument"), NUMBERS, ids=[f"{' '.join(w)} {a.name}" for w, a in NUMBERS]
)
def test_a_number_out_of_range_is_a_usage_error_before_anything_is_read(
    words: tuple[str, ...],
    argument: Argument,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = wrong(argument)
    assert not [number for number in refused if range_of(argument).holds(number)]
    below = f"{refused[-2]:g}" if argument.name not in ANY else "inf"
    for value in ("x", below):
        name = argument.name
        given = [*words, *required(words), f"{name}={value}"]
        if argument.index is not None:
            name, given = argument.name.lstrip("-").upper(), [*words, value]
        assert run(given) == 2, given
        said = capsys.readouterr().err
        assert f"dataprep: {name} is " in said, (given, said)
        assert "Give " in said
        assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_every_command_that_takes_numbers_is_among_them() -> None:
    assert {" ".join(words) for words, _ in NUMBERS} == {
        *(
            "init",
            "convert",
            "check",
            "show",
            "predict",
            "chat",
            "evaluate",
            "advise",
            "push",
            "pull",
        ),
        *(f"train {name}" for name in ("t5", "llama", "mistral", "dpo", "kto", "grpo")),
        *(f"train {name}" for name in ("openai", "azure", "nebius", "together")),
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("convert gone.jsonl --workers 0", "--workers is 0. Give 1 or more."),
        ("check gone.jsonl --workers 0", "--workers is 0. Give 1 or more."),
        ("show gone -n -1", "-n is -1. Give 1 or more."),
        ("show gone -n 1.5", "-n is '1.5'. Give a whole number, 1 or more."),
        ("check gone.jsonl --epochs none", "--epochs is 'none'. Give a whole number, 1 or more."),
        ("train t5 gone --epochs 0", "--epochs is 0. Give a number above 0."),
        ("train t5 gone --epochs 0x", "--epochs is '0x'. Give a number above 0."),
        ("train t5 gone --lora-dropout 1", "--lora-dropout is 1. Give a number from 0 to below 1."),
        ("train openai gone --poll 3601", "--poll is 3601. Give a number from 0 to 3,600."),
        ("train openai gone --beta 0", "--beta is 0. Give a number above 0 to 2."),
        ("convert gone --agreement 0.4", "--agreement is 0.4. Give a number from 0.5 to 1."),
        ("convert gone --good-from inf", "--good-from is inf. Give a number."),
        ("push gone --batch 0", "--batch is 0. Give 1 or more."),
        ("pull 7 --wait -1", "--wait is -1. Give a number from 0 to 10,080."),
        ("pull seven", "PROJECT is 'seven'. Give a whole number, 1 or more."),
        (f"show gone -n {10**30}", f"-n is {10**30}. Give a smaller number."),
        (f"show gone -n 1{'0' * 400}", f"-n is 1{'0' * 38}…. Give a smaller number."),
    ],
)
def test_the_words_say_the_flag_the_number_and_the_range(
    line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == 2
    assert capsys.readouterr().err == f"dataprep: {said}\n"


@pytest.mark.parametrize(
    ("command", "flag", "least", "most"),
    [
        (openai, "--n-epochs", 1, request.MAX_EPOCHS),
        (openai, "--batch-size", 1, request.MAX_BATCH),
        (openai, "--beta", 0, request.MAX_BETA),
        (openai, "--seed", 0, request.MAX_SEED),
        (together, "--learning-rate", 0, 1),
        (together, "--lora-rank", 1, 1024),
    ],
)
def test_the_flags_of_jobs_take_what_the_request_takes(
    command: Any, flag: str, least: float, most: float
) -> None:
    found = {argument.name: argument for argument in arguments(("train", command.__name__))}
    numbers = range_of(found[flag])
    assert (numbers.least, numbers.most) == (least, most)
