"""Parts of the manifest: from which files an output was made, and how it was divided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dataprep import sources, store
from dataprep.conversion.division import Division
from dataprep.conversion.earlier import EarlierSplits
from dataprep.near import packed
from dataprep.recipe import Recipe


@contextmanager
def hashed_beside(paths: Iterable[Path]) -> Iterator[Mapping[Path, Future[str]]]:
    """The sha256 of each file, reckoned beside the work."""
    beside = ThreadPoolExecutor(1)
    try:
        yield {path: beside.submit(store.sha256_of, path) for path in paths}
    finally:
        beside.shutdown(cancel_futures=True)


def made_from(
    recipe: Recipe,
    base: Path,
    files: Iterable[sources.Input],
    hashes: Mapping[Path, Future[str]],
) -> list[dict[str, Any]]:
    """Every file that was read, with its sha256 and its bytes."""
    paths = {name: path for file in files for name, path in file.paths.items()}
    extra = [s.config_path for s in recipe.sources]
    extra += [t.json_schema for t in recipe.wanted] + [t.sample for t in recipe.wanted]
    extra += [recipe.checks.completion_schema]
    paths |= {name: base / name for name in extra if name}
    return [
        {
            "path": name,
            "sha256": hashes[p].result() if p in hashes else store.sha256_of(p),
            "bytes": p.stat().st_size,
        }
        for name, p in sorted(paths.items())
    ]


def divided_by(
    recipe: Recipe, division: Division | None, earlier: EarlierSplits | None
) -> dict[str, Any]:
    """How the splits came about: with an earlier output only where it made a difference."""
    entry: dict[str, Any] = {"near_duplicates": recipe.splits.near_duplicates}
    if division:
        entry["clusters"] = division.clusters
        if division.linked.groups:
            linked = division.linked
            entry["linked_groups"] = {"groups": linked.groups, "sets": linked.sets}
        if division.common is not None and len(division.common):
            entry["templates"] = packed(division.common)
        if earlier and (division.kept or recipe.splits.from_):
            entry["from"] = {"digest": earlier.digest, "kept": division.kept}
    return entry
