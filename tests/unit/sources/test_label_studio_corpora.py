"""Exports of a live server, public files and the JSON test suite are read as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.example import Record
from dataprep.finding import Finding
from dataprep.sources import label_studio
from tests.building import CORPORA, corpus


def read(path: Path, raw: bytes | str) -> list[Record | Finding]:
    path = path / "export.json"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return list(label_studio.read(path, "export.json"))


@pytest.mark.parametrize(
    "path", corpus("exports/*/easy_JSON.json", "exports/*/easy_JSON_all.json", "exports/*/snap*")
)
def test_every_export_of_a_live_server_is_read(path: Path) -> None:
    items = list(label_studio.read(path, path.name))
    expected = json.loads(path.read_text("utf-8"))
    assert [i.value.data if isinstance(i, Record) else i for i in items] == [
        task["data"] for task in expected
    ]
    assert [len(i.value.annotations) for i in items if isinstance(i, Record)] == [
        len(task["annotations"]) for task in expected
    ]


@pytest.mark.parametrize("path", corpus("public/*.json"))
def test_every_public_file_is_read_or_refused_in_words(path: Path) -> None:
    items = list(label_studio.read(path, path.name))
    assert items
    for item in items:
        if isinstance(item, Finding):
            assert item.code in ("J005", "S001")
            assert item.message


@pytest.mark.parametrize("path", sorted((CORPORA / "json-test-suite").glob("*.json")) or [None])
def test_the_json_test_suite_is_split_as_it_is_parsed(path: Path | None, tmp_path: Path) -> None:
    if path is None:
        pytest.skip("no corpora at $DATAPREP_CORPORA")
    raw = b'[{"data": {"v": ' + path.read_bytes() + b"}}]"
    items = read(tmp_path, raw)
    accepted = [isinstance(item, Record) for item in items] == [True]
    if path.name.startswith("y_") and "duplicated" not in path.name:
        assert accepted, items
    if path.name.startswith("n_"):
        assert not accepted
