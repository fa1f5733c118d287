"""What a model, or an example, says of a text as the results of a Label Studio prediction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

Json = dict[str, Any]


class Span(NamedTuple):
    """One label on a piece of the text, in code points."""

    start: int
    end: int
    label: str


def choices(control: str, shown: str, labels: Iterable[str]) -> list[Json]:
    """The result of a Choices control; none for no label."""
    chosen = list(labels)
    return [_item(control, control, shown, "choices", {"choices": chosen})] if chosen else []


def written(control: str, shown: str, text: str) -> list[Json]:
    """The result of a TextArea; none for no text."""
    return [_item(control, control, shown, "textarea", {"text": [text]})] if text else []


def regions(control: str, shown: str, spans: Iterable[Span], text: str) -> list[Json]:
    """The results of a Labels control; several labels on one span are one region."""
    labels: dict[tuple[int, int], list[str]] = {}
    for span in spans:
        labels.setdefault((span.start, span.end), []).append(span.label)
    return [
        _item(
            f"{control}-{start}-{end}",
            control,
            shown,
            "labels",
            {"start": start, "end": end, "text": text[start:end], "labels": given},
        )
        for (start, end), given in labels.items()
    ]


def _item(name: str, control: str, shown: str, kind: str, value: Json) -> Json:
    return {"id": name, "from_name": control, "to_name": shown, "type": kind, "value": value}
