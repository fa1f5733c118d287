"""What a trained model says to new prompts, or to a split of a dataset; it goes on after a kill.

Each answer is one line of `predictions.jsonl`, written as soon as it is there. The lines are
fine-tuning rows themselves, so `dataprep convert` reads them again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig

from dataprep import jsonio, store, targets
from dataprep.example import Batch, content_id
from dataprep.finding import (
    DataprepError,
    EnvironmentProblem,
    NothingToDo,
    Place,
    UsageError,
    excerpt,
)
from dataprep.formats import question_of, tools_of
from dataprep.jsonio import Json
from dataprep.names import utf8_path
from dataprep.panics import caught_panics
from dataprep.parts import part_batches
from dataprep.recipe import Target
from dataprep.tokens import Codec, Pair, encode_pairs, load_chat_tokenizer, load_tokenizer
from trainers import answers, fitting, model_files, models
from trainers import dataset as datasets
from trainers.asking import questions
from trainers.before import ALIGNED
from trainers.dataset import Words
from trainers.generation import ends_of
from trainers.pre_annotations import annotated
from trainers.rows import Family
from trainers.run_folder import SETTINGS, day_in, settings_of

PREDICTIONS = "predictions.jsonl"
_LONGEST_ANSWER = 512
_RESTORE = "Restore the files, or train again."

Ask = Callable[[Sequence[Json]], list[list[int]]]
ReportPredicted = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Predicted:
    """Where the answers are, how many there are, and how many of them were made now."""

    path: Path
    answers: int
    new: int


@dataclass(frozen=True, slots=True)
class _Trained:
    """A run folder, loaded: what was trained, and how texts become its ids and come back."""

    net: Any
    words: Words
    family: Family
    target: str
    settings: Json
    ask: Ask
    read: Callable[[str], str]


def predict(
    run: Path,
    source: Path,
    *,
    out: Path,
    split: str = "test",
    max_new_tokens: int = _LONGEST_ANSWER,
    label_studio: bool = False,
    on_progress: ReportPredicted | None = None,
) -> Predicted:
    """Answer each row of a JSONL file (prompt, input, text or messages), or of a dataset's split.

    `out` is a folder; what is answered there already is not asked again. With `label_studio` the
    answers to a dataset become tasks with pre-annotations in `out/label-studio`. Raises UsageError
    for a run that is not finished, and for rows that cannot be asked, before anything is asked.
    """
    trained = _load(run)
    rows, asked = _rows(trained, source, split)
    if not rows:
        raise NothingToDo(f"{source} holds nothing to answer.", "Give at least one prompt.")
    out.mkdir(parents=True, exist_ok=True)
    path = out / PREDICTIONS
    done = _done(path, {str(row["id"]) for row in rows})
    open_ = [n for n, row in enumerate(rows) if row["id"] not in done]
    with store.environment_errors(out), path.open("a", encoding="utf-8") as file:
        made = _said(trained, [asked[n] for n in open_], max_new_tokens)
        for count, (number, text) in enumerate(made, len(done) + 1):
            file.write(_line(rows[open_[number]], text))
            file.flush()
            if on_progress is not None:
                on_progress(count, len(rows))
    if label_studio:
        _pre_annotate(source, path, out)
    return Predicted(path, len(rows), len(open_))


def _load(run: Path) -> _Trained:
    if not (run / SETTINGS).is_file() or not (run / "model" / "config.json").is_file():
        raise UsageError(
            f"{run} is no finished run of dataprep train.", "Name the folder that train wrote."
        )
    fitting.settle(0)
    settings = settings_of(run)
    entry: Any = settings.get("dataset")
    family: Family | None = settings.get("family")
    whole = isinstance(entry, dict) and isinstance(entry.get("tokenizer"), dict)
    whole = whole and (family != "t5" or type(entry.get("max_input")) is int)
    if family not in ("t5", "causal") or not isinstance(settings.get("target"), str) or not whole:
        raise UsageError(
            f"{run / SETTINGS} lacks the family, the target or the dataset of a run.",
            "Restore the file, or train again.",
        )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        with utf8_path(run / "model") as place, caught_panics():
            kind = models.loader(AutoConfig.from_pretrained(place), family)
            net = model_files.load_whole(kind, place, use_safetensors=True)
    except (MemoryError, torch.OutOfMemoryError):
        raise
    except UsageError as error:
        raise UsageError(error.message, _RESTORE) from None
    except Exception as error:  # the libraries raise whatever a damaged file brings them to
        said = excerpt(str(error), 100) or type(error).__name__
        raise UsageError(f"{run / 'model'} cannot be loaded: {said}.", _RESTORE) from None
    net = net.to(device).eval()
    make = _load_t5 if family == "t5" else _load_causal
    return make(run / "model", net, settings)


def _load_t5(folder: Path, net: Any, settings: Json) -> _Trained:
    tokenizer = load_tokenizer(str(folder))
    entry = settings["dataset"]
    codec = Codec.recorded(tokenizer, entry["codec"]) if entry.get("codec") else None

    def ask(rows: Sequence[Json]) -> list[list[int]]:
        pairs = [Pair(_text(row), "") for row in rows]
        return encode_pairs(tokenizer, pairs, entry["max_input"], 2, codec).input_ids

    read = codec.decode if codec else str
    words = models.t5_words(tokenizer)
    words = replace(words, ends=ends_of(net, words))
    return _Trained(net, words, "t5", settings["target"], settings, ask, read)


def _load_causal(folder: Path, net: Any, settings: Json) -> _Trained:
    tokenizer = load_chat_tokenizer(str(folder), day=day_in(settings))

    def ask(rows: Sequence[Json]) -> list[list[int]]:
        """By the one renderer: what stands before an answer, when there is one."""
        made = []
        for row in rows:
            asked = [*question_of(row), {"role": "assistant", "content": "-"}]
            coded = tokenizer.encode(asked, tools_of(row))
            made.append(coded.input_ids[: answers.last_answer(coded.labels)[0]])
        return made

    words = models.causal_words(tokenizer)
    words = replace(words, ends=ends_of(net, words))
    return _Trained(net, words, "causal", settings["target"], settings, ask, str)


def _rows(trained: _Trained, source: Path, split: str) -> tuple[list[Json], list[list[int]]]:
    """What is asked, as rows with an id, and in ids."""
    if not source.is_dir():
        rows = list(_read(source))
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


def _examples(trained: _Trained, source: Path, split: str) -> tuple[list[Json], list[list[int]]]:
    """The held-out examples of a dataset for a run whose own target is no token ids."""
    found = questions.read(source, split).asked
    rows = [{"id": q.id, "expected": q.wanted} for q in found]
    return rows, trained.ask([q.request for q in found])


def _read(path: Path) -> Iterator[Json]:
    """The rows of a JSONL file, each with an id; the first that cannot be asked is an error."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = Place(file=str(path), line=number)
        try:
            row = jsonio.loads(line)
        except DataprepError:
            raise
        except ValueError as error:
            raise UsageError(str(error), "Mend the line.", place=place) from None
        if not question_of(row):
            raise UsageError(
                "The row has no prompt, question, input, text or messages.",
                "Give it one.",
                place=place,
            )
        name = str(row.get("id") or content_id(line.decode()))
        while name in seen:
            name += "+"
        seen.add(name)
        yield {**row, "id": name}


def _text(row: Json) -> str:
    """What is asked, as one text."""
    said = [m for m in question_of(row) if m["role"] != "assistant"]
    return "\n\n".join(str(m.get("content") or "") for m in said)


def _said(trained: _Trained, asked: Sequence[list[int]], most: int) -> Iterator[tuple[int, str]]:
    """The answers, rows of like length together."""
    try:
        for batch in answers.by_length([(len(ids), most) for ids in asked]):
            made = _generated(trained, [asked[n] for n in batch], most)
            for number, text in zip(batch, trained.words.decode(made), strict=True):
                yield number, trained.read(text)
    except torch.OutOfMemoryError as error:
        raise EnvironmentProblem(
            f"The memory is too small for answers of {most:,} tokens.",
            "Try a lower --max-new-tokens; what was answered is kept.",
        ) from error


def _generated(trained: _Trained, asked: Sequence[list[int]], most: int) -> list[list[int]]:
    """The ids of the answers. Raises UsageError where the settings of the model allow none."""
    try:
        return answers.generate(trained.net, trained.words, asked, most)
    except (MemoryError, torch.OutOfMemoryError):
        raise
    except UsageError as error:
        raise UsageError(error.message, _RESTORE) from None
    except Exception as error:  # the libraries raise whatever settings bring them to
        said = excerpt(str(error), 100) or type(error).__name__
        raise UsageError(
            f"The model cannot answer: {said}.",
            "Restore its config.json and generation_config.json, or train again.",
        ) from None


def _line(row: Json, text: str) -> str:
    if row.get("messages"):
        made: Json = {"messages": [*question_of(row), {"role": "assistant", "content": text}]}
        if tools := tools_of(row):
            made["tools"] = tools
    elif "expected" in row:
        made = {"expected": row["expected"], "answer": text}
    else:
        made = {"prompt": _text(row), "completion": text}
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


def _pre_annotate(source: Path, predictions: Path, out: Path) -> None:
    """The answers to a dataset as tasks for Label Studio, by the target of that name."""
    parts = source / "examples"
    if not parts.is_dir():
        raise UsageError(
            "Pre-annotations need a converted dataset, which knows the tasks.",
            "Give its folder, or convert predictions.jsonl with --to label-studio.",
        )
    said = {row["id"]: row["answer"] for row in answered(predictions)}
    kept = (b.keep(b.examples["id"].is_in(list(said))) for b in part_batches(source))
    rows = [row for batch in kept for row in batch.rows()]

    def batches(_: str | None) -> Iterable[Batch]:
        return [Batch.of([annotated(row, said[row.id]) for row in rows])]

    with store.environment_errors(out):
        targets.write(Target(name="label-studio"), out, batches, base=out, seed=0)
