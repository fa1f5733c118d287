"""What one control was answered, as a JSON value: for single values, and inside objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataprep.annotation import PATH, Control, Result, asks, noun_of, sentence, spoken
from dataprep.finding import excerpt
from dataprep.shapes import classification, generation
from dataprep.shapes.kind import Problems

_KEYS = {"rating": "rating", "number": "number", "datetime": "datetime"}
_MANY = 50


def value_of(results: Sequence[Result], control: Control) -> tuple[Any, Problems]:
    """The value, None where there is none, and (code, message) for what is wrong with it.

    Choices that allow several, and paths of a taxonomy, are lists; a text is a list only where
    several were written.
    """
    match control.task:
        case "classification":
            labels, problems = classification.answer(results, control)
            many = control.multiple or (control.labels is None and len(labels) > 1)
            return (list(labels) if many else labels[0]) if labels else None, problems
        case "generation":
            texts, problems = generation.answer(results, control)
            if control.single and len(texts) > 1:
                said = f"{len(texts)} texts on {control.name!r}, which allows one"
                problems = [*problems, ("A007", said)]
            return (list(texts) if len(texts) > 1 else texts[0]) if texts else None, problems
        case "taxonomy":
            paths, problems = paths_of(results, control)
            return (paths[0] if control.single else list(paths)) if paths else None, problems
        case "rating" | "number" | "datetime":
            return _scalar(results, control, _KEYS[control.task])
    return None, []


def paths_of(results: Sequence[Result], control: Control) -> tuple[tuple[str, ...], Problems]:
    """The chosen paths of a taxonomy, in the order of the config, else of the alphabet."""
    paths: dict[str, None] = {}
    problems: Problems = []
    for result in results:
        chosen = (result.value or {}).get("taxonomy")
        for path in chosen if isinstance(chosen, list) else []:
            steps = path if isinstance(path, list) else [path]
            paths[PATH.join(map(str, steps))] = None
    known = control.labels
    if known is None:
        return tuple(sorted(paths)), problems
    for path in paths:
        if path not in known:
            problems.append(("A001", f"{excerpt(path)!r} is no path of {control.name!r}"))
    if control.single and len(paths) > 1:
        problems.append(("A007", f"{len(paths)} paths on {control.name!r}, which allows one"))
    order = {path: place for place, path in enumerate(known)}
    return tuple(sorted(paths, key=lambda p: order.get(p, len(order)))), problems


def _scalar(results: Sequence[Result], control: Control, key: str) -> tuple[Any, Problems]:
    given: list[Any] = [v for r in results if (v := (r.value or {}).get(key)) not in (None, "")]
    if not given:
        return None, []
    value = given[0]
    if any(other != value for other in given):
        return None, [("A007", f"{len(given)} values on {control.name!r}, which takes one")]
    kinds = str if key == "datetime" else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool):
        wanted = "a date" if key == "datetime" else "a number"
        return None, [("A010", f"{excerpt(repr(value))} on {control.name!r} is not {wanted}")]
    return (value, []) if key == "datetime" else _bounded(value, control)


def _bounded(value: Any, control: Control) -> tuple[Any, Problems]:
    least, most = control.bounds
    if (least is not None and value < least) or (most is not None and value > most):
        said = f"{excerpt(repr(value))} on {control.name!r}, which takes {limits(control)}"
        return None, [("A010", said)]
    return int(value) if value == int(value) else value, []


def limits(control: Control) -> str:
    """The bounds of a number in words."""
    least, most = (None if b is None else f"{b:g}" for b in control.bounds)
    if least and most:
        return f"{least} to {most}"
    return f"at least {least}" if least else f"at most {most}" if most else "any number"


def instruction(control: Control, header: str | None = None) -> str:
    """The default instruction for a value: what is asked, and what may be answered."""
    about, named = control.about, header and not asks(header)
    name = noun_of(header) if header and named else spoken(control.name)
    of = f"the {name} of {about}"
    match control.task:
        case "taxonomy":
            asked = "one path" if control.single else "all paths that fit"
            if control.labels and (control.task_labels or len(control.labels) <= _MANY):
                said = f"Choose {asked} for {about}: {'; '.join(control.labels)}."
            else:
                whose = f" of the {name}" if name else ""
                said = f"Give {asked}{whose} for {about}, from root to leaf."
        case "rating":
            scale = f"from {limits(control)}" if None not in control.bounds else "with a number"
            said = f"Rate {about if name in _RATINGS else of} {scale}."
        case "number":
            bounded = "" if control.bounds == (None, None) else f" ({limits(control)})"
            said = f"{f'Give {of} as' if name else 'Answer with'} a number{bounded}."
        case _:
            said = f"{f'Give {of} as' if name else 'Answer with'} a date or a time."
    return f"{sentence(header)} {said}" if header and not named else said


_RATINGS = ("", "rating", "ratings", "rate", "score", "scores", "stars", "star")
"""What a rating is called that is none of one side of a text alone."""
