"""`train` of an export, a table or old rows: converted and trained in one step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep import store
from dataprep.cli import run
from dataprep.finding import UsageError
from tests.acceptance.conftest import Run
from tests.building import sentiment_export

pytest.importorskip("torch")


def export(folder: Path) -> Path:
    """An export of Label Studio in given/, and its labeling config in given/labels.xml."""
    (folder / "given").mkdir()
    return sentiment_export(folder / "given", 40)


def test_an_export_is_converted_and_trained_and_both_folders_are_kept_and_said(
    dataprep: Run, tmp_path: Path
) -> None:
    export(tmp_path)
    flags = ("--label-config", "given/labels.xml")
    done = dataprep("train", "t5", "given/export.json", *flags, "-o", "runs/one", "--epochs", "1")
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert "Written to runs/one-data." in lines
    assert lines[-1] == "The run is in runs/one. Next: dataprep predict runs/one 'a text'"
    again = dataprep("convert", "given/export.json", *flags, "--to", "t5", "-o", "by-hand")
    assert again.returncode == 0
    digests = [store.read_manifest(tmp_path / f)["digest"] for f in ("runs/one-data", "by-hand")]
    assert digests[0] == digests[1]
    begun = json.loads((tmp_path / "runs" / "one" / "run.json").read_text())
    assert begun["dataset"]["digest"] == digests[0]


def test_a_table_becomes_a_causal_model_by_a_recipe(dataprep: Run, tmp_path: Path) -> None:
    rows = "".join(f"What is number {n}?,number {n}\n" for n in range(40))
    (tmp_path / "rows.csv").write_text("prompt,completion\n" + rows)
    (tmp_path / "by.yaml").write_text("splits:\n  validation: 0.2\n  test: 0\n")
    flags = ("-r", "by.yaml", "--data", "kept", "--epochs", "1")
    done = dataprep("train", "llama", "rows.csv", *flags)
    assert done.returncode == 0, done.stderr
    assert set(store.read_manifest(tmp_path / "kept")["splits"]) == {"train", "validation", "test"}
    assert store.read_manifest(tmp_path / "kept")["splits"]["test"] == 0
    assert (tmp_path / "runs" / "llama" / "README.md").is_file()


def test_what_cannot_be_converted_is_not_trained(dataprep: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"prompt": "a", "completion": 3}\n{"prompt": \n')
    done = dataprep("train", "t5", "rows.jsonl", "-o", "run")
    assert done.returncode == 1
    assert "Nothing was written" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_flag_of_convert_is_told_as_one(dataprep: Run, tmp_path: Path) -> None:
    rows = "".join(f'{{"prompt": "{n}?", "completion": "{n}"}}\n' for n in range(20))
    (tmp_path / "rows.jsonl").write_text(rows + '{"prompt": "a", "completion": 3}\n')
    done = dataprep("train", "t5", "rows.jsonl", "-o", "run")
    assert done.returncode == 1
    said = " ".join(done.stderr.split())
    assert "pass --drop-invalid to leave those rows out" in said
    assert said.endswith("--drop-invalid is a flag of dataprep convert.")
    done = dataprep("convert", "rows.jsonl", "--to", "t5")
    assert "is a flag of" not in done.stderr


def test_nothing_is_converted_for_a_run_that_cannot_begin(dataprep: Run, tmp_path: Path) -> None:
    source = export(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.txt").write_text("mine")
    for flags, why in (
        (("-o", "run"), "run is there already"),
        (("-o", "new", "--lora", "8"), "Adapters cannot teach a new model"),
        (("-o", "new", "--gpu", "RTX 4090"), "--gpu is for --plan alone."),
    ):
        done = dataprep("train", "t5", source, *flags)
        assert done.returncode == 2
        assert why in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["given", "run"]


def test_flags_of_a_conversion_are_refused_for_a_converted_folder(
    dataprep: Run, tmp_path: Path
) -> None:
    flags = ("--label-config", "given/labels.xml")
    dataprep("convert", export(tmp_path), *flags, "--to", "t5", "-o", "out")
    done = dataprep("train", "t5", "out", *flags)
    assert done.returncode == 2
    assert "--label-config is for a conversion, and out is converted already." in done.stderr


@pytest.mark.parametrize("kind", ["dpo", "kto", "grpo"])
def test_a_model_that_answers_is_taught_by_a_file_too(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is converted for what the training needs; then the model is looked for."""
    monkeypatch.chdir(tmp_path)
    more = {"dpo": {"chosen": "b", "rejected": "c"}, "kto": {"completion": "b", "label": True}}
    row = more.get(kind, {"completion": "b"})
    rows = [{"prompt": f"What is number {n}?", **row} for n in range(20)]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run(["train", kind, "rows.jsonl", "--model", "not-there", "-o", "run"]) in (2, 4)
    target = {"dpo": "preference", "kto": "kto", "grpo": "reinforcement"}[kind]
    assert target in store.read_manifest(Path("run-data"))["targets"]


def test_a_run_that_goes_on_takes_the_dataset_that_it_was_begun_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataprep.cli import one_step

    monkeypatch.chdir(tmp_path)
    source = export(tmp_path)
    how = one_step.SourceFlags(label_config=tmp_path / "given" / "labels.xml")
    options = {"resume": False}
    made = one_step.prepared("t5", source, Path("run"), None, how=how, options=options)
    assert made == Path("run-data")
    before = (made / "manifest.json").stat().st_mtime_ns
    Path("run").mkdir()
    Path("run", "run.json").write_text("{}")
    source.write_text("[]")
    options = {"resume": True}
    assert one_step.prepared("t5", source, Path("run"), None, how=how, options=options) == made
    assert (made / "manifest.json").stat().st_mtime_ns == before
    assert "run-data: taken as the dataset that the run" in capsys.readouterr().err


def test_a_run_that_was_not_begun_takes_no_dataset_that_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be of another source: --resume says nothing of what is learned."""
    from dataprep.cli import one_step

    monkeypatch.chdir(tmp_path)
    how = one_step.SourceFlags()
    for name, rows in (("old", 20), ("new", 30)):
        text = "".join(f'{{"prompt": "{name} {n}?", "completion": "{n}"}}\n' for n in range(rows))
        Path(f"{name}.jsonl").write_text(text)
        options = {"resume": name == "new"}
        source = Path(f"{name}.jsonl")
        made = one_step.prepared("t5", source, Path("run"), None, how=how, options=options)
        assert made == Path("run-data")
        assert sum(store.read_manifest(made)["splits"].values()) == rows
    lost = one_step.SourceFlags(recipe=Path("not-there.yaml"))
    with pytest.raises(UsageError, match="not-there"):
        one_step.prepared("t5", source, Path("run"), None, how=lost, options={"resume": True})


@pytest.mark.parametrize(
    ("out", "data"), [("run", "run"), ("run/in", "run"), ("run", "run/in"), (".", "in"), ("/", "")]
)
def test_a_run_and_its_dataset_do_not_lie_in_one_another(
    out: str, data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text('{"prompt": "a", "completion": "b"}\n')
    given = ["--data", data] if data else []
    assert run(["train", "t5", "rows.jsonl", "-o", out, "--plan", *given]) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["rows.jsonl"]


def test_a_dataset_does_not_lie_in_its_source_and_the_flag_that_is_named_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    export(tmp_path)
    monkeypatch.chdir(tmp_path / "given")
    assert run(["train", "t5", ".", "--plan"]) == 2
    said = capsys.readouterr().err
    assert "The dataset runs/t5-data would lie in its source ." in said
    assert "--data ../t5-data" in said
    assert not Path("runs").exists()
    assert run(["train", "t5", ".", "--plan", "--data", "../t5-data"]) == 0
    assert (tmp_path / "t5-data" / "manifest.json").is_file()


def test_a_run_in_the_folder_itself_has_its_dataset_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataprep.cli import one_step

    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    rows = "".join(f'{{"prompt": "{n}?", "completion": "{n}"}}\n' for n in range(20))
    (tmp_path / "rows.jsonl").write_text(rows)
    how, options = one_step.SourceFlags(), {"resume": False}
    made = one_step.prepared("t5", Path("../rows.jsonl"), Path(), None, how=how, options=options)
    assert made == tmp_path / "here-data"


def test_several_ranks_do_not_convert_one_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "0")
    export(tmp_path)
    assert run(["train", "t5", "given/export.json", "-o", "run"]) == 2
    said = capsys.readouterr().err
    assert "dataprep convert given/export.json --to t5 --out run-data" in " ".join(said.split())
