"""Tasks for Label Studio's import, with what each example says as a prediction.

`tasks.json` is one JSON list; `config.xml` beside it is the labeling config that fits it. The
names of control and object come from the example's data (`control` and `object`), where a shape
has recorded both; else they are "label" and "text".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dataprep import jsonio
from dataprep.annotation import Asked, Kind, config_text, predicted
from dataprep.example import Batch, Example
from dataprep.targets.written import Written

TASKS, CONFIG = "tasks.json", "config.xml"
MODEL_VERSION = "dataprep"
_SILENT = ("chunk", "plain", "denoising")
_OURS = ("answer", "label", "labels", "spans")

Json = dict[str, Any]


def write(folder: Path, batches: Iterable[Batch]) -> Written:
    """Write `tasks.json` and `config.xml`; every example is one task.

    Spans count in code points, as Label Studio does on a Text tag since November 2021.
    """
    folder.mkdir(parents=True)
    written = Written()
    controls = _Controls()
    predictions = 0
    with (folder / TASKS).open("wb", buffering=1 << 20) as file:
        file.write(b"[")
        for batch in batches:
            for example in batch.rows():
                task = _task(example, controls)
                predictions += "predictions" in task
                file.write((b",\n" if written.rows else b"\n") + jsonio.dumps(task))
                written.rows += 1
        file.write(b"\n]\n")
    (folder / CONFIG).write_text(config_text(controls.asked()), "utf-8")
    written.entry = {"tasks": written.rows, "predictions": predictions}
    return written


@dataclass(slots=True)
class _Seen:
    """One control on its way through the examples."""

    shown: str
    labels: dict[str, None] = field(default_factory=dict)
    multiple: bool = False


class _Controls:
    """The controls that the predictions answer, with every label that any of them gives."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, Kind], _Seen] = {}
        self._names: dict[tuple[str, Kind], str] = {}

    def answered(self, name: str, kind: Kind, shown: str, labels: Iterable[str]) -> str:
        """Note an answer; the name that its control has in the config."""
        key = (name, kind)
        if key not in self._seen:
            taken = {*self._names.values(), shown, *(seen.shown for seen in self._seen.values())}
            self._names[key] = name if name not in taken else f"{name}_{kind}"
            self._seen[key] = _Seen(shown)
        mine = self._seen[key]
        given = list(labels)
        mine.labels.update(dict.fromkeys(given))
        mine.multiple |= len(given) > 1
        return self._names[key]

    def asked(self) -> list[Asked]:
        """What the config has to ask; a control without a single label is left out."""
        return [
            Asked(kind, self._names[name, kind], seen.shown, tuple(sorted(seen.labels)), multiple)
            for (name, kind), seen in self._seen.items()
            if seen.labels or kind == "generation"
            for multiple in [seen.multiple]
        ]


def _task(example: Example, controls: _Controls) -> Json:
    """The data of the example and, unless it waits to be annotated, its prediction."""
    data: Json = json.loads(example.data)
    text = data.get("text")
    if not isinstance(text, str):
        text = data["text"] = example.input
    if example.shape in _SILENT:
        return {"data": data}
    result = _result(example, data, text, controls)
    data = {key: value for key, value in data.items() if key not in _OURS}
    return {"data": data, "predictions": [{"model_version": MODEL_VERSION, "result": result}]}


def _result(example: Example, data: Json, text: str, controls: _Controls) -> list[Json]:
    control, shown = _names(data)
    spans, labels = data.get("spans"), data.get("labels")
    if example.shape == "spans" and isinstance(spans, list):
        found = [predicted.Span(int(s["start"]), int(s["end"]), str(s["label"])) for s in spans]
        name = controls.answered(control, "spans", shown, [span.label for span in found])
        return predicted.regions(name, shown, found, text)
    if example.shape == "classification" and isinstance(labels, list):
        chosen = [str(label) for label in labels]
        name = controls.answered(control, "classification", shown, chosen)
        return predicted.choices(name, shown, chosen)
    answer = data.get("answer")
    said = answer if isinstance(answer, str) else example.output
    name = controls.answered(control, "generation", shown, [])
    return predicted.written(name, shown, said)


def _names(data: Json) -> tuple[str, str]:
    """Control and object, where both are recorded; one alone is a field of the user's."""
    match data:
        case {"control": str(control), "object": str(shown)} if control and shown:
            return control, shown
    return "label", "text"
