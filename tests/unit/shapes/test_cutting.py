"""Cuts fall where a reader would make them, and lose nothing."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.shapes.cutting import pieces, sentence_ends


def parts(text: str, limit: int) -> list[str]:
    return [text[start:end] for start, end in pieces(text, limit)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One. ", "Two! ", "Three?"]),
        ("He said “no.” Then he left.", ["He said “no.” ", "Then he left."]),
        ("Dr. Who met J. R. Smith, e.g. here. Then left.", [
            "Dr. Who met J. R. Smith, e.g. here. ", "Then left."]),
        ("It cost 3.50 euros. Cheap!", ["It cost 3.50 euros. ", "Cheap!"]),
        ("Wait... what? Yes.", ["Wait... what? ", "Yes."]),
        ("Title\n\nText.", ["Title\n\n", "Text."]),
        ("これは本です。それはペンです。", ["これは本です。", "それはペンです。"]),
        ("Привет. Как дела?", ["Привет. ", "Как дела?"]),
        ("no end", ["no end"]),
    ],
)  # fmt: skip
def test_sentences_end_where_they_do(text: str, sentences: list[str]) -> None:
    cuts = [0, *sentence_ends(text), len(text)]
    assert [text[a:b] for a, b in pairwise(cuts)] == sentences


def test_a_piece_ends_after_a_paragraph_where_one_ends_in_its_second_half() -> None:
    assert parts("aaaa bbbb. Cc\n\ndddd eeee. ffff", 20) == ["aaaa bbbb. Cc\n\n", "dddd eeee. ffff"]


def test_a_piece_ends_after_a_sentence_else_a_line_else_a_word_else_anywhere() -> None:
    assert parts("aaaa bbbb. Cccc dddd", 14) == ["aaaa bbbb. ", "Cccc dddd"]
    assert parts("aaaa bbbb\ncccc dddd", 14) == ["aaaa bbbb\n", "cccc dddd"]
    assert parts("aaaa bbbb cccc", 12) == ["aaaa bbbb ", "cccc"]
    assert parts("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_accents_and_emoji_sequences_stay_whole() -> None:
    assert parts("abcde\u0301fgh", 5) == ["abcd", "e\u0301fgh"]
    assert parts("abc👩\u200d🚀def", 5) == ["abc", "👩\u200d🚀de", "f"]


@given(st.text(), st.integers(1, 30))
def test_pieces_cover_the_text_and_keep_the_limit(text: str, limit: int) -> None:
    made = parts(text, limit)
    assert "".join(made) == text
    assert all(0 < len(piece) <= limit for piece in made)


@given(st.text(alphabet="ab .!?\n\r\u3002\u200d", max_size=300), st.integers(1, 40))
def test_pieces_of_mostly_marks_cover_the_text_too(text: str, limit: int) -> None:
    made = parts(text, limit)
    assert "".join(made) == text
    assert all(0 < len(piece) <= limit for piece in made)


@pytest.mark.parametrize("part", [".", "\n", " ", "a", "。", ".\n", "\n ", '."', "a.b"])
def test_hostile_repetition_takes_linear_time(part: str) -> None:
    def taken(count: int) -> float:
        text = part * count
        start = time.process_time()
        sentence_ends(text)
        list(pieces(text, 1000))
        return time.process_time() - start

    assert taken(100_000) < 5
