"""What a trained model says to held-out examples, greedily, and how good that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from transformers.generation.streamers import BaseStreamer

from dataprep.frames import read_frame
from dataprep.parts import part_files
from trainers.dataset import Dataset, Words
from trainers.evaluate import Answer, by_shape, exact_match
from trainers.rows import IGNORED, Family, TokenRow, TokenRows
from trainers.tasks import tasks_of

BATCH_TOKENS = 8_192
_BEYOND = 4
"""Tokens beyond the longest answer of a batch: who says more is wrong whatever follows."""
_SHOWN = 5

Kinds = dict[str, tuple[str, str | None]]
Read = Callable[[str], str]


def evaluate(net: Any, words: Words, dataset: Dataset, read: Read) -> dict[str, Any]:
    """The scores of the test split, else of validation; no scores where there is neither.

    `read` undoes the spelling that the dataset was written in.
    """
    scores: dict[str, Any] = {
        "split": (split := dataset.evaluated()),
        "examples": 0,
    }
    if split is None:
        return scores
    kinds = _kinds(dataset)
    answers = list(answer(net, words, dataset.rows(split), kinds, read))
    training: dict[str, list[str]] = defaultdict(list)
    train = dataset.train
    wanted = [asked(train.row(n), train.family)[1] for n in range(len(train))]
    for name, text in zip(train.ids, words.decode(wanted), strict=True):
        training[_kind(kinds, name)[0]].append(read(text))
    return scores | {
        "examples": len(answers),
        "exact_match": round(exact_match(answers), 4),
        "shapes": by_shape(answers, training, tasks_of(dataset.folder)),
        "samples": [
            {"id": a.id, "wanted": a.wanted, "said": a.said}
            for a in sorted(answers, key=lambda a: a.id)[:_SHOWN]
        ],
    }


def answer(net: Any, words: Words, rows: TokenRows, kinds: Kinds, read: Read) -> Iterator[Answer]:
    """An answer for each row, rows of like length together."""
    pairs = [asked(rows.row(n), rows.family) for n in range(len(rows))]
    for batch in by_length([(len(a), len(w)) for a, w in pairs]):
        most = max(len(pairs[n][1]) for n in batch) + _BEYOND
        said = words.decode(generate(net, words, [pairs[n][0] for n in batch], most))
        right = words.decode([pairs[n][1] for n in batch])
        for row, wanted, text in zip(batch, right, said, strict=True):
            shape, label = _kind(kinds, rows.ids[row])
            yield Answer(rows.ids[row], shape, label, read(wanted), read(text))


def generate(
    net: Any,
    words: Words,
    prompts: Sequence[Sequence[int]],
    most: int,
    streamer: BaseStreamer | None = None,
) -> list[list[int]]:
    """The ids that the model adds to each prompt, at most so many, up to the end of the answer.

    A `streamer` is given the ids of one prompt and its answer as they come.
    """
    net.eval()
    both = bool(net.config.is_encoder_decoder)
    width = max(map(len, prompts))
    ids = torch.full((len(prompts), width), words.pad)
    mask = torch.zeros((len(prompts), width), dtype=torch.long)
    for number, prompt in enumerate(prompts):
        # A causal model goes on where the prompt ends, so there the padding stands before it.
        at = slice(0, len(prompt)) if both else slice(width - len(prompt), width)
        ids[number, at] = torch.tensor(list(prompt))
        mask[number, at] = 1
    with torch.inference_mode():
        made = net.generate(
            input_ids=ids.to(net.device),
            attention_mask=mask.to(net.device),
            max_new_tokens=most,
            do_sample=False,
            num_beams=1,
            eos_token_id=list(words.ends),
            pad_token_id=words.pad,
            streamer=streamer,
        )
    return [_ended(line, words) for line in made[:, 0 if both else width :].tolist()]


def _ended(ids: list[int], words: Words) -> list[int]:
    """Without what stands behind the end."""
    stops = [n for n, i in enumerate(ids) if i in words.ends]
    return ids[: stops[0]] if stops else ids


def by_length(sizes: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Rows with like answers together, so that a short one never waits for a long one."""
    order = sorted(range(len(sizes)), key=lambda n: (sizes[n][1], sizes[n][0], n))
    batch: list[int] = []
    widest = 0
    for row in order:
        wider = max(widest, sum(sizes[row]))
        if batch and wider * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch, wider = [], sum(sizes[row])
        batch.append(row)
        widest = wider
    if batch:
        yield batch


def asked(row: TokenRow, family: Family) -> tuple[list[int], list[int]]:
    """What is asked and wanted: of a conversation, up to the last answer that is learned."""
    source, labels = row.source.tolist(), row.labels.tolist()
    if family == "t5":
        return source, labels
    first, end = last_answer(labels)
    return source[:first], source[first:end]


def last_answer(labels: Sequence[int]) -> tuple[int, int]:
    """Where the last run of labels begins and ends; a template may add something behind it."""
    end = len(labels)
    while end and labels[end - 1] == IGNORED:
        end -= 1
    first = end
    while first and labels[first - 1] != IGNORED:
        first -= 1
    return (first, end) if end else (len(labels), len(labels))


def _kinds(dataset: Dataset) -> Kinds:
    """Shape and label of each example, by its id."""
    kinds: Kinds = {}
    for path in part_files(dataset.folder):
        frame = read_frame(path, ["id", "shape", "label"], "Convert again.")
        kinds |= {name: (shape, label) for name, shape, label in frame.iter_rows()}
    return kinds


def _kind(kinds: Kinds, name: str) -> tuple[str, str | None]:
    return kinds.get(name, ("example", None))
