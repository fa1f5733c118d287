"""Tasks that two people answer, some alike and some not, as Label Studio imports them."""

from __future__ import annotations

from typing import Any

FLAGS = {
    "choices": ["--task", "classification", "--labels", "glad", "--labels", "cross"],
    "labels": ["--task", "spans", "--labels", "PER", "--labels", "ORG"],
}
"""What the tasks are pushed with, by the type of their results."""

_ADA = {"start": 2, "end": 5, "text": "Ada", "labels": ["PER"]}
_ACME = {"start": 11, "end": 15, "text": "Acme", "labels": ["ORG"]}
_SAID: dict[str, tuple[list[Any], list[Any]]] = {
    "choices": ([{"choices": ["glad"]}], [{"choices": ["cross"]}]),
    "labels": ([_ADA], [_ADA, _ACME]),
}
SECOND = {
    "choices": "cross",
    "labels": '[{"text":"Ada","label":"PER"},{"text":"Acme","label":"ORG"}]',
}
"""The answer of the second person, as it is learned."""


def disputed_tasks(kind: str, first: int, second: int) -> list[dict[str, Any]]:
    """Three tasks with the annotations of two people, by their numbers on the server."""
    mine, theirs = _SAID[kind]
    clear = [_annotation(first, kind, mine), _annotation(second, kind, mine)]
    tie = [_annotation(first, kind, mine), _annotation(second, kind, theirs)]
    return [
        {"data": {"text": f"🙂 Ada left Acme {n}."}, "annotations": said}
        for n, said in enumerate([clear, tie, tie])
    ]


def _annotation(by: int, kind: str, values: list[Any]) -> dict[str, Any]:
    known = {"from_name": "label", "to_name": "text", "type": kind}
    result = [{**known, "id": f"r{n}", "value": value} for n, value in enumerate(values)]
    return {"completed_by": by, "result": result}
