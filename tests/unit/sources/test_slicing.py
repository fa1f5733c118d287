"""The parts of an export give what the whole of it gives."""

from __future__ import annotations

import gzip
import json
import pickle
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Record
from dataprep.finding import Finding, UsageError
from dataprep.sources import fine_tuning, label_studio, slicing
from tests.building import annotated, choices, of_task

BROKEN = '{"id": 7, "data": {"text": "a"}, "data": {"text": "b"}, "annotations": []}'


def export(folder: Path, separator: str = ",\n", *, broken: bool = True) -> Path:
    tasks = [
        json.dumps(of_task(f"text {n} 😀", annotated(choices("Positive")), id=n)) for n in range(50)
    ]
    if broken:
        tasks[30] = BROKEN
    path = folder / "export.json"
    path.write_text("[" + separator.join(tasks) + "]\n", "utf-8")
    return path


def told(items: Any) -> list[Any]:
    return [
        (i.place, i.offset, i.value) if isinstance(i, Record) else (i.code, i.message, i.place)
        for i in items
    ]


@pytest.mark.parametrize("separator", [",", ", ", ",\n", " ,\r\n\t"])
@pytest.mark.parametrize("travelled", [False, True])
def test_all_parts_together_are_the_file(tmp_path: Path, separator: str, travelled: bool) -> None:
    path = export(tmp_path, separator)
    cut = slicing.cut(path, 2_000)
    if travelled:
        cut = pickle.loads(pickle.dumps(cut))  # noqa: S301  our own
    assert len(cut) > 3
    assert told(item for part in cut for item in slicing.read(path, "e", part)) == told(
        label_studio.read(path, "e")
    )


@pytest.mark.parametrize("separator", [",\n", "\n"])
@pytest.mark.parametrize("travelled", [False, True])
def test_a_packed_file_is_cut_as_what_is_in_it(
    tmp_path: Path, separator: str, travelled: bool
) -> None:
    plain = export(tmp_path)
    if separator == "\n":  # tasks one a line
        plain.write_text(plain.read_text("utf-8").strip("[]\n").replace(",\n", "\n"), "utf-8")
    packed = tmp_path / "packed.json.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    cut = slicing.cut(packed, 2_000)
    if travelled:
        cut = pickle.loads(pickle.dumps(cut))  # noqa: S301  our own
    assert [(p.start, p.end, p.first, p.lined) for p in cut] == [
        (p.start, p.end, p.first, p.lined) for p in slicing.cut(plain, 2_000)
    ]
    assert len(cut) > 3
    assert told(item for part in cut for item in slicing.read(packed, "e", part)) == told(
        label_studio.read(plain, "e")
    )


@pytest.mark.parametrize("damage", [lambda raw: raw[:-20], lambda raw: raw[:60] + b"x" * 60])
def test_a_packed_file_that_is_damaged_is_read_whole(tmp_path: Path, damage: Any) -> None:
    packed = tmp_path / "packed.json.gz"
    packed.write_bytes(damage(gzip.compress(export(tmp_path).read_bytes())))
    assert slicing.cut(packed, 2_000) == []


def test_a_packed_file_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    packed = tmp_path / "packed.json.gz"
    packed.write_bytes(gzip.compress(export(tmp_path).read_bytes()))
    part = pickle.loads(pickle.dumps(slicing.cut(packed, 2_000)[1]))  # noqa: S301  our own
    packed.write_bytes(packed.read_bytes()[:-30])
    slicing._kept.cache_clear()
    with pytest.raises(UsageError, match="was changed while it was read"):
        list(slicing.read(packed, "e", part))


def lines(folder: Path, *, first: str = "", end: str = "\n") -> Path:
    """Tasks one a line, one of them broken, one line blank."""
    tasks = [json.dumps(of_task(f"text {n} 😀", annotated(choices("x")), id=n)) for n in range(60)]
    tasks[40:42] = [BROKEN, ""]
    path = folder / "lines.jsonl"
    path.write_text(first + end.join(tasks) + end, "utf-8", newline="")
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("travelled", [False, True])
def test_all_parts_of_lines_are_the_file(tmp_path: Path, end: str, travelled: bool) -> None:
    path = lines(tmp_path, end=end)
    cut = slicing.cut(path, 2_000)
    if travelled:
        cut = pickle.loads(pickle.dumps(cut))  # noqa: S301  our own
    assert len(cut) > 3
    assert told(item for part in cut for item in slicing.read(path, "e", part)) == told(
        label_studio.read(path, "e")
    )


@pytest.mark.parametrize("first", ["", "\ufeff", "\n\n", "\ufeff\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_all_parts_of_a_jsonl_file_are_the_file(tmp_path: Path, first: str, end: str) -> None:
    path = lines(tmp_path, first=first, end=end)
    cut = slicing.cut_lines(path, 2_000)
    assert len(cut) > 3
    assert told(item for part in cut for item in fine_tuning.read(path, "e", part)) == told(
        fine_tuning.read(path, "e")
    )


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b'{"a": 1}\n' * 9), b"\xff\xfe{\x00", b"<html>\n", b"\n" * 90],
    ids=["gzip", "utf-16", "html", "blank"],
)
def test_what_is_no_file_of_lines_is_read_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)
    assert slicing.cut_lines(path, 3) == []


def test_a_line_that_is_too_long_is_read_as_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slicing, "MAX_LINE", 4_000)
    path = lines(tmp_path)
    assert slicing.cut_lines(path, 2_000)
    path.write_bytes(path.read_bytes() + b'{"text": "' + b"x" * 5_000 + b'"}\n')
    assert slicing.cut_lines(path, 2_000) == []


def test_a_finding_in_a_later_part_names_the_line_of_the_file(tmp_path: Path) -> None:
    path = export(tmp_path)
    items = [i for part in slicing.cut(path, 2_000) for i in slicing.read(path, "e", part)]
    (finding,) = [i for i in items if isinstance(i, Finding)]
    assert (finding.code, finding.place.line, finding.place.path) == ("J003", 31, "[30]")


def test_where_a_file_is_cut_is_told_by_the_file_alone(tmp_path: Path) -> None:
    path = export(tmp_path, ",", broken=False)
    cut = slicing.cut(path, 2_000)
    assert [(p.start, p.end, p.first) for p in cut] == [
        (p.start, p.end, p.first) for p in slicing.cut(path, 2_000)
    ]
    assert cut[0].start == 1
    assert all(a.end + 1 == b.start for a, b in pairwise(cut))
    assert all(p.end - p.start >= 2_000 for p in cut[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"id": 1, "data": {}}',
        "[1, 2]",
        '[{"id": 1, "data": {}}, {"id"',
        "<html>",
        '[{"text": "a", "annotator": 1, "annotation_id": 1, "lead_time": 1}]',
    ],
)
def test_what_is_no_list_of_tasks_is_read_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(text)
    assert slicing.cut(path, 1) == []


def test_a_small_file_is_read_whole(tmp_path: Path) -> None:
    assert slicing.cut(export(tmp_path), 1_000_000) == []
