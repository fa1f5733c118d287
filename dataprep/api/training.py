"""`dataprep.train`: a model from a converted dataset, on this machine."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypedDict,
    Unpack,
    get_type_hints,
    overload,
)

from dataprep.api.jobs import PROVIDERS, JobChoices, train_at
from dataprep.api.loading import trainer
from dataprep.api.options import typed
from dataprep.api.paths import StrPath
from dataprep.api.surroundings import restored
from dataprep.finding import UsageError, excerpt


class OwnOptions(TypedDict, total=False):
    """The options of some kinds of training alone."""

    size: Literal["tiny", "mini", "small"]
    beta: float
    desirable_weight: float
    undesirable_weight: float
    grader: StrPath | None
    generations: int
    max_new_tokens: int
    temperature: float


if TYPE_CHECKING:
    from dataprep.api.trained import TrainedRun
    from trainers.openai import JobOutcome, JobPlan
    from trainers.options import TrainingChoices
    from trainers.planning import TrainingPlan
    from trainers.progress import TrainingProgress

    class TrainOptions(TrainingChoices, OwnOptions, total=False):
        """What a training may be told; not every kind takes all of it."""


ReportTraining = Callable[["TrainingProgress"], None]


@dataclass(frozen=True, slots=True)
class TrainingKind:
    """A kind of training: its module, the extra and the target that it needs, its own options.

    `given` says that it starts from a model that answers already, and by TRL.
    """

    module: str
    extra: str
    target: str
    own: tuple[str, ...]
    given: bool = False


_NEW = ("size",)
KINDS = {
    "t5": TrainingKind("t5", "train", "t5", _NEW),
    "llama": TrainingKind("causal", "train", "causal", _NEW),
    "mistral": TrainingKind("causal", "train", "causal", _NEW),
    "dpo": TrainingKind("dpo", "preference", "preference", ("beta", "keep"), given=True),
    "kto": TrainingKind(
        "kto",
        "preference",
        "kto",
        ("beta", "desirable_weight", "undesirable_weight", "keep"),
        given=True,
    ),
    "grpo": TrainingKind(
        "grpo",
        "preference",
        "reinforcement",
        ("grader", "generations", "max_new_tokens", "temperature", "beta"),
        given=True,
    ),
}


@overload
def train(
    kind: Literal["t5", "llama", "mistral", "dpo", "kto", "grpo"],
    folder: StrPath,
    *,
    out: StrPath | None = None,
    model: StrPath | None = None,
    progress: ReportTraining | None = None,
    **options: Unpack[TrainOptions],
) -> TrainedRun: ...


@overload
def train(
    kind: Literal["openai", "azure", "nebius", "together"],
    folder: StrPath | None = None,
    *,
    out: StrPath | None = None,
    model: str | None = None,
    **options: Unpack[JobChoices],
) -> JobPlan | JobOutcome: ...


def train(
    kind: str,
    folder: StrPath | None = None,
    *,
    out: StrPath | None = None,
    model: StrPath | None = None,
    progress: ReportTraining | None = None,
    **options: Any,
) -> TrainedRun | JobPlan | JobOutcome:
    """Train a model on a converted dataset: here (t5, llama, ...), or at a provider (openai, ...).

    Here: it is evaluated on the test split, and the run is returned. `out` is the run folder,
    runs/KIND if left out; `model` a hub name or a folder, without which t5, llama and mistral make
    a new one of a `size`. `progress` gets a TrainingProgress whenever a line of the journal is
    written (not from dpo, kto and grpo). The caller's random numbers, threads, environment and
    warnings are afterwards as they were.

    At a provider (openai, azure, nebius, together): the plan of the job is returned, with its cost
    and its gates, and nothing is sent. With `yes=True` the paid job is made, at most once, and
    followed to its end; `max_cost` sets a limit. `attach` comes back to a job, without a folder.

    The other options are those of the command: `dataprep train KIND --help` says what each means.

    Raises UsageError for options and data that it cannot use, NothingToDo for a dataset without
    examples to train on, EnvironmentProblem for a missing library, memory, a disk or the network,
    and Refused for a gate that is shut and for a job that did not succeed.
    """
    if kind in PROVIDERS:
        place, run = _path(folder), _path(out)
        return train_at(kind, place, run, None if model is None else os.fspath(model), options)
    from dataprep.api.trained import TrainedRun

    if folder is None:
        raise UsageError("Which folder?", "Give one made by convert.")
    return TrainedRun(
        run_training(
            kind, folder, out=out, model=model, report=progress or _silent, options=options
        )
    )


def _path(given: StrPath | None) -> Path | None:
    return None if given is None else Path(given)


def plan(
    kind: Literal["t5", "llama", "mistral"],
    folder: StrPath,
    *,
    model: StrPath | None = None,
    gpu: str | None = None,
    **options: Unpack[TrainOptions],
) -> TrainingPlan:
    """What a training takes, way by way, and which of them fits: `train --plan`; trains nothing.

    `gpu` is one by its name or its memory ("RTX 4090", "24GB"), or this machine. Raises as `train`.
    """
    return plan_training(kind, folder, model=model, gpu=gpu, options={**options})


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
    place = Path("runs", kind) if out is None else Path(out)
    what, named, own, choices = _looked_at(kind, folder, place, model, options)
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
    if kind in KINDS and KINDS[kind].given:
        raise UsageError(f"A plan is for t5, llama and mistral, not for {kind}.")
    what, named, own, choices = _looked_at(kind, folder, None, model, options)
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


def look_before_converting(
    kind: str, out: Path | None, model: StrPath | None, options: dict[str, Any]
) -> None:
    """Raise what `train` raises for its options and its run folder; the dataset is not there yet.

    Without `out` nothing is to be written.
    """
    _looked_at(kind, None, out, model, options)


def _looked_at(
    kind: str,
    folder: StrPath | None,
    out: Path | None,
    model: StrPath | None,
    options: dict[str, Any],
) -> tuple[TrainingKind, str | None, dict[str, Any], dict[str, Any]]:
    """The kind, the model's name, its own options and those of every training.

    What they get wrong is refused before torch is loaded, which takes seconds.
    """
    what = KINDS.get(kind)
    if what is None:
        raise _unknown_kind(kind)
    if what.given and model is None:
        raise UsageError(
            f"{kind} starts from a model that answers already.",
            "Name it with --model: a hub name, a folder or a run folder.",
        )
    named = None if model is None else os.fspath(model)
    options = {name: _typed(name, value) for name, value in options.items()}
    own = {name: value for name, value in options.items() if name in what.own}
    choices = {name: value for name, value in options.items() if name not in what.own}
    _refuse_unknown(kind, choices)
    place = None if folder is None else Path(folder)
    trainer("before", "train").look(place, what.target, out, named, **choices)
    return what, named, own, choices


def _unknown_kind(kind: str) -> UsageError:
    known = ", ".join((*KINDS, *PROVIDERS))
    return UsageError(f"There is no training {excerpt(kind)!r}.", f"Known: {known}.")


def options_of(kind: str) -> set[str]:
    """The names of the options that a kind of training takes, beside the model and the folders."""
    ways = trainer("options", "train")
    what = KINDS[kind]
    shared = ways.CommonOptions if what.given else ways.TrainingOptions
    return {field.name for field in fields(shared)} | set(what.own)


def _typed(name: str, value: Any) -> Any:
    """The value as its option wants it; raises UsageError for one of another type."""
    if name == "grader":
        return None if value is None else Path(value)
    kinds = get_type_hints(OwnOptions) | get_type_hints(trainer("options", "train").TrainingChoices)
    return typed(name, value, kinds[name]) if name in kinds else value


def _refuse_unknown(kind: str, choices: dict[str, Any]) -> None:
    known = options_of(kind)
    for name in choices.keys() - known:
        others = [other for other in KINDS if name in options_of(other)]
        near = difflib.get_close_matches(name, known, n=1)
        remedy = f"Did you mean {near[0]}?" if near else f"See: dataprep train {kind} --help"
        if others:
            remedy = f"It is for {', '.join(others)}."
        raise UsageError(f"{excerpt(name)} is no option of train {kind}.", remedy)


def _silent(now: TrainingProgress) -> None:
    """Nobody is told."""
