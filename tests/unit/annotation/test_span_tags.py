"""Spans word by word: pieces, tags, and how probable a span is."""

from __future__ import annotations

import pytest

from dataprep.annotation.span_tags import (
    BLANK,
    LabelledPlace,
    label_of,
    likelihood_of,
    numbers_of,
    pieces,
    tags_of,
)

TEXT = "Dr. Ann Lee, Ohio"
WORDS = [(0, 2), (2, 3), (4, 7), (8, 11), (11, 12), (13, 17)]


def test_words_and_signs_are_pieces_and_blanks_are_none() -> None:
    assert pieces(TEXT, ()) == WORDS
    assert pieces(" \n ", ()) == []


def test_a_border_within_a_word_cuts_it() -> None:
    assert pieces("unhappy", {2, 0, 7}) == [(0, 2), (2, 7)]
    assert pieces("abcd", {1, 2, 3}) == [(0, 1), (1, 2), (2, 3), (3, 4)]


@pytest.mark.parametrize(
    ("span", "numbers"),
    [
        ((4, 11, "P"), [2, 3]),
        ((3, 12, "P"), [2, 3, 4]),
        ((3, 4, "P"), []),
        ((0, 17, "P"), [*range(6)]),
    ],
)
def test_a_span_is_the_pieces_under_it_whatever_blanks_it_takes_in(
    span: LabelledPlace, numbers: list[int]
) -> None:
    assert list(numbers_of(span, WORDS)) == numbers


def test_a_span_begins_aloud_only_behind_another_of_its_label() -> None:
    apart = tags_of([(0, 2, "P"), (4, 7, "P")], WORDS)
    assert apart == {0: apart[0], 2: apart[0]}
    beside = tags_of([(4, 7, "P"), (8, 11, "P")], WORDS)
    assert beside[2] == apart[0]
    assert beside[3] != apart[0]
    other = tags_of([(4, 7, "P"), (8, 11, "Q")], WORDS)
    assert other[2] == apart[0]
    assert label_of(other[3]) == "Q"


def test_a_tag_reads_as_its_labels() -> None:
    tags = tags_of([(0, 11, "Title"), (4, 11, "Name")], WORDS)
    assert [label_of(tags[at]) for at in (0, 2)] == ["Title", "Name + Title"]
    assert label_of(BLANK) == ""
    assert label_of("Positive") == "Positive"
    assert label_of("\0no tag") == "\0no tag"


def test_a_label_that_is_no_character_survives() -> None:
    (tag,) = set(tags_of([(0, 2, "\ud800;\n")], WORDS).values())
    assert label_of(tag) == "\ud800;\n"


INSIDE = tags_of([(4, 7, "P")], WORDS)[2]
BEGINS = tags_of([(4, 7, "P"), (8, 11, "P")], WORDS)[3]
NAME: LabelledPlace = (4, 11, "P")


def likely(alone: bool = False, **at: dict[str, float]) -> float:
    tags = {int(key[1:]): probabilities for key, probabilities in at.items()}
    return likelihood_of(NAME, WORDS, tags, alone=alone)


def test_a_span_is_as_probable_as_its_least_probable_word() -> None:
    assert likely(w2={INSIDE: 0.9, BLANK: 0.1}, w3={INSIDE: 0.7, BLANK: 0.3}) == 0.7


def test_a_span_is_no_more_probable_than_its_ends() -> None:
    sure = {INSIDE: 1.0}
    assert likely(w2=sure, w3=sure) == 1
    assert likely(w1={INSIDE: 0.75, BLANK: 0.25}, w2=sure, w3=sure) == 0.25
    assert likely(w2=sure, w3=sure, w4={INSIDE: 0.75, BLANK: 0.25}) == 0.25
    assert likely(w2=sure, w3=sure, w4={BEGINS: 0.75, BLANK: 0.25}) == 1
    assert likely(w1=sure, w2={BEGINS: 1.0}, w3=sure) == 1


def test_a_span_that_another_begins_in_is_not_probable() -> None:
    assert likely(w2={INSIDE: 1.0}, w3={INSIDE: 0.25, BEGINS: 0.75}) == 0.25


def test_the_ends_of_a_span_of_one_annotator_are_as_they_say() -> None:
    assert likely(alone=True, w2={INSIDE: 0.75}, w3={BEGINS: 0.5}, w4={INSIDE: 1.0}) == 0.5


def test_a_span_of_blanks_is_not_doubted() -> None:
    assert likelihood_of((3, 4, "P"), WORDS, {}, alone=False) == 1
