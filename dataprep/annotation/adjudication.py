"""What annotators did not agree on, written for Label Studio's import: an adjudicator decides.

Each annotator's answer becomes a prediction, which the editor shows beside the others and turns
into an annotation at a click. Source: Label Studio 1.23.2 imports predictions that are written
out, and answers those given as ids with HTTP 500 (its issue 9709).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET

from dataprep import jsonio
from dataprep.annotation.task import Annotation, Result, Task
from dataprep.jsonio import Json

UNNAMED = "unnamed"
_KEPT = ("from_name", "to_name", "value", "direction", "labels", "meta", "item_index")
_IDS = ("id", "from_id", "to_id", "parentID")


def results_by_annotator(annotations: Sequence[Annotation]) -> dict[str, list[Result]]:
    """The results of each annotator, by the name that the adjudicator will read.

    Of an annotator with several annotations the last counts, so they come in order of time.
    """
    pairs = zip(names_of(annotations), annotations, strict=True)
    return {name: list(annotation.result or ()) for name, annotation in pairs}


def names_of(annotations: Iterable[Annotation]) -> list[str]:
    """The names of annotators as an adjudicator reads them: those without one by a number."""
    names: list[str] = []
    unnamed = 0
    for annotation in annotations:
        unnamed += not annotation.annotator
        names.append(annotation.annotator or f"{UNNAMED} {unnamed}")
    return names


MARK = "dataprep"
"""Where in the `meta` of a task stands what it is the dispute of."""


def adjudication_task(
    task: Task,
    results_by_annotator: Mapping[str, Sequence[Result]],
    about: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One task of an import, with what each annotator said as a prediction.

    `model_version` names the annotator, `score` is the share of annotators who said just that;
    the answer most of them gave comes first. Region ids stay, since relations and per-region
    answers point to them; ids of annotations and predictions do not. `about` (task, file,
    control, unit) stands in `meta`, which a server keeps, while it gives the task an id of its
    own: by it what comes back settled finds the task again.
    """
    answers = {who: _results(said) for who, said in results_by_annotator.items()}
    spelled = {who: _spelled(result) for who, result in answers.items()}
    votes = Counter(spelled.values())
    ordered = sorted(answers, key=lambda who: (-votes[spelled[who]], spelled[who], who))
    predictions = [
        {
            "model_version": who or UNNAMED,
            "result": answers[who],
            "score": round(votes[spelled[who]] / len(answers), 4),
        }
        for who in ordered
    ]
    made: Json = {"id": task.id} if task.id is not UNSET else {}
    made["data"] = dict(task.data or {})
    if about is not None:
        meta = task.meta if isinstance(task.meta, dict) else {}
        made["meta"] = {**meta, MARK: dict(about)}
    return {**made, "predictions": predictions}


def _results(said: Sequence[Result]) -> list[Json]:
    """The results as an import takes them; what is neither an answer nor a relation is not."""
    written: list[Json] = []
    for number, result in enumerate(said):
        if result.type is UNSET or (result.type != "relation" and result.value is UNSET):
            continue
        item: Json = {"type": result.type}
        if result.type != "relation":
            item["id"] = f"{result.from_name or 'region'}-{number}"
        for name in _IDS:
            if (given := getattr(result, name)) is not UNSET and given is not None:
                item[name] = str(given)
        for name in _KEPT:
            if (given := getattr(result, name)) is not UNSET and given is not None:
                item[name] = given
        written.append(item)
    return written


def _spelled(results: Sequence[Json]) -> tuple[bytes, ...]:
    """What an annotator said, whatever the ids of the regions and the order of the clicks."""
    regions = {item["id"]: _said(item, {}) for item in results if "id" in item}
    return tuple(sorted(_said(item, regions) for item in results))


def _said(item: Json, regions: Mapping[str, bytes]) -> bytes:
    """One result without its ids; a relation tells which regions it joins by what they say."""
    said = {k: v for k, v in item.items() if k not in _IDS and k not in ("meta", "item_index")}
    ends = [regions.get(item.get(end, ""), b"").decode() for end in ("from_id", "to_id")]
    return jsonio.canonical([said, ends] if item["type"] == "relation" else [said])
