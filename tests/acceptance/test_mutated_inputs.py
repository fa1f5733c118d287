"""Damaged files of every kind under every command: words, and nothing half-written."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.commands import Case, World
from tests.mutated_runs import failures

EACH = 50


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("mutated"))


@pytest.mark.parametrize("first", range(0, 1_000, EACH))
def test_a_damaged_file_ends_in_words_and_leaves_nothing_half_written(
    first: int, world: World
) -> None:
    assert list(failures(world, range(first, first + EACH))) == []


def test_an_output_that_is_half_written_would_be_seen(world: World, tmp_path: Path) -> None:
    case = Case("rows.jsonl", ("convert", "rows.jsonl", "--to", "openai-chat", "-o", "made"))
    before = world.begin(case, Random(1))  # noqa: S311  nothing here is a secret
    (world.place / "made").mkdir()
    (world.place / "made/manifest.json").write_text('{"digest": "", "files": {}}')
    (world.place / "rows.jsonl").write_text("")
    said = "Traceback (most recent call last):\n\x1b[2J"
    assert world.problems(case, before, 70, said) == [
        "it ended with 70",
        "it shows a traceback",
        "a terminal would obey it",
        "rows.jsonl is not as it was",
        "an output is there that is not whole",
    ]
