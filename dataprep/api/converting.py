"""`dataprep.convert`: annotations, raw text and old training files become a training set."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dataprep import conversion
from dataprep.api.converted import ConvertedDataset, load
from dataprep.api.hub import guard_hub_token
from dataprep.api.numbers import CONVERT
from dataprep.api.options import checked
from dataprep.api.paths import StrPath, several
from dataprep.api.surroundings import without_bar_warnings
from dataprep.finding import InvalidData
from dataprep.report import counted, finding_line

if TYPE_CHECKING:
    from dataprep.conversion.run import Outcome
    from dataprep.recipe import Recipe

ReportStage = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and how much there is."""

_PATHS = ("label_config", "settled", "splits_from")
_SEVERAL = ("good", "bad", "carry", "leave_out", "tag_names", "mix")
_BY_COMMAS = ("tag_names",)
_NO_FOLDER = "none"


@checked(CONVERT)
def convert(
    *sources: StrPath,
    recipe: StrPath | Recipe | None = None,
    label_config: StrPath | None = None,
    to: str | Sequence[str] = (),
    out: StrPath = "out",
    way: str | None = None,
    delimiter: str | None = None,
    prompt: str | None = None,
    completion: str | None = None,
    system: str | None = None,
    approved: str | None = None,
    unjudged: str | None = None,
    good: str | Sequence[str] = (),
    bad: str | Sequence[str] = (),
    good_from: float | None = None,
    bad_to: float | None = None,
    control: str | None = None,
    label: str | None = None,
    text: str | None = None,
    group: str | None = None,
    strata: str | None = None,
    carry: str | Sequence[str] = (),
    leave_out: str | Sequence[str] = (),
    split_by: str | None = None,
    splits_from: StrPath | None = None,
    near_duplicates: Literal["on", "off", "whole"] | None = None,
    annotators: str | None = None,
    agreement: float | None = None,
    borders: str | None = None,
    settled: StrPath | None = None,
    offsets: str | None = None,
    empty: str | None = None,
    format: str | None = None,
    subset: str | None = None,
    tag_names: str | Sequence[str] = (),
    from_: str | None = None,
    tokenizer: StrPath | None = None,
    max_input: int | None = None,
    max_target: int | None = None,
    max_length: int | None = None,
    mix: str | Sequence[str] = (),
    at_most: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    drop_invalid: bool = False,
    progress: ReportStage | None = None,
) -> ConvertedDataset:
    """Turn annotations, raw text and old training files into a training set at `out`.

    The options are those of the command: `dataprep convert --help` says what each of them means.
    Where the command takes several, a list or one text. `recipe` is a path, or a Recipe, whose
    paths are relative to this folder. `progress` gets a stage, what is done and what there is.

    Raises InvalidData where findings of severity error refuse the data, and nothing is written;
    UsageError for what cannot be asked, NothingToDo when no example comes of it, EnvironmentProblem
    for a missing library, a disk or a permission.
    """
    given = locals()  # by the names of the signature, so that none is forgotten
    own = ("sources", "recipe", "to", "out", "workers", "drop_invalid", "progress")
    options = {name.removesuffix("_"): given[name] for name in given if name not in own}
    outcome = run_conversion(
        sources,
        recipe,
        to,
        options,
        out=Path(out),
        drop_invalid=drop_invalid,
        workers=workers,
        progress=progress,
    )
    if outcome.refused:
        raise _refusal(outcome)
    return load(out)


@checked()
def load_recipe(file: StrPath) -> Recipe:
    """The recipe in a file. Raises UsageError with file, line and the nearest known field."""
    from dataprep.recipe_file import load as load_file

    return load_file(Path(file))


def run_conversion(
    sources: Sequence[StrPath],
    recipe: StrPath | Recipe | None,
    to: str | Sequence[str],
    options: Mapping[str, Any],
    *,
    out: Path,
    drop_invalid: bool,
    workers: int,
    progress: ReportStage | None,
) -> Outcome:
    """What the command line and `convert` both do: the recipe that is asked for, run.

    `options` are the other keywords of `convert`, without the underscore of `from_`.
    """
    from dataprep.conversion.units import silent
    from dataprep.recipe import Recipe

    guard_hub_token()
    file = None if recipe is None or isinstance(recipe, Recipe) else Path(recipe)
    flags = {name: _flag(name, value, beside=file is not None) for name, value in options.items()}
    plan, base = conversion.assembled(
        [Path(source) for source in sources],
        recipe if isinstance(recipe, Recipe) else file,
        several(to),
        flags,
        typed=False,
    )
    with without_bar_warnings():
        return conversion.convert(
            plan,
            base,
            out,
            drop_invalid=drop_invalid,
            progress=progress or silent,
            workers=workers,
        )


def _flag(name: str, value: Any, *, beside: bool) -> Any:
    """The field of a recipe that an option is; `beside` a recipe, paths are made whole."""
    if name in _SEVERAL:
        given = several(value)
        return tuple(",".join(given).split(",")) if name in _BY_COMMAS and given else given
    if name == "near_duplicates":
        return {"on": True, "off": False}.get(value, value)
    if name in _PATHS and value is not None:
        whole = beside and os.fspath(value) != _NO_FOLDER
        return str(Path(value).absolute()) if whole else os.fspath(value)
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _refusal(outcome: Outcome) -> InvalidData:
    """Why nothing was written, with the first finding."""
    counts = outcome.journal.counts
    found = [finding for code in counts.worst_first() for finding in counts.first[code]]
    if outcome.journal.fatal:
        remedy = "A whole file could not be read: mend it, or leave it out."
    elif outcome.none_left:
        remedy = "Without what has errors nothing would be left: mend the data."
    else:
        remedy = "Mend the data, or convert with drop_invalid=True to leave out what has errors."
    errors = outcome.journal.errors
    has = f"The data has {counted(errors, 'error')}" if errors else "Not every file can be read"
    what = f"{has}, and nothing was written."
    first = f" The first: {finding_line(found[0])}" if found else f" {'; '.join(outcome.notes)}."
    return InvalidData(what + first, remedy, found)
