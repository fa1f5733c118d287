"""Majority, Dawid-Skene and MACE against known answers: real marks, and simulated annotators.

    python benchmarks/run.py annotators [--tasks 100000] [--marked FOLDER]

Real: the exports of a folder in which annotations are marked as ground truth (by default those of
LEOKA under DATAPREP_CORPORA). A mark favours the annotator who holds it, so the answers are made
a second time without what the holder said of that task. Simulated: annotators of known quality.
Time: so many tasks with five votes each of 50 annotators and five labels; and what `convert` costs
a task with one annotator and with several, who disagree on a fifth of what they say.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from dataprep import conversion
from dataprep.annotation.dawid_skene import fit_dawid_skene
from dataprep.annotation.mace import fit_mace
from dataprep.annotation.reliability import TopicModel
from dataprep.annotation.vote_table import Vote, VoteCounts

POLICIES = ("majority", "dawid-skene", "mace")
Marked = set[tuple[int, int, str]]


def main(options: argparse.Namespace) -> None:
    """Print the tables."""
    folder = options.marked
    if folder is None and (corpora := os.environ.get("DATAPREP_CORPORA")):
        folder = Path(corpora) / "label-studio" / "leoka"
    exports = sorted(folder.glob("*.json")) if folder else []
    if exports:
        _real(exports)
    else:
        print("No export with marks of ground truth: pass --marked FOLDER.\n")
    _simulated()
    _timed(options.tasks)
    _converted(options.converted)


def _real(exports: Sequence[Path]) -> None:
    """Spans against the annotation that is marked as ground truth."""
    for left_out in (False, True):
        print("Spans against the mark" + (", its holder's annotation left out" if left_out else ""))
        print(f"  {'export':12}" + "".join(f"{p + ' F1':>16}{'spans':>7}" for p in POLICIES))
        sums = {policy: [0, 0, 0] for policy in POLICIES}
        for export in exports:
            line = f"  {export.stem:12}"
            for policy in POLICIES:
                right, given, true = _against_marks(export, policy, left_out=left_out)
                for at, n in enumerate((right, given, true)):
                    sums[policy][at] += n
                line += f"{2 * right / (given + true):16.3f}{given:7,}"
            print(line)
        line = f"  {'all':12}"
        for right, given, true in sums.values():
            line += f"{2 * right / (given + true):16.3f}{given:7,}"
        print(line + f"   of {true:,}\n")


def _against_marks(export: Path, policy: str, *, left_out: bool) -> tuple[int, int, int]:
    """Spans that are in the mark, of those that the policy gives, and of those that are marked."""
    truth: dict[str, Marked] = {}
    tasks = json.loads(export.read_bytes())
    for task in tasks:
        text = task["data"]["text"]
        marks = [a for a in task["annotations"] if a.get("ground_truth")]
        if len(marks) == 1:
            truth[str(task["id"])] = {_trimmed(text, *s) for s in _spans(marks[0])}
            if left_out:
                who = _who(marks[0])
                task["annotations"] = [a for a in task["annotations"] if _who(a) != who]
    given: dict[str, Marked] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.json"
        path.write_text(json.dumps(tasks))
        flags = {"annotators": policy, "control": "label"}
        recipe, base = conversion.assembled([path], None, ["prompt-completion"], flags)
        conversion.convert(recipe, base, Path(folder) / "out", drop_invalid=True)
        for part in sorted((Path(folder) / "out" / "examples").glob("*.parquet")):
            for row in pl.read_parquet(part).iter_rows(named=True):
                held = json.loads(row["data"])
                spans = {(s["start"], s["end"], s["label"]) for s in held["spans"]}
                given[row["task"]] = {_trimmed(held["text"], *span) for span in spans}
    right = sum(len(truth[task] & given.get(task, set())) for task in truth)
    sizes = sum(len(given.get(task, ())) for task in truth), sum(map(len, truth.values()))
    return right, *sizes


def _who(annotation: dict[str, Any]) -> Any:
    by = annotation["completed_by"]
    return by["id"] if isinstance(by, dict) else by


def _spans(annotation: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    for result in annotation["result"]:
        if result.get("from_name") == "label":
            value = result["value"]
            for label in value.get("labels", ()):
                yield value["start"], value["end"], label


def _trimmed(text: str, start: int, end: int, label: str) -> tuple[int, int, str]:
    """The span without blanks at its ends."""
    inner = text[start:end].strip()
    begin = start + text[start:end].find(inner) if inner else start
    return begin, begin + len(inner), label


def _simulated() -> None:
    """Accuracy on made-up tasks, by the quality of the annotators."""
    crowds: dict[str, list[list[float]]] = {
        "five alike, 0.7": [_even(0.7)] * 5,
        "ten of 0.4 to 0.9": [_even(0.4 + 0.05 * n) for n in range(10)],
        "three good, four guess": [_even(0.9)] * 3 + [_even(0.25)] * 4,
        "three good, four say a": [_even(0.9)] * 3 + [[1.0, 0.0, 0.0, 0.0]] * 4,
        "two good, three swap": [_even(0.9)] * 2 + [_even(-0.8)] * 3,
        "two alike, 0.8": [_even(0.8)] * 2,
    }
    print("Simulated annotators, 4 labels, 2,000 tasks, up to 5 votes: share of right answers")
    print(f"  {'annotators':26}" + "".join(f"{p:>13}" for p in POLICIES))
    for name, crowd in crowds.items():
        truth, votes = _votes(2_000, crowd)
        print(f"  {name:26}" + "".join(f"{_right(p, truth, votes):13.3f}" for p in POLICIES))
    print("  (of equal votes the majority takes the first label; convert leaves such a task out)\n")


def _even(quality: float) -> list[float]:
    """The share of right answers; below 0 that of answers with the next label."""
    return [quality]


def _votes(
    number: int, crowd: Sequence[Sequence[float]], labels: str = "abcd", seed: int = 5
) -> tuple[list[str], list[list[Vote]]]:
    rng = random.Random(seed)
    truth, votes = [], []
    for _ in range(number):
        true = rng.randrange(len(labels))
        people = rng.sample(range(len(crowd)), min(5, len(crowd)))
        truth.append(labels[true])
        votes.append([(f"w{who:02}", labels[_said(crowd[who], true, rng)]) for who in people])
    return truth, votes


def _said(quality: Sequence[float], true: int, rng: random.Random) -> int:
    if len(quality) > 1:
        return rng.choices(range(len(quality)), quality)[0]
    if rng.random() < abs(quality[0]):
        return true if quality[0] > 0 else (true + 1) % 4
    others = [label for label in range(4) if label != true]
    return rng.choice(others)


def _right(policy: str, truth: Sequence[str], votes: Sequence[Sequence[Vote]]) -> float:
    counts = VoteCounts()
    for each in votes:
        counts.add(each)
    table = counts.table()
    names = [{name: at for at, name in enumerate(x)} for x in (table.annotators, table.labels)]
    if policy == "majority":
        best = [max(sorted(said := [x for _, x in v]), key=said.count) for v in votes]
    else:
        fitted = fit_mace(table) if policy == "mace" else fit_dawid_skene(table)
        model = TopicModel(*names, table.labels, fitted)
        best = []
        for each in votes:
            probable = model.probabilities(each)
            best.append(max(sorted(probable), key=probable.__getitem__))
    return sum(x == y for x, y in zip(best, truth, strict=True)) / len(truth)


def _timed(tasks: int) -> None:
    """Seconds and memory of the two estimates."""
    rng = random.Random(3)
    counts = VoteCounts()
    for _ in range(tasks):
        true = rng.randrange(5)
        people = rng.sample(range(50), 5)
        counts.add(
            (f"w{who:02}", "abcde"[true if rng.random() < 0.4 + 0.01 * who else rng.randrange(5)])
            for who in people
        )
    table = counts.table()
    del counts
    print(f"{tasks:,} tasks, 5 votes each of 50 annotators, 5 labels")
    for name, fit in (("dawid-skene", fit_dawid_skene), ("mace", fit_mace)):
        began = time.perf_counter()
        fit(table)
        print(f"  {name:12}{time.perf_counter() - began:7.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory {peak:6.0f} MB, with the votes as Python objects")


_CONFIG = """<View><Text name="text" value="$text"/>
  <Labels name="label" toName="text"><Label value="a"/><Label value="b"/></Labels>
  <Choices name="kind" toName="text"><Choice value="a"/><Choice value="b"/></Choices>
</View>"""
_CROWDS = (1, 2, 3, 5)


def _converted(tasks: int) -> None:
    """Microseconds of `convert` for a task, by its annotators and by how they are merged."""
    print(f"\nMicroseconds a task of `convert`, {tasks:,} tasks of 40 words, one worker")
    print(f"  {'':26}" + "".join(f"{n:>8}" for n in _CROWDS) + "   annotators")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.xml").write_text(_CONFIG)
        for n in _CROWDS:
            (folder / f"{n}.json").write_text(json.dumps(_annotated(tasks, n)))
        _cost(folder, 1, "kind", "majority", tasks)  # warm
        for control, words in (("kind", "one choice"), ("label", "five spans")):
            for policy in POLICIES:
                costs = (_cost(folder, n, control, policy, tasks) for n in _CROWDS)
                said = "".join(f"{cost:8.0f}" for cost in costs)
                print(f"  {words + ', ' + policy:26}{said}")


def _cost(folder: Path, annotators: int, control: str, policy: str, tasks: int) -> float:
    flags = {
        "label_config": str(folder / "config.xml"),
        "control": control,
        "annotators": policy,
        "near_duplicates": False,
    }
    export = folder / f"{annotators}.json"
    recipe, base = conversion.assembled([export], None, ["prompt-completion"], flags)
    out = folder / f"out-{annotators}-{control}-{policy}"
    began = time.perf_counter()
    conversion.convert(recipe, base, out, workers=1)
    return (time.perf_counter() - began) / tasks * 1e6


def _annotated(tasks: int, annotators: int) -> list[dict[str, Any]]:
    """Tasks with a choice and five spans of each annotator."""
    rng = random.Random(9)
    made = []
    for number in range(tasks):
        text = " ".join(f"w{rng.randrange(5_000)}" for _ in range(40))
        words = text.split(" ")
        starts = [sum(len(w) + 1 for w in words[:at]) for at in range(40)]
        marked = rng.sample(range(40), 5)
        said = []
        for who in range(annotators):
            labels = ["b" if rng.random() < 0.2 else "a" for _ in range(6)]
            about = {"to_name": "text", "origin": "manual"}
            choice = {"from_name": "kind", "type": "choices", "value": {"choices": [labels[5]]}}
            result = [{**about, **choice, "id": "k"}]
            for at, label in zip(marked, labels, strict=False):
                start, end = starts[at], starts[at] + len(words[at])
                value = {"start": start, "end": end, "text": words[at], "labels": [label]}
                span = {"from_name": "label", "type": "labels", "value": value}
                result.append({**about, **span, "id": f"r{at}"})
            key = number * annotators + who
            said.append({"id": key, "completed_by": who + 1, "result": result})
        made.append({"id": number, "data": {"text": text}, "annotations": said})
    return made


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this table."""
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--converted", type=int, default=5_000)
    parser.add_argument("--marked", type=Path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    main(parser.parse_args())
