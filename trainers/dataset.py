"""A converted dataset, proven whole before anything is trained on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataprep import store
from dataprep.finding import NothingToDo, UsageError
from trainers.before import manifest_with
from trainers.rows import Family, TokenRows, split_files


@dataclass(frozen=True, slots=True)
class Words:
    """What a trainer needs of a tokenizer, whichever kind it is."""

    decode: Callable[[Sequence[Sequence[int]]], list[str]]
    encode: Callable[[Sequence[str]], list[list[int]]]
    save: Callable[[Path], None]
    pad: int
    ends: tuple[int, ...]
    fingerprint: str
    size: int
    bos: int | None = None
    special: frozenset[int] = frozenset()
    """Tokens that no text becomes."""
    added: frozenset[int] = frozenset()
    """These, and the tokens beside the vocabulary that a text does become."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A converted dataset that was found whole."""

    folder: Path
    target: str
    family: Family
    manifest: dict[str, Any]
    train: TokenRows
    held_out: TokenRows | None

    @property
    def entry(self) -> dict[str, Any]:
        """What the manifest says about this target."""
        entry: dict[str, Any] = self.manifest["targets"][self.target]
        return entry

    @property
    def tokenizer(self) -> Path:
        """The folder of the tokenizer that the dataset was made with."""
        return self.folder / self.target / "tokenizer"

    def evaluated(self) -> str | None:
        """The split that answers are tried on: test, else validation."""
        found = (s for s in ("test", "validation") if split_files(self.folder / self.target, s))
        return next(found, None)

    def rows(self, split: str) -> TokenRows:
        """The rows of a split."""
        return TokenRows(self.folder / self.target, split, self.family)


def read(folder: Path, target: str, family: Family) -> Dataset:
    """Raises UsageError for a dataset that was changed, lacks a split, or is for another road."""
    manifest = manifest_with(folder, target)
    if problems := store.verify(folder):
        raise UsageError(
            f"{folder} is not as it was written: {problems[0]}",
            "Convert again, so that what is trained on is what was checked.",
        )
    if not manifest["targets"][target]["splits"].get("train"):
        raise NothingToDo(f"{folder} has no examples to train on.", "Add examples, or splits.")
    held = TokenRows(folder / target, "validation", family) if _has(folder / target) else None
    return Dataset(
        folder, target, family, manifest, TokenRows(folder / target, "train", family), held
    )


def _has(folder: Path) -> bool:
    return bool(split_files(folder, "validation"))
