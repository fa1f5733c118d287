"""A file that is given more than once is read once, however its path is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from yaml import safe_dump

from dataprep.cli import run

ROWS = 12


def rows(name: str) -> str:
    made = ({"instruction": f"What is {name} {n}?", "output": f"It is {n}."} for n in range(ROWS))
    return "".join(json.dumps(row) + "\n" for row in made)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("human.jsonl").write_text(rows("human"))
    Path("data").mkdir()
    Path("data/train.jsonl").write_text(rows("train"))
    Path("data/validation.jsonl").write_text(rows("validation"))


def converted(*sources: str | Path) -> int:
    """How many examples come of some sources."""
    assert run(["convert", *map(str, sources), "--to", "alpaca", "-o", "out"]) == 0
    return sum(split_sizes().values())


def split_sizes() -> dict[str, int]:
    sizes: dict[str, int] = json.loads(Path("out/manifest.json").read_text())["splits"]
    return sizes


def test_a_file_that_is_named_twice_is_read_once_which_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert converted("human.jsonl", "human.jsonl") == ROWS
    assert "human.jsonl: given more than once, and read once\n" in capsys.readouterr().err


def test_another_path_and_links_lead_to_the_same_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("soft.jsonl").symlink_to("human.jsonl")
    Path("hard.jsonl").hardlink_to("human.jsonl")
    others = (Path("human.jsonl").absolute(), "data/../human.jsonl", "soft.jsonl", "hard.jsonl")
    assert converted("human.jsonl", *others) == ROWS
    said = capsys.readouterr().err
    for name in ("soft.jsonl", "hard.jsonl", "data/../human.jsonl"):
        assert name in said
    assert ": the same file as human.jsonl, and read once\n" in said


@pytest.mark.parametrize("given", [("data/train.jsonl", "data"), ("data", "data/train.jsonl")])
def test_a_file_beside_its_folder_keeps_the_split_that_the_folder_gives(
    given: tuple[str, str],
) -> None:
    assert converted(*given) == 2 * ROWS
    assert split_sizes() == {"train": ROWS, "validation": ROWS, "test": 0}


def test_a_folder_that_is_named_twice_is_read_once() -> None:
    assert converted("data", "./data/") == 2 * ROWS


def test_files_of_one_content_are_no_repeats() -> None:
    Path("copy.jsonl").write_bytes(Path("human.jsonl").read_bytes())
    assert converted("human.jsonl", "copy.jsonl") == 2 * ROWS


def recipe(*sources: dict[str, Any]) -> None:
    Path("dataprep.yaml").write_text(safe_dump({"version": 1, "sources": list(sources)}))


def test_two_sources_of_a_recipe_with_settings_of_their_own_are_both_read() -> None:
    recipe({"path": "human.jsonl"}, {"path": "human.jsonl", "prompt": "Say: {{ instruction }}"})
    assert converted() == 2 * ROWS


def test_two_sources_of_a_recipe_that_are_alike_are_read_once() -> None:
    recipe({"path": "human.jsonl"}, {"path": "./human.jsonl"})
    assert converted() == ROWS


def test_a_file_with_a_share_of_a_mix_is_no_part_of_another_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe({"path": "data", "mix": 0.5}, {"path": "data/train.jsonl", "mix": 0.5})
    assert run(["convert", "--to", "alpaca", "-o", "out"]) == 2
    said = capsys.readouterr().err
    assert "data/train.jsonl is given more than once, and its sources have shares of a mix" in said


def test_init_writes_a_source_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "human.jsonl", "./human.jsonl", "data", "data/train.jsonl"]) == 0
    text = Path("dataprep.yaml").read_text()
    assert text.count("- path:") == 2
    said = "".join(capsys.readouterr())
    assert "human.jsonl: given more than once, and written once" in said
    assert "data/train.jsonl: lies in data, and is written with it" in said
