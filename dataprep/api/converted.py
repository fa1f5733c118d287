"""`dataprep.load`: a folder that convert made, as one object, with its rows as tables."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from dataprep import store
from dataprep.api.options import checked
from dataprep.api.paths import StrPath
from dataprep.conversion.ledger import Ledger
from dataprep.finding import Drop, Finding, NothingToDo, UnreadableFile, UsageError, excerpt
from dataprep.splits import SPLITS

if TYPE_CHECKING:
    import datasets
    import pandas
    import polars as pl

    from dataprep.api.tabular import Frames

JournalLine = TypeVar("JournalLine")

_FINDINGS, _DROPS = "findings.jsonl", "dropped.jsonl"


@dataclass(frozen=True, slots=True, repr=False)
class ConvertedDataset:
    """A dataset that `convert` made. It stands for its folder wherever a path is asked for.

    `manifest` is what manifest.json says: everything that was made, from what, with which recipe.
    """

    folder: Path
    manifest: dict[str, Any]

    @property
    def splits(self) -> dict[str, int]:
        """Examples in train, validation and test."""
        return {name: self.manifest.get("splits", {}).get(name, 0) for name in SPLITS}

    @property
    def targets(self) -> list[str]:
        """What was written of the examples, by name: openai-chat, t5, ..."""
        return list(self.manifest["targets"])

    @property
    def notes(self) -> list[str]:
        """What convert said of the sources and of the dataset."""
        return list(self.manifest.get("notes", ()))

    @property
    def ledger(self) -> Ledger:
        """What came in, went on and was dropped, stage by stage."""
        ledger = Ledger()
        for row in self.manifest.get("ledger", ()):
            stage = ledger.stage(row["stage"], row["unit"])
            stage.entered, stage.out = row["in"], row["out"]
            stage.dropped = Counter(row["dropped"])
        return ledger

    @property
    def findings(self) -> list[Finding]:
        """Every finding of the conversion."""
        return self._lines(_FINDINGS, Finding)

    @property
    def dropped(self) -> list[Drop]:
        """Everything that was left out, and why."""
        return self._lines(_DROPS, Drop)

    def to_polars(self, target: str | None = None, *, split: str | None = None) -> pl.DataFrame:
        """The examples as a Polars table, or the rows of a target as its readers have them.

        Without `split` a column `split` says which one a row is of. What is a text in some rows of
        a JSONL file and a list or an object in others is a text in the table, as JSON.
        """
        from dataprep.api import tabular

        frames = self._frames(target, split)
        return frames[split] if split else tabular.one_frame(frames)

    def to_pandas(self, target: str | None = None, *, split: str | None = None) -> pandas.DataFrame:
        """The same table for pandas, in columns of Arrow, which share the memory.

        Raises EnvironmentProblem where pandas or pyarrow is not installed.
        """
        from dataprep.api import tabular

        return tabular.pandas_frame(self.to_polars(target, split=split))

    def to_datasets(
        self, target: str | None = None, *, split: str | None = None
    ) -> datasets.Dataset | datasets.DatasetDict:
        """The same for Hugging Face's datasets: a DatasetDict of splits, or the Dataset of one.

        Raises EnvironmentProblem where datasets is not installed.
        """
        from dataprep.api import tabular

        frames = self._frames(target, split)
        return tabular.dataset_of(frames[split]) if split else tabular.dataset_dict(frames)

    def _frames(self, target: str | None, split: str | None) -> Frames:
        from dataprep.api import tabular

        if target is not None and target not in self.manifest["targets"]:
            has = ", ".join(self.targets)
            raise UsageError(f"{self.folder} holds no {excerpt(target)}.", f"It has: {has}.")
        with store.environment_errors(self.folder):
            frames = (
                tabular.target_frames(self.folder, target, self.manifest["targets"][target])
                if target
                else tabular.example_frames(self.folder)
            )
        if split is not None and split not in frames:
            what = f"{self.folder} has nothing in {excerpt(split)}."
            raise NothingToDo(what, f"It has: {', '.join(frames)}.")
        return frames

    def _lines(self, name: str, kind: type[JournalLine]) -> list[JournalLine]:
        path = self.folder / name
        try:
            return msgspec.json.Decoder(kind).decode_lines(path.read_bytes())
        except FileNotFoundError:
            raise UnreadableFile(f"{path} is missing.", "Convert again.") from None
        except msgspec.MsgspecError as error:
            raise UnreadableFile(f"{path} cannot be read: {error}.", "Convert again.") from None

    def __fspath__(self) -> str:
        return os.fspath(self.folder)

    def __repr__(self) -> str:
        parts = ", ".join(f"{number:,} {split}" for split, number in self.splits.items())
        whole, made = sum(self.splits.values()), ", ".join(self.targets)
        name = type(self).__name__
        return f"{name}({str(self.folder)!r}): {whole:,} examples ({parts}) for {made}"

    def _repr_html_(self) -> str:
        from dataprep import report

        tables = report.summary_parts(self.ledger, self.splits, self.manifest.get("strata"))
        return report.as_html(repr(self), *tables)


@checked()
def load(folder: StrPath) -> ConvertedDataset:
    """A folder that `convert` made, without reading its rows.

    Raises UsageError for a folder that it did not make, and EnvironmentProblem for one whose
    manifest cannot be read.
    """
    place = Path(folder)
    return ConvertedDataset(place, store.read_manifest(place))


@checked()
def verify(folder: StrPath) -> list[str]:
    """What differs between a dataset's manifest and its files: one sentence each, none when whole.

    Its card, README.md, may be edited, and git may keep its own beside the files. Raises as `load`
    does.
    """
    return store.verify(Path(folder))
