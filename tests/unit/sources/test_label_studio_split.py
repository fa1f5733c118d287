"""The borders of tasks by brackets and quotes are those that msgspec finds, where it finds any."""

from __future__ import annotations

import json
import mmap
import tempfile
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.sources.label_studio_split import tasks_apart

LEAVES = (
    st.none() | st.booleans() | st.integers() | st.text(alphabet='ab"\\[]{},: \n😀', max_size=8)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
)
TASKS = st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), min_size=1, max_size=4)


def mapped(raw: bytes) -> mmap.mmap:
    with tempfile.TemporaryFile() as file:
        file.write(raw)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def apart(raw: bytes) -> list[bytes] | None:
    borders = tasks_apart(mapped(raw), 0)
    if borders is None:
        return None
    return [raw[borders[n] : borders[n + 1]] for n in range(0, len(borders), 2)]


@given(TASKS, st.sampled_from([None, 1]), st.booleans())
def test_every_list_of_objects_is_cut_where_msgspec_cuts_it(
    tasks: list[dict[str, Any]], indent: int | None, ascii_only: bool
) -> None:
    raw = f" {json.dumps(tasks, indent=indent, ensure_ascii=ascii_only)}\n".encode()
    assert apart(raw) == [bytes(one) for one in msgspec.json.decode(raw, type=list[msgspec.Raw])]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1}',
        b"[1, 2]",
        b"[]",
        b'["a"]',
        b'[{"a": 1}',
        b'[{"a": 1]}',
        b'[{"a": 1} {"b": 2}]',
        b'[{"a": 1},, {"b": 2}]',
        b'[{"a": 1},]',
        b'[{"a": "1}]',
        b'[{"a": 1}] {"b": 2}',
        b'[{"a": 1}, 2]',
        b'x [{"a": 1}]',
        b'[[{"a": 1}]]',
    ],
)
def test_what_is_no_list_of_objects_is_left_to_be_explained(raw: bytes) -> None:
    assert apart(raw) is None
