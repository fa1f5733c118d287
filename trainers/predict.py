"""What a trained model says to new prompts, or to a split of a dataset; it goes on after a kill.

Each answer is one line of `predictions.jsonl`, written as soon as it is there. The lines are
fine-tuning rows themselves, so `dataprep convert` reads them again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataprep import jsonio, store, targets
from dataprep.example import Batch, content_id
from dataprep.finding import (
    DataprepError,
    NothingToDo,
    Place,
    UsageError,
)
from dataprep.formats import ASKING, question_of, tools_of
from dataprep.jsonio import Json
from dataprep.parts import part_batches
from dataprep.recipe import Target
from trainers import answers
from trainers import dataset as datasets
from trainers.asking import questions
from trainers.before import ALIGNED
from trainers.pre_annotations import annotated
from trainers.trained import Trained, answers_of, load, text_of

PREDICTIONS = "predictions.jsonl"
_LONGEST_ANSWER = 512

_AS_ROWS = """Write rows as {"prompt": "..."}, or ask one text: dataprep predict RUN 'a text'."""

ReportPredicted = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Predicted:
    """Where the answers are, how many there are, and how many of them were made now."""

    path: Path
    answers: int
    new: int


def predict(
    run: Path | Trained,
    source: Path | Sequence[Json],
    *,
    out: Path,
    split: str = "test",
    max_new_tokens: int = _LONGEST_ANSWER,
    label_studio: bool = False,
    on_progress: ReportPredicted | None = None,
) -> Predicted:
    """Answer each row of a JSONL file (prompt, input, text or messages), or of a dataset's split.

    Rows that are in memory come from `rows_in`, or have an `id` themselves.
    `out` is a folder; what is answered there already is not asked again. With `label_studio` the
    answers to a dataset become tasks with pre-annotations in `out/label-studio`. Raises UsageError
    for a run that is not finished, and for rows that cannot be asked, before anything is asked.
    """
    store.refuse_file(out)
    trained = load(run) if isinstance(run, Path) else run
    rows, asked = _rows(trained, source, split)
    if not rows:
        raise NothingToDo(f"{source} holds nothing to answer.", "Give at least one prompt.")
    with store.environment_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    path = out / PREDICTIONS
    done = _done(path, {str(row["id"]) for row in rows})
    open_ = [n for n, row in enumerate(rows) if row["id"] not in done]
    with store.environment_errors(out), path.open("a", encoding="utf-8") as file:
        made = answers_of(trained, [asked[n] for n in open_], max_new_tokens)
        for count, (number, text) in enumerate(made, len(done) + 1):
            file.write(line_of(rows[open_[number]], text))
            file.flush()
            if on_progress is not None:
                on_progress(count, len(rows))
    if label_studio:
        _pre_annotate(source if isinstance(source, Path) else None, path, out)
    return Predicted(path, len(rows), len(open_))


def _rows(
    trained: Trained, source: Path | Sequence[Json], split: str
) -> tuple[list[Json], list[list[int]]]:
    """What is asked, as rows with an id, and in ids."""
    if not isinstance(source, Path) or not source.is_dir():
        rows = _read(source) if isinstance(source, Path) else list(source)
        return rows, trained.ask(rows)
    if trained.target in ALIGNED:
        return _examples(trained, source, split)
    dataset = datasets.read(source, trained.target, trained.family)
    known = trained.settings["dataset"]["tokenizer"].get("sha256")
    if dataset.entry["tokenizer"].get("sha256") != known:
        raise UsageError(
            f"{source} was made for another tokenizer than the run's.", "Convert it again."
        )
    held = dataset.rows(split)
    pairs = [answers.asked(held.row(n), held.family) for n in range(len(held))]
    wanted = trained.words.decode([right for _, right in pairs])
    rows = [
        {"id": name, "expected": trained.read(text)}
        for name, text in zip(held.ids, wanted, strict=True)
    ]
    return rows, [ids for ids, _ in pairs]


def _examples(trained: Trained, source: Path, split: str) -> tuple[list[Json], list[list[int]]]:
    """The held-out examples of a dataset for a run whose own target is no token ids."""
    found = questions.read(source, split).asked
    rows = [{"id": q.id, "expected": q.wanted} for q in found]
    return rows, trained.ask([q.request for q in found])


def _read(path: Path) -> list[Json]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None
    return list(rows_in(content, str(path)))


def rows_in(content: bytes, name: str) -> Iterator[Json]:
    """The rows of JSONL, each with an id; raises UsageError for the first that cannot be asked.

    `name` is the file's, for the messages.
    """
    seen: set[str] = set()
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        place = Place(file=name, line=number)
        try:
            row = jsonio.loads(line)
        except DataprepError:
            raise
        except ValueError as error:
            raise UsageError(f"The line is no JSON: {error}.", _AS_ROWS, place=place) from None
        if not question_of(row):
            raise UsageError(_unasked(row), _AS_ROWS, place=place)
        id_ = str(row.get("id") or content_id(line.decode()))
        while id_ in seen:
            id_ += "+"
        seen.add(id_)
        yield {**row, "id": id_}


def _unasked(row: Any) -> str:
    """Why a value of a line asks nothing."""
    if not isinstance(row, dict):
        return "The line is no object, and so no row."
    named = next((name for name in ("messages", *ASKING) if name in row), None)
    if named is None:
        return "The row has no prompt, question, input, text or messages."
    value = row[named]
    if named == "messages":
        return "Its messages are no conversation."
    return f"Its {named} is empty." if isinstance(value, str) else f"Its {named} is no text."


def line_of(row: Json, text: str) -> str:
    """The line of predictions.jsonl for a row and its answer, with its line break."""
    if row.get("messages"):
        made: Json = {"messages": [*question_of(row), {"role": "assistant", "content": text}]}
        if tools := tools_of(row):
            made["tools"] = tools
    elif "expected" in row:
        made = {"expected": row["expected"], "answer": text}
    else:
        made = {"prompt": text_of(row), "completion": text}
    return json.dumps({"id": row["id"], **made}, ensure_ascii=False) + "\n"


def _done(path: Path, asked: set[str]) -> set[str]:
    """The ids that are answered; a last line that a kill cut off is taken away."""
    if not path.is_file():
        return set()
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    done = {row["id"] for row in answered(path, ())}
    if done - asked:
        raise UsageError(
            f"{path} holds answers to other prompts.", "Choose another folder with --out."
        )
    return done


def answered(path: Path, more: Sequence[str] = ("answer",)) -> Iterator[Json]:
    """The rows of predictions.jsonl, with texts under `id` and `more`.

    Raises UsageError that names a line which is no answer.
    """
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        said = [row.get(n) for n in ("id", *more)] if isinstance(row, dict) else [None]
        if not all(isinstance(text, str) for text in said):
            raise UsageError(
                "the line is no answer of dataprep predict.",
                "Take the line out, and it is answered again; or choose another --out.",
                place=Place(file=str(path), line=number),
            )
        yield row


def _pre_annotate(source: Path | None, predictions: Path, out: Path) -> None:
    """The answers to a dataset as tasks for Label Studio, by the target of that name."""
    if source is None or not (source / "examples").is_dir():
        raise UsageError(
            "Pre-annotations need a converted dataset, which knows the tasks.",
            "Give its folder, or convert predictions.jsonl with --to label-studio.",
        )
    made = {row["id"]: row["answer"] for row in answered(predictions)}
    kept = (b.keep(b.examples["id"].is_in(list(made))) for b in part_batches(source))
    rows = [row for batch in kept for row in batch.rows()]

    def batches(_: str | None) -> Iterable[Batch]:
        return [Batch.of([annotated(row, made[row.id]) for row in rows])]

    with store.environment_errors(out):
        targets.write(Target(name="label-studio"), out, batches, base=out, seed=0)
