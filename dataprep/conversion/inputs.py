"""What a run reads: files that belong together, and what a first look at all of them tells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path

from dataprep import shapes, sources
from dataprep.annotation import SeenLabels, seen_labels
from dataprep.example import Record
from dataprep.finding import NothingToDo, UsageError
from dataprep.formats import BY_FILE
from dataprep.recipe import Source


def refuse_overlap(given: Sequence[Source], base: Path, out: Path) -> None:
    """Raise UsageError for an output that would replace a source, or be a part of one."""
    place = out.resolve()
    for source in given:
        if source.path == sources.STDIN or not (path := (base / source.path).resolve()).exists():
            continue
        if path.is_relative_to(place):
            whose = "is" if path == place else "lies in"
            raise UsageError(
                f"{source.path} {whose} the output {out}, which would be replaced: what it holds"
                " would be lost.",
                "Write into another folder, with -o.",
            )
        if path.is_dir() and place.is_relative_to(path):
            raise UsageError(
                f"{out} lies in the source {source.path}, and would be read as part of it the next"
                " time.",
                f"Write outside of it, for example with -o ../{out.name}, or name its files.",
            )


def gathered(inputs: list[tuple[Source, sources.Input]]) -> list[tuple[Source, sources.Input]]:
    """The inputs; those of sources that differ by their path alone are read together."""
    alike: dict[str, list[int]] = {}
    for number, (source, _) in enumerate(inputs):
        own = str(number) if source.split_by == BY_FILE else ""
        settings = own or reading_of(source)
        alike.setdefault(settings, []).append(number)
    made: list[tuple[int, sources.Input]] = []
    for numbers in alike.values():
        of = {inputs[n][1].path: n for n in reversed(numbers)}
        made += [(of[f.path], f) for f in sources.gathered([inputs[n][1] for n in numbers])]
    return [(inputs[number][0], file) for number, file in sorted(made, key=lambda each: each[0])]


def answered_elsewhere(inputs: Sequence[tuple[Source, sources.Input]]) -> NothingToDo | None:
    """The refusal of the first file whose tasks are answered by predictions or drafts alone."""
    for source, file in inputs:
        if file.format == "label-studio":
            records = (item for item in sources.read(file) if isinstance(item, Record))
            first = list(islice(records, shapes.LOOKED_AT))
            if said := shapes.answered_elsewhere(first, source):
                return said
    return None


def reading_of(source: Source) -> str:
    """How a source is read: the same for two that differ by path and share alone."""
    return repr(source.model_copy(update={"path": "", "mix": None}))


def labels_of(
    source: Source, file: sources.Input, parts: tuple[sources.Part | None, ...]
) -> SeenLabels | None:
    """The labels that the answers of an export use, where no labeling config says them."""
    if file.format != "label-studio" or source.config_path is not None:
        return None
    items = chain.from_iterable(sources.read(file, part) for part in parts)
    return seen_labels(item.value for item in items if isinstance(item, Record))
