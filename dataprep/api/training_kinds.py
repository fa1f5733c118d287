"""The kinds of training on this machine, and what each takes: told before torch is loaded."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypedDict, get_type_hints

from dataprep.api.jobs import PROVIDERS
from dataprep.api.loading import trainer
from dataprep.api.numbers import ANY, OF_KINDS, TRAINING
from dataprep.api.options import typed
from dataprep.api.paths import StrPath
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


def look_before(
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
    options = {name: _typed(kind, name, value) for name, value in options.items()}
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


def _typed(kind: str, name: str, value: Any) -> Any:
    """The value as its option wants it; raises UsageError for another type or out of range."""
    kinds = get_type_hints(OwnOptions) | get_type_hints(trainer("options", "train").TrainingChoices)
    if name not in kinds:
        return value
    numbers = OF_KINDS.get(kind, {}).get(name) or TRAINING.get(name, ANY)
    made = typed(name, value, kinds[name], numbers)
    return Path(made) if name == "grader" and made is not None else made


def _refuse_unknown(kind: str, choices: dict[str, Any]) -> None:
    known = options_of(kind)
    for name in choices.keys() - known:
        others = [other for other in KINDS if name in options_of(other)]
        near = difflib.get_close_matches(name, known, n=1)
        remedy = f"Did you mean {near[0]}?" if near else f"See: dataprep train {kind} --help"
        if others:
            remedy = f"It is for {', '.join(others)}."
        raise UsageError(f"{excerpt(name)} is no option of train {kind}.", remedy)
