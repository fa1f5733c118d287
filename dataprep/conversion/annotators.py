"""The first pass over tasks, where it is asked for: how reliable is each annotator?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from dataprep import shapes, sources, targets
from dataprep import workers as pool
from dataprep.annotation import Task, forget_text
from dataprep.annotation.reliability import (
    Ballots,
    Method,
    PackedBallots,
    Reliability,
    estimated,
)
from dataprep.conversion.units import ConversionPlan, Shard, ShowProgress, beginning
from dataprep.example import Record
from dataprep.recipe import ESTIMATED
from dataprep.workers import uncollected

_OFTEN = 1024
"""Tasks after which the text that spans were read in is let go."""

Export = tuple[int, str]
"""The files of one source from which one control is learned: its number, and the control."""


def estimated_annotators(
    job: ConversionPlan, shares: Sequence[Shard], workers: int, progress: ShowProgress
) -> dict[Export, Reliability | None]:
    """What the tasks of each export say of its annotators, where that is asked for; None: nothing.

    Every share is read once more for it, by as many workers, and memory holds its votes.
    """
    ballots: dict[Export, list[PackedBallots]] = {}
    done = pool.ordered(partial(VoteCount, job), shares, workers)
    for at, counted in enumerate(done):
        progress("estimating annotators", at + 1, len(shares))
        for export, part in counted.items():
            ballots.setdefault(export, []).append(part)
    found: dict[Export, Reliability | None] = {}
    for (number, control), packed in sorted(ballots.items()):
        policy = job.recipe.sources[number].annotators
        method: Method = "mace" if policy == "mace" else "dawid-skene"
        found[number, control] = estimated(control, method, packed)
    return found


def unestimated(job: ConversionPlan, known: Mapping[Export, Reliability | None]) -> Iterator[str]:
    """A note on each export of whose annotators nothing is known."""
    for (number, _), reliability in known.items():
        if reliability is None:
            source = job.recipe.sources[number]
            yield (
                f"{source.path}: no task has two answers, so {source.annotators} knows nothing of"
                " its annotators, and every answer counts"
            )


class VoteCount:
    """Counts the votes in a share; made once in every process that works."""

    def __init__(self, job: ConversionPlan) -> None:
        self._job = job
        self._shape: tuple[int, shapes.Shape | None] = (-1, None)

    def __call__(self, share: Shard) -> dict[Export, PackedBallots]:
        """The votes by export."""
        found: dict[Export, Ballots] = {}
        with uncollected():
            for number, part in share.parts:
                source, file, _ = self._job.inputs[number]
                shape = self._shape_of(number) if source.annotators in ESTIMATED else None
                if not isinstance(shape, shapes.TaskShape):
                    continue
                export = self._job.recipe.sources.index(source), shape.control.name
                ballots = found.setdefault(export, Ballots())
                for at, item in enumerate(sources.read(file, part)):
                    if at % _OFTEN == 0:
                        forget_text()
                    if isinstance(item, Record) and isinstance(item.value, Task):
                        shape.count_votes(item, ballots)
        return {export: ballots.packed() for export, ballots in found.items()}

    def _shape_of(self, number: int) -> shapes.Shape | None:
        """The shape of a file of tasks; None for any other file."""
        if self._shape[0] != number:
            source, file, _ = self._job.inputs[number]
            first = beginning(self._job, number)
            shape: shapes.Shape | None = None
            if first and isinstance(first[0].value, Task):
                shape, _ = shapes.shape_for(
                    first,
                    source,
                    self._job.base,
                    self._job.recipe.seed,
                    only_verdicts=targets.only_for_verdicts(self._job.recipe.wanted),
                    config=file.config if file.export is not None else None,
                    seen=self._job.labels_of(number),
                )
            self._shape = (number, shape)
        return self._shape[1]
