"""Names of folders and files are only names: no pattern, no home folder, no option, no markup."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from dataprep.cli import run
from tests.models import sentencepiece_model

NAMES = {
    "brackets": "data[1]",
    "stars": "a*b?",
    "markup": "[bold]x",
    "class": "[!x]",
    "braces": "{a,b}",
    "home": "~",
    "blank": " leading blank",
    "newline": "one\ntwo",
    "escape": "red\x1b[31m",
    "bidi": "left\u202eright",
    "bytes": "raw\udcff",
    "percent": "%41%2F..",
    "address": "s3:",
    "dollar": "$HOME",
    "long": "n" * 200,
}
DECOYS = ("data1", "axby", "bx", "y", "a", "b")
"""What the patterns would find in the place of the names."""
BOTH = [pytest.param(name, id=key) for key, name in NAMES.items()]


def rows(word: str) -> str:
    lines = [
        {"prompt": f"What is {word} number {n}?", "completion": f"It is {word} {n} of {n * 7}."}
        for n in range(12)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("names") / "spiece.model"
    path.write_bytes(sentencepiece_model([rows("apple"), rows("decoy")] * 9, 90))
    return path


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "y"))
    for decoy in DECOYS:
        (tmp_path / decoy).mkdir()
        (tmp_path / decoy / "rows.jsonl").write_text(rows("decoy"))
        (tmp_path / f"{decoy}.jsonl").write_text(rows("decoy"))
        pl.DataFrame({"prompt": ["decoy?"], "completion": ["decoy"]}).write_parquet(
            tmp_path / decoy / "rows.parquet"
        )
    return tmp_path


def ended(code: int, *arguments: str) -> None:
    assert run(list(arguments)) == code, arguments


@pytest.mark.parametrize("name", BOTH)
def test_a_dataset_is_made_in_a_folder_and_read_from_it_whatever_its_name(
    name: str, room: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = room / name
    source.mkdir()
    (source / "rows.jsonl").write_text(rows("apple"))
    shutil.copy(model, source / "spiece.model")
    out = f"{name}/out"
    tokenizer = ("--tokenizer", f"./{name}/spiece.model")
    ended(0, "init", f"./{name}/rows.jsonl", "-o", f"./{name}/recipe.yaml")
    ended(0, "convert", f"./{name}/rows.jsonl", "--to", "t5", *tokenizer, "-o", out)
    ended(0, "verify", out)
    capsys.readouterr()
    ended(0, "show", out)
    shown = capsys.readouterr().out
    assert "apple" in shown
    assert "decoy" not in shown
    ended(0, "show", out, "--tokens")
    assert "apple" in capsys.readouterr().out
    ended(0, "check", out)
    ended(0, "advise", out)
    ended(0, "convert", f"./{name}/rows.jsonl", "--to", "openai-chat", "-o", out)
    ended(0, "check", f"{out}/openai-chat/train.jsonl")
    ended(0, "train", "openai", out, "--dry-run")
    ended(0, "convert", "--recipe", f"./{name}/recipe.yaml", "-o", out)
    assert sorted(p.name for p in source.iterdir()) == [
        "out",
        "recipe.yaml",
        "rows.jsonl",
        "spiece.model",
    ]


@pytest.mark.parametrize("name", BOTH)
def test_a_parquet_file_and_a_folder_of_it_are_read_whatever_their_names(
    name: str, room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (room / name).mkdir()
    asked = [f"What is apple {n}?" for n in range(12)]
    frame = pl.DataFrame({"prompt": asked, "completion": [f"A fruit, the {n}." for n in range(12)]})
    for place in (f"{name}/{name}.parquet", f"{name}/rows.csv", f"{name}/rows.arrow"):
        shutil.rmtree(room / name)
        (room / name).mkdir()
        with Path(place).open("wb") as file:
            kind = Path(place).suffix[1:]
            {"parquet": frame.write_parquet, "csv": frame.write_csv, "arrow": frame.write_ipc}[
                kind
            ](file)
        for given in (f"./{place}", f"./{name}"):
            ended(0, "convert", given, "--to", "openai-chat", "-o", "made")
            ended(0, "check", given)
            made = (room / "made/openai-chat/train.jsonl").read_text()
            assert "A fruit" in made
            assert "decoy" not in made


def test_a_file_that_begins_with_a_dash_is_named_with_its_folder(room: Path) -> None:
    (room / "-dash.jsonl").write_text(rows("apple"))
    ended(0, "check", "./-dash.jsonl")
    ended(0, "convert", "./-dash.jsonl", "--to", "openai-chat", "-o", "./-out")
    ended(0, "verify", "./-out")


def test_a_setting_for_one_file_takes_its_name_as_it_is(room: Path) -> None:
    (room / "pyproject.toml").write_text(
        '[tool.dataprep.check.per-file."data[1].jsonl"]\nignore = ["S001"]\n'
    )
    (room / "data[1].jsonl").write_text('{"prompt": "a", "completion": 5}\n' + rows("apple"))
    shutil.copy("data[1].jsonl", "other.jsonl")
    ended(0, "check", "data[1].jsonl")
    ended(1, "check", "other.jsonl")


@pytest.mark.parametrize("name", BOTH)
def test_a_mended_copy_stands_beside_its_file(name: str, room: Path) -> None:
    source = room / f"{name}.jsonl"
    source.write_text(rows("apple") + '{"prompt": "a", "completion": "b"},\n')
    before = source.read_bytes()
    ended(0, "check", f"./{name}.jsonl", "--fix")
    assert source.read_bytes() == before
    assert (room / f"{name}.fixed.jsonl").is_file()
    assert not [p for p in room.iterdir() if p.name.startswith(".")]
