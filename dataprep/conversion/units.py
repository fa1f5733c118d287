"""The units of work of a conversion: what each is given, and how the input is cut into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from dataprep import shapes, sources
from dataprep.annotation import SeenLabels
from dataprep.example import Record
from dataprep.recipe import Recipe, Source

if TYPE_CHECKING:
    from dataprep.annotation.reliability import Reliability

Parts = tuple[sources.Part | None, ...]
"""The parts of a file; None is the whole of it."""

ShowProgress = Callable[[str, int, int], None]
"""Called with a stage, what is done, and what there is in all (bytes or examples)."""


def silent(*_: object) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class ConversionPlan:
    """What is the same for every share; `inputs` are the files in their order, and their parts.

    `labels` are those that were seen in each file whose labeling config is not given, `settled` the
    tables of what adjudicators settled, by the path that the recipe gives. `reliability` is what
    was estimated of annotators, by the number of the source and the control.
    """

    recipe: Recipe
    base: Path
    inputs: tuple[tuple[Source, sources.Input, Parts], ...]
    labels: tuple[SeenLabels | None, ...] = ()
    settled: Mapping[str, Path] = field(default_factory=dict)
    reliability: Mapping[tuple[int, str], Reliability] = field(default_factory=dict)
    at_once: bool = True
    """Whether every example is divided when it comes, by hash; else all of them wait for all."""

    def labels_of(self, number: int) -> SeenLabels | None:
        """The labels that were seen in a file; None where its labeling config is given."""
        return self.labels[number] if self.labels else None

    def estimates(self, source: Source) -> Mapping[str, Reliability]:
        """What is known of the annotators of a source, by the control that is learned."""
        known = self.reliability.items()
        sources = self.recipe.sources
        return {control: one for (at, control), one in known if sources[at] == source}


@dataclass(frozen=True, slots=True)
class Shard:
    """Some input, as (number of the file, part of it), and the folder for what comes of it."""

    parts: tuple[tuple[int, sources.Part | None], ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class Signing:
    """The frames of a shard that are to be signed, and the runs of words that do not count."""

    folder: Path
    frames: int
    common: pl.Series


@dataclass(frozen=True, slots=True)
class Writing:
    """The frames of a shard that are to be written, with their rows as Division gives them."""

    folder: Path
    rows: tuple[pl.DataFrame, ...]


def planned(job: ConversionPlan, folder: Path) -> list[Shard]:
    """The shares of a job: each part of a big file is one, small files are gathered into one."""
    gathered: list[list[tuple[int, sources.Part | None]]] = []
    room = 0
    for number, (_, file, parts) in enumerate(job.inputs):
        for part in parts:
            size = part.end - part.start if part else file.size
            if not gathered or size > room:
                gathered.append([])
                room = sources.PART_SIZE
            gathered[-1].append((number, part))
            room -= size
    return [Shard(tuple(p), folder / f".share-{n:06}") for n, p in enumerate(gathered)]


def beginning(job: ConversionPlan, number: int) -> list[Record]:
    """The first records of a file, from the first part that has any."""
    _, file, parts = job.inputs[number]
    for part in parts:
        records = (item for item in sources.read(file, part) if isinstance(item, Record))
        if first := list(islice(records, shapes.LOOKED_AT)):
            return first
    return []


def grouped(job: ConversionPlan) -> bool:
    """Whether the split of a row depends on rows before it, so that one process must do all."""
    return any(
        source.group or source.split_by or file.split or file.format == "dataprep"
        for source, file, _ in job.inputs
    )
