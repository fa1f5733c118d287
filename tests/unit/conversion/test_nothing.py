"""A target that no example fits: alone it refuses the run, beside others it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep.conversion import convert
from dataprep.finding import NothingToDo
from dataprep.recipe import Recipe, Source, Target

PAIR = '{"prompt": "Who wrote Faust?", "completion": "Goethe."}\n'


def recipe(tmp_path: Path, *names: str) -> Recipe:
    (tmp_path / "rows.jsonl").write_text(PAIR)
    wanted = [Target(name=name) for name in names]
    return Recipe(sources=[Source(path="rows.jsonl")], targets=wanted)


def test_no_folder_is_made_for_targets_that_take_nothing(tmp_path: Path) -> None:
    wanted = recipe(tmp_path, "preference", "trl-preference")
    with pytest.raises(NothingToDo) as refused:
        convert(wanted, tmp_path, tmp_path / "out")
    assert refused.value.message == (
        "No row came of it for preference and trl-preference: 2 not-for-this-target."
    )
    assert "--to openai-chat" in refused.value.remedy
    assert not (tmp_path / "out").exists()


def test_an_empty_target_beside_others_is_named(tmp_path: Path) -> None:
    made = convert(recipe(tmp_path, "preference", "openai-chat"), tmp_path, tmp_path / "out")
    assert "preference is empty: 1 not-for-this-target" in made.notes
    assert (tmp_path / "out" / "openai-chat" / "train.jsonl").exists()
