"""A run folder as one object: what was trained, on what, and how good it is."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep.api.paths import StrPath
from dataprep.finding import DataprepError, UnreadableFile, UsageError, excerpt
from trainers.run_folder import CARD, JOURNAL, SETTINGS

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

_SCORES = "evaluation.json"
_NAME = 100
"""Characters of a model's name that a line shows."""


@dataclass(frozen=True, slots=True, repr=False, init=False)
class TrainedRun:
    """A finished run of `train`. It stands for its folder wherever a path is asked for.

    `data` is the converted folder that it was trained on, of a run that `train` has returned.
    """

    folder: Path
    data: Path | None = field(default=None, compare=False)

    def __init__(self, folder: StrPath, *, data: StrPath | None = None) -> None:
        object.__setattr__(self, "folder", Path(folder))
        object.__setattr__(self, "data", None if data is None else Path(data))

    @property
    def model(self) -> Path:
        """The folder with the model and its tokenizer, for `from_pretrained`."""
        return self.folder / "model"

    @property
    def settings(self) -> dict[str, Any]:
        """What run.json says: the options, the data and the versions."""
        return self._json(SETTINGS)

    @property
    def scores(self) -> dict[str, Any]:
        """What evaluation.json says: losses, and scores on held-out examples by shape."""
        return self._json(_SCORES)

    @property
    def card(self) -> str:
        """The model card, in Markdown."""
        return self._read(CARD)

    def answer(self, *texts: str, max_new_tokens: int = 512, as_is: bool = False) -> list[str]:
        """What the model answers to each text; nothing is written.

        A text is put into the words that all questions of the training had around theirs, if they
        had; `as_is` leaves them out.

        Raises UsageError for a run that is not finished and what is no text, EnvironmentProblem for
        a memory that is too small for so many tokens.
        """
        from dataprep.api.asking import answers_of

        if not all(isinstance(text, str) for text in texts):
            raise UsageError("What is asked is a text.", "Pass each text by itself: answer(a, b).")
        if type(max_new_tokens) is not int or not 1 <= max_new_tokens < 2**31:
            raise UsageError(
                f"max_new_tokens is {excerpt(repr(max_new_tokens))}.",
                "Give a whole number from 1 on.",
            )
        return answers_of(self.folder, texts, max_new_tokens, as_is=as_is)

    def to_polars(self) -> pl.DataFrame:
        """The journal, metrics.jsonl: a row each time that a loss was written down."""
        import polars as pl

        journal = self._read(JOURNAL).encode()
        return pl.read_ndjson(journal, infer_schema_length=None)

    def _json(self, name: str) -> dict[str, Any]:
        try:
            read: dict[str, Any] = json.loads(self._read(name))
        except (ValueError, RecursionError) as error:
            raise UnreadableFile(f"{self.folder / name}: {error}.", "Train again.") from None
        return read

    def _read(self, name: str) -> str:
        path = self.folder / name
        try:
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8"
            raise UnreadableFile(
                f"{path}: {why}.", "Name the folder of a finished run, or train again."
            ) from None

    def __fspath__(self) -> str:
        return os.fspath(self.folder)

    def __repr__(self) -> str:
        on = "" if self.data is None else f", data={str(self.data)!r}"
        name = f"{type(self).__name__}({str(self.folder)!r}{on})"
        try:
            return f"{name}: {self._told()}"
        except DataprepError:
            return f"{name}: no finished run"

    def _told(self) -> str:
        """The model, and how good it is at each shape."""
        from trainers.tasks import TITLES

        settings, scores = self.settings, self.scores
        found = [
            f"{shape}: {TITLES.get(by := each['judged_by'], by)} {each[by]:.3f}"
            f" on {each['examples']:,} {scores['split']} examples"
            for shape, each in scores.get("shapes", {}).items()
        ]
        model = excerpt(str(settings["model"]), _NAME)
        return "; ".join([f"{model}, {settings['parameters']:,} parameters", *found])

    def _repr_html_(self) -> str:
        from dataprep import report

        try:
            scores = self.scores
        except DataprepError:
            return report.as_html(repr(self))
        losses = [
            f"{name}: {loss['first']:.3f} at first, {loss.get('saved', loss['last']):.3f} at last"
            for name, loss in (
                ("training loss", scores.get("loss")),
                ("held-out loss", scores.get("held_out_loss")),
            )
            if loss
        ]
        tables = [self._table(scores)] if scores.get("shapes") else []
        return report.as_html(repr(self), *losses, *tables)

    def _table(self, scores: dict[str, Any]) -> Table:
        """How good the answers of each shape are, beside what the most frequent answer reaches."""
        from rich.table import Table

        from trainers.tasks import TITLES

        table = Table("shape")
        for name in ("examples", "judged by", "score", "exact match", "most frequent answer"):
            table.add_column(name, justify="left" if name == "judged by" else "right")
        for shape, each in scores["shapes"].items():
            by = each["judged_by"]
            numbers = (each["exact_match"], each["majority"]["exact_match"])
            exact, most = (f"{number:.3f}" for number in numbers)
            cells = (f"{each['examples']:,}", TITLES.get(by, by), f"{each[by]:.3f}", exact, most)
            table.add_row(shape, *cells)
        return table
