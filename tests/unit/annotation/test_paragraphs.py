"""A region of a dialogue counts within its turns, and is given in the text of the dialogue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dataprep.annotation import paragraphs
from dataprep.annotation.offsets import BadSpan, Offsets, Span, squashed
from tests.building import LABEL_STUDIO, texts

TURNS = [
    {"author": "agent", "text": "Hello 👋, how can I help?"},
    {"author": "user", "text": "I'm 😀 Bob from Paris"},
    {"author": "agent", "text": "Booked!"},
]
TEXT = "agent: Hello 👋, how can I help?\nuser: I'm 😀 Bob from Paris\nagent: Booked!"


def document(items: Any = TURNS, **options: Any) -> paragraphs.ParagraphsDocument:
    made = paragraphs.plain_text(items, **options)
    assert made is not None
    return made


def region(start: Any, begin: Any, end: Any, until: Any, quote: str | None = None) -> Any:
    value = {"start": start, "startOffset": begin, "end": end, "endOffset": until}
    return value if quote is None else {**value, "text": quote}


def at(*given: Any) -> tuple[str, str] | BadSpan:
    """The marked text, and how it was read."""
    read = paragraphs.resolve(document(), region(*given))
    return read if isinstance(read, BadSpan) else (TEXT[read.start : read.end], read.unit)


def test_a_dialogue_is_a_line_for_each_turn() -> None:
    assert document().text == TEXT


def test_the_keys_of_names_and_words_are_those_of_the_config() -> None:
    items = [{"who": "Ann:", "said": "Hi"}, {"said": "..."}, {"who": None, "said": 3}]
    assert document(items, text_key="said", name_key="who").text == "Ann: Hi\n...\n3"
    assert document(["one", "two"]).text == "one\ntwo"
    assert document([]).text == ""


@pytest.mark.parametrize("items", [None, "Hello", {"text": "x"}, [1], [["a"]], 3])
def test_what_is_no_list_of_turns_is_no_dialogue(items: Any) -> None:
    assert paragraphs.plain_text(items) is None


def test_turns_are_sorted_by_time_only_where_the_editor_does() -> None:
    items = [{"text": "b", "start": 2.5}, {"text": "c"}, {"text": "a", "start": 1}]
    assert document(items).text == "b\nc\na"
    assert document(items, by_time=True).text == "a\nb\nc"


def test_offsets_count_utf16_units_in_their_turn() -> None:
    assert at("1", 7, "1", 10, "Bob") == ("Bob", "paragraph")
    assert at("1", 16, "1", 21, "Paris") == ("Paris", "paragraph")
    assert at("1", 7, "1", 10) == ("Bob", "paragraph")
    assert at(1, 7, 1, 10, "Bob") == ("Bob", "paragraph")


def test_code_points_are_read_where_the_quote_says_so_and_named() -> None:
    assert at("1", 6, "1", 9, "Bob") == ("Bob", "quote")


def test_a_span_over_turns_holds_the_names_that_its_quote_lacks() -> None:
    over = "Paris\nagent: Booked"
    assert at("1", 16, "2", 6, "Paris\\n\\nBooked") == (over, "paragraph")
    assert at("1", 16, "2", 6, "Paris Booked") == (over, "paragraph")
    assert at("0", 0, "2", 7) == (TEXT[7:], "paragraph")


def test_a_span_that_is_not_its_quote_shows_both_readings() -> None:
    assert at("1", 7, "1", 10, "Eve") == BadSpan(
        "A003",
        "quotes 'Eve', but at turn 1 7 to turn 1 10 UTF-16 gives 'Bob', code points give 'ob '",
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (("1", 7, "1", 99), "runs from 7 in turn 1 to 99 in turn 1, turns of 20 and 20 characters"),
        (("1", 7, "1", 7), "runs from 7 in turn 1 to 7 in turn 1"),
        (("1", -1, "1", 7, "x"), "runs from -1 in turn 1 to 7 in turn 1"),
        (("1", 0, "1", 5), "runs from 0 in turn 1 to 5 in turn 1"),  # inside a surrogate pair
        (("1", 0, "3", 7), "runs from turn 1 to 3, in a dialogue of 3 turns"),
        (("2", 0, "1", 7), "runs from turn 2 to 1, in a dialogue of 3 turns"),
        (("/p[1]", 0, None, 7), "start, end and their offsets are '/p[1]', None, 0, 7"),
        (("1", "0", "1", True), "start, end and their offsets are '1', '1', '0', True"),
        (("-1", 0, "²", 1), "start, end and their offsets are '-1', '²', 0, 1"),
        (("9" * 5000, 0, "1", 1), "start, end and their offsets are '999"),
    ],
)
def test_a_region_outside_the_dialogue_is_refused(value: Any, said: str) -> None:
    bad = at(*value)
    assert isinstance(bad, BadSpan)
    assert bad.code == "A002"
    assert bad.message.startswith(said)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(st.lists(texts, min_size=1, max_size=4), st.data())
@settings(max_examples=500, deadline=None)
def test_a_span_of_generated_turns_is_its_quote(words: list[str], data: st.DataObject) -> None:
    made = document([{"author": "A", "text": w} for w in words])
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    begin = data.draw(st.integers(0, len(words[first]) - 1))
    end = data.draw(st.integers(begin + 1 if first == last else 1, len(words[last])))
    joined = "\n".join(words[first : last + 1])
    quote = joined[begin : len(joined) - len(words[last]) + end]
    assume(squashed(quote))
    value = region(str(first), units(words[first][:begin]), str(last), units(words[last][:end]))
    start = sum(len(w) + 4 for w in words[:first]) + 3 + begin
    until = sum(len(w) + 4 for w in words[:last]) + 3 + end
    assert paragraphs.resolve(made, {**value, "text": quote}) == Span(start, until, "paragraph")
    assert paragraphs.resolve(made, value) == Span(start, until, "paragraph")


@given(st.lists(texts, min_size=1, max_size=3), st.integers(0, 9), st.integers(0, 9), texts)
@settings(max_examples=500, deadline=None)
def test_a_span_is_never_another_text_than_its_quote(
    words: list[str], begin: int, end: int, quote: str
) -> None:
    made = document([{"text": w} for w in words])
    read = paragraphs.resolve(made, region("0", begin, "0", end, quote))
    if isinstance(read, Span):
        assert squashed(made.text[read.start : read.end]) == squashed(quote)


_PUBLIC = "public/HumanSignal__label-studio-frontend__examples_"


@pytest.mark.skipif(not LABEL_STUDIO.is_dir(), reason="no corpora at $DATAPREP_CORPORA")
@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("exports/dialogue/snapshot_full.json", {"paragraph": 3}),
        (f"{_PUBLIC}phrases_annotations_1.json", {"unquoted": 1}),
        (f"{_PUBLIC}audio_video_paragraphs_annotations_1.json", {"unquoted": 1}),
    ],
)
def test_the_regions_of_the_corpora_resolve(file: str, counts: dict[str, int]) -> None:
    read = json.loads(Path(LABEL_STUDIO / file).read_bytes())
    offsets = Offsets()
    for task in read if isinstance(read, list) else [read]:
        made = document(task["data"]["dialogue"])
        for result in task["annotations"][0]["result"]:
            if "startOffset" in result.get("value", {}):
                offsets.counted(paragraphs.resolve(made, result["value"]), result["value"])
    assert offsets.counts == counts
