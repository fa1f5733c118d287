"""What an output would replace or hold is no source of it: refused before anything is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.cli import run

ROWS = "".join(
    json.dumps({"prompt": f"Which river flows by town {n}?", "completion": f"{n * 7}."}) + "\n"
    for n in range(30)
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with data/rows.jsonl and an output of it, cg."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.jsonl").write_text(ROWS)
    assert run(["convert", "data", "--to", "openai-chat", "-o", "cg", "--quiet"]) == 0
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("source", "out"),
    [
        ("cg/openai-chat", "cg"),
        ("cg/openai-chat/train.jsonl", "cg"),
        ("cg", "cg"),
        ("cg/", "./cg/../cg"),
        ("link", "cg"),
        ("link/openai-chat", "cg"),
        ("cg/openai-chat", "link"),
        ("linked.jsonl", "cg"),
    ],
)
def test_a_source_in_the_output_is_refused(
    here: Path, source: str, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "link").symlink_to("cg")
    (here / "linked.jsonl").symlink_to("cg/openai-chat/train.jsonl")
    before = tree(here)
    capsys.readouterr()
    assert run(["convert", source, "--to", "alpaca", "-o", out]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "would be replaced" in said or "is not a folder" in said
    assert tree(here) == before


@pytest.mark.parametrize(
    ("source", "out"),
    [("data", "data/out"), (".", "out"), (".", "data/deep/out"), ("cg", "cg/new"), ("..", "out")],
)
def test_an_output_in_a_source_is_refused(
    here: Path, source: str, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(here)
    capsys.readouterr()
    assert run(["convert", source, "--to", "alpaca", "-o", out]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"{out} lies in the source {source}, and would be read as part of it" in said
    assert tree(here) == before


def test_a_recipe_names_sources_from_where_it_stands(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "recipes").mkdir()
    recipe = here / "recipes" / "own.yaml"
    recipe.write_text("sources: [{path: ../cg/openai-chat}]\ntargets: [alpaca]\n")
    before = tree(here)
    capsys.readouterr()
    assert run(["convert", "--recipe", str(recipe), "-o", "cg"]) == 2
    assert "would be replaced" in " ".join(capsys.readouterr().err.split())
    assert tree(here) == before


def test_what_is_not_there_and_standard_input_overlap_with_nothing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["convert", "nowhere.jsonl", "--to", "alpaca", "-o", "cg"]) == 2
    assert "no such file" in capsys.readouterr().err


def test_a_neighbour_by_name_is_no_part(here: Path) -> None:
    (here / "cg-more.jsonl").write_text(ROWS)
    assert run(["convert", "cg-more.jsonl", "--to", "alpaca", "-o", "cg", "--quiet"]) == 0


@pytest.mark.parametrize(
    "targets", ["[t5, {name: t5, max_input: 64}]", "[alpaca, kto, {name: alpaca}]"]
)
@pytest.mark.parametrize("to", [[], ["--to", "t5,alpaca"]])
def test_two_targets_that_would_share_a_folder_are_refused(
    here: Path, targets: str, to: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "two.yaml").write_text(f"sources: [{{path: data}}]\ntargets: {targets}\n")
    capsys.readouterr()
    assert run(["convert", "-r", "two.yaml", *to, "-o", "new"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "stands twice in the recipe, and both would be written into the folder" in said
    assert "pairs" not in said
    assert not (here / "new").exists()
    assert run(["convert", "data", "--to", "alpaca,alpaca", "-o", "new", "--quiet"]) == 0
