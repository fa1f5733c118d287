"""Tasks for Label Studio's import, written as one JSON list: text to be annotated."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from dataprep import jsonio
from dataprep.example import Batch
from dataprep.targets.written import Written


def write(folder: Path, batches: Iterable[Batch]) -> Written:
    """Write `tasks.json`: the data of each example, with its text under the key `text`."""
    folder.mkdir(parents=True)
    written = Written()
    with (folder / "tasks.json").open("wb", buffering=1 << 20) as file:
        file.write(b"[")
        for batch in batches:
            for data, text in batch.examples.select("data", "input").iter_rows():
                task = {"data": {"text": text, **json.loads(data)}}
                file.write((b",\n" if written.rows else b"\n") + jsonio.dumps(task))
                written.rows += 1
        file.write(b"\n]\n")
    written.entry = {"tasks": written.rows}
    return written
