"""Every list of tasks that is written can be imported, and its spans mean their quotes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import parse_config, resolve
from dataprep.contracts import contract
from dataprep.example import Batch, Example
from dataprep.recipe import Target
from dataprep.targets import write
from tests.building import NER, annotated, example, of_task, region, shaped, texts


def written(folder: Path, *examples: Example) -> list[dict[str, Any]]:
    def batches(_: str | None) -> Iterator[Batch]:
        for start in range(0, len(examples), 2):
            yield Batch.of(examples[start : start + 2])

    result = write(Target(name="label-studio"), folder, batches, base=folder, seed=0)
    tasks: list[dict[str, Any]] = json.loads((folder / "label-studio/tasks.json").read_bytes())
    assert result.rows == result.entry["tasks"] == len(tasks)
    return tasks


def test_without_examples_the_list_is_empty(tmp_path: Path) -> None:
    assert written(tmp_path) == []


def test_annotated_spans_come_back_with_offsets_that_mean_their_quotes(tmp_path: Path) -> None:
    text = "😀 Ada & Bob"
    regions = region(2, 5, "PER", quote="Ada"), region(8, 11, "ORG", quote="Bob")
    (found,) = shaped(NER, of_task(text, annotated(*regions))).examples
    (task,) = written(tmp_path, found)
    values = [item["value"] for item in task["predictions"][0]["result"]]
    assert [(v["start"], v["end"], v["text"], v["labels"]) for v in values] == [
        (2, 5, "Ada", ["PER"]),
        (8, 11, "Bob", ["ORG"]),
    ]
    assert [resolve(text, value)[:2] for value in values] == [(2, 5), (8, 11)]


def test_the_config_beside_the_tasks_knows_their_controls_and_fields(tmp_path: Path) -> None:
    (found,) = shaped(NER, of_task("Ada", annotated(region(0, 3, "PER")))).examples
    (task,) = written(tmp_path, found)
    config = parse_config((tmp_path / "label-studio/config.xml").read_bytes())
    item = task["predictions"][0]["result"][0]
    assert config.controls[item["from_name"]].labels == ("PER",)
    assert config.objects[item["to_name"]].field in task["data"]


@given(st.lists(st.tuples(texts, st.sampled_from(["chunk", "plain", "pairs"])), max_size=5))
@settings(deadline=None, max_examples=50)
def test_every_list_of_tasks_keeps_its_contract(
    tmp_path_factory: Any, found: list[tuple[str, str]]
) -> None:
    examples = [example(n, input=text, shape=shape) for n, (text, shape) in enumerate(found)]
    tasks = written(tmp_path_factory.mktemp("tasks"), *examples)
    assert list(contract("label-studio-tasks").violations(tasks)) == []
    assert [task["data"]["text"] for task in tasks] == [text for text, _ in found]
