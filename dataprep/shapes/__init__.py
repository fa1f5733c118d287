"""What was read becomes examples: the door is `shape_for`, which chooses the way and says it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dataprep.annotation import Task, infer_config, read_config
from dataprep.example import Record
from dataprep.finding import Place, UsageError
from dataprep.recipe import Source
from dataprep.shapes.choose import WAYS, choose_way
from dataprep.shapes.shaped import Shape, Shaped, gathered
from dataprep.shapes.tasks import task_shape

__all__ = ["Shape", "Shaped", "shape_for"]

LOOKED_AT = 200


def shape_for(first: Sequence[Record], source: Source, base: Path, seed: int) -> tuple[Shape, str]:
    """How the records of one file become examples, and a sentence that says why.

    `first` is the beginning of the file (LOOKED_AT records are enough, one at least). Raises
    UsageError where a way would have to be guessed.
    """
    place = Place(file=first[0].place.file)
    try:
        if isinstance(first[0].value, Task):
            return _of_tasks(first, source, base)
        way, why = choose_way(first[0], source)
    except UsageError as error:
        raise UsageError(error.message, error.remedy, place=error.place or place) from None
    shape = WAYS[way]

    def gather(record: Record) -> Shaped:
        return gathered(shape(record, source, seed=seed))

    return gather, why


def _of_tasks(first: Sequence[Record], source: Source, base: Path) -> tuple[Shape, str]:
    if source.label_config:
        config = read_config(base / source.label_config)
    else:
        config = infer_config(record.value for record in first)
    shape = task_shape(config, source)
    others = [c.name for c in config.learnable() if c.name != shape.control.name]
    why = f"{shape.control.task} from {shape.control.name!r}"
    if config.inferred:
        why += ", read from the results, as no labeling config was given"
    if others:
        why += f"; not learned: {', '.join(others)}"
    if source.annotators != "majority":
        why += f"; annotators: {source.annotators}"
    return shape, why
