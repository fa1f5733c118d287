"""Choices become a class: the text asks, the label answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dataprep.annotation import (
    NESTED,
    Control,
    Result,
    asks,
    is_choice,
    noun_of,
    sentence,
    spoken,
)
from dataprep.finding import excerpt

ChosenLabels = tuple[str, ...]


def instruction(control: Control, header: str | None = None) -> str:
    """The default instruction: what the config asks, and the labels where it says them.

    `header` is an instruction, or what the answer is called.
    """
    about, named = control.about, header and not asks(header)
    if not control.labels:
        noun = noun_of(header) if header and named else spoken(control.name) or "label"
        return sentence(header) if header and not named else f"Give the {noun} of {about}."
    asked = "all labels that fit" if control.multiple else "one label"
    labels = joined(control.labels, control)
    if not header:
        return f"Choose {asked} for {about}: {labels}."
    if named and control.multiple:
        return f"Choose {asked} for {about} ({noun_of(header)}): {labels}."
    if named:
        return f"Choose the {noun_of(header)} of {about}: {labels}."
    if is_choice(header):
        fit = " (all that fit)" if control.multiple else ""
        return f"{header.rstrip(' .:')}{fit}: {labels}."
    return f"{sentence(header)} Choose {asked}: {labels}."


def answer(
    results: Sequence[Result], control: Control
) -> tuple[ChosenLabels, list[tuple[str, str]]]:
    """The chosen labels in the order of the config, and (code, message) for what is wrong.

    Labels that no config orders stand in that of the alphabet, never in that of the clicks.
    """
    if len(results) == 1 and control.labels is not None:
        match results[0].value:
            case {"choices": [str(only)]} if only in control.labels:
                return (only,), []
    choices = (_label(choice) for result in results for choice in _choices(result))
    chosen = list(dict.fromkeys(choices))
    problems = []
    if control.labels is not None:
        known = (*control.labels, *control.against)
        for label in chosen:
            if label not in known:
                problems.append(("A001", f"{excerpt(label)!r} is no label of {control.name!r}"))
        if not problems and len(chosen) > 1:
            chosen.sort(key=known.index)
    else:
        chosen.sort()
    right = sum(label not in control.against for label in chosen)
    if right > 1 and control.labels is not None and not control.multiple:
        problems.append(("A007", f"{right} labels on {control.name!r}, which allows one"))
    return tuple(chosen), problems


def completions(
    agreed: ChosenLabels, control: Control
) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """The one completion, its stratum, and the fields for the templates."""
    text = joined(agreed, control)
    yield text, text, {"label": text, "labels": list(agreed)}


def joined(labels: Sequence[str], control: Control) -> str:
    """The labels in one line: with semicolons, unless it is known that no label holds a comma.

    Of labels that come with each task that is not known, as the next task has others.
    """
    return joint_of(control).join(labels)


def joint_of(control: Control) -> str:
    """What stands between the labels of a control in one line."""
    known = control.labels if control.task_labels is None else None
    plain = known is not None and not any("," in label for label in known)
    return ", " if plain else "; "


def _choices(result: Result) -> list[Any]:
    chosen = (result.value or {}).get("choices")
    if chosen is None:
        return []
    return chosen if isinstance(chosen, list) else [chosen]


def _label(choice: Any) -> str:
    """A nested choice is a path from root to leaf."""
    return NESTED.join(map(str, choice)) if isinstance(choice, list) else str(choice)
