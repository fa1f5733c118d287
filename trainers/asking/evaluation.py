"""`dataprep evaluate`: the same held-out questions to every road, and one table of scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace
from rich.table import Table

from dataprep import network, report, store
from dataprep.durable import write_json, write_whole
from dataprep.finding import NothingToDo, UsageError, excerpt
from dataprep.jsonio import Json
from trainers.asking import endpoint as endpoints
from trainers.asking import local, questions, scoring
from trainers.asking.endpoint import Endpoint
from trainers.asking.kept import KeptAnswer, opened
from trainers.asking.page import page
from trainers.asking.questions import Question, Questions
from trainers.tasks import TITLES

SCHEMA = "urn:dataprep:schema:evaluation:1"
RESULT, PAGE, ANSWERS, ASKED = "evaluation.json", "report.md", "answers.jsonl", "asked"
_NAME = 100
"""Characters of a road's name that a line shows."""

Tell = Callable[[str, int, int], None]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Where the evaluation is, and the table as schemas/evaluation.schema.json says."""

    folder: Path
    table: Json

    @property
    def page(self) -> str:
        """The report, in Markdown."""
        return (self.folder / PAGE).read_text("utf-8")

    def __repr__(self) -> str:
        table, name = self.table, type(self).__name__
        told = f"{table['compared']:,} {table['split']} examples"
        roads = (f"{excerpt(road['name'], _NAME)} {_main_scores(road)}" for road in table["roads"])
        return f"{name}({str(self.folder)!r}): {told}; {'; '.join(roads)}"

    def _repr_html_(self) -> str:
        return report.as_html(repr(self), *map(self._scores, self.table["majority"]))

    def _scores(self, shape: str) -> Table:
        """The scores of each road on one shape, beside what the most frequent answer reaches."""
        roads = [(road["name"], road["shapes"][shape]["scores"]) for road in self.table["roads"]]
        roads.append(("most frequent answer", self.table["majority"][shape]["scores"]))
        made = Table(shape)
        for name, _ in roads:
            made.add_column(name, justify="right")
        for metric in roads[0][1]:
            numbers = (f"{scores[metric]:.3f}" for _, scores in roads)
            made.add_row(TITLES.get(metric, metric), *numbers)
        return made


def _main_scores(road: Json) -> str:
    """The score that each shape is judged by first."""
    return ", ".join(
        f"{TITLES.get(by := each['judged_by'], by)} {each['scores'][by]:.3f} ({shape})"
        for shape, each in road["shapes"].items()
    )


def evaluate(
    folder: Path,
    *,
    out: Path,
    split: str = "test",
    runs: Sequence[Path] = (),
    endpoint: str | None = None,
    models: Sequence[str] = (),
    key_variable: str | None = None,
    max_tokens: int | None = 512,
    temperature: float | None = 0.0,
    concurrency: int = 4,
    limit: int | None = None,
    on_progress: Tell | None = None,
) -> Evaluation:
    """Ask every run and every model at the endpoint, and write answers, scores and a report.

    Nothing is sent where no endpoint is given. A killed evaluation goes on where it stopped.
    `on_progress` gets the road, what is done and what is to do. Raises UsageError where there is
    nobody to ask, NothingToDo where there is nothing to ask.
    """
    if bool(endpoint) != bool(models):
        raise UsageError(
            "An endpoint needs a model, and a model an endpoint: nothing is sent unasked.",
            "Pass both --endpoint https://HOST/v1 and --model NAME.",
        )
    manner = Endpoint(
        url=endpoint or "",
        model="",
        key_variable=key_variable,
        max_tokens=max_tokens,
        temperature=temperature,
    )
    if endpoint:
        network.granted(endpoint, key_variable)  # before anything is read or made
    asked = _roads(runs, models, manner)
    read = questions.read(folder, split, limit)
    claim(out)
    with opened(out / ASKED / "endpoints.jsonl") as kept:
        answers: dict[str, dict[str, KeptAnswer]] = {}
        for name, road in asked.items():
            if isinstance(road, Path):
                answers[name] = local.ask(road, folder, split, out / ASKED, max_tokens)
            else:
                told = _told(on_progress, name)
                answers[name] = endpoints.ask(
                    road, read.asked, kept, concurrency=concurrency, on_progress=told
                )
    table = _table(read, asked, answers)
    with store.environment_errors(out):
        _write_answers(out / ANSWERS, read.asked, answers)
        write_whole(out / PAGE, page(table).encode("utf-8", "replace"))
        write_json(out / RESULT, table)
    return Evaluation(folder=out, table=table)


def claim(out: Path) -> None:
    """Raise UsageError for a folder that holds something else than an evaluation."""
    ours = (out / ASKED).is_dir() or (out / RESULT).is_file()
    if out.exists() and not ours and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} holds something else.", "Choose another folder with --out.")


def _roads(
    runs: Sequence[Path], models: Sequence[str], manner: Endpoint
) -> dict[str, Path | Endpoint]:
    if not runs and not models:
        raise UsageError("Nobody is there to ask.", "Pass --run FOLDER, or --endpoint and --model.")
    found: dict[str, Path | Endpoint] = {str(run): run for run in runs}
    found |= {model: replace(manner, model=model) for model in models}
    if len(found) < len(runs) + len(models):
        raise UsageError("A road is asked twice.", "Name each run and each model once.")
    for run in runs:
        local.identity(run)
    return found


def _told(on_progress: Tell | None, name: str) -> Callable[[int, int], None] | None:
    if on_progress is None:
        return None
    return lambda done, of: on_progress(name, done, of)


def _table(
    read: Questions, asked: dict[str, Path | Endpoint], answers: dict[str, dict[str, KeptAnswer]]
) -> Json:
    same = scoring.compared(read.asked, answers)
    if not same:
        raise NothingToDo(
            "No example was answered by all roads.", "Ask each of them by itself, and compare."
        )
    return {
        "schema": SCHEMA,
        "dataset": read.dataset,
        "split": read.split,
        "questions": len(read.asked),
        "left_out": read.left_out,
        "compared": len(same),
        "majority": scoring.of_majority(same, read.training, read.tasks),
        "roads": [
            {
                "name": name,
                **_described(road),
                "asked": sum(q.id in answers[name] for q in read.asked),
                **scoring.of_road(same, answers[name], read.tasks),
            }
            for name, road in asked.items()
        ],
        "pairs": scoring.pairs(same, answers),
    }


def _described(road: Path | Endpoint) -> Json:
    if isinstance(road, Path):
        return {"kind": "run", "where": str(road), "weights": local.identity(road)}
    return {"kind": "endpoint", "where": road.url, "model": road.model, "manner": road.manner}


def _write_answers(
    path: Path, asked: Sequence[Question], answers: dict[str, dict[str, KeptAnswer]]
) -> None:
    """A line a question: what was wanted, and what each road said."""
    lines = []
    for q in asked:
        said = {n: msgspec.to_builtins(a[q.id]) for n, a in answers.items() if q.id in a}
        line = {"id": q.id, "shape": q.shape, "label": q.label, "wanted": q.wanted, "said": said}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    write_whole(path, "".join(lines).encode("utf-8", "replace"))
