"""Trainings that were done: one line each in a file, so that a run that was stopped goes on."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .texts import ROOT

FILE = ROOT / "benchmarks" / "quality" / "trainings.jsonl"
"""In the project, since it takes many hours: a line that is deleted is trained again."""

Scores = dict[str, float]


class Kept:
    """The scores of trainings by what was trained; those that are not there are made."""

    def __init__(
        self, file: Path = FILE, *, train: bool = True, minutes: float | None = None
    ) -> None:
        self._file = file
        self._train = train
        self._ends = None if minutes is None else time.monotonic() + 60 * minutes
        self._known: dict[str, dict[str, Any]] = {}
        self.made = 0
        if file.is_file():
            lines = map(json.loads, file.read_text("utf-8").splitlines())
            self._known = {line["key"]: line for line in lines}

    def scores(self, what: Mapping[str, Any], make: Callable[[], Scores]) -> Scores | None:
        """The scores of a training; None where it is not kept, and may not be made now."""
        key = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
        if key not in self._known:
            if not self._train or (self._ends is not None and time.monotonic() > self._ends):
                return None
            started = time.monotonic()
            scores = make()
            line = {"key": key, **what, "scores": scores}
            line["seconds"] = round(time.monotonic() - started)
            self._append(line)
            self._known[key] = line
            self.made += 1
        found: Scores = self._known[key]["scores"]
        return found

    def _append(self, line: Mapping[str, Any]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
