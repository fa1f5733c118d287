"""`train` of what is no dataset yet: it is converted first, with what `convert` does by itself."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from dataprep.api.training import KINDS, look_before_converting
from dataprep.cli import converting
from dataprep.cli.screen import console
from dataprep.finding import UsageError
from dataprep.shell import command_line, flag_of
from dataprep.store import MANIFEST

_BEGUN = "run.json"
"""The file of a run folder that stands in it from the beginning of the run."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFlags:
    """How a source that is no converted folder becomes one; everything else is convert's."""

    label_config: Path | None = None
    "The config.xml of the Label Studio project, for an export."
    recipe: Annotated[Path | None, Parameter(name=["--recipe", "-r"])] = None
    "A recipe for the conversion; --label-config stands above it."
    data: Path | None = None
    "Where the converted dataset is kept; by default beside the run folder, as RUN-data."


def prepared(
    kind: str,
    source: Path,
    run: Path,
    model: str | None,
    *,
    how: SourceFlags,
    options: dict[str, Any],
    plan: bool = False,
) -> Path | None:
    """The folder to train on: the source, or what becomes of it; None where that was refused.

    A run that cannot begin is refused before anything is converted, and one that goes on takes the
    dataset that it was begun with. Why a conversion was refused is said. Raises UsageError for
    flags that a converted folder has no use for, for a run and a dataset that lie in one another,
    and under several ranks.
    """
    if _is_converted(source):
        given = [name for name, value in asdict(how).items() if value is not None]
        if given:
            raise UsageError(
                f"{flag_of(given[0])} is for a conversion, and {source} is converted already.",
                "Leave it out, or name the source that was converted.",
            )
        return source
    look_before_converting(kind, None if plan else run, model, options)
    data = how.data or _beside(run)
    _refuse_nested(run, data)
    if options["resume"] and (run / _BEGUN).is_file() and _is_converted(data):
        console().print(f"{data}: taken as the dataset that the run was begun with")
        return data
    what = KINDS[kind]
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        first = command_line("convert", source, to=what.target, out=data)
        raise UsageError("Several ranks read one dataset.", f"Make it first: {first}")
    code = converting.convert(
        source,
        recipe=how.recipe,
        label_config=how.label_config,
        to=(what.target,),
        out=data,
        tokenizer=None if what.given else model,
        then=False,
    )
    return None if code else data


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


def _is_converted(folder: Path) -> bool:
    return (folder / MANIFEST).exists()
