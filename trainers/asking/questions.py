"""The held-out examples of a converted dataset, as questions with the answer that is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from dataprep import store
from dataprep.example import Example
from dataprep.finding import NothingToDo
from dataprep.formats.chat import last_learned_answer
from dataprep.jsonio import Json
from dataprep.parts import part_batches
from dataprep.recipe import Target
from dataprep.targets import CATALOGUE
from trainers.tasks import tasks_of
from trainers.taught import said, taught

CHAT = CATALOGUE["openai-chat"]
LENGTHS = ((200, "under 200"), (1_000, "200 to 999"), (4_000, "1,000 to 3,999"))
LONGEST = "4,000 and more"
"""Slices by the characters of what is asked."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked (messages and what stands beside them), and what would be right."""

    id: str
    shape: str
    label: str | None
    file: str
    length: str
    request: Json
    wanted: str


class Questions(msgspec.Struct, frozen=True, kw_only=True):
    """The questions of a split; `left_out` examples have no answer that could be asked for."""

    dataset: str
    split: str
    asked: list[Question]
    left_out: int
    training: dict[str, list[str]]
    """The answers of the train split, by shape."""
    tasks: dict[str, str]
    """What each shape is judged as."""


def read(folder: Path, split: str, limit: int | None = None) -> Questions:
    """The questions of a split, at most `limit`; raises NothingToDo where there is none.

    A conversation is asked for the last answer that is learned, as `answers.asked` asks a run.
    """
    manifest = store.read_manifest(folder)
    build = CHAT.row(_target(manifest)) if CHAT.row else None
    assert build is not None  # noqa: S101  the catalogue's chat has a row builder
    made = Questions(
        dataset=manifest["digest"],
        split=split,
        asked=[],
        left_out=0,
        training={},
        tasks=tasks_of(folder),
    )
    left_out = 0
    for example in _examples(folder, {split, "train"}):
        if example.split == split and (limit is None or len(made.asked) < limit):
            question = None if example.shape in CHAT.not_for else _question(example, build(example))
            if question is None:
                left_out += 1
            else:
                made.asked.append(question)
        if example.split == "train":
            answer = taught(example)
            if answer is not None:
                made.training.setdefault(example.shape, []).append(answer)
    if not made.asked:
        raise NothingToDo(
            f"{folder} has no {split} example to ask about.",
            "Name another split with --split, or convert again with a share for it.",
        )
    return msgspec.structs.replace(made, left_out=left_out)


def _target(manifest: Json) -> Target:
    """The chat target as the dataset's recipe has it, so that what is asked is what was trained.

    Where the recipe has none, the causal target says which system message was trained with.
    """
    targets = [t for t in manifest.get("recipe", {}).get("targets", ()) if isinstance(t, dict)]
    for name in (CHAT.name, "causal"):
        for wanted in targets:
            if wanted.get("name") == name:
                return Target(name=CHAT.name, system=wanted.get("system"))
    return Target(name=CHAT.name)


def _examples(folder: Path, splits: set[str]) -> Iterator[Example]:
    for batch in part_batches(folder):
        yield from batch.keep(batch.examples["split"].is_in(list(splits))).rows()


def _question(example: Example, row: Json) -> Question | None:
    messages: Sequence[Json] = row["messages"]
    at = last_learned_answer(messages)
    wanted = said(messages[at]) if at > 0 else ""
    if not wanted:
        return None
    asked = [{k: v for k, v in m.items() if k != "weight"} for m in messages[:at]]
    size = sum(len(m["content"]) for m in asked if isinstance(m.get("content"), str))
    return Question(
        id=example.id,
        shape=example.shape,
        label=example.label,
        file=example.file,
        length=next((name for most, name in LENGTHS if size < most), LONGEST),
        request={**row, "messages": asked},
        wanted=wanted,
    )
