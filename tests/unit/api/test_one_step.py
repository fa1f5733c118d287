"""`train` and `plan` of what is no converted folder yet: converted first, as from the shell."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import dataprep
from dataprep import store
from dataprep.cli.one_step import SourceFlags
from tests.building import sentiment_export

pytest.importorskip("torch")


def export(folder: Path) -> Path:
    return sentiment_export(folder, 20)


@pytest.fixture(autouse=True)
def in_a_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


@pytest.mark.parametrize("function", [dataprep.train, dataprep.plan])
def test_the_flags_of_the_conversion_are_options_of_python(function: Any) -> None:
    flags = {field.name: field.default for field in fields(SourceFlags)}
    taken = inspect.signature(function).parameters
    assert {name: taken[name].default for name in flags} == flags
    assert flags.keys() == {"label_config", "recipe", "data"}


def test_an_export_is_converted_and_trained_and_the_run_says_both_folders(tmp_path: Path) -> None:
    source = export(tmp_path)
    run = dataprep.train(
        "t5", str(source), label_config="labels.xml", out="runs/one", epochs=0.1, max_minutes=0.05
    )
    assert (run.folder, run.data) == (Path("runs/one"), Path("runs/one-data"))
    assert repr(run).startswith("TrainedRun('runs/one', data='runs/one-data'): from scratch, tiny")
    made = dataprep.convert(source, label_config="labels.xml", to="t5", out="by-hand")
    assert dataprep.load(run.data).manifest["digest"] == made.manifest["digest"]
    assert run.settings["dataset"]["digest"] == made.manifest["digest"]
    assert run == dataprep.TrainedRun("runs/one")
    assert repr(dataprep.TrainedRun("runs/one")).startswith("TrainedRun('runs/one'): from scratch")


def test_a_plan_converts_too_and_a_recipe_may_be_an_object(tmp_path: Path) -> None:
    rows = "".join(f"What is number {n}?,number {n}\n" for n in range(20))
    Path("rows.csv").write_text("prompt,completion\n" + rows)
    recipe = dataprep.Recipe(splits={"validation": 0.2, "test": 0.0})  # type: ignore[arg-type]
    planned = dataprep.plan("t5", "rows.csv", recipe=recipe, out="new", batch_tokens=500)
    assert planned.steps
    assert names() == ["new-data", "rows.csv"]
    assert store.read_manifest(Path("new-data"))["splits"]["test"] == 0
    again = dataprep.plan("t5", "rows.csv", recipe=recipe, data=tmp_path / "kept")
    assert (again.parameters, names()) == (planned.parameters, ["kept", "new-data", "rows.csv"])


def test_data_with_errors_is_refused_and_not_trained_on() -> None:
    good = "".join(f'{{"prompt": "{n}?", "completion": "{n}"}}\n' for n in range(9))
    Path("rows.jsonl").write_text(good + '{"prompt": "a", "completion": 3}\n')
    with pytest.raises(dataprep.InvalidData, match="nothing was written") as caught:
        dataprep.train("t5", "rows.jsonl", out="run")
    assert caught.value.remedy == (
        "Mend the data, or convert with drop_invalid=True to leave out what has errors."
    )
    assert caught.value.findings
    assert names() == ["rows.jsonl"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"lora": 8}, "Adapters cannot teach a new model"),
        ({"epoks": 3}, "epoks is no option of train t5."),
        ({"out": "used"}, "used is there already"),
        ({"data": "runs/t5"}, "cannot be one folder, or lie in one another"),
        ({"recipe": "not-there.yaml"}, "not-there.yaml"),
    ],
)
def test_nothing_is_converted_for_a_run_that_cannot_begin(
    options: dict[str, Any], why: str, tmp_path: Path
) -> None:
    source = export(tmp_path)
    Path("used").mkdir()
    Path("used", "notes.txt").write_text("mine")
    with pytest.raises(dataprep.UsageError, match=why):
        dataprep.train("t5", source, **options)
    assert names() == ["export.json", "labels.xml", "used"]


def test_options_of_a_conversion_are_refused_for_what_needs_none(tmp_path: Path) -> None:
    out = dataprep.convert(export(tmp_path), label_config="labels.xml", to="t5", out="out")
    with pytest.raises(dataprep.UsageError, match="--label-config is for a conversion, and out is"):
        dataprep.train("t5", out, label_config="labels.xml")
    with pytest.raises(dataprep.UsageError, match="label_config is no option of train openai"):
        dataprep.train("openai", out, label_config="labels.xml")  # type: ignore[call-overload]


def test_a_run_that_goes_on_takes_the_dataset_that_it_was_begun_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataprep.api import training

    begun = dataprep.convert(export(tmp_path), label_config="labels.xml", to="t5", out="run-data")
    Path("run").mkdir()
    Path("run", "run.json").write_text("{}")
    Path("export.json").write_text("[]")
    taken: list[Any] = []

    def trained(kind: str, folder: Path, **_: Any) -> Path:
        taken.append(dataprep.load(folder).manifest["digest"])
        return Path("run")

    monkeypatch.setattr(training, "run_training", trained)
    run = dataprep.train("t5", "export.json", out="run", resume=True)
    assert (run.data, taken) == (Path("run-data"), [begun.manifest["digest"]])


def test_several_ranks_do_not_convert_one_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "0")
    with pytest.raises(dataprep.UsageError, match=r"dataprep convert .* --to t5 --out run-data"):
        dataprep.train("t5", export(tmp_path), out="run")
