"""What is not there is said first, in every command, before anything is read, made or mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.cli import run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with rows.jsonl, in which a comma is missing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    rows = [json.dumps({"prompt": f"Where is {n}?", "completion": f"At {n}."}) for n in range(9)]
    (tmp_path / "rows.jsonl").write_text(",\n".join(rows))
    return tmp_path


FILE = "gone.jsonl: no such file. Check the path.\n"
FOLDER = "gone: no such folder. Check the path, or make one with: dataprep convert ... -o FOLDER\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("convert gone.jsonl", FILE),
        ("convert gone.jsonl --to nobody", FILE),
        ("convert rows.jsonl gone.jsonl --to nobody,t5", FILE),
        ("check gone.jsonl --target nobody", FILE),
        ("check rows.jsonl gone.jsonl", FILE),
        ("check rows.jsonl gone.jsonl --fix", FILE),
        ("check rows.jsonl gone.jsonl --fix=all --diff", FILE),
        ("init gone.jsonl", FILE),
        ("init rows.jsonl gone.jsonl", FILE),
        ("push gone.jsonl", FILE),
        ("show gone", FOLDER),
        ("verify gone", FOLDER),
        ("train t5 gone.jsonl --model nobody", FILE),
        ("train llama gone.jsonl", FILE),
        ("train dpo gone.jsonl --model nobody", FILE),
        ("train openai gone --dry-run", FOLDER),
        ("train together gone --model nobody --dry-run", FOLDER),
        ("evaluate gone --endpoint https://localhost/v1 --model nobody", FOLDER),
    ],
)
def test_a_file_or_folder_that_is_not_there_is_told_before_all_else(
    here: Path, line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == 2
    assert capsys.readouterr() == ("", f"dataprep: {said}")
    assert [path.name for path in here.iterdir()] == ["rows.jsonl"]


@pytest.mark.parametrize(("finished", "word"), [(True, "is there already"), (False, "holds a run")])
def test_a_run_folder_that_is_there_names_the_flags_that_help(
    here: Path, finished: bool, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "runs/t5").mkdir(parents=True)
    for name in ("run.json", *(["README.md"] if finished else [])):
        (here / "runs/t5" / name).write_text("{}")
    assert run(["train", "t5", "gone"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"dataprep: runs/t5 {word}")
    assert "--resume" in said
    assert "another folder with --out" in said
