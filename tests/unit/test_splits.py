"""Splits are decided by hash: stable, without leaks, and as large as was asked in expectation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.example import Batch, Example, Turn
from dataprep.finding import Drop
from dataprep.splits import SPLITS, Splitter
from tests.building import example, texts

SHARES = (0.8, 0.1, 0.1)


def sides(
    examples: Sequence[Example],
    seed: int = 0,
    *,
    shares: Sequence[float] = SHARES,
    at_once: int = 7,
) -> dict[str, str]:
    """The split of each example by its id, assigned in batches; leaks are left out."""
    splitter = Splitter(shares, seed, grouped=any(e.group for e in examples))
    found: dict[str, str] = {}
    for start in range(0, len(examples), at_once):
        batch, _ = splitter.assign(Batch.of(examples[start : start + at_once]))
        found |= dict(batch.examples.select("id", "split").iter_rows())
    return found


def drops_of(*examples: Example) -> list[Drop]:
    _, drops = Splitter(SHARES, 0, grouped=True).assign(Batch.of(examples))
    return drops


@pytest.mark.parametrize(
    ("seed", "prompt", "group", "split"),
    [
        (0, "What is the capital of Kenya?", None, "test"),
        (0, "😀 Hi", None, "train"),
        (0, "a", None, "test"),
        (0, "a", "a", "train"),
        (0, "a", "user 1", "validation"),
        (0, "a", "user 2", "train"),
        (7, "What is the capital of Kenya?", None, "train"),
        (7, "😀 Hi", None, "test"),
        (7, "a", "user 2", "validation"),
        (2**63 - 1, "a", None, "test"),
    ],
)
def test_a_side_stays_what_it_was_in_every_version(
    seed: int, prompt: str, group: str | None, split: str
) -> None:
    assert sides([example(input=prompt, group=group)], seed) == {"0" * 16: split}


def test_forty_rows_stay_where_they_were_in_every_version() -> None:
    short = {"train": "T", "validation": "v", "test": "s"}
    rows = [example(n) for n in range(40)]
    assert "".join(short[s] for s in sides(rows, 0).values()) == (
        "TTTTsTTTTvTTTTTTTTTsTTTTTTTTTTTTTvTTTvTT"
    )
    assert "".join(short[s] for s in sides(rows, 7).values()) == (
        "TTTvTTTTTTTsTTsTTTTTTTvTTTTTsTvTTsTTTTsT"
    )


rows = st.lists(
    st.builds(
        lambda n, prompt, group: example(n, input=prompt, group=group),
        st.integers(0, 10**6),
        texts,
        st.none() | st.sampled_from(["a", "b", "c"]),
    ),
    max_size=30,
    unique_by=lambda e: e.id,
)
ungrouped = rows.map(lambda found: [example(int(e.id, 16), input=e.input) for e in found])


@given(ungrouped, ungrouped, st.integers(0, 2**63 - 1), st.data())
@settings(deadline=None)
def test_adding_rows_moves_no_other_row(
    old: list[Example], new: list[Example], seed: int, data: st.DataObject
) -> None:
    known = {e.id for e in old}
    grown = data.draw(st.permutations(old + [e for e in new if e.id not in known]))
    before, after = sides(old, seed), sides(grown, seed, at_once=3)
    assert {row: after[row] for row in before} == before


@given(rows, st.integers(0, 100))
@settings(deadline=None)
def test_a_prompt_stands_on_one_side_and_so_does_a_group(found: list[Example], seed: int) -> None:
    split_of = sides(found, seed)
    for key in ("input", "group"):
        where: dict[str, set[str]] = {}
        for row in found:
            if row.id in split_of and getattr(row, key) is not None:
                where.setdefault(getattr(row, key), set()).add(split_of[row.id])
        assert all(len(splits) == 1 for splits in where.values())


@given(rows)
@settings(deadline=None)
def test_every_row_has_a_split_or_is_dropped_as_a_leak(found: list[Example]) -> None:
    splitter = Splitter(SHARES, 0, grouped=True)
    batch, drops = splitter.assign(Batch.of(found))
    assert len(batch) + len(drops) == len(found)
    assert set(batch.examples["split"]) <= set(SPLITS)
    assert splitter.counted.counts.total() == len(batch)


def test_a_prompt_in_two_groups_on_two_sides_is_dropped_as_a_leak() -> None:
    # At seed 0 user 1 is in validation, user 2 in train.
    (drop,) = drops_of(
        example(1, input="Hi", group="user 1"),
        example(2, input="Hi", group="user 2"),
        example(3, input="Ho", group="user 2"),
    )
    assert (drop.unit, drop.reason, str(drop.place)) == ("example", "D003", "t.jsonl:3")
    assert drop.detail == "its prompt already stands in another split"


def test_a_prompt_in_two_groups_on_one_side_is_no_leak() -> None:
    assert drops_of(example(1, input="Hi", group="a"), example(2, input="Hi", group="user 2")) == []


def test_a_row_without_a_group_leaks_nothing_into_the_side_of_a_group() -> None:
    # At seed 0 the prompt "a" alone is in test.
    dropped = drops_of(example(1, input="a", group="user 2"), example(2, input="a"))
    assert [str(d.place) for d in dropped] == ["t.jsonl:3"]


def test_a_leak_is_found_across_batches() -> None:
    splitter = Splitter(SHARES, 0, grouped=True)
    splitter.assign(Batch.of([example(1, input="Hi", group="user 1")]))
    batch, drops = splitter.assign(Batch.of([example(2, input="Hi", group="user 2")]))
    assert (len(batch), len(drops)) == (0, 1)
    assert splitter.counted.counts == {"validation": 1}


def test_texts_without_a_prompt_are_divided_by_what_they_say() -> None:
    pieces = [example(n, input="", output=f"piece {n}", shape="plain") for n in range(200)]
    assert set(sides(pieces).values()) == set(SPLITS)
    twice = [example(n, input="", output="the same", shape="plain") for n in (1, 2)]
    assert len(set(sides(twice).values())) == 1
    assert drops_of(*pieces) == []


def test_a_row_and_the_turns_of_a_dropped_row_go_together() -> None:
    turns = (Turn(role="user", content="Hi"), Turn(role="assistant", content="Ho"))
    splitter = Splitter(SHARES, 0, grouped=True)
    batch, _ = splitter.assign(
        Batch.of(
            [
                example(1, input="Hi", group="user 1", turns=turns),
                example(2, input="Hi", group="user 2", turns=turns),
            ]
        )
    )
    assert set(batch.turns["example"]) == {f"{1:016x}"}


@pytest.mark.parametrize("shares", [SHARES, (0.5, 0.25, 0.25), (0.98, 0.02, 0.0), (0.6, 0.0, 0.4)])
def test_the_shares_are_held_in_expectation(shares: tuple[float, ...]) -> None:
    n = 20_000
    counts = Counter(sides([example(i) for i in range(n)], shares=shares, at_once=n).values())
    for split, share in zip(SPLITS, shares, strict=True):
        assert abs(counts[split] - n * share) <= 4 * math.sqrt(n * share * (1 - share))


def test_each_stratum_is_divided_alike_in_expectation() -> None:
    n = 20_000
    strata = {"common": 0.9, "rare": 0.1}
    splitter = Splitter(SHARES, 0)
    splitter.assign(
        Batch.of([example(i, label="rare" if i % 10 == 0 else "common") for i in range(n)])
    )
    for label, part in strata.items():
        size = n * part
        assert splitter.counted.strata[label].total() == size
        for split, share in zip(SPLITS, SHARES, strict=True):
            off = abs(splitter.counted.strata[label][split] - size * share)
            assert off <= 4 * math.sqrt(size * share * (1 - share))


def test_strata_and_splits_are_counted() -> None:
    splitter = Splitter(SHARES, 0)
    splitter.assign(Batch.of([example(n, label="A" if n < 5 else None) for n in range(10)]))
    assert splitter.counted.counts == {"train": 8, "test": 1, "validation": 1}
    assert splitter.counted.strata == {"A": {"train": 4, "test": 1}}


def test_one_share_takes_all() -> None:
    assert set(sides([example(n) for n in range(50)], shares=(1.0, 0.0, 0.0)).values()) == {"train"}


def test_another_seed_divides_otherwise() -> None:
    found = [example(n) for n in range(40)]
    assert sides(found, 0) != sides(found, 7)


def test_an_empty_batch_is_divided_into_nothing() -> None:
    batch, drops = Splitter(SHARES, 0).assign(Batch.of([]))
    assert (len(batch), drops) == (0, [])
