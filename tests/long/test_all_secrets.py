"""Every kind of secret in every place, through every output of `check`."""

from pathlib import Path

import pytest

from tests.unit.checks.secret_outputs import COMMANDS, found_rows, seen_in_output

pytestmark = pytest.mark.long


@pytest.mark.parametrize("flags", COMMANDS, ids=" ".join)
def test_no_secret_of_any_kind_and_place_stands_in_an_output(
    flags: list[str], tmp_path: Path
) -> None:
    rows = found_rows(9)
    assert len(rows) > 1_600
    assert seen_in_output(flags, rows, tmp_path) == []
