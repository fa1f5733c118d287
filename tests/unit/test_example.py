"""Examples survive as frames, with their turns; batches are small; ids are content."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.batching import batches
from dataprep.contracts import contract
from dataprep.example import EXAMPLES, TURNS, Batch, Example, Turn, content_id
from tests.building import example, texts

TALK = (
    Turn(role="system", content="Be kind."),
    Turn(role="user", content="Weather?", name="Ada"),
    Turn(role="assistant", tool_calls='[{"id":"1"}]', weight=0.0),
    Turn(role="tool", content="Sun.", tool_call_id="1"),
    Turn(
        role="assistant", content="It is sunny.", parts='[{"text":"a","type":"text"}]', weight=1.0
    ),
)


@pytest.mark.parametrize(
    ("parts", "digest"),
    [
        # printf '2:ab1:c' | b2sum -l 64, and so on
        (("ab", "c"), "4024ad5048d711de"),
        (("a", "bc"), "c8dd0f99cbb6ce78"),
        (("😀",), "0298500319467611"),
        ((), "e4a6a0577479b2b4"),
    ],
)
def test_a_content_id_stays_what_it_was_in_every_version(
    parts: tuple[str, ...], digest: str
) -> None:
    assert content_id(*parts) == digest


@given(st.lists(texts, max_size=4), st.lists(texts, max_size=4))
@settings(deadline=None)
def test_different_parts_have_different_ids(a: list[str], b: list[str]) -> None:
    assert (content_id(*a) == content_id(*b)) == (a == b)


def test_the_frames_have_the_columns_that_all_stages_share() -> None:
    batch = Batch.of([example(turns=TALK)])
    reals = dict.fromkeys(("probability", "weight"), pl.Float64)
    numbers = {"line": pl.Int64, "index": pl.Int64, **reals}
    examples = {name: numbers.get(name, pl.String) for name in EXAMPLES}
    assert dict(batch.examples.schema) == examples
    assert dict(batch.turns.schema) == {name: numbers.get(name, pl.String) for name in TURNS}
    empty = Batch.of([])
    assert (len(empty), dict(empty.examples.schema), list(empty.rows())) == (0, examples, [])


def test_the_columns_are_those_of_the_contracts() -> None:
    assert set(EXAMPLES) == set(contract("example").schema["properties"])  # type: ignore[index]
    assert set(TURNS) == set(contract("turn").schema["properties"])  # type: ignore[index]


def test_the_turns_of_two_equal_conversations_are_not_mixed() -> None:
    # The same row twice in a file has the same id twice.
    first, second = example(1, turns=TALK, line=1), example(1, turns=TALK, line=2)
    back = list(Batch.of([first, second]).rows())
    assert [list(e.turns) for e in back] == [list(TALK), list(TALK)]
    assert [e.line for e in back] == [1, 2]


def test_keeping_one_of_two_equal_conversations_keeps_its_turns() -> None:
    batch = Batch.of([example(1, turns=TALK), example(1, turns=TALK), example(2, turns=TALK[:2])])
    kept = batch.keep(pl.Series([False, True, False]))
    assert [list(e.turns) for e in kept.rows()] == [list(TALK)]
    assert kept.turns.height == len(TALK)


def test_keeping_everything_changes_nothing() -> None:
    batch = Batch.of([example(1), example(2)])
    assert batch.keep(pl.Series([True, True])) is batch


@given(
    st.lists(
        st.builds(
            lambda n, text, turns: example(n, input=text, label=text or None, turns=turns),
            st.integers(0, 3),
            texts,
            st.lists(st.sampled_from(TALK), max_size=4),
        ),
        max_size=5,
        unique_by=lambda e: e.id,
    )
)
@settings(deadline=None)
def test_examples_come_back_from_their_frames_as_they_were(found: list[Example]) -> None:
    back = list(Batch.of(found).rows())
    assert [(e.id, e.input, e.label, list(e.turns)) for e in back] == [
        (e.id, e.input, e.label, list(e.turns)) for e in found
    ]


def sizes(*lengths: int, limit: int, **fields: Any) -> list[int]:
    found = [example(n, input="x" * k, output="", data="", **fields) for n, k in enumerate(lengths)]
    return [len(batch) for batch in batches(found, limit)]


def test_a_batch_holds_no_more_text_than_its_limit_and_at_least_one_example() -> None:
    assert sizes(4, 4, 4, limit=8) == [2, 1]
    assert sizes(4, 5, limit=8) == [1, 1]
    assert sizes(100, 1, 100, limit=8) == [1, 1, 1]
    assert sizes(limit=8) == []


def test_the_text_of_turns_counts_too() -> None:
    turns = [Turn(role="user", content="x" * 10)]
    assert sizes(1, 1, 1, limit=8, turns=turns) == [1, 1, 1]


def test_no_example_is_lost_or_moved_by_batching() -> None:
    found = [example(n) for n in range(10)]
    ids = [e.id for batch in batches(found, 60) for e in batch.rows()]
    assert ids == [e.id for e in found]


def test_the_id_of_a_long_text_is_that_of_the_whole_of_it() -> None:
    text = "é" * 2_500_000
    whole = blake2b(b"2500000:" + text.encode() + b"1:a", digest_size=8).hexdigest()
    assert content_id(text, "a") == whole
