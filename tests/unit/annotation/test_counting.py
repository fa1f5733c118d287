"""The units in which tools count offsets: graphemes against the regex library, votes by hand."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation.counting import UnitVotes, counted_in, graphemes, in_code_points

TEXT = "👨🏻‍🚒 Ann\r\nlives"
"""`lives` starts at code point 10, UTF-16 unit 13 and grapheme 6."""

PIECES = [
    *"ab é\r\n\t☎❤",
    *("e\u0301", "👨🏻‍🚒", "😀", "🇩🇪", "🇫", "각", "\u1100\u1161\u11a8", "❤\ufe0f", "\u200d"),
    *("1\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e007f", "\u200b", "ａ", "नि"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@settings(deadline=None)  # the first call builds the table of marks
@given(TEXTS)
def test_graphemes_are_those_of_the_regex_library(text: str) -> None:
    borders = [match.start() for match in regex.finditer(r"\X", text)]
    assert list(graphemes(text)) == [*borders, len(text)]


@pytest.mark.parametrize(
    ("unit", "start", "end"), [("codepoint", 10, 15), ("utf16", 13, 18), ("grapheme", 6, 11)]
)
def test_one_word_has_other_numbers_in_each_unit(unit: str, start: int, end: int) -> None:
    assert in_code_points(TEXT, start, end, unit) == (10, 15)  # type: ignore[arg-type]
    assert counted_in(TEXT, 10, 15, unit) == (start, end)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "end", "unit"), [(1, 2, "utf16"), (0, 13, "grapheme"), (0, 16, "codepoint")]
)
def test_what_is_no_piece_of_the_text_is_none(start: int, end: int, unit: str) -> None:
    assert in_code_points(TEXT, start, end, unit) is None  # type: ignore[arg-type]


def test_borders_of_words_vote_for_their_unit() -> None:
    votes = UnitVotes()
    votes.add(TEXT, 13, 18)
    votes.add("plain", 0, 5)
    assert votes.differing == 1
    assert votes.best("codepoint") == ("utf16",)
    assert votes.words("utf16") == (
        "1 of 1 spans that the unit moves fit, 0 in code points and 0 in graphemes"
    )


def test_units_that_read_every_span_alike_are_one() -> None:
    votes = UnitVotes()
    votes.add("😀 Bob", 3, 6)
    votes.add("😀 !!!!", 3, 5)
    assert votes.best("codepoint") == ("utf16",)
    tied = UnitVotes()
    tied.add("😀 !!!!", 3, 5)
    assert tied.best("codepoint") == ("codepoint", "utf16")
    assert tied.best("grapheme") == ("grapheme", "utf16")


def test_a_quote_votes_where_there_is_one() -> None:
    votes = UnitVotes()
    votes.add("😀 ababab", 3, 5, "ba")
    assert votes.best("utf16") == ("codepoint",)
