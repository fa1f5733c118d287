"""A million mutated rows have the same findings in the quick ways and one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.checks.test_columnar import CHAT, PAIRS, assert_alike

pytestmark = pytest.mark.long


@pytest.mark.parametrize("seed", range(100, 110))
@pytest.mark.parametrize("rows", [CHAT, PAIRS], ids=["chat", "pairs"])
def test_mutated_rows(tmp_path: Path, rows: list[Any], seed: int) -> None:
    assert_alike(tmp_path / "f.jsonl", rows, 50_000, seed)
