"""Many hostile conversations of every kind, filled into outlines and rendered in full."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.unit.tokens.template_matrix import MATRIX
from tests.unit.tokens.test_outlines import TEMPLATES, encoded, talks, tokenizers

pytestmark = pytest.mark.long


@pytest.mark.parametrize("path", TEMPLATES, ids=[path.stem for path in TEMPLATES])
def test_ids_labels_and_refusals_are_those_of_the_full_rendering(path: Path) -> None:
    ours, full = tokenizers(path)
    for talk, tools in talks(len(MATRIX), 30, random.Random(f"long {path.stem}")):  # noqa: S311
        assert encoded(ours, talk, tools) == encoded(full, talk, tools), talk
