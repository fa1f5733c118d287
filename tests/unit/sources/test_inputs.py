"""Which files are read, and as what: told from names, and from what stands in them."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep.example import Record
from dataprep.finding import Finding, NothingToDo, UsageError
from dataprep.recipe import Source
from dataprep.sources import Input, files, read

PAIRS = [{"prompt": "Hi?", "completion": "Ho."}, {"prompt": "Who?", "completion": "I."}]
TASK = {"id": 1, "data": {"text": "a"}, "annotations": [{"id": 2, "result": []}]}
STORED = {"id": 1217, "result": [], "task": {"id": 7, "data": {"text": "a"}}}


def told(folder: Path, **settings: Any) -> list[tuple[str, str]]:
    """Name, below the folder, and format of each file that is read."""
    found = files(Source(path=str(folder), **settings), Path())
    return [(str(Path(f.name).relative_to(folder)), f.format) for f in found]


def format_of(folder: Path, name: str, raw: bytes | str, **settings: Any) -> str:
    path = folder / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    (file,) = files(Source(path=str(path), **settings), Path())
    return file.format


def put(folder: Path, **contents: bytes | str) -> None:
    for name, raw in contents.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())


def lines(*rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("raw", "format_"),
    [
        (json.dumps(PAIRS), "json"),
        (json.dumps(PAIRS, indent=1), "json"),
        (json.dumps({"train": PAIRS}), "json"),
        (json.dumps(PAIRS[0]), "json"),
        (lines(*PAIRS), "jsonl"),
        (json.dumps([TASK]), "label-studio"),
        (json.dumps(TASK), "label-studio"),
        (lines(TASK, TASK), "label-studio"),
        (json.dumps(STORED), "label-studio"),
        (json.dumps([{"data": {"text": "a"}}]), "label-studio"),
        (json.dumps([{**PAIRS[0], "data": {"text": "a"}}]), "json"),
        (json.dumps({"data": {"train": PAIRS}}), "json"),
        (json.dumps({"data": {"train": PAIRS, "test": PAIRS}}), "json"),
        (json.dumps({"data": {"dialogue": [{"author": "A", "text": "Hi?"}]}}), "label-studio"),
        (lines({"data": {"train": PAIRS}}, {"data": {"train": PAIRS}}), "label-studio"),
        ("[]", "json"),
        ("", "json"),
        ("<html>", "json"),
    ],
)
@pytest.mark.parametrize("name", ["data.json", "data.json.gz", "pipe"])
def test_json_is_an_export_lines_or_a_document_by_what_it_holds(
    tmp_path: Path, raw: str, format_: str, name: str
) -> None:
    content = gzip.compress(raw.encode()) if name.endswith(".gz") else raw.encode()
    if name == "pipe" and raw[:1] not in ("", "{", "["):
        with pytest.raises(UsageError, match="the format cannot be told"):
            format_of(tmp_path, name, content)
        return
    if name == "pipe" and raw == "[]":
        return
    if not raw and name == "pipe":  # nothing came, which the reader of rows says
        format_ = "jsonl"
    assert format_of(tmp_path, name, content) == format_


def test_json_is_an_export_where_a_labeling_config_is_at_hand(tmp_path: Path) -> None:
    config = '<View><Text name="t" value="$t"/><Choices name="c" toName="t"/></View>'
    (tmp_path / "config.xml").write_text(config)
    settings = {"label_config": str(tmp_path / "config.xml")}
    assert format_of(tmp_path, "a.json", json.dumps(PAIRS), **settings) == "label-studio"
    assert format_of(tmp_path, "a.jsonl", lines(*PAIRS), **settings) == "jsonl"


def test_the_format_of_the_recipe_stands_above_name_and_content(tmp_path: Path) -> None:
    assert format_of(tmp_path, "a.json", lines(*PAIRS), format="json") == "json"
    assert format_of(tmp_path, "a.txt", json.dumps(PAIRS), format="json") == "json"
    assert format_of(tmp_path, "a.json", lines(*PAIRS), format="jsonl") == "jsonl"
    assert format_of(tmp_path, "rows", "a,b\n1,2\n", format="csv") == "csv"


def test_tables_are_told_by_their_names_gzipped_too(tmp_path: Path) -> None:
    assert format_of(tmp_path, "a.csv", "a,b\n1,2\n") == "csv"
    assert format_of(tmp_path, "a.tsv.gz", gzip.compress(b"a\tb\n1\t2\n")) == "tsv"
    pl.DataFrame(PAIRS).write_parquet(tmp_path / "odd.bin")
    (file,) = files(Source(path=str(tmp_path / "odd.bin")), Path())
    assert file.format == "parquet"


def test_a_layout_is_said_with_the_file(tmp_path: Path) -> None:
    put(tmp_path, a_dot_json=json.dumps({"train": PAIRS}), b_dot_json=json.dumps(PAIRS))
    found = files(Source(path=str(tmp_path)), Path())
    assert [f.note for f in found] == [
        "the rows under 'train' of one JSON object",
        "one JSON list of rows",
    ]


def test_a_storage_of_annotations_without_endings_is_read_as_exports(tmp_path: Path) -> None:
    for number in (1217, 1218, 1301):
        (tmp_path / str(number)).write_text(json.dumps({**STORED, "id": number}))
    (tmp_path / ".DS_Store").write_bytes(b"\x00\x01")
    assert told(tmp_path) == [
        ("1217", "label-studio"),
        ("1218", "label-studio"),
        ("1301", "label-studio"),
    ]
    found = [item for f in files(Source(path=str(tmp_path)), Path()) for item in read(f)]
    assert [i.value.id for i in found if isinstance(i, Record)] == [7, 7, 7]
    assert told(tmp_path, format="label-studio") == told(tmp_path)


def test_hidden_files_and_folders_are_left_out_and_others_are_named(tmp_path: Path) -> None:
    put(
        tmp_path,
        rows_dot_jsonl=lines(*PAIRS),
        rows=lines(*PAIRS),
        script_dot_py="print('hi')\n",
        _dot_git__config="[core]",
        _dot_hidden_dot_jsonl=lines(*PAIRS),
    )
    assert told(tmp_path) == [("rows", "jsonl"), ("rows.jsonl", "jsonl")]
    assert files(Source(path=str(tmp_path)), Path())[0].note == "not read: script.py"


def test_a_folder_of_a_data_set_of_the_hub_gives_its_rows_alone(tmp_path: Path) -> None:
    put(
        tmp_path,
        README_dot_md="---\nlicense: mit\n---\n# Mine\n",
        LICENSE="MIT",
        dataset_infos_dot_json=json.dumps({"default": {"features": {}}}),
        _dot_gitattributes="*.parquet filter=lfs",
        data__train_dot_jsonl=lines(*PAIRS),
    )
    pl.DataFrame(PAIRS).write_parquet(tmp_path / "data" / "test-00000-of-00001.parquet")
    assert told(tmp_path) == [
        ("data/test-00000-of-00001.parquet", "parquet"),
        ("data/train.jsonl", "jsonl"),
    ]
    (first, _) = files(Source(path=str(tmp_path)), Path())
    assert first.note == "not read: LICENSE, README.md, dataset_infos.json"


def test_the_files_of_a_tokenizer_beside_rows_are_none_of_them(tmp_path: Path) -> None:
    put(
        tmp_path,
        train_dot_jsonl=lines(*PAIRS),
        tokenizer__tokenizer_dot_json='{"model": {}}',
        tokenizer__tokenizer_config_dot_json="{}",
        tokenizer__chat_template_dot_jinja="{{ messages }}",
        vocab_dot_json=lines(*PAIRS),
    )
    assert told(tmp_path) == [("train.jsonl", "jsonl"), ("vocab.json", "jsonl")]


def test_a_readme_among_texts_is_a_text(tmp_path: Path) -> None:
    put(tmp_path, README_dot_md="# Mine\n", notes_dot_txt="Words.\n")
    assert told(tmp_path) == [("README.md", "text"), ("notes.txt", "text")]


def test_a_folder_without_a_file_to_read_is_nothing_to_do(tmp_path: Path) -> None:
    put(tmp_path, picture_dot_png=b"\x89PNG\r\n", dataset_info_dot_json="{}")
    with pytest.raises(NothingToDo, match="holds no file to read"):
        files(Source(path=str(tmp_path)), Path())


def test_the_format_of_the_recipe_chooses_among_the_files_of_a_folder(tmp_path: Path) -> None:
    put(
        tmp_path,
        a_dot_jsonl=lines(*PAIRS),
        b=lines(*PAIRS),
        c_dot_csv="prompt,completion\nHi?,Ho.\n",
    )
    assert told(tmp_path, format="jsonl") == [("a.jsonl", "jsonl"), ("b", "jsonl")]
    assert told(tmp_path, format="csv") == [("b", "csv"), ("c.csv", "csv")]


def test_an_input_travels_to_another_process(tmp_path: Path) -> None:
    import pickle

    put(tmp_path, a_dot_json=json.dumps({"train": PAIRS}))
    (file,) = files(Source(path=str(tmp_path / "a.json")), Path())
    again: Input = pickle.loads(pickle.dumps(file))  # noqa: S301  our own
    assert [i.value for i in read(again) if isinstance(i, Record)] == PAIRS


@pytest.mark.parametrize("name", ["train.jsonl", "train.json.gz", "notes.txt", "rows"])
def test_a_link_that_leads_nowhere_is_named_in_a_folder_and_refused_alone(
    tmp_path: Path, name: str
) -> None:
    put(tmp_path, a_dot_jsonl=lines(*PAIRS))
    (tmp_path / name).symlink_to("gone.jsonl")
    (_, gone) = files(Source(path=str(tmp_path)), Path())
    (finding,) = read(gone)
    assert isinstance(finding, Finding)
    assert (finding.code, finding.place.file) == ("J018", str(tmp_path / name))
    assert finding.message == "is a link to gone.jsonl, which is not there"
    assert (gone.paths, gone.size) == ({}, 1)
    with pytest.raises(UsageError, match=f"{name}: no such file"):
        files(Source(path=str(tmp_path / name)), Path())


def test_what_of_a_folder_is_no_file_is_named_as_not_read(tmp_path: Path) -> None:
    put(tmp_path, a_dot_jsonl=lines(*PAIRS), other__b_dot_jsonl=lines(*PAIRS))
    (tmp_path / "linked").symlink_to("other", target_is_directory=True)
    (tmp_path / "old.py").symlink_to("gone.py")
    (tmp_path / ".lock").symlink_to("nobody")
    os.mkfifo(tmp_path / "pipe.jsonl")
    (first, second) = files(Source(path=str(tmp_path)), Path())
    assert [Path(f.name).name for f in (first, second)] == ["a.jsonl", "b.jsonl"]
    assert first.note == "not read: linked, old.py, pipe.jsonl"
