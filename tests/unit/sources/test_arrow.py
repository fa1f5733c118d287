"""What `datasets` saves is read with the names of its classes, and nothing beside it."""

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError
from dataprep.recipe import Source
from dataprep.sources import arrow, files, parquet, read
from dataprep.sources.class_names import (
    class_record,
    features_of,
    unlabelled_in,
    with_class_names,
)

FEATURES = {
    "text": {"dtype": "string", "_type": "Value"},
    "label": {"names": ["negative", "positive"], "_type": "ClassLabel"},
    "tags": {"feature": {"names": ["O", "PER"], "_type": "ClassLabel"}, "_type": "List"},
}
ROWS = [
    {"text": "Good.", "label": 1, "tags": [0, 1]},
    {"text": "Bad.", "label": 0, "tags": []},
    {"text": "Who knows?", "label": -1, "tags": [0]},
]
NAMED = [
    {"text": "Good.", "label": "positive", "tags": ["O", "PER"]},
    {"text": "Bad.", "label": "negative", "tags": []},
    {"text": "Who knows?", "label": None, "tags": ["O"]},
]


def values(found: list[Record | Finding]) -> list[Any]:
    return [item.value if isinstance(item, Record) else item.code for item in found]


def saved(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """A folder as `datasets.save_to_disk` writes it (datasets 5.2)."""
    folder.mkdir(parents=True)
    name = "data-00000-of-00001.arrow"
    pl.DataFrame(rows).write_ipc_stream(folder / name)
    (folder / "dataset_info.json").write_text(json.dumps({"features": FEATURES}))
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name}]}))
    return folder


def read_folder(folder: Path) -> list[tuple[str, list[Any]]]:
    found = files(Source(path=str(folder)), Path())
    return [(str(Path(f.name).relative_to(folder)), values(list(read(f)))) for f in found]


def test_a_saved_dataset_gives_its_rows_and_nothing_else(tmp_path: Path) -> None:
    folder = saved(tmp_path / "mine", ROWS)
    (folder / "cache-1234.arrow").write_bytes(b"\xff\xff\xff\xff")
    assert read_folder(folder) == [("data-00000-of-00001.arrow", NAMED)]


def test_a_saved_dataset_of_splits_gives_those_of_each(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    saved(folder / "train", ROWS[:2])
    saved(folder / "test", ROWS[2:])
    (folder / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    assert read_folder(folder) == [
        ("test/data-00000-of-00001.arrow", NAMED[2:]),
        ("train/data-00000-of-00001.arrow", NAMED[:2]),
    ]
    assert files(Source(path=str(folder)), Path())[0].note == (
        "not read: dataset_dict.json, test/dataset_info.json, test/state.json, "
        "train/dataset_info.json, train/state.json"
    )


def test_what_datasets_itself_has_saved_is_read(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    features = datasets.Features(
        text=datasets.Value("string"),
        label=datasets.ClassLabel(names=["negative", "positive"]),
        tags=datasets.Sequence(datasets.ClassLabel(names=["O", "PER"])),
    )
    columns = {key: [row[key] for row in ROWS] for key in ROWS[0]}
    made = datasets.Dataset.from_dict(columns, features=features)
    made.save_to_disk(tmp_path / "saved")
    made.to_parquet(tmp_path / "rows.parquet")
    assert read_folder(tmp_path / "saved") == [("data-00000-of-00001.arrow", NAMED)]
    assert values(list(parquet.rows(tmp_path / "rows.parquet", "rows.parquet"))) == NAMED


@pytest.mark.parametrize("kind", ["stream", "file"])
@pytest.mark.parametrize("library", ["pyarrow", "polars"])
def test_streams_and_files_are_read_by_either_library(
    tmp_path: Path, kind: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if library == "polars":
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    else:
        pytest.importorskip("pyarrow")
    path = tmp_path / "rows.arrow"
    frame = pl.DataFrame(ROWS)
    frame.write_ipc_stream(path) if kind == "stream" else frame.write_ipc(path)
    assert values(list(arrow.rows(path, "rows.arrow"))) == ROWS
    assert [i.place.line for i in arrow.rows(path, "rows.arrow")] == [1, 2, 3]


@pytest.mark.parametrize("library", ["pyarrow", "polars"])
@pytest.mark.parametrize("raw", [b"", b"\xff\xff\xff\xff and no more", b"ARROW1\x00\x00"])
def test_a_damaged_file_is_a_usage_error(
    tmp_path: Path, raw: bytes, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if library == "polars":
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    else:
        pytest.importorskip("pyarrow")
    path = tmp_path / "rows.arrow"
    path.write_bytes(raw)
    with pytest.raises(UsageError, match=r"rows\.arrow cannot be read as Arrow"):
        list(arrow.rows(path, "rows.arrow"))


def test_classes_are_named_in_every_depth_and_others_stay() -> None:
    label = {"names": ["no", "yes"], "_type": "ClassLabel"}
    features = features_of(
        json.dumps(
            {
                "info": {
                    "features": {
                        "old": [label],
                        "turns": {
                            "feature": {"act": label, "text": {"_type": "Value"}},
                            "_type": "Sequence",
                        },
                        "nested": {"inner": label},
                        "text": {"_type": "Value"},
                    }
                }
            }
        )
    )
    row = {
        "old": [1, 0],
        "turns": {"act": [1, 1], "text": ["a", "b"]},
        "nested": {"inner": 0},
        "text": "1",
        "other": 1,
    }
    assert with_class_names(row, features) == {
        "old": ["yes", "no"],
        "turns": {"act": ["yes", "yes"], "text": ["a", "b"]},
        "nested": {"inner": "no"},
        "text": "1",
        "other": 1,
    }


@pytest.mark.parametrize("told", ["", "null", "[]", "{", '{"info": 7}', '{"features": []}'])
def test_metadata_that_says_nothing_names_nothing(told: str) -> None:
    assert features_of(told) == {}


@pytest.mark.parametrize("value", [2, None, True, "positive", 1.0])
def test_what_is_no_number_of_a_class_stays(value: Any) -> None:
    features = features_of(json.dumps({"features": FEATURES}))
    assert with_class_names({"label": value}, features) == {"label": value}


@pytest.mark.parametrize(
    ("value", "named"), [("1", "positive"), ("positive", "positive"), ("0", "negative")]
)
def test_the_number_of_a_class_may_be_the_text_of_a_cell(value: str, named: str) -> None:
    features = features_of(json.dumps({"features": FEATURES}))
    made = class_record(Record(Place(file="rows.csv"), 0, {"label": value}), features)
    assert (made.value["label"], made.unlabelled) == (named, ())


@pytest.mark.parametrize("value", [-1, 2, None, "", " ", "-1"])
def test_a_class_without_a_name_is_told_as_such(value: Any) -> None:
    features = features_of(json.dumps({"features": FEATURES}))
    assert unlabelled_in({"label": value}, features) == (("label", "negative"),)
    assert unlabelled_in({"text": "a"}, features) == ()


@pytest.mark.parametrize("names", [None, [], "negative", [1, 2], {"0": "negative"}])
def test_names_of_another_kind_say_nothing(names: Any) -> None:
    features = {"label": {"names": names, "_type": "ClassLabel"}}
    assert unlabelled_in({"label": -1}, features) == ()


@pytest.mark.parametrize("library", ["pyarrow", "polars"])
@pytest.mark.parametrize("form", ["parquet", "stream", "file"])
def test_a_number_of_single_precision_is_the_one_that_was_written(
    form: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Python's float, which is of double precision, 3.8 is 3.799999952316284."""
    if library == "pyarrow":
        pytest.importorskip("pyarrow")
    else:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    scores = [3.8, 0.2, 5.0, None, 1e-7, 16777216.0]
    frame = pl.DataFrame(
        {"text": ["a"] * 6, "label": scores}, schema_overrides={"label": pl.Float32}
    )
    path = tmp_path / "a"
    write = {"parquet": frame.write_parquet, "stream": frame.write_ipc_stream}
    write.get(form, frame.write_ipc)(path)
    rows = parquet.rows(path, "a") if form == "parquet" else arrow.rows(path, "a")
    assert [row["label"] for row in values([*rows])] == scores


@pytest.mark.parametrize("library", ["pyarrow", "polars"])
@pytest.mark.parametrize("form", ["parquet", "stream", "file"])
def test_numbers_of_single_precision_in_lists_and_structs_are_too(
    form: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if library == "pyarrow":
        pytest.importorskip("pyarrow")
    else:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    inner = pl.Struct({"score": pl.Float32, "of": pl.String})
    types = {"scores": pl.List(pl.Float32), "pair": pl.Array(pl.Float32, 2), "all": pl.List(inner)}
    row = {"scores": [3.8, None], "pair": [0.1, 0.2], "all": [{"score": 4.6, "of": "a"}, None]}
    frame = pl.DataFrame([row, dict.fromkeys(row)], schema=types)
    path = tmp_path / "a"
    write = {"parquet": frame.write_parquet, "stream": frame.write_ipc_stream}
    write.get(form, frame.write_ipc)(path)
    rows = parquet.rows(path, "a") if form == "parquet" else arrow.rows(path, "a")
    assert values([*rows])[0] == row
