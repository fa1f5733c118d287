"""What convert makes of the texts: the same rows for both sides, and the ways to choose rows.

The ways that stand against each other are trained alike, by our command: splits at random and ours,
and, of labels by three annotators who err, the first, the majority, Dawid and Skene's, and those
that all gave.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from .sides import Data, dataprep
from .texts import Divided, Pair

ERRORS = (0.1, 0.3, 0.45)
"""How often each annotator gives another label; half of the time a neighbour that is his own."""
AGREED: Mapping[str, Mapping[str, Any]] = {
    "first annotator": {"annotators": "first"},
    "majority": {"annotators": "majority"},
    "dawid-skene": {"annotators": "dawid-skene"},
    "all agree": {"annotators": "majority", "agreement": 1.0},
}
VOCABULARY = 4_000
AS_GIVEN = {"near_duplicates": False}
SPLITS = {"train": 0.7, "validation": 0.1, "test": 0.2}


def same_rows(of: Divided, room: Path, tokenizer: Path | None) -> Data:
    """The known texts, a tenth of them for validation, as they are given."""
    cut = len(of.known) // 10
    parts = {"validation": of.known[:cut], "train": of.known[cut:], "test": of.held_out}
    for name, pairs in parts.items():
        _write(room / f"{name}.jsonl", pairs)
    folder = _converted(
        room, [_source(name, split_by="file") for name in parts], tokenizer, splits=AS_GIVEN
    )
    judged = {"validation": parts["validation"], "held out": of.held_out}
    return Data(folder, parts["train"], parts["validation"], judged, of.texts)


def at_random(of: Divided, room: Path, seed: int) -> Data:
    """The known texts in three parts as a tutorial cuts them, copies or not."""
    rows = list(of.known)
    random.Random(seed).shuffle(rows)
    first, second = len(rows) * 7 // 10, len(rows) * 8 // 10
    parts = {"train": rows[:first], "validation": rows[first:second], "test": rows[second:]}
    for name, pairs in parts.items():
        _write(room / f"{name}.jsonl", pairs)
    folder = _converted(room, [_source(name, split_by="file") for name in parts], splits=AS_GIVEN)
    judged = {"own test": tuple(parts["test"]), "held out": of.held_out}
    return Data(folder, tuple(parts["train"]), tuple(parts["validation"]), judged, of.texts)


def without_leaks(of: Divided, room: Path, seed: int) -> Data:
    """The known texts in the three parts that convert makes: copies and near copies on one side."""
    _write(room / "all.jsonl", of.known)
    return _own_splits(of, _converted(room, [_source("all")], splits=SPLITS, seed=seed))


def annotated(of: Divided, room: Path, way: str, seed: int) -> Data:
    """The known texts with labels of three annotators who err, and one way to choose."""
    labels = sorted({label for _, label in of.known})
    config = room / "config.xml"
    choices = "".join(f'<Choice value="{label}"/>' for label in labels)
    config.write_text(
        '<View><Text name="text" value="$text"/>'
        f'<Choices name="topic" toName="text">{choices}</Choices></View>',
        "utf-8",
    )
    (room / "export.json").write_text(json.dumps(list(_tasks(of.known, labels, seed))), "utf-8")
    source = {"path": "export.json", "label_config": "config.xml", **AGREED[way]}
    folder = _converted(room, [source], splits=SPLITS, seed=seed)
    return _own_splits(of, folder, labelled=True)


def _tasks(pairs: Iterable[Pair], labels: Sequence[str], seed: int) -> Iterable[dict[str, Any]]:
    chance = random.Random(seed)
    mixed = [chance.sample(labels, len(labels)) for _ in ERRORS]
    neighbours = [dict(zip(labels, own, strict=True)) for own in mixed]
    for number, (text, label) in enumerate(pairs):
        annotations: list[dict[str, Any]] = []
        for who, error in enumerate(ERRORS):
            given = label
            if chance.random() < error:
                given = neighbours[who][label] if chance.random() < 0.5 else chance.choice(labels)
            value = {"choices": [given]}
            result = {"from_name": "topic", "to_name": "text", "type": "choices", "value": value}
            annotations.append({"completed_by": who + 1, "result": [result]})
        chance.shuffle(annotations)
        for at, annotation in enumerate(annotations):
            annotation["id"] = number * len(ERRORS) + at
        yield {"id": number, "data": {"text": text}, "annotations": annotations}


def _own_splits(of: Divided, folder: Path, *, labelled: bool = False) -> Data:
    """The folder with its own splits; the held-out texts are asked as its rows ask."""
    frame = pl.concat([pl.read_parquet(file) for file in sorted(folder.glob("examples/*.parquet"))])
    parts = {
        split: tuple(frame.filter(pl.col("split") == split).select("input", "output").iter_rows())
        for split in ("train", "validation", "test")
    }
    held_out, wrong = of.held_out, 0
    if labelled:
        asked = parts["train"][0][0]
        known = max((text for text, _ in of.known if text in asked), key=len)
        before, _, behind = asked.partition(known)
        judged = {"held out": tuple((before + text + behind, label) for text, label in held_out)}
        true = {before + text + behind: label for text, label in of.known}
        wrong = sum(true.get(asked, label) != label for asked, label in parts["train"])
    else:
        judged = {"own test": parts["test"], "held out": held_out}
    return Data(folder, parts["train"], parts["validation"], judged, of.texts, wrong)


def _converted(
    room: Path, sources: Sequence[Mapping[str, Any]], tokenizer: Path | None = None, **more: Any
) -> Path:
    """The output of convert, by a recipe: YAML takes JSON."""
    if tokenizer is None:
        targets = [{"name": name, "vocabulary": VOCABULARY} for name in ("t5", "causal")]
    else:
        targets = [{"name": "causal", "tokenizer": str(tokenizer)}]
    recipe = {"version": 1, "sources": list(sources), "targets": targets, **more}
    (room / "recipe.yaml").write_text(json.dumps(recipe), "utf-8")
    out = room / "out"
    shutil.rmtree(out, ignore_errors=True)
    flags = ("--recipe", "recipe.yaml", "-o", "out", "--drop-invalid")
    dataprep("convert", *flags, cwd=room)
    return out


def _source(name: str, **more: str) -> dict[str, str]:
    return {"path": f"{name}.jsonl", **more}


def _write(path: Path, pairs: Iterable[Pair]) -> None:
    rows = ({"prompt": prompt, "completion": answer} for prompt, answer in pairs)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
