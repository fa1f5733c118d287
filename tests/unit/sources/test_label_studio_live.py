"""JSON_MIN and CSV of the live projects tell what their JSON tells, but for what is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, to_builtins

from dataprep.annotation import Annotation, LabelingConfig, Task, read_config
from dataprep.example import Record
from dataprep.sources import label_studio
from tests.building import LABEL_STUDIO


def read(file: Path, config: LabelingConfig) -> list[Task]:
    items = label_studio.read(file, file.name, config=config)
    return [item.value for item in items if isinstance(item, Record)]


def live(*names: str) -> list[Any]:
    found = [p for name in names for p in sorted(LABEL_STUDIO.glob(f"exports/*/{name}"))]
    absent = pytest.mark.skip(reason="no corpora at $DATAPREP_CORPORA")
    return [pytest.param(p, id=f"{p.parent.name}/{p.name}") for p in found] or [
        pytest.param(Path(), id="no-corpora", marks=absent)
    ]


LOST = {
    ("name_collision", ".json"): "a control stands where the data had the text",
    ("chat", ".json"): "the messages of the annotator stand where the data had theirs",
    ("translation", ".json"): "the id of the task stands where the data had one",
    ("translation", ".csv"): "an id of the data stands where the task had one",
    ("multi_controls", ".csv"): "a number of the data is a text",
}


def _skipped(annotation: Annotation) -> bool:
    return annotation.was_cancelled is True


@pytest.mark.parametrize("path", live("easy_JSON_MIN_all.json", "easy_CSV_all.csv"))
def test_the_data_of_every_live_project_are_those_of_its_json(path: Path) -> None:
    config = read_config(path.parent / "config.xml")
    degraded, every = (read(p, config) for p in (path, path.parent / "easy_JSON_all.json"))
    # A task that everybody skipped is in neither form.
    whole = [t for t in every if not t.annotations or not all(map(_skipped, t.annotations))]
    if (path.parent.name, path.suffix) in LOST:
        assert [t.data for t in degraded] != [t.data for t in whole]
    else:
        assert [t.data for t in degraded] == [t.data for t in whole]


@pytest.mark.parametrize("path", live("easy_JSON_MIN_all.json", "easy_CSV_all.csv"))
def test_the_answers_of_every_live_project_are_those_of_its_json(path: Path) -> None:
    config = read_config(path.parent / "config.xml")
    degraded = read(path, config)
    whole = read(path.parent / "easy_JSON_all.json", config)
    astray = {name for name, control in config.controls.items() if control.per_region}
    expected = {
        a.id: _sorted(_plain(r for r in a.result or () if r.from_name not in {*astray, UNSET}))
        for task in whole
        for a in task.annotations or ()
        if not _skipped(a)
    }
    if path.suffix == ".csv" and path.parent.name == "translation":
        assert expected[54] == ['["tgt", "textarea", {"text": [""]}]']
        expected[54] = []  # an empty text is an empty cell
    found = {a.id: a.result for task in degraded for a in task.annotations or ()}
    assert {id: _sorted(_plain(result)) for id, result in found.items()} == expected


def _plain(results: Any) -> Any:
    return [[r.from_name, r.type, to_builtins(r.value)] for r in results]


def _sorted(results: Any) -> list[str]:
    return sorted(json.dumps(r, ensure_ascii=False) for r in results)
