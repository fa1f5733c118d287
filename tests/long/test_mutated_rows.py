"""A hundred thousand mutated rows have the same findings in the quick ways and one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.checks.test_columnar import CHAT, OTHERS, PAIRS, assert_alike

pytestmark = pytest.mark.long

ROWS = {"chat": CHAT, "pairs": PAIRS, **OTHERS}


@pytest.mark.parametrize("name", ROWS)
def test_mutated_rows_of_every_format(tmp_path: Path, name: str) -> None:
    rows: list[Any] = ROWS[name]
    assert_alike(tmp_path / "f.jsonl", rows, 40_000 if name in ("chat", "pairs") else 4_000, 7)
