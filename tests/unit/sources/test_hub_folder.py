"""Splits by the names of files and folders, held against `datasets` itself."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from dataprep.finding import UsageError
from dataprep.recipe import Source
from dataprep.sources import files
from dataprep.sources.dataset_card import lines_of_head

LAYOUTS = [
    ["train.jsonl", "test.jsonl"],
    ["train.jsonl", "dev.jsonl", "eval.jsonl"],
    [
        "data/train-00000-of-00002.jsonl",
        "data/train-00001-of-00002.jsonl",
        "data/test-00000-of-00001.jsonl",
    ],
    ["data/training/a.jsonl", "data/valid/b.jsonl", "data/testing/c.jsonl"],
    ["my_train_file.jsonl", "my-val-file.jsonl", "my.evaluation.file.jsonl"],
    ["train/0000.jsonl", "train/0001.jsonl", "validation/0000.jsonl"],
]
"""Files of rows, as they lie in data sets of the Hub."""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_splits_are_those_that_datasets_reads(tmp_path: Path, layout: list[str]) -> None:
    data_files = pytest.importorskip("datasets.data_files")
    for name in layout:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('{"prompt": "a", "completion": "b"}\n')
    patterns = data_files.get_data_patterns(str(tmp_path))
    told: dict[str, str] = {}
    for split, globs in patterns.items():
        for glob in globs:
            with suppress(FileNotFoundError):
                found = data_files.resolve_pattern(glob, str(tmp_path))
                told |= {str(Path(one).relative_to(tmp_path)): str(split) for one in found}
    assert set(told) == set(layout)
    read = files(Source(path=str(tmp_path)), Path())
    assert {one.path.relative_to(tmp_path).as_posix(): one.split for one in read} == told


@pytest.mark.parametrize(
    "layout",
    [["train.jsonl"], ["test.jsonl", "dev.jsonl"], ["train.jsonl", "test.jsonl", "a.jsonl"]],
)
def test_what_does_not_say_the_split_of_all_gives_none(tmp_path: Path, layout: list[str]) -> None:
    for name in layout:
        (tmp_path / name).write_text('{"prompt": "a", "completion": "b"}\n')
    read = files(Source(path=str(tmp_path)), Path())
    assert {one.split for one in read} == {""}


def test_annotators_who_are_read_together_are_of_no_split(tmp_path: Path) -> None:
    row = '{"id": %d, "text": "Ada was here", "label": [[0, 3, "PER"]]}\n'
    for number, name in enumerate(("train.jsonl", "test.jsonl")):
        (tmp_path / name).write_text(row % number)
    read = files(Source(path=str(tmp_path)), Path())
    assert [(len(one.paths), one.split) for one in read] == [(2, "")]


def test_a_description_beside_tagged_rows_says_nothing_of_their_split(tmp_path: Path) -> None:
    row = '{"id": %d, "tokens": ["Ada", "ran"], "ner_tags": [1, 0]}\n'
    for number, name in enumerate(("train", "validation")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rows.jsonl").write_text(row % number)
    tags = "features: [{name: ner_tags, sequence: {class_label: {names: [O, B-PER]}}}]"
    (tmp_path / "README.md").write_text(f"---\ndataset_info: {{{tags}}}\n---\n")
    read = files(Source(path=str(tmp_path), tag_names=["O", "B-PER"]), Path())
    assert [(one.name.rpartition("/")[0][-5:], one.split) for one in read] == [
        ("train", "train"),
        ("ation", "validation"),
    ]


@pytest.mark.parametrize(
    ("glob", "fits"),
    [
        ("data/train-*", ["data/train-1.jsonl"]),
        ("**/train*.jsonl", ["data/deep/train.jsonl", "data/train-1.jsonl", "train-9.jsonl"]),
        ("data/**", ["data/deep/train.jsonl", "data/train-1.jsonl"]),
        ("data/**/train*", ["data/deep/train.jsonl", "data/train-1.jsonl"]),
        ("data/*/*.jsonl", ["data/deep/train.jsonl"]),
        ("data/train-1.jsonl", ["data/train-1.jsonl"]),
        ("train-[0-9].jsonl", ["train-9.jsonl"]),
        ("./train-?.jsonl", ["train-9.jsonl"]),
    ],
)
def test_globs_of_a_card_are_those_of_datasets(tmp_path: Path, glob: str, fits: list[str]) -> None:
    data_files = pytest.importorskip("datasets.data_files")
    for name in ("data/train-1.jsonl", "data/deep/train.jsonl", "train-9.jsonl", "train-a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('{"prompt": "a", "completion": "b"}\n')
    (tmp_path / "README.md").write_text(f"---\nconfigs:\n- data_files: '{glob}'\n---\n")
    read = files(Source(path=str(tmp_path)), Path())
    assert sorted(one.path.relative_to(tmp_path).as_posix() for one in read) == fits
    found = data_files.resolve_pattern(glob, str(tmp_path))
    assert sorted(str(Path(one).relative_to(tmp_path)) for one in found) == fits


def test_a_glob_and_a_head_that_would_take_for_ever_do_not(tmp_path: Path) -> None:
    (tmp_path / f"{'a' * 120}.jsonl").write_text('{"prompt": "a", "completion": "b"}\n')
    stars = "*a" * 60 + "b"
    (tmp_path / "README.md").write_text(f"---\nconfigs:\n- data_files: '{stars}'\n---\n")
    with pytest.raises(UsageError, match="there is no such file"):
        files(Source(path=str(tmp_path)), Path())
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    (tmp_path / "README.md").write_text(f"---\na0: &a0 [x]\n{levels}configs: *a29\n---\n")
    assert len(files(Source(path=str(tmp_path)), Path())) == 1


def test_a_split_of_the_card_without_a_file_is_named(tmp_path: Path) -> None:
    """Rows that the card calls test may be divided then, which is said."""
    head = "---\nconfigs:\n- config_name: one\n  data_files:\n"
    for split, path in (("train", "data/*.tar"), ("test", "data/test.jsonl")):
        head += f"  - split: {split}\n    path: {path}\n"
    (tmp_path / "README.md").write_text(f"{head}---\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/test.jsonl").write_text('{"prompt": "a", "completion": "b"}\n')
    (read,) = files(Source(path=str(tmp_path)), Path())
    assert "no file of train that is read" in read.note
    assert "what the card calls test is divided anew" in read.note


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("a: 1\nb:\n- x\n- y: z\n# c\n", {"a": ["a: 1"], "b": ["b:", "- x", "- y: z", "# c"]}),
        ("'a': |\n  b: 1\n\n  c\nd: no\n", {"a": ["'a': |", "  b: 1", "", "  c"], "d": ["d: no"]}),
        ("{a: 1, b: 2}\n", {}),
        ("a: [\nb: 1]\n", {}),
        ("a: 1\na b\n", {}),
    ],
)
def test_the_lines_of_a_head_stand_by_their_keys_where_that_can_be_told(
    head: str, lines: dict[str, list[str]]
) -> None:
    assert lines_of_head(f"---\n{head}---\n# Text\n") == lines
