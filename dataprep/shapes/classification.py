"""Choices become a class: the text asks, the label answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dataprep.annotation import Control, Result
from dataprep.finding import excerpt

Answer = tuple[str, ...]


def instruction(control: Control, header: str | None = None) -> str:
    """The default instruction: the header of the config, and the labels where it says them."""
    if not control.labels:
        return header or f"Give the {control.name} of the text."
    asked = "all labels that fit" if control.multiple else "one label"
    labels = ", ".join(control.labels)
    return (
        f"{header} Choose {asked}: {labels}."
        if header
        else (f"Choose {asked} for the text: {labels}.")
    )


def answer(results: Sequence[Result], control: Control) -> tuple[Answer, list[tuple[str, str]]]:
    """The chosen labels in the order of the config, and (code, message) for what is wrong."""
    chosen = [_label(choice) for result in results for choice in _choices(result)]
    problems = []
    if control.labels is not None:
        known = control.labels
        for label in chosen:
            if label not in known:
                problems.append(("A001", f"{excerpt(label)!r} is no label of {control.name!r}"))
        if not problems and len(chosen) > 1:
            chosen.sort(key=known.index)
    if len(chosen) > 1 and control.labels is not None and not control.multiple:
        problems.append(("A007", f"{len(chosen)} labels on {control.name!r}, which allows one"))
    return tuple(dict.fromkeys(chosen)), problems


def completions(
    agreed: Answer, control: Control
) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """The one completion, its stratum, and the fields for the templates."""
    separator = "; " if any("," in label for label in control.labels or agreed) else ", "
    joined = separator.join(agreed)
    yield joined, joined, {"label": joined, "labels": list(agreed)}


def _choices(result: Result) -> list[Any]:
    value = result.value or {}
    chosen = value.get("choices", [])
    return chosen if isinstance(chosen, list) else [chosen]


def _label(choice: Any) -> str:
    """A nested choice is a path from root to leaf."""
    return " / ".join(map(str, choice)) if isinstance(choice, list) else str(choice)
