"""A key that nobody knows, in any object of a row of another vendor, is not lost unnamed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dataprep.example import Example, Record
from dataprep.finding import Place
from dataprep.recipe import Source
from dataprep.shapes.rows import RowShape

FOLDER = Path(__file__).parents[2] / "formats"
VENDORS = ("chatgpt-export", "openai-batch", "responses", "gemini", "bedrock", "anthropic")
KEY, MARKER = "planted", "a marker of several words"

Row = dict[str, Any]
ROWS = [
    pytest.param(json.loads(line), id=f"{name}-{number}")
    for name in VENDORS
    for number, line in enumerate((FOLDER / name / "good.jsonl").read_text("utf-8").splitlines())
]


def objects_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every object of a row but the row itself, and a map of nodes by their names."""
    if isinstance(value, dict) and path and path[-1] != "mapping":
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from objects_in(inner, (*path, key))


def planted(row: Row, path: tuple[str | int, ...]) -> Row:
    """The row with a key that no format knows in the object at a path."""
    changed = copy.deepcopy(row)
    holder: Any = changed
    for key in path:
        holder = holder[key]
    holder[KEY] = MARKER
    return changed


@pytest.mark.parametrize("row", ROWS)
def test_an_unknown_key_in_any_object_is_in_the_example_or_named_as_left_out(row: Row) -> None:
    paths = list(objects_in(row))
    assert paths
    for path in paths:
        record = Record(Place(file="rows.jsonl", line=1), 0, planted(row, path))
        shape = RowShape([record], Source(path="rows.jsonl"))
        (made,) = shape(record).examples
        assert isinstance(made, Example)
        if "choices" in path and 1 in path:
            assert shape.content.of("left out") == {"choices[] (not the first)": 1}
        else:
            assert MARKER in msgspec.json.encode(made).decode(), path
