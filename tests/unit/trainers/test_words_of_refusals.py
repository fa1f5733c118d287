"""Refusals call an option what was typed, --lora-targets, and not what Python calls it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cyclopts import App

from dataprep.cli import app
from dataprep.finding import DataprepError, UsageError
from trainers import dpo, grpo, kto, run_folder
from trainers.before import look
from trainers.openai.request import JobOptions, check_options
from trainers.openai.server import Server
from trainers.options import TrainingOptions

ROOT = Path(__file__).parents[3]
ERRORS = {"UsageError", "EnvironmentProblem", "NothingToDo", "Refused", "UnreadableFile"}
OPENAI = Server(name="openai", base_url="https://api.openai.com/v1")
NAN = float("nan")


def flags(command: App, name: str = "") -> Iterator[str]:
    """The flags of a command and of the commands below it."""
    for argument in command.assemble_argument_collection() if command.default_command else ():
        yield from argument.names
    for below in command:
        if not below.startswith("-"):
            yield from flags(command[below], below)


PYTHONIC = {f.removeprefix("--").replace("-", "_") for f in flags(app) if f.startswith("--")}
SNAKE = re.compile(rf"\b({'|'.join(sorted(name for name in PYTHONIC if '_' in name))})\b")


def of_run(**choices: Any) -> Callable[[Path], object]:
    """The refusal of a choice of training."""
    return lambda folder: TrainingOptions(**choices)


def of_trl(train: Callable[..., object], **choices: Any) -> Callable[[Path], object]:
    """The refusal of a choice of DPO, KTO or GRPO."""
    return lambda folder: train(folder, out=folder / "run", model="base", **choices)


def of_job(**choices: Any) -> Callable[[Path], object]:
    """The refusal of a choice of a job at OpenAI."""
    return lambda folder: check_options(JobOptions(**choices), "supervised", OPENAI, None)


def of_resume(name: str, **changed: Any) -> Callable[[Path], object]:
    """The refusal of a run that goes on with other settings."""

    def begin(folder: Path) -> object:
        (folder / "run.json").write_text(json.dumps({name: 1}))
        return run_folder.begin(folder, {name: 2}, goes_on=True)

    return begin


REFUSALS: list[tuple[str, Callable[[Path], object]]] = [
    *(
        (name, of_run(**{name: -1}))
        for name in (
            "epochs",
            "max_minutes",
            "batch_tokens",
            "accumulate",
            "learning_rate",
            "warmup_ratio",
            "warmup_steps",
            "weight_decay",
            "max_grad_norm",
            "pack_width",
            "lora",
            "checkpoint_steps",
            "patience",
        )
    ),
    *((name, of_run(**{name: NAN})) for name in ("epochs", "max_minutes", "weight_decay")),
    *((name, of_run(lora=4, **{name: -1})) for name in ("lora_alpha", "lora_dropout")),
    ("lora_targets", of_run(lora_targets="q_proj")),
    ("lr_scheduler_type", of_run(lr_scheduler_type="cosinus")),
    ("warmup_steps", of_run(warmup_ratio=0.1, warmup_steps=5)),
    ("report_to", of_run(report_to="comet_ml")),
    ("packing", of_run(compile=True)),
    ("fsdp", of_run(fsdp=True)),
    ("fsdp", of_run(fsdp=True, resume=True)),
    ("lora", lambda folder: look(folder, "t5", None, None, lora=8)),
    ("precision", lambda folder: look(folder, "t5", None, None, precision="fp16")),
    *(("beta", of_trl(train, beta=-1.0)) for train in (dpo.train, kto.train, grpo.train)),
    ("desirable_weight", of_trl(kto.train, desirable_weight=0)),
    ("undesirable_weight", of_trl(kto.train, undesirable_weight=NAN)),
    ("generations", of_trl(grpo.train, generations=1)),
    ("max_new_tokens", of_trl(grpo.train, max_new_tokens=0)),
    ("temperature", of_trl(grpo.train, temperature=NAN)),
    ("n_epochs", of_job(n_epochs=99)),
    ("batch_size", of_job(batch_size=0)),
    ("learning_rate_multiplier", of_job(learning_rate_multiplier=NAN)),
    ("learning_rate_multiplier", of_job(learning_rate=0.5)),
    ("learning_rate", of_job(learning_rate=7)),
    ("lora_rank", of_job(lora_rank=-1)),
    ("beta", of_job(beta=1)),
    ("seed", of_job(seed=-1)),
    ("suffix", of_job(suffix="")),
    *((name, of_resume(name)) for name in ("batch_tokens", "lora_targets", "keep", "generations")),
]


@pytest.mark.parametrize(
    ("name", "refuse"), REFUSALS, ids=[f"{n}-{name}" for n, (name, _) in enumerate(REFUSALS)]
)
def test_a_refusal_names_the_flag_that_was_typed(
    name: str, refuse: Callable[[Path], object], tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as error:
        refuse(tmp_path)
    said = str(error.value)
    assert f"--{name.replace('_', '-')}" in said
    assert not SNAKE.search(said)


@pytest.mark.parametrize("name", ["dataset", "versions", "parameters", "batch_parts", "adapters"])
def test_a_setting_that_no_flag_sets_is_named_in_words(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataprepError) as error:
        of_resume(name)(tmp_path)
    assert "--" not in error.value.message
    assert "_" not in error.value.message.removeprefix(f"The run in {tmp_path}")


def texts_of_refusals() -> Iterator[tuple[str, str]]:
    """The place and the words of every refusal that is written out in trainers and commands."""
    for path in sorted([*(ROOT / "trainers").rglob("*.py"), *(ROOT / "dataprep/cli").glob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                for part in (part for value in node.args for part in ast.walk(value)):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{path.relative_to(ROOT)}:{part.lineno}", part.value


def test_no_refusal_is_written_with_the_name_of_a_python_field() -> None:
    texts = [*texts_of_refusals()]
    assert len(texts) > 200
    assert {"lora_targets", "max_new_tokens", "key_variable"} <= PYTHONIC
    assert [(place, text) for place, text in texts if SNAKE.search(text)] == []
