"""`dataprep.train`: a model from a converted dataset, on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from dataprep.api.jobs import PROVIDERS, JobChoices, train_at
from dataprep.api.loading import trainer
from dataprep.api.one_step import SourceChoices, training_data
from dataprep.api.options import checked
from dataprep.api.paths import StrPath
from dataprep.api.surroundings import restored
from dataprep.api.training_kinds import OwnOptions, look_before
from dataprep.finding import UsageError

if TYPE_CHECKING:
    from dataprep.api.trained import TrainedRun
    from dataprep.recipe import Recipe
    from trainers.openai import JobOutcome, JobPlan
    from trainers.options import TrainingChoices
    from trainers.planning import TrainingPlan
    from trainers.progress import TrainingProgress

    class TrainOptions(TrainingChoices, OwnOptions, total=False):
        """What a training may be told; not every kind takes all of it."""


ReportTraining = Callable[["TrainingProgress"], None]


@overload
def train(
    kind: Literal["t5", "llama", "mistral", "dpo", "kto", "grpo"],
    source: StrPath,
    *,
    out: StrPath | None = None,
    model: StrPath | None = None,
    label_config: StrPath | None = None,
    recipe: StrPath | Recipe | None = None,
    data: StrPath | None = None,
    progress: ReportTraining | None = None,
    **options: Unpack[TrainOptions],
) -> TrainedRun: ...


@overload
def train(
    kind: Literal["openai", "azure", "nebius", "together"],
    source: StrPath | None = None,
    *,
    out: StrPath | None = None,
    model: str | None = None,
    **options: Unpack[JobChoices],
) -> JobPlan | JobOutcome: ...


@checked()
def train(
    kind: str,
    source: StrPath | None = None,
    *,
    out: StrPath | None = None,
    model: StrPath | None = None,
    label_config: StrPath | None = None,
    recipe: StrPath | Recipe | None = None,
    data: StrPath | None = None,
    progress: ReportTraining | None = None,
    **options: Any,
) -> TrainedRun | JobPlan | JobOutcome:
    """Train a model: on this machine (t5, llama, ...), or at a provider (openai, ...).

    `source` is a folder made by convert. On this machine it may be what convert reads, too: that
    is converted first, by `recipe` and `label_config`, and kept in `data`, which is RUN-data beside
    the run folder if left out.

    Here: it is evaluated on the test split, and the run is returned. `out` is the run folder,
    runs/KIND if left out; `model` a hub name or a folder, without which t5, llama and mistral make
    a new one of a `size`. `progress` gets a TrainingProgress whenever a line of the journal is
    written (not from dpo, kto and grpo). The caller's random numbers, threads, environment and
    warnings are afterwards as they were.

    At a provider (openai, azure, nebius, together): the plan of the job is returned, with its cost
    and its gates, and nothing is sent. With `yes=True` the paid job is made, at most once, and
    followed to its end; `max_cost` sets a limit. `attach` comes back to a job, without a source.

    The other options are those of the command: `dataprep train KIND --help` says what each means.

    Raises UsageError for options and data that it cannot use, InvalidData for a source that convert
    refuses, NothingToDo for a dataset without examples to train on, EnvironmentProblem for a
    missing library, memory, a disk or the network, and Refused for a gate that is shut and for a
    job that did not succeed.
    """
    how = SourceChoices(label_config, recipe, data)
    if kind in PROVIDERS:
        options |= how.given
        place, run = _path(source), _path(out)
        return train_at(kind, place, run, None if model is None else os.fspath(model), options)
    from dataprep.api.trained import TrainedRun

    if source is None:
        raise UsageError(
            "What is to be learned?", "Give a folder made by convert, or what convert reads."
        )
    folder = _dataset(kind, source, out, model, how=how, options=options)
    made = run_training(
        kind, folder, out=out, model=model, report=progress or _silent, options=options
    )
    return TrainedRun(made, data=folder)


def _path(given: StrPath | None) -> Path | None:
    return None if given is None else Path(given)


@checked()
def plan(
    kind: Literal["t5", "llama", "mistral"],
    source: StrPath,
    *,
    out: StrPath | None = None,
    model: StrPath | None = None,
    label_config: StrPath | None = None,
    recipe: StrPath | Recipe | None = None,
    data: StrPath | None = None,
    gpu: str | None = None,
    **options: Unpack[TrainOptions],
) -> TrainingPlan:
    """What a training takes, way by way, and which of them fits: `train --plan`; trains nothing.

    What is not converted yet is converted first, as by `train`, and kept in `data`: RUN-data of the
    run folder `out`. `gpu` is one by its name or its memory ("RTX 4090", "24GB"), or this machine.
    Raises as `train`.
    """
    how, given = SourceChoices(label_config, recipe, data), {**options}
    folder = _dataset(kind, source, out, model, how=how, options=given, plan=True)
    return plan_training(kind, folder, model=model, gpu=gpu, options=given)


def _dataset(
    kind: str,
    source: StrPath,
    out: StrPath | None,
    model: StrPath | None,
    *,
    how: SourceChoices,
    options: dict[str, Any],
    plan: bool = False,
) -> Path:
    """The converted folder: the source, or what is made of it."""
    from dataprep.api.converting import convert

    run = _run_folder(kind, out)
    made = training_data(kind, Path(source), run, model, how, options=options, plan=plan)
    if made.conversion is not None:
        convert(source, **made.conversion)
    return made.folder


def _run_folder(kind: str, out: StrPath | None) -> Path:
    return Path("runs", kind) if out is None else Path(out)


def run_training(
    kind: str,
    folder: StrPath,
    *,
    out: StrPath | None,
    model: StrPath | None,
    options: dict[str, Any],
    report: ReportTraining | None = None,
) -> Path:
    """What the command line and `train` both do; without a `report` a bar, on a terminal."""
    place = _run_folder(kind, out)
    what, named, own, choices = look_before(kind, folder, place, model, options)
    if not what.given:
        own |= {"on_progress": report}
    if what.module == "causal":
        own |= {"kind": kind}
    with restored():
        run = trainer(what.module, what.extra).train
        made: Path = run(Path(folder), out=place, model=named, **own, **choices)
    return made


def plan_training(
    kind: str,
    folder: StrPath,
    *,
    model: StrPath | None,
    gpu: str | None,
    options: dict[str, Any],
) -> TrainingPlan:
    """What the command line and `plan` both do."""
    what, named, own, choices = look_before(kind, folder, None, model, options)
    if what.module == "causal":
        own |= {"kind": kind}
    with restored():
        make = trainer("planning", what.extra).plan
        made: TrainingPlan = make(
            Path(folder),
            target=what.target,
            family=what.module,
            gpu=gpu,
            model=named,
            **own,
            **choices,
        )
    return made


def _silent(now: TrainingProgress) -> None:
    """Nobody is told."""
