"""Exports of annotation tools in tests: written, opened, and put in few words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from dataprep import conversion
from dataprep.conversion.run import Outcome
from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.recipe import Source
from dataprep.sources import Input, files, read, surveyed

EXPORTS = Path(__file__).parent / "annotation_tools"


class Said(NamedTuple):
    """What one annotator says of a task, in few words."""

    who: str
    answers: list[Any]
    skipped: bool = False


def lines(rows: Iterable[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def put(path: Path, rows: Iterable[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lines(rows), "utf-8")
    return path


def opened(path: Path, **settings: Any) -> list[Input]:
    """The inputs of a path, each with what is in it."""
    return [surveyed(one) for one in files(Source(path=str(path), **settings), Path())]


def only(path: Path, **settings: Any) -> Input:
    (one,) = opened(path, **settings)
    return one


def tasks(given: Input) -> dict[Any, list[Said]]:
    """What is said of each task, by its id."""
    return {
        item.place.task: [
            Said(a.annotator, [_words(r) for r in a.result], a.was_cancelled is True)
            for a in item.value.annotations
        ]
        for item in read(given)
        if isinstance(item, Record)
    }


def guesses(given: Input) -> dict[Any, list[tuple[str, list[Any]]]]:
    """What models say of each task."""
    return {
        item.place.task: [
            (p["model_version"], [_words_of(r) for r in p["result"]])
            for p in item.value.predictions or ()
        ]
        for item in read(given)
        if isinstance(item, Record)
    }


def findings(given: Input) -> list[tuple[str, str, int | None]]:
    """Code, words and line of each finding."""
    return [(f.code, f.message, f.place.line) for f in read(given) if isinstance(f, Finding)]


def _words(result: Any) -> Any:
    if result.type == "relation":
        return (result.from_id, *(result.labels or ()), result.to_id)
    return _value(result.from_name, result.value)


def _words_of(result: dict[str, Any]) -> Any:
    if result["type"] == "relation":
        return (result["from_id"], *result.get("labels", ()), result["to_id"])
    return _value(result["from_name"], result["value"])


def _value(name: str, value: dict[str, Any]) -> Any:
    if "start" in value:
        return (value["start"], value["end"], value["text"], *value["labels"])
    ((_, answer),) = value.items()
    return (name, answer)


def converted(path: Path, out: Path, **source: Any) -> tuple[Outcome, list[tuple[str, str]]]:
    """What a conversion came to, and its pairs of question and answer."""
    recipe, base = conversion.assembled([path], None, ["openai-chat"], source)
    outcome = conversion.convert(recipe, base, out)
    rows = []
    for file in sorted((out / "openai-chat").glob("*.jsonl")):
        rows += [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    chats = [[turn["content"] for turn in row["messages"]] for row in rows]
    return outcome, sorted((chat[0], chat[-1]) for chat in chats)
