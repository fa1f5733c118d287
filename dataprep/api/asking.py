"""`dataprep.predict` and `dataprep.evaluate`: what trained models answer, and how good it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dataprep.api.converting import ReportStage
from dataprep.api.loading import trainer
from dataprep.api.numbers import EVALUATE, PREDICT
from dataprep.api.options import checked
from dataprep.api.paths import StrPath, several
from dataprep.api.surroundings import restored

if TYPE_CHECKING:
    import polars as pl

    from trainers.asking import Evaluation

SplitName = Literal["train", "validation", "test"]
_SHOWN = 10


@dataclass(frozen=True, slots=True, repr=False)
class Predictions:
    """The answers of a model, in a file of a line each; `new` of them were made by this call."""

    path: Path
    new: int

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines of the file: what was asked or expected, and what was answered."""
        return [json.loads(line) for line in self.path.read_bytes().splitlines()]

    def to_polars(self) -> pl.DataFrame:
        """The same as a Polars table."""
        import polars as pl

        return pl.read_ndjson(self.path.read_bytes(), infer_schema_length=None)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"{name}({str(self.path)!r}): {len(self):,} answers, {self.new:,} of them new"

    def _repr_html_(self) -> str:
        from rich.table import Table

        from dataprep import report

        rows = self.rows
        columns = list(dict.fromkeys(name for row in rows for name in row if name != "id"))
        table = Table(*columns)
        for row in rows[:_SHOWN]:
            table.add_row(*(report.plain(_text(row.get(name, ""))) for name in columns))
        more = [f"… and {len(rows) - _SHOWN:,} more"] if len(rows) > _SHOWN else []
        return report.as_html(repr(self), table, *more)


@checked(PREDICT)
def predict(
    run: StrPath,
    source: StrPath,
    *,
    out: StrPath = "predictions",
    split: SplitName = "test",
    max_new_tokens: int = 512,
    label_studio: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Predictions:
    """Let a trained model answer the prompts of a JSONL file, or the split of a converted dataset.

    The options are those of the command, `dataprep predict --help`. Started again, it goes on
    where it was. `progress` gets how many are answered, of how many. To ask a text or two, see
    TrainedRun.answer. Raises UsageError for a run that is not finished and rows that cannot be
    asked, NothingToDo where there is nothing to answer, EnvironmentProblem for memory or a disk.
    """
    with restored():
        made = trainer("predict", "train").predict(
            Path(run),
            Path(source),
            out=Path(out),
            split=split,
            max_new_tokens=max_new_tokens,
            label_studio=label_studio,
            on_progress=progress,
        )
    return Predictions(made.path, made.new)


@checked(EVALUATE)
def evaluate(
    folder: StrPath,
    *,
    run: StrPath | Sequence[StrPath] = (),
    endpoint: str | None = None,
    model: str | Sequence[str] = (),
    split: SplitName = "test",
    key_variable: str | None = None,
    max_tokens: int = 512,
    temperature: float = 0.0,
    concurrency: int = 4,
    limit: int | None = None,
    out: StrPath = "runs/evaluation",
    progress: ReportStage | None = None,
) -> Evaluation:
    """Ask trained models the held-out prompts of a dataset, and score their answers side by side.

    The options are those of the command, `dataprep evaluate --help`. Nothing is sent where no
    `endpoint` is given. `progress` gets a model of the endpoint, how many questions it has
    answered, and of how many. Raises UsageError where there is nobody to ask, NothingToDo where
    there is nothing to ask, EnvironmentProblem for the network, and Refused for an address that a
    key may not go to.
    """
    with restored(models=bool(several(run))):
        made: Evaluation = trainer("asking", "openai").evaluate(
            Path(folder),
            out=Path(out),
            split=split,
            runs=tuple(map(Path, several(run))),
            endpoint=endpoint,
            models=several(model),
            key_variable=key_variable,
            max_tokens=max_tokens,
            temperature=temperature,
            concurrency=concurrency,
            limit=limit,
            on_progress=progress,
        )
    return made


def answers_of(
    run: StrPath, texts: Sequence[str], max_new_tokens: int, *, as_is: bool = False
) -> list[str]:
    """What a trained model answers to texts; nothing is written."""
    with restored():
        module = trainer("trained", "train")
        loaded = module.load(Path(run))
        made: list[str] = module.answer_texts(loaded, texts, max_new_tokens, as_is=as_is)
    return made


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
