"""A folder that convert made, as a source: its examples go on as they are, with their splits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from dataprep.example import Record
from dataprep.finding import Finding, UsageError
from dataprep.parts import batch_of, part_files, turns_beside
from dataprep.sources.folders import in_folder
from dataprep.sources.one_input import Input

NAME: Final = "dataprep"
"""The format, as a recipe calls it."""

_NOTE = "an output of dataprep: its examples are taken as they are, and their splits stay"


def is_converted(folder: Path) -> bool:
    """Whether a folder is an output of convert.

    Raises EnvironmentProblem where its manifest is damaged: nobody knows then what it holds.
    """
    if not part_files(folder):
        return False
    from dataprep import store  # it loads frames, which few sources need

    if not (folder / store.MANIFEST).is_file():
        return False
    try:
        store.read_manifest(folder)
    except UsageError:
        return False
    return True


def outputs_among(folder: Path, entries: Sequence[Path]) -> list[Path]:
    """The outputs of convert below a folder, among whose entries are their examples."""
    parts = (path for path in entries if path.match("examples/*.parquet"))
    above = dict.fromkeys(path.parents[1] for path in parts)
    return [each for each in above if folder in each.parents and is_converted(each)]


def inputs(folder: Path, called: str) -> list[Input]:
    """The parts of an output. Raises UsageError for one that is not as it was written."""
    if not is_converted(folder):
        raise UsageError(
            f"{called} is no folder that convert made.",
            "Leave --format out, or name such a folder.",
        )
    from dataprep import store

    if problems := [
        p for kind in ("examples/", "turns/") for p in store.verify(folder, below=kind)
    ]:
        raise UsageError(
            f"{called} is not as it was written: {problems[0]}", "Restore it, or convert again."
        )
    made: list[Input] = []
    for path in part_files(folder):
        both = [each for each in (path, turns_beside(path)) if each.is_file()]
        named = tuple((in_folder(called, folder, each), each) for each in both)
        note = "" if made else _NOTE
        made.append(Input(path, named[0][0], NAME, note=note, made_from=named))
    return made


def read(path: Path, name: str) -> Iterator[Record | Finding]:
    """The examples of one part, each at the place that it came from."""
    size = path.stat().st_size
    batch = batch_of(path)
    for at, example in enumerate(batch.rows()):
        value: Any = example
        yield Record(place=example.place, offset=size * at // len(batch), value=value)
