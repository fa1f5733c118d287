"""Chunks are the text: nothing is lost, nothing stands twice."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, Place, UsageError
from dataprep.recipe import Source
from dataprep.shapes import chunks

LETTER = "Dear Ada,\n\nthe engine works. It has ten wheels.\nIt is fast.\n\nYours, Charles\n"


def record(text: str) -> Record:
    return Record(Place(file="letter.txt"), 0, {"text": text})


def shape(text: str, **recipe: Any) -> list[Example | Drop | Finding]:
    return list(chunks.shape(record(text), Source(path="x", **recipe)))


def plain(text: str, **recipe: Any) -> list[Example | Drop | Finding]:
    return list(chunks.plain(record(text), Source(path="x", **recipe)))


def test_a_chunk_waits_for_its_annotation_and_knows_where_it_stood() -> None:
    first, second = shape(LETTER, chunk=65)
    assert isinstance(first, Example)
    assert isinstance(second, Example)
    assert (second.input, second.output, second.shape) == ("Yours, Charles\n", "", "chunk")
    assert json.loads(second.data) == {
        "text": "Yours, Charles\n",
        "file": "letter.txt",
        "start": 61,
        "end": 76,
    }
    assert (first.line, second.line) == (1, 6)
    assert LETTER[61:76] == "Yours, Charles\n"


def test_plain_text_has_no_prompt_and_is_all_learned() -> None:
    first, second = plain(LETTER, chunk=65)
    assert isinstance(first, Example)
    assert isinstance(second, Example)
    assert (second.input, second.output, second.shape) == ("", "Yours, Charles\n", "plain")
    assert json.loads(second.data) == {"file": "letter.txt", "start": 61, "end": 76}


def test_a_blank_piece_is_dropped() -> None:
    items = shape("word" + " " * 200 + "word", chunk=50)
    assert [(d.unit, d.reason) for d in items if isinstance(d, Drop)] == [("block", "blank")] * 3


def test_a_blank_text_is_one_dropped_record() -> None:
    (drop,) = plain(" \n ")
    assert isinstance(drop, Drop)
    assert (drop.unit, drop.reason) == ("record", "empty-text")


@pytest.mark.parametrize("way", [shape, plain])
def test_templates_are_refused(way: Any) -> None:
    with pytest.raises(UsageError, match="has no use for the template of completion"):
        way(LETTER, completion="{{ output }}")


@given(st.text(min_size=1, max_size=400), st.integers(50, 100))
def test_chunks_and_blank_pieces_are_the_text(text: str, limit: int) -> None:
    made = [i for i in shape(text, chunk=limit) if isinstance(i, Example)]
    at = 0
    for item in made:
        data = json.loads(item.data)
        assert text[at : data["start"]].strip() == ""
        assert item.input == text[data["start"] : data["end"]]
        at = data["end"]
    assert text[at:].strip() == ""
    assert [i.output for i in plain(text, chunk=limit) if isinstance(i, Example)] == [
        i.input for i in made
    ]


@given(st.lists(st.sampled_from(["word ", "End. ", "line\n", "é😀"]), min_size=1, max_size=150))
def test_chunks_joined_are_the_text(drawn: list[str]) -> None:
    text = "".join(drawn)
    assert "".join(i.input for i in shape(text, chunk=50) if isinstance(i, Example)) == text
