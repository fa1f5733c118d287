"""Values are told apart by their brackets alone, as a reader of the whole text tells them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.sources.json_values import BrokenOff, Elements, Members, objects, value_end

texts = st.text(alphabet='ab"\\{}[],:\n é😀', max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
indents = st.sampled_from([None, 0, 1, "\t"])


def written(value: Any, indent: Any) -> bytes:
    return json.dumps(value, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")


@given(st.lists(values, max_size=6), indents)
def test_the_elements_of_a_list_are_those_of_a_reader_of_the_whole(
    rows: list[Any], indent: Any
) -> None:
    text = b" \n" + written(rows, indent) + b"\n"
    listed = Elements(text, 2)
    assert [json.loads(text[span.start : span.end]) for span in listed] == rows
    assert text[listed.end :] == b"\n"


@given(st.dictionaries(texts, values, max_size=5), indents)
def test_the_members_of_an_object_are_those_of_a_reader_of_the_whole(
    row: dict[str, Any], indent: Any
) -> None:
    text = written(row, indent)
    found = Members(text, 0)
    assert {json.loads(m.key): json.loads(text[m.start : m.end]) for m in found} == row
    assert found.end == len(text)


@given(st.lists(st.dictionaries(texts, values, max_size=3), max_size=5), indents)
def test_objects_one_after_another_are_told_apart(rows: list[Any], indent: Any) -> None:
    text = b"\n".join(written(row, indent) for row in rows)
    assert [json.loads(text[span.start : span.end]) for span in objects(text, 0)] == rows


def test_brackets_and_quotation_marks_inside_a_string_end_nothing() -> None:
    text = rb'{"a": "}] \" \\", "b": [1]} tail'
    assert text[: value_end(text, 0)] == rb'{"a": "}] \" \\", "b": [1]}'


@pytest.mark.parametrize(
    ("text", "at", "index"),
    [
        (b'[{"a": 1}, {"b": 2}', 19, 2),
        (b'[{"a": 1}, {"b": 2', 11, 1),
        (b'[{"a": "x}]', 7, 0),
        (b"[1, :]", 4, 1),
        (b"[", 1, 0),
    ],
)
def test_a_list_that_breaks_off_says_at_which_byte_and_element(
    text: bytes, at: int, index: int
) -> None:
    with pytest.raises(BrokenOff) as broken:
        list(Elements(text, 0))
    assert (broken.value.at, broken.value.index) == (at, index)


def test_a_comma_that_is_missing_or_too_many_is_noted() -> None:
    listed = Elements(b'[{"a": 1} {"b": 2},]', 0)
    assert [span.lacks_comma for span in listed] == [False, True]
    assert listed.extra_comma
    whole = Elements(b'[{"a": 1}, {"b": 2}]', 0)
    assert [span.lacks_comma for span in whole] == [False, False]
    assert not whole.extra_comma


def test_what_is_no_object_ends_a_row_of_objects() -> None:
    with pytest.raises(BrokenOff, match="no object stands where one should"):
        list(objects(b'{"a": 1}\nand some words', 0))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"{a: 1}", "no key"),
        (b'{"a" 1}', "no colon"),
        (b'{"a": 1 "b": 2}', "no comma"),
        (b'{"a": 1', "not closed"),
    ],
)
def test_an_object_that_breaks_off_says_what_it_lacks(text: bytes, words: str) -> None:
    with pytest.raises(BrokenOff, match=words):
        list(Members(text, 0))


def test_brackets_that_open_without_end_are_not_followed_to_the_last() -> None:
    with pytest.raises(BrokenOff, match="nests deeper than 100,000 levels"):
        value_end(b"[" * 200_000, 0)
    assert value_end(b"[" * 1_000 + b"]" * 1_000, 0) == 2_000
