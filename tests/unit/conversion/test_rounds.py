"""What is a template's is told from as many examples as check looks at."""

from __future__ import annotations

from pathlib import Path
from random import Random

from dataprep.conversion import convert
from dataprep.recipe import Recipe
from tests.near_copies import clusters_of, near, rows_of, splits_of, text, write_rows


def test_copies_at_every_second_line_are_no_template_of_half_as_many_rows(tmp_path: Path) -> None:
    dice = Random(11)  # noqa: S311
    words = text(dice)
    copies = [" ".join(near(dice, words)) for _ in range(24)]  # of 560: less than 5 %
    prompts = [" ".join(text(dice)) for _ in range(560)]
    prompts[0:48:2] = copies
    write_rows(tmp_path / "rows.jsonl", rows_of(prompts))
    plan = {"sources": [{"path": "rows.jsonl"}], "targets": ["prompt-completion"]}
    convert(Recipe.model_validate(plan), tmp_path, tmp_path / "out")
    held, splits = clusters_of(tmp_path / "out"), splits_of(tmp_path / "out")
    assert len({held[prompt] for prompt in copies}) == 1
    assert held[copies[0]] is not None
    assert len({splits[prompt] for prompt in copies}) == 1
