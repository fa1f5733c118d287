"""Tasks that annotators disagree on, what an adjudicator says of them, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dataprep.conversion import convert
from dataprep.conversion.run import Outcome
from dataprep.frames import read_frame
from dataprep.recipe import Recipe
from tests.building import BAD, GOOD, SENTIMENT, annotated, of_task

Json = dict[str, Any]

TIE = of_task("Well.", annotated(GOOD, by=1, at=1), annotated(BAD, by=2, at=2), id=3)
CLEAR = of_task("Fine.", annotated(GOOD, by=1, at=3), annotated(GOOD, by=2, at=4), id=4)


def settled(
    of: int, text: str, *annotations: Json, id: int = 900, file: str = "export.json"
) -> Json:
    """A task of the adjudication project, as a server exports it: with an id of its own."""
    about = {"task": of, "file": file, "control": "sentiment", "unit": "task"}
    return {**of_task(text, *annotations, id=id), "meta": {"dataprep": about}}


def ran(
    folder: Path, tasks: list[Json], decided: list[Json], config: str = SENTIMENT, **more: Any
) -> Outcome:
    """One conversion of an export with what was settled, into `out`."""
    (folder / "config.xml").write_text(config)
    (folder / "export.json").write_text(json.dumps(tasks))
    (folder / "settled.json").write_text(json.dumps(decided))
    how = {"workers": more.pop("workers", 1), "drop_invalid": more.pop("drop_invalid", False)}
    source = {"path": "export.json", "label_config": "config.xml", "settled": "settled.json"}
    plan = {"sources": [{**source, **more}], "targets": ["prompt-completion"]}
    return convert(Recipe.model_validate(plan), folder, folder / "out", **how)


def learned(out: Path) -> list[Json]:
    """The examples of an output: what was asked last, the answer, and who gave it."""
    rows = []
    for part in sorted((out / "examples").glob("*.parquet")):
        for row in read_frame(part).iter_rows(named=True):
            said = row["input"].rpartition("\n")[2]
            rows.append(
                {
                    "text": said,
                    "answer": row["output"],
                    "task": row["task"],
                    "by": json.loads(row["annotators"]),
                    "keys": json.loads(row["annotations"]),
                }
            )
    return sorted(rows, key=lambda row: str(row["task"]))


def stage(outcome: Outcome, name: str) -> tuple[int, int, dict[str, int]]:
    """What entered a stage, what went on, and why the rest did not."""
    found = outcome.ledger.stages[name]
    return found.entered, found.out, dict(found.dropped)


def dropped(out: Path) -> list[tuple[str, str, Any, Any]]:
    """Unit, reason, file and task of all that was dropped."""
    lines = (out / "dropped.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return [(r["unit"], r["reason"], r["place"]["file"], r["place"]["task"]) for r in rows]
