"""Folders as the Hugging Face Hub keeps data sets: subsets, splits and names of classes."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.acceptance.conftest import Run

SUBSETS = """---
license: mit
configs:
- config_name: cola
  data_files:
  - split: train
    path: cola/train-*
  - split: validation
    path:
    - cola/dev-*
- config_name: sst2
  data_files:
  - split: train
    path: sst2/train-*
dataset_info:
- config_name: cola
  features:
  - name: sentence
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': unacceptable
          '1': acceptable
- config_name: sst2
  features:
  - name: label
    dtype:
      class_label:
        names: [negative, positive]
---
# A data set
"""
TO = ("--to", "prompt-completion", "-o", "out")


def lines(path: Path, word: str, labels: list[int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"sentence": f"{word} is a word, the {n}th", "label": k} for n, k in enumerate(labels)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def glue(folder: Path) -> None:
    """Two subsets whose classes have other names."""
    lines(folder / "cola/train-00000-of-00002.jsonl", "apple", [0, 1])
    lines(folder / "cola/train-00001-of-00002.jsonl", "bread", [1])
    lines(folder / "cola/dev-00000-of-00001.jsonl", "cheese", [0])
    lines(folder / "sst2/train-00000-of-00001.jsonl", "dates", [0, 1])
    (folder / "README.md").write_text(SUBSETS)


def written(folder: Path) -> dict[str, list[str]]:
    """What is answered, by split, in order."""
    made = {}
    for path in sorted((folder / "prompt-completion").glob("*.jsonl")):
        made[path.stem] = [json.loads(line)["completion"] for line in path.read_text().splitlines()]
    return made


def test_several_subsets_are_named_and_one_is_chosen(dataprep: Run, tmp_path: Path) -> None:
    glue(tmp_path / "glue")
    run = dataprep("convert", "glue", *TO)
    assert run.returncode == 2
    assert "glue holds 2 subsets, and one is read at a time: cola, sst2." in run.stderr
    assert "Choose one, as in --subset cola." in run.stderr
    run = dataprep("convert", "glue", *TO, "--subset", "cola")
    assert run.returncode == 0, run.stderr
    assert written(tmp_path / "out") == {
        "train": ["unacceptable", "acceptable", "acceptable"],
        "validation": ["unacceptable"],
    }
    assert "glue: its splits are kept (train, validation)" in run.stderr
    run = dataprep("convert", "glue", *TO, "--subset", "sst")
    assert (run.returncode, "glue has no subset 'sst'. There are: cola, sst2." in run.stderr) == (
        2,
        True,
    )


def test_the_subset_that_the_card_calls_the_default_is_read(dataprep: Run, tmp_path: Path) -> None:
    glue(tmp_path / "glue")
    card = SUBSETS.replace(
        "- config_name: sst2\n  data", "- config_name: sst2\n  default: true\n  data"
    )
    (tmp_path / "glue/README.md").write_text(card)
    run = dataprep("convert", "glue", *TO)
    assert run.returncode == 0, run.stderr
    assert "subset sst2 (there are: cola, sst2)" in run.stderr
    answers = [answer for split in written(tmp_path / "out").values() for answer in split]
    assert sorted(answers) == ["negative", "positive"]


def test_check_reads_every_subset_by_its_own_classes_and_init_guesses_one(
    dataprep: Run, tmp_path: Path
) -> None:
    glue(tmp_path / "glue")
    run = dataprep("check", "glue")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "in 6 rows" in run.stdout + run.stderr
    assert "--" not in run.stderr
    run = dataprep("init", "glue", "-o", "made.yaml")
    assert run.returncode == 0, run.stderr
    assert '    subset: "cola"' in (tmp_path / "made.yaml").read_text().splitlines()
    assert dataprep("convert", "--recipe", "made.yaml", "-o", "out").returncode == 0


def test_a_table_beside_a_card_has_the_names_of_its_classes(dataprep: Run, tmp_path: Path) -> None:
    head = SUBSETS[SUBSETS.index("dataset_info") : SUBSETS.index("- config_name: sst2\n  features")]
    home = tmp_path / "set"
    (home / "data").mkdir(parents=True)
    (home / "README.md").write_text(f"---\n{head}---\n")
    (home / "data/train.csv").write_text("sentence,label\na b c d,1\ne f g h,0\n")
    (home / "data/test.csv").write_text("sentence,label\ni j k l,-1\nm n o p,acceptable\n")
    run = dataprep("convert", "set", *TO)
    assert run.returncode == 0, run.stderr
    assert written(tmp_path / "out") == {
        "train": ["acceptable", "unacceptable"],
        "test": ["acceptable"],
    }
    assert "label → unlabelled (1), label → completion (1)" in run.stderr


def test_a_saved_dict_keeps_its_splits_and_divides_anew_when_asked(
    dataprep: Run, tmp_path: Path
) -> None:
    datasets = pytest.importorskip("datasets")
    names = ["negative", "positive"]
    features = {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=names)}
    rows = {"text": [f"film {n} of {n * 7}" for n in range(8)], "label": [0, 1] * 4}
    whole = datasets.Dataset.from_dict(rows, features=datasets.Features(features))
    parts = {"train": whole.select(range(6)), "validation": whole.select(range(6, 8))}
    datasets.DatasetDict(parts).save_to_disk(tmp_path / "saved")
    run = dataprep("convert", "saved", *TO, "--near-duplicates", "off")
    assert run.returncode == 0, run.stderr
    assert written(tmp_path / "out") == {"train": names * 3, "validation": names}
    run = dataprep("convert", "saved", *TO, "--near-duplicates", "off", "--splits-from", "none")
    assert run.returncode == 0, run.stderr
    assert "its splits are kept" not in run.stderr
    assert written(tmp_path / "out") != {"train": names * 3, "validation": names}
    run = dataprep("convert", "saved", *TO)
    assert run.returncode == 0, run.stderr
    assert written(tmp_path / "out") == {"train": names * 3, "validation": names}


def test_a_split_that_is_none_of_ours_is_left_out_and_named(dataprep: Run, tmp_path: Path) -> None:
    splits = ""
    for split in ("train", "test", "unsupervised"):
        splits += f"  - split: {split}\n    path: {split}-*\n"
        frame = pl.DataFrame({"prompt": [f"a {split} text"], "completion": [split]})
        (tmp_path / "imdb").mkdir(exist_ok=True)
        frame.write_parquet(tmp_path / f"imdb/{split}-00000-of-00001.parquet")
    splits = "".join(
        f"  - split: {s}\n    path: {s}-*\n" for s in ("train", "test", "unsupervised")
    )
    (tmp_path / "imdb/README.md").write_text(f"---\nconfigs:\n- data_files:\n{splits}---\n")
    run = dataprep("convert", "imdb", *TO)
    assert run.returncode == 0, run.stderr
    assert written(tmp_path / "out") == {"train": ["train"], "test": ["test"]}
    assert "unsupervised: no name of train, validation or test, so left out" in run.stderr


def test_a_card_whose_files_are_missing_says_so(dataprep: Run, tmp_path: Path) -> None:
    glue(tmp_path / "glue")
    (tmp_path / "glue/sst2/train-00000-of-00001.jsonl").unlink()
    run = dataprep("convert", "glue", *TO, "--subset", "sst2")
    assert run.returncode == 2
    assert "its README.md says that the data are in sst2/train-*" in run.stderr


@pytest.mark.parametrize(
    "head",
    [
        "configs: 7",
        "configs: [7, {}]",
        "configs:\n- data_files: {a: 1}",
        "configs: &a [*a]",
        "a: [",
    ],
)
def test_a_card_that_is_none_changes_nothing(dataprep: Run, tmp_path: Path, head: str) -> None:
    lines(tmp_path / "set/rows.jsonl", "apple", [0, 1])
    (tmp_path / "set/README.md").write_text(f"---\n{head}\n---\n")
    run = dataprep("convert", "set", *TO)
    assert run.returncode == 0, run.stderr


def test_init_keeps_a_folder_with_splits_one_source(dataprep: Run, tmp_path: Path) -> None:
    """A split with one class alone is no other data set, and its file alone would have no split."""
    for name, labels in {"train": [0, 1] * 4, "dev": [1], "test": [0, 1]}.items():
        lines(tmp_path / f"set/{name}.jsonl", name, labels)
    run = dataprep("init", "set", "-o", "made.yaml")
    assert run.returncode == 0, run.stderr
    recipe = (tmp_path / "made.yaml").read_text()
    assert recipe.count("- path:") == 1
    assert "Choose one label" in recipe
    assert dataprep("convert", "--recipe", "made.yaml", "-o", "out").returncode == 0
    counted = {split: len(rows) for split, rows in written(tmp_path / "out").items()}
    assert counted == {"test": 2, "train": 8, "validation": 1}
