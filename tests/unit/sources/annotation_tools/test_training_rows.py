"""What a look tells to be no export is of no tool: the short way agrees with all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.sources.annotation_tools import TOOL_NAMES, recognised, tool_named
from dataprep.sources.annotation_tools.export import FileHead, RowHead
from dataprep.sources.annotation_tools.training_rows import is_no_export

TEXTS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
TURNS = st.fixed_dictionaries({"role": VALUES, "content": VALUES})
ROWS = st.one_of(
    st.fixed_dictionaries({"messages": st.lists(TURNS, max_size=3)}),
    st.fixed_dictionaries({"prompt": TEXTS, "completion": TEXTS}),
)
CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "Where?"}]}


def head_of(folder: Path, *rows: Any, name: str = "rows.jsonl") -> FileHead:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return FileHead(path, name)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=4))
def test_plain_training_rows_are_of_no_tool(
    rows: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    head = head_of(tmp_path_factory.mktemp("rows"), *rows)
    assert is_no_export(head)
    heads = [head, *(RowHead(head, row) for row in head.rows)]
    assert [n for n in TOOL_NAMES for each in heads if tool_named(n).recognises(each)] == []


@pytest.mark.parametrize(
    "row",
    [
        {**CHAT, "_input_hash": 1},
        {"prompt": "a", "completion": "b", "answer": "accept"},
        {"prompt": "a", "completion": ["b"]},
        {"messages": [{"role": "user", "content": "a", "name": "b"}]},
        {"messages": "a"},
        {"text": "a"},
    ],
)
def test_rows_with_anything_else_are_shown_to_the_tools(row: Any, tmp_path: Path) -> None:
    assert not is_no_export(head_of(tmp_path, CHAT, row))


@pytest.mark.parametrize(
    "name", ["rows.json", "rows.ann", "annotation/a.txt/rows.jsonl", "source/rows.jsonl"]
)
def test_a_name_that_may_be_of_a_tool_is_shown_to_it(name: str, tmp_path: Path) -> None:
    assert not is_no_export(head_of(tmp_path, CHAT, name=name))


def test_a_file_of_a_project_of_inception_stays_one(tmp_path: Path) -> None:
    head = head_of(tmp_path, CHAT, name="curation/a.txt/rows.jsonl")
    (tmp_path / "exportedproject1.json").write_text("{}", "utf-8")
    assert recognised(head.path) == "webanno"
