"""`dataprep check`: files of training rows, read strictly and judged, with nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from dataprep import checks, sources, store
from dataprep.contracts import from_file
from dataprep.finding import Finding, UsageError
from dataprep.recipe import Source


def check(
    paths: Iterable[Path], target: str | None = None, context: checks.Context | None = None
) -> Iterator[Finding]:
    """The findings of one file, or of several that are splits of one dataset.

    A folder that `convert` made stands for its files of the target. Raises UsageError for a
    path that holds no training rows.
    """
    context = context or checks.Context()
    loose: list[sources.Input] = []
    for path in paths:
        if path.is_dir() and (path / store.MANIFEST).is_file():
            for files in _converted(path, target):
                yield from _together(files, target, context)
        else:
            loose += _rows(path)
    if loose:
        yield from _together(loose, target, context)


def _together(
    files: list[sources.Input], target: str | None, context: checks.Context
) -> Iterator[Finding]:
    """The findings of files that are splits of one dataset."""
    rows = {file.name: sources.read(file) for file in files}
    return checks.check_splits(rows, target, context)


def context(
    select: Iterable[str], ignore: Iterable[str], completion_schema: Path | None
) -> checks.Context:
    """The settings that the flags of the command ask for."""
    contract = from_file(completion_schema) if completion_schema else None
    return checks.Context(selection=checks.Selection(select, ignore), completion=contract)


def _converted(folder: Path, target: str | None) -> list[list[sources.Input]]:
    """The JSONL files of a converted dataset, target by target."""
    made = list(store.read_manifest(folder)["targets"])
    chosen = [target] if target in made else made
    found = [
        [sources.Input(p, str(p), "jsonl") for p in sorted((folder / name).glob("*.jsonl"))]
        for name in chosen
        if name
    ]
    if not any(found):
        raise UsageError(f"{folder} has no JSONL file to check.", f"It has: {', '.join(made)}.")
    return [files for files in found if files]


def _rows(path: Path) -> list[sources.Input]:
    files = sources.files(Source(path=str(path)), Path())
    for file in files:
        if file.format != "jsonl":
            raise UsageError(
                f"{file.name} is no file of training rows.",
                f"Check reads JSONL; make one first: dataprep convert {file.name}",
            )
    return files
