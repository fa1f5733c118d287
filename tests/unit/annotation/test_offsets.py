"""A span means what its quote says: in code points, or in UTF-16 units, or it is an error."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dataprep.annotation import offsets
from dataprep.annotation.offsets import BadSpan, Mode, Offsets, Span, in_words, resolve, vote
from tests.building import LABEL_STUDIO, texts

FAMILY = "👩‍👩‍👧"  # five code points, eight UTF-16 units


def at(text: str, start: Any, end: Any, quote: str | None = None) -> Span | BadSpan:
    value = {"start": start, "end": end, "labels": ["PER"]}
    return resolve(text, value if quote is None else {**value, "text": quote})


def test_a_span_is_read_in_code_points() -> None:
    assert at("Hi Bob", 3, 6, "Bob") == Span(3, 6, "codepoint")
    assert at("😀 Bob", 2, 5, "Bob") == Span(2, 5, "codepoint")
    assert at(f"{FAMILY} Bob", 6, 9, "Bob") == Span(6, 9, "codepoint")
    assert at("𝕏 is Bob's", 5, 8, "Bob") == Span(5, 8, "codepoint")


def test_a_utf16_span_after_an_emoji_is_found_and_named() -> None:
    assert at("😀 Bob", 3, 6, "Bob") == Span(2, 5, "utf16")
    assert at(f"{FAMILY} Bob", 9, 12, "Bob") == Span(6, 9, "utf16")
    assert at("𝕏𝕏𝕏 Bob", 7, 10, "Bob") == Span(4, 7, "utf16")


def test_a_utf16_span_over_an_emoji_is_as_long_as_its_text() -> None:
    assert at("a 😀😀 b", 2, 6, "😀😀") == Span(2, 4, "utf16")
    assert at("a 😀😀 b", 2, 4, "😀😀") == Span(2, 4, "codepoint")


def test_a_utf16_span_at_the_end_lies_outside_the_code_points() -> None:
    assert at("😀😀😀 Bob", 7, 10, "Bob") == Span(4, 7, "utf16")


def test_the_exact_quote_decides_where_both_readings_fit_but_for_blanks() -> None:
    assert at("😀a bc de", 3, 6, " bc") == Span(2, 5, "utf16")
    assert at("a😀 bc de", 2, 5, " bc") == Span(2, 5, "codepoint")


def test_where_both_readings_give_the_quote_code_points_are_meant() -> None:
    assert at("😀aaaa", 2, 4, "aa") == Span(2, 4, "codepoint")


@pytest.mark.parametrize(
    ("text", "start", "end", "quote"),
    [
        ("one\r\ntwo", 0, 8, "one\\n\\ntwo"),  # Label Studio writes each break as \n
        ("one\r\ntwo", 0, 8, "one\r\ntwo"),
        ("one\ntwo", 0, 7, "one\\ntwo"),
        ("a  b\tc", 0, 6, "a b c"),  # the browser folds blanks
        ("a\xa0b", 0, 3, "a b"),
        (" Bob ", 0, 5, "Bob"),
        ("C:\\new", 0, 6, "C:\\new"),  # a backslash and an n of the text itself
        ("naïve שלום", 6, 10, "שלום"),
        ("cafe\u0301 au lait", 0, 5, "cafe\u0301"),
        ("\u202eabc\u202c", 1, 4, "abc"),
    ],
)
def test_a_quote_that_the_editor_changed_still_fits(
    text: str, start: int, end: int, quote: str
) -> None:
    assert at(text, start, end, quote) == Span(start, end, "codepoint")


def test_composed_and_decomposed_letters_are_different_texts() -> None:
    assert at("cafe\u0301", 0, 5, "caf\xe9") == BadSpan(
        "A003", "quotes 'caf\xe9', but at 0-5 code points give 'cafe\u0301'"
    )


def test_a_span_without_a_quote_is_taken_in_code_points() -> None:
    assert at("😀 Bob", 2, 5) == Span(2, 5, "codepoint")
    assert resolve("Bob", {"start": 0, "end": 3, "text": ["Bob"]}) == Span(0, 3, "codepoint")


def test_an_error_shows_both_readings_where_they_differ() -> None:
    assert at("😀 Bob and Eve", 3, 6, "Eve") == BadSpan(
        "A003", "quotes 'Eve', but at 3-6 code points give 'ob ', UTF-16 gives 'Bob'"
    )
    assert at("😀😀😀", 4, 6, "x") == BadSpan(
        "A003", "quotes 'x', but at 4-6 code points give '', UTF-16 gives '😀'"
    )


@pytest.mark.parametrize("text", ["Hi Bob", "Hé Bob"])
def test_an_error_shows_one_reading_where_there_is_but_one(text: str) -> None:
    assert at(text, 1, 4, "Bob") == BadSpan(
        "A003", f"quotes 'Bob', but at 1-4 code points give {text[1:4]!r}"
    )


def test_utf16_offsets_inside_a_surrogate_pair_are_no_reading() -> None:
    assert at("😀 Bob", 1, 3, "x") == BadSpan(
        "A003", "quotes 'x', but at 1-3 code points give ' B'"
    )


@pytest.mark.parametrize(
    ("start", "end"), [(9990, 9995), (0, 7), (-1, 3), (-3, -1), (3, 3), (5, 3), (2**70, 2**71)]
)
@pytest.mark.parametrize("quote", [None, "Bob"])
@pytest.mark.parametrize("text", ["Hi Bob", "Hé Bob", "😀ello!"])
def test_a_span_outside_the_text_is_refused(
    text: str, start: int, end: int, quote: str | None
) -> None:
    if text == "😀ello!" and (start, end, quote) == (0, 7, "Bob"):
        return  # inside the text in UTF-16 units, where it is another text
    assert at(text, start, end, quote) == BadSpan(
        "A002", f"runs from {start} to {end}, in a text of 6 characters"
    )


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (True, 3, "True and 3"),
        (0, False, "0 and False"),
        ("0", "3", "'0' and '3'"),
        (0.0, 3.0, "0.0 and 3.0"),
        (None, 3, "None and 3"),
        ("/div[1]/p[2]/text()[1]", 3, "'/div[1]/p[2]/text()[1]' and 3"),
        ([0], {"a": 1}, "[0] and {'a': 1}"),
    ],
)
def test_offsets_that_are_no_whole_numbers_are_refused(start: Any, end: Any, said: str) -> None:
    words = f"start and end are {said}, not whole numbers"
    assert at("Hi Bob", start, end, "Bob") == BadSpan("A002", words)


def test_a_region_without_offsets_is_refused() -> None:
    assert resolve("Hi", {}) == BadSpan(
        "A002", "start and end are None and None, not whole numbers"
    )


def test_a_message_quotes_at_most_forty_characters_of_anything() -> None:
    for bad in (
        at("Hi Bob", "x" * 500, "y" * 500),
        at("é" * 600, 0, 500, "q" * 500),
        at("😀" * 600, 0, 500, "q" * 500),
    ):
        assert isinstance(bad, BadSpan)
        assert len(bad.message) < 200


@given(texts, st.data())
@settings(max_examples=500, deadline=None)
def test_a_code_point_span_with_its_quote_is_itself(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = text[start:end]
    assert at(text, start, end, quote) == Span(start, end, "codepoint")
    shown = quote.replace("\n", "\\n").replace("\r", "\\n")
    assert at(text, start, end, shown) == Span(start, end, "codepoint")


def units(text: str) -> int:
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


@given(texts, st.data())
@settings(max_examples=500, deadline=None)
def test_a_utf16_span_is_found_in_code_points(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    before, after = units(text[:start]), units(text[:end])
    assume((before, after) != (start, end))
    assume(text[before:after] != text[start:end])  # else both readings give the quote
    assert at(text, before, after, text[start:end]) == Span(start, end, "utf16")


@given(texts, st.integers(-5, 70), st.integers(-5, 70), st.none() | texts)
@settings(deadline=None)
def test_what_is_resolved_lies_inside_the_text_and_is_its_quote(
    text: str, start: int, end: int, quote: str | None
) -> None:
    span = at(text, start, end, quote)
    if isinstance(span, Span):
        assert 0 <= span.start < span.end <= len(text)
        if quote is not None:
            seen = text[span.start : span.end].replace("\\n", " ").split()
            assert seen == quote.replace("\\n", " ").split()
    else:
        assert span.code in ("A002", "A003")


def value(start: int, end: int, quote: str | None = None) -> dict[str, Any]:
    return {"start": start, "end": end} | ({} if quote is None else {"text": quote})


def test_the_file_decides_where_there_is_no_quote_or_both_readings_give_it() -> None:
    before, since = Offsets(usual="utf16"), Offsets()
    assert since.resolve("😀 Bob", value(2, 5)) == Span(2, 5, "codepoint")
    assert before.resolve("😀 Bob", value(3, 6)) == Span(2, 5, "utf16")
    assert since.resolve("😀aaaa", value(2, 4, "aa")) == Span(2, 4, "codepoint")
    assert before.resolve("😀aaaa", value(2, 4, "aa")) == Span(1, 3, "utf16")
    assert before.resolve("😀 Bob", value(2, 5, "Bob")) == Span(2, 5, "codepoint")


def test_a_mode_allows_one_reading_only() -> None:
    points, units = Offsets("codepoint", usual="utf16"), Offsets("utf16")
    assert points.resolve("😀 Bob", value(2, 5, "Bob")) == Span(2, 5, "codepoint")
    assert units.resolve("😀 Bob", value(3, 6, "Bob")) == Span(2, 5, "utf16")
    assert units.resolve("😀 Bob", value(3, 6)) == Span(2, 5, "utf16")
    both = "quotes 'Bob', but at {} code points give {}, UTF-16 gives {}"
    assert points.resolve("😀 Bob!", value(3, 6, "Bob")) == BadSpan(
        "A003", both.format("3-6", "'ob!'", "'Bob'")
    )
    assert units.resolve("😀 Bob!", value(2, 5, "Bob")) == BadSpan(
        "A003", both.format("2-5", "'Bob'", "' Bo'")
    )


def test_units_inside_a_surrogate_pair_are_refused_where_units_are_meant() -> None:
    assert Offsets("utf16").resolve("😀 Bob", value(1, 3)) == BadSpan(
        "A002", "runs from 1 to 3, in a text of 5 characters"
    )


@pytest.mark.parametrize("mode", ["auto", "codepoint", "utf16"])
def test_a_span_that_is_the_same_in_both_units_is_given_in_code_points(mode: Mode) -> None:
    for text in ("Hi Bob", "Hé Bob", "Hi Bob 😀"):
        assert Offsets(mode).resolve(text, value(3, 6, "Bob")) == Span(3, 6, "codepoint")
        assert Offsets(mode).resolve(text, value(3, 6)) == Span(3, 6, "codepoint")


def test_only_regions_that_one_reading_fits_have_a_vote() -> None:
    point, unit = ("😀 Bob", value(2, 5, "Bob")), ("😀 Bob", value(3, 6, "Bob"))
    assert vote([]) == "codepoint"
    assert vote([point, unit]) == "codepoint"
    assert vote([point, unit, unit]) == "utf16"
    without = ("😀 Bob", value(2, 5))
    wrong = ("😀 Bob", value(2, 5, "Eve"))
    ascii_only = ("Hi Bob", value(3, 6, "Bob"))
    either = ("😀aaaa", value(2, 4, "aa"))
    assert vote([without, wrong, ascii_only, either, without, unit]) == "utf16"


def test_outcomes_are_counted_and_told() -> None:
    offsets = Offsets()
    for region in (value(2, 5, "Bob"), value(3, 6, "Bob"), value(2, 5), value(0, 99)):
        offsets.resolve("😀 Bob", region)
    assert offsets.counts == {"codepoint": 1, "utf16": 1, "unquoted": 1, "refused": 1}
    assert in_words(offsets.counts) == (
        "1 in code points, 1 in UTF-16 units, 1 without a quote, 1 refused"
    )
    assert in_words(Counter(codepoint=1926)) == "1,926 in code points, 0 in UTF-16 units"
    assert in_words(Counter(xpath=3, quote=1)) == "3 by xpath, 1 only by their quote"
    assert in_words(Counter()) == ""


def test_a_lone_surrogate_stops_nothing() -> None:
    assert at("a\ud83d b😀 Bob", 6, 9, "Bob") == Span(6, 9, "codepoint")
    assert at("a\ud83d b", 3, 4, "x") == BadSpan(
        "A003", "quotes 'x', but at 3-4 code points give 'b'"
    )


@given(texts, st.data(), st.sampled_from(["codepoint", "utf16"]))
@settings(max_examples=500, deadline=None)
def test_every_mode_reads_its_own_unit(text: str, data: st.DataObject, mode: Mode) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    before, after = (units(text[:start]), units(text[:end])) if mode == "utf16" else (start, end)
    for region in (value(before, after), value(before, after, text[start:end])):
        read = Offsets(mode).resolve(text, region)
        assert isinstance(read, Span)
        assert (read.start, read.end) == (start, end)


@pytest.mark.skipif(not LABEL_STUDIO.is_dir(), reason="no corpora at $DATAPREP_CORPORA")
def test_the_annotator_who_counts_utf16_units_is_found_in_the_corpora() -> None:
    tasks = json.loads(Path(LABEL_STUDIO / "exports/ner/snapshot_full.json").read_bytes())
    read = {False: Offsets(), True: Offsets()}
    for task in tasks:
        for annotation in task["annotations"]:
            odd = annotation["completed_by"]["id"] == 3
            for result in annotation["result"]:
                if result["type"] == "labels":
                    read[odd].resolve(task["data"]["text"], result["value"])
    assert read[False].counts == {"codepoint": 16}
    assert read[True].counts == {"utf16": 2}


def test_a_utf16_span_far_into_a_text_is_found_where_blocks_meet() -> None:
    text = "a😀" * 5_000 + "Bob"
    for before in (4_094, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193):
        units = len(text[:before].encode("utf-16-le")) // 2
        piece = text[before : before + 3]
        end = units + len(piece.encode("utf-16-le")) // 2
        assert offsets.from_utf16(text, units, end) == (before, before + 3)
    assert offsets.from_utf16(text, 15_000, 15_003) == (10_000, 10_003)
    assert offsets.from_utf16(text, 15_000, 15_004) is None
    assert offsets.from_utf16(text, 3 * 4_096 + 2, 3 * 4_096 + 4) is None  # inside an emoji


def test_ten_thousand_spans_of_twenty_megabytes_are_read_in_two_seconds() -> None:
    text = "word 😀 łąka " * 1_200_000
    assert len(text.encode()) > 20_000_000
    spans = [(1300 * n + 8, 1300 * n + 12) for n in range(10_000)]  # 13 units a piece
    began = time.process_time()
    found = [at(text, start, end, "łąka") for start, end in spans]
    took = time.process_time() - began
    assert found[0] == Span(7, 11, "utf16")
    assert found[-1] == Span(1200 * 9_999 + 7, 1200 * 9_999 + 11, "utf16")
    assert took < 2
