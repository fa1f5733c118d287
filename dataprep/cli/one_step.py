"""`train` of what is no dataset yet: it is converted first, with what `convert` does by itself."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from dataprep.api.training import KINDS, look_before_converting
from dataprep.cli import converting
from dataprep.finding import UsageError
from dataprep.shell import command_line, flag_of
from dataprep.store import MANIFEST


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
    flags that a converted folder has no use for, and under several ranks.
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
    data = how.data or run.with_name(f"{run.name}-data")
    if options["resume"] and _is_converted(data):
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


def _is_converted(folder: Path) -> bool:
    return (folder / MANIFEST).exists()
