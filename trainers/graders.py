"""Graders of reinforcement fine-tuning as pure functions: an item and an answer in, a reward out.

They are read as OpenAI and Azure write them (grader of a job, 2026). What needs a model or runs
code is refused: nothing is sent, and no code is run.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataprep import jsonio
from dataprep.finding import UsageError, extra_missing
from dataprep.jsonio import Json
from trainers.formula import Formula
from trainers.similarity import METRICS

Grade = Callable[[Mapping[str, Any], str], float]

_FIELD = re.compile(r"\{\{\s*(item|sample)((?:\.\w+|\[\d+\])+)\s*\}\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_OPERATIONS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda said, wanted: said == wanted,
    "ne": lambda said, wanted: said != wanted,
    "like": lambda said, wanted: wanted in said,
    "ilike": lambda said, wanted: wanted.lower() in said.lower(),
}
_NEEDS = {
    "score_model": "asks a model",
    "label_model": "asks a model",
    "python": "runs code",
    "endpoint": "asks a server",
}
_KNOWN = "string_check, text_similarity and multi of these"

DEFAULT: Json = {
    "type": "string_check",
    "name": "reference",
    "operation": "eq",
    "input": "{{ sample.output_text }}",
    "reference": "{{ item.reference_answer }}",
}
"""The answer is the reference answer, or it is not."""


class _Missing(Exception):
    """A field of a template is not there."""


@dataclass(frozen=True, slots=True)
class Grader:
    """`grade` gives the reward of an answer to an item; `entry` is the grader as it was read."""

    grade: Grade
    entry: Json
    fields: frozenset[str]

    def refuse_lacking(self, item: Mapping[str, Any]) -> None:
        """Raise UsageError for an item without a field that the grader reads."""
        for field in sorted(self.fields):
            try:
                _at(item, field)
            except _Missing:
                raise UsageError(
                    f"the grader reads item{field}, which the row has not.",
                    "Give the row the key, or name another in the grader (--grader).",
                ) from None


def read_grader(path: Path | None) -> Grader:
    """The grader of a JSON file; without one the comparison with `reference_answer`.

    A job's whole `method` or `reinforcement` object is read too. Raises UsageError for what is no
    grader, and for one that cannot run here.
    """
    if path is None:
        return grader_of(DEFAULT)
    try:
        entry = jsonio.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None
    except jsonio.JsonError as error:
        raise UsageError(f"{path} is no JSON: {error.message}.", "Mend the file.") from None
    for key in ("reinforcement", "grader"):
        if isinstance(entry, dict) and isinstance(entry.get(key), dict):
            entry = entry[key]
    return grader_of(entry)


def grader_of(entry: Any) -> Grader:
    """The grader that an object describes."""
    kind = entry.get("type") if isinstance(entry, dict) else None
    name = entry.get("name") or kind if isinstance(entry, dict) else None
    if kind in _NEEDS:
        raise UsageError(
            f"The grader {name!r} is a {kind}, which {_NEEDS[kind]}: it cannot run here.",
            f"Graders here are functions: {_KNOWN}.",
        )
    make = {"string_check": _string_check, "text_similarity": _similarity, "multi": _multi}.get(
        str(kind)
    )
    if make is None:
        raise UsageError(f"There is no grader of the type {kind!r}.", f"Known: {_KNOWN}.")
    return make(entry)


def _string_check(entry: Json) -> Grader:
    operation = _OPERATIONS.get(str(entry.get("operation")))
    if operation is None:
        raise UsageError(
            f"A string_check has the operation {entry.get('operation')!r}.",
            f"Known: {', '.join(_OPERATIONS)}.",
        )
    return _compared(entry, lambda said, wanted: float(operation(said, wanted)))


def _similarity(entry: Json) -> Grader:
    name = str(entry.get("evaluation_metric"))
    metric = METRICS.get(name)
    if metric is None:
        why = {"cosine": "It needs embeddings of a model. ", "meteor": "It needs WordNet. "}
        raise UsageError(
            f"text_similarity by {name!r} cannot run here.",
            f"{why.get(name, '')}Known: {', '.join(METRICS)}.",
        )
    try:
        metric("a", "a")
    except ImportError as error:
        raise extra_missing("train", str(error.name)) from None
    return _compared(entry, metric)


def _compared(entry: Json, compare: Callable[[str, str], float]) -> Grader:
    """A grader of two texts, each a template; an answer that lacks what is read gets 0."""
    sides = [entry.get(side) for side in ("input", "reference")]
    for side, text in zip(("input", "reference"), sides, strict=True):
        if not isinstance(text, str):
            raise UsageError(f"A {entry['type']} has no {side}.", "Give it one, as a text.")
        _refuse_unknown(text)

    def grade(item: Mapping[str, Any], answer: str) -> float:
        try:
            return compare(*(_filled(str(text), item, answer) for text in sides))
        except _Missing:
            return 0.0

    found = (match for text in sides for match in _FIELD.finditer(str(text)))
    return Grader(grade, entry, frozenset(m[2] for m in found if m[1] == "item"))


def _multi(entry: Json) -> Grader:
    """Several graders, and a formula over their rewards; one that has no value gets 0."""
    parts = entry.get("graders")
    if isinstance(parts, dict) and isinstance(parts.get("type"), str):
        parts = {str(parts.get("name")): parts}
    if not isinstance(parts, dict) or not parts:
        raise UsageError("A multi grader has no graders.", "Give it an object of graders by name.")
    graders = {name: grader_of(part) for name, part in parts.items()}
    formula = Formula.read(str(entry.get("calculate_output")), graders)

    def grade(item: Mapping[str, Any], answer: str) -> float:
        return formula.value({name: g.grade(item, answer) for name, g in graders.items()})

    return Grader(grade, entry, frozenset().union(*(g.fields for g in graders.values())))


def _refuse_unknown(template: str) -> None:
    rest = _FIELD.sub("", template)
    told = [m[2] for m in _FIELD.finditer(template) if m[1] == "sample"]
    other = next((t for t in told if not re.match(r"\.output_(text|json)\b", t)), None)
    if other is not None:
        raise UsageError(
            f"The grader reads sample{other}, which is not known here.",
            "Known: sample.output_text and sample.output_json.",
        )
    if "{{" in rest or "}}" in rest:
        raise UsageError(
            f"The template {template!r} of a grader is not understood.",
            "Write {{ item.KEY }} or {{ sample.output_text }} in it.",
        )


def _filled(template: str, item: Mapping[str, Any], answer: str) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] == "item":
            found = _at(item, match[2])
        elif match[2] == ".output_text":
            found = answer
        else:
            found = _at({"output_json": _read(answer)}, match[2])
        return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)

    return _FIELD.sub(value, template)


def _read(answer: str) -> Any:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        raise _Missing from None


def _at(value: Any, path: str) -> Any:
    """The value at a path like .a.b[0]."""
    for name, number in _STEP.findall(path):
        try:
            value = value[name] if name else value[int(number)]
        except (KeyError, IndexError, TypeError):
            raise _Missing from None
    return value


def rewards(grader: Grader, items: Sequence[Mapping[str, Any]], said: Sequence[str]) -> list[float]:
    """The reward of each answer to its item; what is no finite number counts as 0."""
    found = (grader.grade(item, answer) for item, answer in zip(items, said, strict=True))
    return [value if math.isfinite(value) else 0.0 for value in found]
