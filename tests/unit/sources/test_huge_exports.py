"""Exports made to exhaust the reader end in records or findings, in seconds and little memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.recipe import Source
from dataprep.shapes import shape_for
from dataprep.shapes.shaped import Shaped
from dataprep.sources import Input, read
from tests.building import NER, SENTIMENT, annotated, choices, of_task, region

SECONDS = 20


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    known = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return known if sys.platform == "darwin" else known * 1024


@contextmanager
def bounded(size: int) -> Iterator[None]:
    """Fail where the inner part takes long, or raises the peak of memory by more than `size`."""
    began, before = time.monotonic(), peak()
    yield
    assert time.monotonic() - began < SECONDS
    assert peak() - before < size


def items(path: Path) -> list[Record | Finding]:
    return list(read(Input(path, path.name, "label-studio")))


def shaped(path: Path, config: str) -> Shaped:
    """What the only record of a file becomes."""
    (path.parent / "config.xml").write_text(config)
    (record,) = items(path)
    assert isinstance(record, Record)
    source = Source(path=path.name, label_config="config.xml")
    return shape_for([record], source, path.parent, 0)[0](record)


BOMBS = {
    "lists": ("[" * 1_000_000, "J008"),
    "lists that end": ("[" * 1_000_000 + "]" * 1_000_000, "J008"),
    "objects": ('{"data":' * 300_000, "J008"),
    "objects that end": ('{"data":' * 300_000 + "1" + "}" * 300_000, "J008"),
    "data of a task": (
        '[{"id":1,"annotations":[],"data":{"text":' + "[" * 300_000 + "]" * 300_000 + "}}]",
        "J008",
    ),
    "results in results": (
        '[{"data":{"text":"a"},"annotations":[{"result":' + "[" * 5_000 + "]" * 5_000 + "}]}]",
        "J008",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_nesting_bomb_is_one_finding(name: str, tmp_path: Path) -> None:
    text, code = BOMBS[name]
    (tmp_path / "export.json").write_text(text)
    with bounded(300_000_000):
        (finding,) = items(tmp_path / "export.json")
    assert isinstance(finding, Finding)
    assert finding.code == code


def test_one_text_of_20_mb_becomes_an_example(tmp_path: Path) -> None:
    text = "Bob 😀 " * 2_300_000
    task = of_task(text, annotated(choices("Positive")))
    (tmp_path / "export.json").write_text(json.dumps([task], ensure_ascii=False), encoding="utf-8")
    size = (tmp_path / "export.json").stat().st_size
    assert size > 20_000_000
    with bounded(40 * size):
        made = shaped(tmp_path / "export.json", SENTIMENT)
    assert [example.output for example in made.examples] == ["Positive"]


def test_spans_in_one_text_of_20_mb_are_found(tmp_path: Path) -> None:
    text = "Bob 😀 " * 2_300_000
    regions = [region(6 * n, 6 * n + 3, "PER", quote="Bob") for n in range(2_000)]
    (tmp_path / "export.json").write_text(json.dumps([of_task(text, annotated(*regions))]))
    size = (tmp_path / "export.json").stat().st_size
    with bounded(40 * size):
        made = shaped(tmp_path / "export.json", NER)
    assert [example.output.count('"PER"') for example in made.examples] == [2_000]


@pytest.mark.parametrize("config", [SENTIMENT, NER])
def test_200_000_empty_annotations_are_all_counted(config: str, tmp_path: Path) -> None:
    empty = ",".join(['{"result":[]}'] * 200_000)
    export = f'[{{"id":1,"data":{{"text":"a"}},"annotations":[{empty}]}}]'
    (tmp_path / "export.json").write_text(export)
    with bounded(600_000_000):
        made = shaped(tmp_path / "export.json", config)
    units = [drop.unit for drop in made.drops]
    assert (made.annotations, units.count("annotation"), units.count("record")) == (
        200_000,
        200_000,
        1,
    )
    assert made.drops[-1].reason == "submitted-empty"


def test_200_000_annotations_of_nothing_at_all_are_counted_too(tmp_path: Path) -> None:
    export = f'[{{"id":1,"data":{{"text":"a"}},"annotations":[{",".join(["{}"] * 200_000)}]}}]'
    (tmp_path / "export.json").write_text(export)
    with bounded(600_000_000):
        made = shaped(tmp_path / "export.json", SENTIMENT)
    assert len(made.drops) == 200_001
