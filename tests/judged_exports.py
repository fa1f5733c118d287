"""Exports in which annotators judged the answers in the tasks, and the rows of KTO they become."""

from __future__ import annotations

import json
from typing import Any

from tests.building import Json, annotated, of_task
from tests.converting import Converted
from tests.exports import answer, project

TEXTS = '<Text name="prompt" value="$prompt"/><Text name="response" value="$response"/>'
STARS = project(TEXTS, '<Rating name="rating" toName="response" maxRating="5"/>')
ASKED = ("What is a robin?", "What is a cod?", "What is a wren?", "What is a carp?")
SAID = ("A bird.", "A tree.", "A bird too.", "A stone.")


def thumbs(*labels: str, name: str = "thumb", **attributes: str) -> str:
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    choices = "".join(f'<Choice value="{label}"/>' for label in labels)
    return f'<Choices name="{name}" toName="response"{more}>{choices}</Choices>'


def rated(value: Any, control: str = "rating", about: str = "response") -> Json:
    return answer(control, about, "rating", rating=value)


def chosen(*labels: str, control: str = "thumb", about: str = "response") -> Json:
    return answer(control, about, "choices", choices=list(labels))


def asked(number: int, *annotations: Json, **more: Any) -> Json:
    data = {"prompt": ASKED[number], "response": SAID[number], **more}
    return of_task(data, *annotations, id=number)


def one_each(*results: Json) -> list[Json]:
    return [asked(number, annotated(result)) for number, result in enumerate(results)]


def verdicts(made: Converted) -> list[tuple[str, str, bool]]:
    """What was asked and answered, and whether it was approved, in the order of the prompts."""
    assert made.code == 0, made.said
    rows = [
        json.loads(line)
        for path in made.folder.glob("kto/*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    assert all(row.keys() == {"prompt", "completion", "label"} for row in rows)
    pairs = []
    for row in rows:
        (said,) = row["completion"]
        assert said.keys() == {"role", "content"}
        assert said["role"] == "assistant"
        before = "\n".join(f"{m['role']}: {m['content']}" for m in row["prompt"])
        pairs.append((before.removeprefix("user: "), said["content"], row["label"]))
    return sorted(pairs)


def dropped(made: Converted) -> dict[str, int]:
    """The tasks that were dropped, by their reasons."""
    manifest = json.loads((made.folder / "manifest.json").read_text("utf-8"))
    reasons: dict[str, int] = {}
    for stage in manifest["ledger"]:
        if stage["unit"] in ("record", "example"):
            for reason, number in stage["dropped"].items():
                reasons[reason] = reasons.get(reason, 0) + number
    return reasons


def pairs(*labels: bool | None) -> list[tuple[str, str, bool]]:
    """The rows of those tasks that have a verdict."""
    told = zip(ASKED, SAID, labels, strict=False)
    return sorted((question, said, label) for question, said, label in told if label is not None)
