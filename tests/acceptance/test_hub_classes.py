"""Classes that `datasets` keeps by number are learned by name, and a row without one is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep.sources.class_names import features_of, words_on_alike
from tests.acceptance.conftest import Run

TEXTS = [f"the film number {n} was seen by many" for n in range(6)]
CLASS = {"names": ["negative", "positive"], "_type": "ClassLabel"}


def parquet(path: Path, rows: list[dict[str, Any]], features: dict[str, Any]) -> None:
    """A file as `datasets` writes it: its features stand under one key of the metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"info": {"features": features}}
    pl.DataFrame(rows).write_parquet(path, metadata={"huggingface": json.dumps(told)})


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """All rows of a target, in whichever split."""
    lines = [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    return sorted(map(json.loads, lines), key=lambda row: str(row["prompt"]))


def sentiment(labels: list[int | None]) -> list[dict[str, Any]]:
    return [{"sentence": t, "label": n, "idx": i} for i, (t, n) in enumerate(zip(TEXTS, labels))]  # noqa: B905


def test_a_label_of_minus_one_is_an_unlabelled_row_and_not_an_error(
    dataprep: Run, tmp_path: Path
) -> None:
    parquet(tmp_path / "sst.parquet", sentiment([1, 0, -1, 7, None, 1]), {"label": CLASS})
    run = dataprep("convert", "sst.parquet", "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 0, run.stderr
    assert "label → completion (3), label → unlabelled (3)" in run.stderr
    assert [row["completion"] for row in rows_of(tmp_path / "out/prompt-completion")] == [
        "positive",
        "negative",
        "positive",
    ]
    ledger = json.loads((tmp_path / "out/manifest.json").read_text())["ledger"]
    assert {
        s["unit"]: s["dropped"]["unlabelled"] for s in ledger if s["dropped"].get("unlabelled")
    } == {"record": 3}
    told = dataprep("check", "sst.parquet")
    assert (told.returncode, "No findings in 6 rows." in told.stdout + told.stderr) == (0, True)
    assert "rows without a class, which teach nothing: label (3)" in told.stdout + told.stderr


def test_a_file_without_any_label_leaves_the_others_to_be_learned(
    dataprep: Run, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    parquet(data / "a.parquet", sentiment([1, 0, 1]), {"label": CLASS})
    parquet(data / "b.parquet", sentiment([-1, -1]), {"label": CLASS})
    run = dataprep("convert", "data", "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 0, run.stderr
    assert "b.parquet: sentence → prompt, label → unlabelled" in run.stderr
    assert len(rows_of(tmp_path / "out/prompt-completion")) == 3


def test_a_text_without_a_class_is_not_taken_for_running_text(
    dataprep: Run, tmp_path: Path
) -> None:
    rows = [{"text": text, "label": -1} for text in TEXTS]
    parquet(tmp_path / "unsupervised.parquet", rows, {"label": CLASS})
    run = dataprep("convert", "unsupervised.parquet", "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 3, run.stderr
    assert "No example came of the input: 6 unlabelled." in run.stderr


def test_a_class_that_is_not_learned_may_be_missing(dataprep: Run, tmp_path: Path) -> None:
    rows = [{"question": t, "answer": "yes", "domain": -1} for t in TEXTS]
    parquet(tmp_path / "rows.parquet", rows, {"domain": CLASS})
    run = dataprep("convert", "rows.parquet", "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 0, run.stderr
    assert len(rows_of(tmp_path / "out/prompt-completion")) == 6


@pytest.mark.parametrize("template", ["{{ label }}", "It is {{ label }}."])
def test_a_template_never_writes_what_stands_in_for_a_class(
    dataprep: Run, tmp_path: Path, template: str
) -> None:
    parquet(tmp_path / "sst.parquet", sentiment([1, -1, 0]), {"label": CLASS})
    given = ("--prompt", "{{ sentence }}", "--completion", template)
    run = dataprep("convert", "sst.parquet", *given, "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 0, run.stderr
    assert [row["prompt"] for row in rows_of(tmp_path / "out/prompt-completion")] == [
        TEXTS[0],
        TEXTS[2],
    ]


def test_a_number_that_may_be_no_class_is_asked_for_in_every_row_of_a_table(
    dataprep: Run, tmp_path: Path
) -> None:
    lines = ["sentence,label", *(f"{t},{n}" for t, n in zip(TEXTS, [1, 0, 1, -1, 0, 1]))]  # noqa: B905
    (tmp_path / "sst.csv").write_text("\n".join(lines) + "\n")
    run = dataprep("convert", "sst.csv", "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 1
    assert "label is -1, which in many sets stands for no class" in run.stderr


@pytest.mark.parametrize("of", ["metadata", "card", "description"])
def test_classes_of_one_name_are_kept_apart_and_said(
    dataprep: Run, tmp_path: Path, of: str
) -> None:
    """`datasets` refuses equal names, and takes those that differ in blanks for two."""
    label = {"names": ["negative", "positive", "positive "], "_type": "ClassLabel"}
    rows = sentiment([0, 1, 2, 1])
    if of == "metadata":
        parquet(tmp_path / "data/a.parquet", rows, {"label": label})
    else:
        (tmp_path / "data").mkdir()
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / "data/a.jsonl").write_text(text)
    if of == "card":
        names = "['negative', 'positive', 'positive ']"
        one = f"- name: label\n    dtype:\n      class_label:\n        names: {names}\n"
        card = f"---\ndataset_info:\n  features:\n  {one}---\n"
        (tmp_path / "data/README.md").write_text(card)
    if of == "description":
        told = json.dumps({"features": {"label": label}})
        (tmp_path / "data/dataset_info.json").write_text(told)
    run = dataprep("convert", "data", "--to", "prompt-completion", "-o", "out")
    assert run.returncode == 0, run.stderr
    assert (
        "label: classes 1, 2 have one name, 'positive', and are kept apart as 'positive (1)',"
        " 'positive (2)': give each a name of its own" in run.stderr
    )
    assert [row["completion"] for row in rows_of(tmp_path / "out/prompt-completion")] == [
        "negative",
        "positive (1)",
        "positive (2)",
        "positive (1)",
    ]


def test_a_name_that_another_gets_is_kept_apart_too() -> None:
    label = {"names": ["a", "a", "a (0)"], "_type": "ClassLabel"}
    kept = features_of(json.dumps({"features": {"tags": {"feature": label, "_type": "List"}}}))
    assert kept["tags"]["feature"]["names"] == ["a (0)", "a (1)", "a (0) (2)"]
    assert words_on_alike(kept) == [
        "tags: classes 0, 1 have one name, 'a', and are kept apart as 'a (0)', 'a (1)':"
        " give each a name of its own"
    ]
