"""What `check` advises to mend runs as it is printed, whatever kind of file it is for."""

import json
import shlex
from pathlib import Path

import pytest

from dataprep.cli import run

TURNS = [
    [
        {"role": "human", "content": "Is 7 even?"},
        {"role": "assistant", "content": "No, it is odd."},
    ],
    [{"role": "user", "content": "Where is ZoÃ«?"}, {"role": "assistant", "content": "At home."}],
]
ROWS = [{"messages": turns} for turns in TURNS]
PAIRS = [("Is 7 even?", "No, it is odd."), ("Where is ZoÃ«?", "She is at home.")]
TABLE = "prompt,completion\n" + "".join(f'"{one}","{other}"\n' for one, other in PAIRS)
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
FILES = {
    "rows.json": json.dumps(ROWS),
    "indented.json": json.dumps(ROWS, indent=1),
    "a table.csv": TABLE,
    "rows.tsv": TABLE.replace(",", "\t"),
}


@pytest.fixture(autouse=True)
def in_a_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def remedies(said: str) -> dict[str, str]:
    """The last command of what each line of findings advises, by code."""
    named = [line for line in said.splitlines() if "dataprep " in line]
    return {line.split(": ", 1)[1][:4]: line.partition("dataprep ")[2] for line in named}


def type_in(line: str) -> list[int]:
    """Run the commands of a line as a shell would."""
    return [run(shlex.split(each.removeprefix("dataprep "))) for each in line.split(" && ")]


@pytest.mark.parametrize("folder", [".", "in"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_no_fix_takes_is_told_with_the_conversion_that_mends_it(
    name: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(folder, name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(FILES[name])
    run(["check", str(path if folder == "." else path.parent), "-q", "--select", "C"])
    advised = remedies(capsys.readouterr().out)
    assert set(advised) == ({"C017", "C502"} if name.endswith(".json") else {"C502"})
    for line in advised.values():
        assert "--fix" not in line.partition(" && ")[0]
        assert set(type_in(line)) == {0}
    mended = next(Path().glob("out/*/train.fixed.jsonl")).read_text()
    assert "human" not in mended
    assert "Where is Zoë?" in mended


@pytest.mark.parametrize("name", FILES)
def test_the_refusal_of_a_fix_names_what_makes_a_file_that_it_takes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text(FILES[name])
    assert run(["check", name, "--fix"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"dataprep: {name} is no JSONL, and a fix mends JSONL. Make it first: ")
    assert type_in(said.partition("first: dataprep ")[2]) == [0]


def test_jsonl_in_a_folder_is_named_in_what_is_advised(capsys: pytest.CaptureFixture[str]) -> None:
    Path("in").mkdir()
    Path("in/rows.jsonl").write_text(LINES)
    assert run(["check", "in", "-q", "--select", "C"]) == 1
    said = capsys.readouterr().out
    assert "dataprep check in/rows.jsonl --fix does, and so does dataprep convert." in said
    assert "dataprep check in/rows.jsonl --fix=all." in said
    assert run(["check", "in", "--fix"]) == 2
    said = capsys.readouterr().err
    words = "in is a folder, and a fix mends one file of JSONL. Name the file:"
    assert said == f"dataprep: {words} dataprep check in/rows.jsonl --fix\n"
    assert type_in("dataprep check in/rows.jsonl --fix") == [0]


def test_a_folder_without_jsonl_and_a_converted_one_are_told_what_helps(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("in").mkdir()
    Path("in/rows.csv").write_text(TABLE)
    assert run(["check", "in", "--fix"]) == 2
    said = capsys.readouterr().err
    assert type_in(said.partition("first: dataprep ")[2]) == [0]
    capsys.readouterr()
    assert run(["check", "out", "--fix"]) == 2
    assert capsys.readouterr().err.endswith(" Mend what it was made of, and convert again.\n")


def test_a_list_that_lacks_a_comma_is_advised_no_command_that_would_refuse_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("rows.json").write_text(json.dumps(ROWS).replace('"human", ', '"human" ', 1))
    assert run(["check", "rows.json", "-q", "--select", "J"]) == 1
    assert capsys.readouterr().out.endswith(" Put the comma where the reader stops.\n")
