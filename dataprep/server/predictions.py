"""The answers of a model, joined to the tasks that they answer, as pre-annotations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dataprep import jsonio
from dataprep.annotation import Control, LabelingConfig, predicted, value_at
from dataprep.finding import Place, UsageError
from dataprep.jsonio import Json

_FORM = (
    'One JSON object a line: {"text": ..., "labels": [...]}, or with "spans": [{"start": 0,'
    ' "end": 3, "label": ...}], or with "answer": "..."; "score" and "model_version" may stand'
    " beside."
)


def answered(tasks: list[Json], answers: Path, config: LabelingConfig) -> list[Json]:
    """The tasks with the predictions of a JSONL file, joined by the text of the task.

    Raises UsageError for an answer that fits no control of the config, or no task.
    """
    by_text: dict[Any, list[Json]] = {}
    for task in tasks:
        for field in dict.fromkeys(o.field for o in config.objects.values()):
            if isinstance(text := value_at(task["data"], field), str):
                by_text.setdefault(text, []).append(task)
    given: dict[int, list[Json]] = {}
    for place, row in _rows(answers):
        text = row.get("text")
        if not isinstance(text, str) or text not in by_text:
            raise UsageError("its text is that of no task.", _FORM, place=place)
        prediction = _prediction(row, text, config, place)
        for task in by_text[text]:
            given.setdefault(id(task), []).append(prediction)
    return [
        {**task, "predictions": [*(task.get("predictions") or []), *given[id(task)]]}
        if id(task) in given
        else task
        for task in tasks
    ]


def _rows(path: Path) -> Iterator[tuple[Place, Json]]:
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = Place(file=str(path), line=number)
        try:
            row = jsonio.loads(line)
        except jsonio.JsonError as error:
            raise UsageError(f"{error.message}.", _FORM, place=place) from None
        if not isinstance(row, dict):
            raise UsageError("this is no object.", _FORM, place=place)
        yield place, row


def _prediction(row: Json, text: str, config: LabelingConfig, place: Place) -> Json:
    """One prediction of Label Studio's."""
    match row:
        case {"labels": [*labels]} if all(isinstance(label, str) for label in labels):
            control = _control(config, "classification", labels, place)
            result = predicted.choices(control.name, control.to_name, labels)
        case {"spans": [*spans]}:
            found = [_span(span, text, place) for span in spans]
            control = _control(config, "spans", [s.label for s in found], place)
            result = predicted.regions(control.name, control.to_name, found, text)
            result = predicted.as_paths(result) if control.labeling else result
        case {"answer": str(answer)}:
            control = _control(config, "generation", [], place)
            result = predicted.written(control.name, control.to_name, answer)
        case _:
            raise UsageError("it holds no labels, spans or answer.", _FORM, place=place)
    made: Json = {"model_version": str(row.get("model_version", "model")), "result": result}
    if isinstance(score := row.get("score"), int | float) and not isinstance(score, bool):
        made["score"] = score
    return made


def _span(span: Any, text: str, place: Place) -> predicted.PredictedSpan:
    match span:
        case {"start": int(start), "end": int(end), "label": str(label)}:
            if 0 <= start < end <= len(text):
                return predicted.PredictedSpan(start, end, label)
            said = f"the span {start} to {end} is not inside its text of {len(text)} code points."
            raise UsageError(said, "Offsets count code points from 0.", place=place)
    raise UsageError("a span has no start, end and label.", _FORM, place=place)


def _control(config: LabelingConfig, task: str, labels: list[str], place: Place) -> Control:
    """The first control of the config that takes such an answer."""
    fit = [control for control in config.controls.values() if control.task == task]
    for control in fit:
        unknown = [label for label in labels if label not in (control.labels or labels)]
        if not unknown:
            return control
    said = (
        "an answer has a label that the labeling config does not have"
        if fit
        else (f"the labeling config has no control for a {task} answer")
    )
    raise UsageError(f"{said}.", "Mend the answers, or pass another config.", place=place)
