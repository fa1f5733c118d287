"""What divides the cells of a table is told from the file, or said with --delimiter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.cli import run
from dataprep.recipe_file import load

PAIRS = {("Why?", "For it is; so."), ("Who, then?", "Ann | Bob.")}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")


def table(name: str, mark: str) -> None:
    """A table whose first rows do not tell: a cell with the mark of others stands in quotes."""
    rows = [("prompt", "completion"), *sorted(PAIRS)]
    quoted = (mark.join(f'"{cell}"' for cell in row) for row in rows)
    Path(name).write_text("\n".join(quoted) + "\n")


def pairs(out: str = "out") -> set[tuple[str, str]]:
    files = Path(out, "prompt-completion").glob("*.jsonl")
    rows = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return {(row["prompt"], row["completion"]) for row in rows}


@pytest.mark.parametrize(
    ("name", "mark", "said"),
    [
        ("t.csv", ";", ";"),
        ("t.csv", "\t", "tab"),
        ("t.csv", "\t", "\\t"),
        ("t.csv", "\t", "\t"),
        ("t.csv", ",", ","),
        ("t.csv", "~", "~"),
        ("t.txt", "|", "|"),
        ("t.tsv", ";", ";"),
        ("t", "|", "|"),
    ],
)
def test_cells_are_divided_as_is_said(name: str, mark: str, said: str) -> None:
    table(name, mark)
    asked = ["--delimiter", said]
    assert run(["convert", name, *asked, "--to", "prompt-completion", "-o", "out", "-q"]) == 0
    assert pairs() == PAIRS
    assert run(["init", name, *asked]) == 0
    assert load(Path("dataprep.yaml")).sources[0].delimiter == mark
    assert run(["convert", "-o", "by-recipe", "-q"]) == 0
    assert pairs("by-recipe") == PAIRS


def test_a_table_that_does_not_tell_is_read_with_the_flag_that_its_refusal_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("t.csv").write_text("prompt;completion\nWhy?;So; it is\nWho?;Ann\n")
    flags = ["--to", "prompt-completion", "-o", "out"]
    assert run(["convert", "t.csv", *flags]) == 2
    assert "--delimiter ';'" in capsys.readouterr().err
    assert run(["convert", "t.csv", *flags, "--delimiter", ";", "--drop-invalid"]) == 0
    assert pairs() == {("Who?", "Ann")}
    assert "has 3 cells, and the header has 2 columns" in Path("out/findings.jsonl").read_text()


def test_only_the_tables_of_a_folder_are_read_with_it() -> None:
    Path("d").mkdir()
    table("d/t.csv", "|")
    Path("d/rows.jsonl").write_text('{"prompt": "Where?", "completion": "Here."}\n')
    flags = ["--to", "prompt-completion", "-o", "out", "-q", "--delimiter", "|"]
    assert run(["convert", "d", *flags]) == 0
    assert pairs() == {*PAIRS, ("Where?", "Here.")}


@pytest.mark.parametrize("said", [";;", "", '"', "semicolon"])
def test_what_is_no_delimiter_is_refused(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    table("t.csv", ";")
    assert run(["convert", "t.csv", "--to", "t5", "-o", "out", "--delimiter", said]) == 2
    assert "--delimiter: a delimiter is one character" in capsys.readouterr().err


def test_rows_of_json_have_no_delimiter(capsys: pytest.CaptureFixture[str]) -> None:
    Path("rows.jsonl").write_text('{"prompt": "Where?", "completion": "Here."}\n')
    flags = ["--to", "openai-chat", "-o", "out", "--delimiter", ";"]
    assert run(["convert", "rows.jsonl", *flags]) == 2
    assert "--delimiter is for tables of text, and it is jsonl" in capsys.readouterr().err
    table("t.csv", "|")
    Path("dataprep.yaml").write_text(
        "sources: [{path: t.csv, delimiter: '|'}, {path: rows.jsonl}]\n"
        "targets: [prompt-completion]\n"
    )
    assert run(["convert", "-o", "out", "-q"]) == 0
    assert pairs() == {*PAIRS, ("Where?", "Here.")}


@pytest.mark.parametrize("said", ["tab", ";"])
def test_a_delimiter_that_was_asked_for_and_divides_nothing_names_the_one_that_does(
    said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("c.csv").write_text("text,label\n" + "".join(f"hello {n},pos\n" for n in range(5)))
    flags = ["--delimiter", said, "--to", "alpaca", "-o", "out"]
    assert run(["convert", "c.csv", *flags]) == 2
    assert (
        "the header is one column, 'text,label': are the cells divided by ','? dataprep init and"
        " convert take --delimiter ','.\n"
    ) in capsys.readouterr().err


def test_one_column_of_a_format_with_tabs_may_have_any_name() -> None:
    Path("c.tsv").write_text("text, and more\n" + "A sentence of a text.\n" * 5)
    assert run(["init", "c.tsv"]) == 0
    assert "text, and more" in Path("dataprep.yaml").read_text()
