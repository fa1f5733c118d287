"""`train` of what is no dataset yet: the folder that it becomes, and what `convert` is told first.

The command line and Python ask here; then each converts by its own `convert`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep.api.paths import StrPath
from dataprep.api.training_kinds import KINDS, look_before
from dataprep.finding import UsageError
from dataprep.shell import command_line, flag_of
from dataprep.store import MANIFEST

if TYPE_CHECKING:
    from dataprep.recipe import Recipe

_BEGUN = "run.json"
"""The file of a run folder that stands in it from the beginning of the run."""


@dataclass(frozen=True, slots=True)
class SourceChoices:
    """How a source that is no converted folder becomes one; everything else is convert's."""

    label_config: StrPath | None = None
    recipe: StrPath | Recipe | None = None
    data: StrPath | None = None

    @property
    def given(self) -> dict[str, Any]:
        """Those that were given, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The converted folder of a training.

    `conversion` are the keywords of the `convert` that makes it first, where it is still to be
    made; `kept` says that an earlier start of the run made it.
    """

    folder: Path
    conversion: dict[str, Any] | None = None
    kept: bool = False


def training_data(
    kind: str,
    source: Path,
    run: Path,
    model: StrPath | None,
    how: SourceChoices,
    *,
    options: dict[str, Any],
    plan: bool = False,
) -> TrainingData:
    """The folder to train on: the source, or what is to become of it; nothing is written yet.

    A run that cannot begin is refused before anything is converted, and one that goes on takes the
    dataset that it was begun with. Raises UsageError for options that a converted folder has no
    use for, for a run and a dataset that lie in one another, and under several ranks.
    """
    if _is_converted(source):
        for name in how.given:
            raise UsageError(
                f"{flag_of(name)} is for a conversion, and {source} is converted already.",
                "Leave it out, or name the source that was converted.",
            )
        return TrainingData(source)
    look_before(kind, None, None if plan else run, model, options)
    folder = _beside(run) if how.data is None else Path(how.data)
    _refuse_nested(run, folder)
    _refuse_within(source, folder)
    if options.get("resume") and (run / _BEGUN).is_file() and _is_converted(folder):
        return TrainingData(folder, kept=True)
    what = KINDS[kind]
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        first = command_line("convert", source, to=what.target, out=folder)
        raise UsageError("Several ranks read one dataset.", f"Make it first: {first}")
    conversion = {
        "recipe": how.recipe,
        "label_config": how.label_config,
        "to": (what.target,),
        "out": folder,
        "tokenizer": None if what.given else model,
    }
    return TrainingData(folder, conversion)


def _beside(run: Path) -> Path:
    """The folder RUN-data; `.` and `..` go by the names of the folders that they are."""
    if run.name in ("", ".."):
        run = run.resolve()
    if not run.name:
        raise UsageError(f"{run} has no folder beside it for the dataset.", "Say where: --data")
    return run.with_name(f"{run.name}-data")


def _refuse_nested(run: Path, data: Path) -> None:
    """Raise UsageError for two folders of which one would lie in the other, or be it."""
    one, other = run.resolve(), data.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise UsageError(
            f"The run {run} and its dataset {data} cannot be one folder, or lie in one another.",
            "Name two folders side by side with --out and --data.",
        )


def _refuse_within(source: Path, data: Path) -> None:
    """Raise UsageError for a dataset in the folder that it is made of: it would be read there."""
    if source.is_dir() and data.resolve().is_relative_to(source.resolve()):
        raise UsageError(
            f"The dataset {data} would lie in its source {source}, and be read as a part of it.",
            f"Keep it elsewhere, for example with --data ../{data.name}, or name the files.",
        )


def _is_converted(folder: Path) -> bool:
    return (folder / MANIFEST).exists()
