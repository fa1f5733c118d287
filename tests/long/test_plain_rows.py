"""More seeds of tests/unit/formats/test_plain_rows.py: `make test-long`."""

from __future__ import annotations

import pytest

from tests.unit.formats.test_plain_rows import rows_of_every_format_come_out_the_same

pytestmark = pytest.mark.long


@pytest.mark.parametrize("seed", range(1, 12))
def test_rows_of_every_format_come_out_the_same(seed: int) -> None:
    rows_of_every_format_come_out_the_same(seed)
