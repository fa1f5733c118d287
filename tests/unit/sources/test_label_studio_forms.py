"""Every form of an export is read: gzip, a pipe, one task, one a line, a storage, predictions."""

from __future__ import annotations

import gzip
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Record
from dataprep.finding import EnvironmentProblem, Finding
from dataprep.sources import label_studio
from tests.building import annotated, choices, of_task

TWO = [of_task("One", annotated(choices("Positive"))), of_task("Two", id=2)]


def read(path: Path, raw: bytes | str) -> list[Record | Finding]:
    path = path / "export.json"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return list(label_studio.read(path, "export.json"))


def only(path: Path, raw: bytes | str) -> tuple[str, str]:
    """Code and words of the one thing that was read, which is a finding."""
    (item,) = read(path, raw)
    assert isinstance(item, Finding), item
    return item.code, f"{item.place}: {item.message}"


def texts_of(items: list[Record | Finding]) -> list[Any]:
    return [item.value.data["text"] if isinstance(item, Record) else item.code for item in items]


def test_a_gzipped_export_is_read_as_what_it_holds(tmp_path: Path) -> None:
    raw = json.dumps(TWO).encode()
    items = read(tmp_path, gzip.compress(raw))
    assert texts_of(items) == ["One", "Two"]
    assert [raw[i.offset : i.offset + 1] for i in items if isinstance(i, Record)] == [b"{", b"{"]
    assert texts_of(read(tmp_path, gzip.compress(b"\xef\xbb\xbf" + raw)))[1:] == ["One", "Two"]
    assert texts_of(read(tmp_path, gzip.compress(b"<html>"))) == ["J010"]


def test_a_gzip_stream_that_breaks_off_or_is_empty_is_named(tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps(TWO).encode())
    said = "export.json: the gzip stream "
    damaged = said + "is damaged"
    unlike = damaged + ": its checksum does not fit what it holds"
    assert only(tmp_path, packed[:-12]) == ("J001", said + "breaks off")
    assert only(tmp_path, packed[:30] + b"\0\0\0" + packed[33:]) == ("J001", damaged)
    assert only(tmp_path, packed[:-8] + b"\0" * 8) == ("J001", unlike)
    assert only(tmp_path, gzip.compress(b"")) == ("J009", "export.json: is empty")


def test_a_full_temporary_folder_is_a_problem_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(
        EnvironmentProblem, match=r"cannot be unpacked into .*no space left.*TMPDIR"
    ):
        read(tmp_path, gzip.compress(b"[]"))


def test_a_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(json.dumps(TWO),))
    writer.start()
    assert texts_of(list(label_studio.read(pipe, "pipe"))) == ["One", "Two"]
    writer.join()


@pytest.mark.parametrize("indent", [None, 2])
def test_a_single_task_is_read(tmp_path: Path, indent: int | None) -> None:
    raw = " \n" + json.dumps(TWO[0], indent=indent) + "\n"
    (item,) = read(tmp_path, raw)
    assert isinstance(item, Record)
    assert (str(item.place), item.offset, item.value.data) == (
        "export.json task 1",
        2,
        {"text": "One"},
    )
    assert texts_of(read(tmp_path, '{"data": {"text": "Nobody has labelled me"}}')) == [
        "Nobody has labelled me"
    ]


def test_a_file_of_a_target_storage_is_read(tmp_path: Path) -> None:
    stored = {**annotated(choices("Positive")), "task": {"id": 12, "data": {"text": "Hi"}}}
    (item,) = read(tmp_path, json.dumps(stored))
    assert isinstance(item, Record)
    assert (item.place.task, len(item.value.annotations)) == (12, 1)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_task_a_line_is_read_with_its_line(tmp_path: Path, end: str) -> None:
    raw = end.join(map(json.dumps, TWO)) + end
    items = read(tmp_path, raw)
    assert texts_of(items) == ["One", "Two"]
    assert [str(item.place) for item in items] == ["export.json:1 task 1", "export.json:2 task 2"]
    assert [raw[i.offset : i.offset + 4] for i in items if isinstance(i, Record)] == ['{"id'] * 2


def test_a_broken_line_does_not_hide_the_others(tmp_path: Path) -> None:
    lines = [json.dumps(TWO[0]), '{"data": {"n": NaN}}', "", "{", "7", json.dumps(TWO[1])]
    items = read(tmp_path, "\n".join(lines))
    assert texts_of(items) == ["One", "J004", "J005", "J001", "J005", "Two"]
    assert [(i.place.line, i.place.column) for i in items[1:3]] == [(2, 16), (3, None)]
    assert [i.place.line for i in items] == [1, 2, 3, 4, 5, 6]


def test_blank_lines_are_named_before_the_first_task_too(tmp_path: Path) -> None:
    raw = "\n" + "\n".join(map(json.dumps, TWO)) + "\n\n"
    assert texts_of(read(tmp_path, raw)) == ["J005", "One", "Two", "J005"]


def test_predictions_that_are_ids_alone_are_said_once(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{**task, "predictions": [4]} for task in TWO]))
    first, *tasks = label_studio.read(path, "export.json", "predictions")
    assert isinstance(first, Finding)
    assert (first.code, first.message) == ("A009", "holds the ids of predictions alone")
    assert [i.value.annotations for i in tasks if isinstance(i, Record)] == [[], []]


def test_predictions_are_read_in_every_form_of_file(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    task = {**TWO[1], "predictions": [{"model_version": "m", "result": [choices("Neutral")]}]}
    for raw in (json.dumps([task]), json.dumps(task), json.dumps(task) + "\n" + json.dumps(task)):
        path.write_text(raw)
        for item in label_studio.read(path, "export.json", "predictions"):
            assert isinstance(item, Record)
            assert [a.annotator for a in item.value.annotations] == ["m"]


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        ({"data": {"text": "a"}, "annotations": []}, True),
        ({"data": {"text": "a"}, "predictions": [{"result": []}]}, True),
        ({"data": {"text": "a"}, "completions": None}, True),
        ({"data": {"text": "a"}, "total_annotations": 0}, True),
        ({"result": [], "task": {"data": {}}}, True),
        ({"completions": [{"result": []}]}, True),
        ({"data": {"text": "a"}}, False),
        ({"data": "a", "annotations": ["b"]}, False),
        ({"result": "ok", "task": "sum"}, False),
        ({"prompt": "a", "completion": "b"}, False),
        ({"messages": []}, False),
        ([], False),
        (None, False),
    ],
)
def test_a_row_looks_like_a_task_or_not(row: object, is_one: bool) -> None:
    assert label_studio.looks_like_tasks(row) is is_one


@pytest.mark.parametrize(
    ("raw", "is_one"),
    [
        (json.dumps(TWO[0]).encode() + b"\n", True),
        (b"\xef\xbb\xbf" + json.dumps(TWO).encode(), True),
        (gzip.compress(json.dumps(TWO[0]).encode()), True),
        (b'"annotation_id","annotator","created_at","id","lead_time","text"\n', True),
        (b"annotation_id\tannotator\tlead_time\ttext\r\n", True),
        (json.dumps(TWO, indent=2).encode(), True),
        (json.dumps(TWO).encode()[:-5], True),
        (b"-DOCSTART- -X- O\n", True),
        (b"-DOCSTART- -X- O\r\nAnn -X- _ B-PER\r\n", True),
        (b"-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\n", False),
        (b'{"text": "a", "id": 1, "annotator": 1, "annotation_id": 2}', True),
        (b'{"prompt": "a", "completion": "b"}', False),
        (b"text,label\n", False),
        (b"[]", False),
        (b"", False),
        (b"{", False),
        (b"\x1f\x8b\x08", False),
        (b"\xff\xfe", False),
    ],
)
def test_an_export_is_recognised_by_what_it_holds(tmp_path: Path, raw: bytes, is_one: bool) -> None:
    (tmp_path / "rows").write_bytes(raw)
    assert label_studio.recognises(tmp_path / "rows") is is_one
