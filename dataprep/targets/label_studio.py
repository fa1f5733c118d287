"""Tasks for Label Studio's import, with what each example says as a prediction.

`tasks.json` is one JSON list; `config.xml` beside it is the labeling config that fits it. The
names of control and object come from the example's data (`control` and `object`), where a shape
has recorded both; else they are "label" and "text".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dataprep import jsonio
from dataprep.annotation import config_text
from dataprep.example import Batch, Example
from dataprep.targets.answers import Controls, answered, fields
from dataprep.targets.written import Written, why_not

TASKS, CONFIG = "tasks.json", "config.xml"
MODEL_VERSION = "dataprep"
_SILENT = ("chunk", "plain", "denoising")


def write(folder: Path, batches: Iterable[Batch], not_for: tuple[str, ...] = ()) -> Written:
    """Write `tasks.json` and `config.xml`; every example is one task.

    Spans count in code points, as Label Studio does on a Text tag since November 2021.
    """
    folder.mkdir(parents=True)
    written = Written()
    controls = Controls()
    predictions = 0
    with (folder / TASKS).open("wb", buffering=1 << 20) as file:
        file.write(b"[")
        for batch in batches:
            for example in batch.rows():
                if example.shape in not_for:
                    written.drop(example, *why_not(example.shape))
                    continue
                task = _task(example, controls)
                written.columns.add("train", task)
                predictions += "predictions" in task
                file.write((b",\n" if written.rows else b"\n") + jsonio.dumps(task))
                written.rows += 1
        file.write(b"\n]\n")
    (folder / CONFIG).write_text(config_text(controls.asked()), "utf-8")
    written.entry = {"tasks": written.rows, "predictions": predictions}
    return written


def _task(example: Example, controls: Controls) -> dict[str, Any]:
    """The data of the example and, unless it waits to be annotated, its prediction."""
    data: dict[str, Any] = {**json.loads(example.meta), **json.loads(example.data)}
    if not isinstance(data.get("text"), str) or not data["text"].strip():
        data["text"] = example.input
    if example.shape in _SILENT:
        return {"data": data}
    prediction = {
        "model_version": MODEL_VERSION,
        "result": answered(example, data, controls),
    }
    return {"data": fields(example, data), "predictions": [prediction]}
