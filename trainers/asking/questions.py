"""The held-out examples of a converted dataset, as questions with the answer that is wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dataprep import jsonio, store
from dataprep.example import Example
from dataprep.finding import NothingToDo
from dataprep.formats.chat import last_learned_answer
from dataprep.formats.format import BuildRow
from dataprep.jsonio import Json
from dataprep.parts import part_batches
from dataprep.recipe import Target
from dataprep.targets import CATALOGUE

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


def read(folder: Path, split: str, limit: int | None = None) -> Questions:
    """The questions of a split, at most `limit`; raises NothingToDo where there is none.

    A conversation is asked for the last answer that is learned, as `answers.asked` asks a run.
    """
    manifest = store.read_manifest(folder)
    build = CHAT.row(_target(manifest)) if CHAT.row else None
    assert build is not None  # noqa: S101  the catalogue's chat has a row builder
    made = Questions(dataset=manifest["digest"], split=split, asked=[], left_out=0, training={})
    left_out = 0
    for example in _examples(folder, {split, "train"}):
        if example.split == split and (limit is None or len(made.asked) < limit):
            question = None if example.shape in CHAT.not_for else _question(example, build(example))
            if question is None:
                left_out += 1
            else:
                made.asked.append(question)
        if example.split == "train":
            answer = _answer(example, build)
            if answer is not None:
                made.training.setdefault(example.shape, []).append(answer)
    if not made.asked:
        raise NothingToDo(
            f"{folder} has no {split} example to ask about.",
            "Name another split with --split, or convert again with a share for it.",
        )
    return msgspec.structs.replace(made, left_out=left_out)


def said(message: Mapping[str, Any]) -> str:
    """The words of an assistant's message; where it has none, the tools that it calls, as JSON."""
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(p["text"] for p in content if isinstance(p.get("text"), str))
    if content:
        return str(content)
    return _calls(message.get("tool_calls") or []) or str(message.get("refusal") or "")


def plain_calls(text: str) -> str:
    """A text that is a list of tool calls, without what is not the model's to choose (the ids)."""
    if not text.lstrip().startswith("[{"):
        return text
    try:
        return _calls(json.loads(text)) or text
    except (ValueError, RecursionError):
        return text


def _calls(calls: Any) -> str:
    try:
        made = [
            {"name": c["function"]["name"], "arguments": json.loads(c["function"]["arguments"])}
            for c in calls
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return jsonio.canonical(made).decode() if made else ""


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


def _answer(example: Example, build: BuildRow) -> str | None:
    """What an example teaches last; None where it teaches no answer."""
    if not any(turn.weight == 0 for turn in example.turns):
        return example.output
    messages = build(example)["messages"]
    at = last_learned_answer(messages)
    return said(messages[at]) if at >= 0 else None


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
