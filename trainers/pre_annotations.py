"""An example with a model's answer in the place of the people's, as Label Studio can show it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from dataprep.example import Example
from trainers.metrics import spans


def annotated(example: Example, answer: str) -> Example:
    """The example as the model answered it; what its shape knows of the answer is read off it."""
    data: dict[str, Any] = json.loads(example.data)
    answer = answer.strip()
    label = example.label
    match example.shape:
        case "classification":
            label = answer
            data |= {"answer": answer, "label": answer, "labels": [answer] if answer else []}
        case "spans":
            text = data.get("text")
            data["spans"] = located(str(text) if isinstance(text, str) else "", answer)
            data.pop("answer", None)
        case _:
            data["answer"] = answer
    held = json.dumps(data, ensure_ascii=False)
    return msgspec.structs.replace(example, output=answer, label=label, data=held)


def located(text: str, answer: str) -> list[dict[str, Any]]:
    """The spans of an answer where they stand in the text, in code points, each found once.

    A span that the text does not hold is left out: the model made it up.
    """
    found: list[dict[str, Any]] = []
    taken: set[tuple[str, int]] = set()
    for label, quote in sorted(spans(answer).elements()):
        at = text.find(quote) if quote else -1
        while at >= 0 and (label, at) in taken:
            at = text.find(quote, at + 1)
        if at >= 0:
            taken.add((label, at))
            found.append({"start": at, "end": at + len(quote), "label": label, "text": quote})
    return sorted(found, key=lambda span: (span["start"], span["end"], span["label"]))
