"""`train` of what is no dataset yet: it is converted first, by the command `convert`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from dataprep.cli import converting
from dataprep.cli.screen import console


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

    Why a conversion was refused is said. Raises UsageError as `training_data` does.
    """
    from dataprep.api.one_step import SourceChoices, training_data

    choices = SourceChoices(**asdict(how))
    made = training_data(kind, source, run, model, choices, options=options, plan=plan)
    if made.kept:
        console().print(f"{made.folder}: taken as the dataset that the run was begun with")
    if made.conversion is None:
        return made.folder
    refused = converting.convert(source, **made.conversion, then=False)
    return None if refused else made.folder
