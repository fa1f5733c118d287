"""What a target cannot hold of an example is named, and counted where it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Batch, Example
from dataprep.recipe import Target
from dataprep.targets import CATALOGUE, Written, finish, lost, write
from dataprep.targets.lost import KEPT, lost_of
from tests.building import example
from tests.unit.formats.test_provider_demands import ANSWER, CALLS, RESULT, SYSTEM, URL, USER
from tests.unit.targets.test_described import conversation

TOOL = {"type": "function", "function": {"name": "f"}}
RICH = conversation(
    {
        "messages": [
            SYSTEM,
            URL,
            {**CALLS, "weight": 0},
            RESULT,
            {"role": "assistant", "refusal": "No.", "name": "bot"},
            USER,
            {**ANSWER, "weight": 1},
        ],
        "tools": [TOOL],
    }
)
TALK = conversation({"messages": [SYSTEM, USER, ANSWER, USER, ANSWER]})
SHORT = conversation({"messages": [SYSTEM, USER, ANSWER]})
PREFERENCE = example(3, shape="preference", rejected="worse")
ALL = ("several turns", "tools", "tool calls", "images", "weights", "names", "refusals")


def test_every_target_of_the_table_says_what_it_keeps() -> None:
    assert KEPT.keys() == CATALOGUE.keys()


@pytest.mark.parametrize(
    "made", [example(3, weight=0.5), example(3, shape="preference", rejected="worse", weight=0.5)]
)
@pytest.mark.parametrize("target", sorted(KEPT))
def test_the_weight_of_a_row_is_lost_where_no_reader_has_a_place_for_it(
    made: Example, target: str
) -> None:
    held = target in ("t5", "causal")
    assert ("weights of whole rows" in lost(made, target)) is not held
    assert "weights of whole rows" not in lost(example(3), target)


@pytest.mark.parametrize(
    ("target", "found", "names"),
    [
        ("openai-chat", RICH, ()),
        ("azure", RICH, ()),
        ("t5", RICH, ALL),
        ("prompt-completion", RICH, ALL),
        ("alpaca", RICH, ALL),
        ("causal", RICH, ("images", "names", "refusals")),
        ("reinforcement", RICH, ("weights", "system roles")),
        ("t5", TALK, ("several turns",)),
        ("alpaca", TALK, ()),
        ("sharegpt", TALK, ()),
        ("causal", TALK, ()),
        ("t5", SHORT, ()),
        ("t5", PREFERENCE, ("rejected answers",)),
        ("openai-chat", PREFERENCE, ("rejected answers",)),
        ("preference", PREFERENCE, ()),
        ("trl-preference", PREFERENCE, ()),
        ("t5", example(1), ()),
        ("reinforcement", example(1, system="Be kind."), ()),
        ("a-target-of-the-users", RICH, ()),
    ],
)
def test_what_is_lost_has_a_name(target: str, found: Example, names: tuple[str, ...]) -> None:
    assert lost(found, target) == names


def finished(folder: Path, target: str, *examples: Example) -> tuple[Written, list[str]]:
    def batches(split: str | None) -> Iterator[Batch]:
        yield from (Batch.of([one]) for one in examples)

    written = write(Target(name=target), folder, batches, base=folder, seed=0)
    return written, finish(Target(name=target), folder, batches, written)


def test_the_entry_counts_the_rows_that_lost_something(tmp_path: Path) -> None:
    written, notes = finished(tmp_path, "prompt-completion", TALK, RICH, SHORT, example(1))
    assert written.rows == 4
    assert written.entry["lost"] == {
        **dict.fromkeys(sorted({*ALL} - {"several turns"}), 1),
        "several turns": 2,
    }
    assert list(written.entry["lost"]) == sorted(ALL)
    assert notes == [
        "prompt-completion loses what it has no place for: images (1 example), names (1 example), "
        "refusals (1 example), several turns (2 examples), tool calls (1 example), "
        "tools (1 example), weights (1 example)"
    ]


@pytest.mark.parametrize(
    "target", ["openai-chat", "fireworks", "prompt-completion", "label-studio"]
)
def test_lost_weights_of_rows_are_counted(target: str, tmp_path: Path) -> None:
    examples = [example(n, weight=0.5 if n % 2 else 1.0) for n in range(4)]
    assert finished(tmp_path, target, *examples)[0].entry["lost"] == {"weights of whole rows": 2}


def test_a_row_that_is_dropped_has_lost_nothing(tmp_path: Path) -> None:
    written, notes = finished(tmp_path, "sharegpt", RICH, TALK)
    assert (written.rows, written.lost, notes) == (1, {}, [])


def test_targets_that_are_written_last_are_counted_from_all_examples() -> None:
    drops = Written()
    drops.drop(RICH, "T003")
    batches = [Batch.of([TALK]), Batch.of([example(7)]), Batch.of([PREFERENCE])]
    assert lost_of(batches, [], "t5") == {"rejected answers": 1, "several turns": 1}
    assert lost_of([Batch.of([RICH])], drops.drops, "t5") == {}


def test_counts_of_two_shares_are_added() -> None:
    one, two = Written(lost={"tools": 1}), Written(lost={"tools": 2, "images": 1})
    one.merge(two)
    assert one.lost == {"tools": 3, "images": 1}


def test_the_counts_are_json(tmp_path: Path) -> None:
    entry: dict[str, Any] = finished(tmp_path, "alpaca", RICH)[0].entry
    assert json.loads(json.dumps(entry)) == entry
