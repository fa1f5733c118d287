"""Fifty thousand damaged files under every command: `make test-long`."""

from __future__ import annotations

import pytest

from tests.commands import World
from tests.mutated_runs import failures

pytestmark = pytest.mark.long

EACH = 1_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("mutated"))


@pytest.mark.parametrize("first", range(100_000, 150_000, EACH))
def test_a_damaged_file_ends_in_words_and_leaves_nothing_half_written(
    first: int, world: World
) -> None:
    assert list(failures(world, range(first, first + EACH), slow=True)) == []
