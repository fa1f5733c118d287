"""What people type because every tool they know takes it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dataprep.cli import run

CHAT = [
    {
        "messages": [
            {"role": "user", "content": f"Which town lies by river {n}?"},
            {"role": "assistant", "content": f"The town of number {n * 7}, which is old."},
        ]
    }
    for n in range(12)
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with chat.jsonl, and broken.jsonl whose second row has no answer."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    lines = [json.dumps(row) + "\n" for row in CHAT]
    (tmp_path / "chat.jsonl").write_text("".join(lines))
    empty = {"messages": [CHAT[1]["messages"][0], {"role": "assistant", "content": ""}]}
    (tmp_path / "broken.jsonl").write_text(lines[0] + json.dumps(empty) + "\n")
    return tmp_path


class Typed:
    """Runs a command, and keeps what it says."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, line: str) -> int:
        self._capsys.readouterr()
        code = run(line.split())
        said = self._capsys.readouterr()
        self.out, self.err = (re.sub(r"\s+", " ", one) for one in said)
        return code


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    """What a person types, without the name of the program."""
    return Typed(capsys)


def test_quiet_says_what_is_found_and_nothing_else(here: Path, typed: Typed) -> None:
    assert typed("check chat.jsonl -q") == 0
    assert (typed.out, typed.err) == ("", "")
    assert typed("check broken.jsonl --quiet") == 1
    assert typed.out.startswith("broken.jsonl:2: C003 messages[1].content is empty.")
    assert "Read as" not in typed.out
    assert "errors in" not in typed.out
    assert "Fixable" not in typed.out


@pytest.mark.parametrize("names", ["C0", "C00", "C", "C003", "J0,C00"])
def test_a_beginning_of_codes_selects_them(here: Path, typed: Typed, names: str) -> None:
    assert typed(f"check broken.jsonl --select {names}") == 1
    assert "C003" in typed.out
    assert typed(f"check broken.jsonl --ignore {names}") == 0


@pytest.mark.parametrize("name", ["X9", "C9", "0", "C00X", "c0"])
def test_a_beginning_of_nothing_is_no_rule(here: Path, typed: Typed, name: str) -> None:
    assert typed(f"check broken.jsonl --select {name}") == 2
    assert f"There is no rule '{name}'" in typed.err


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("gpt-4o-mini", "openai:gpt-4o-mini"),
        ("gpt-4.1-nano", "openai:gpt-4.1-nano"),
        ("gpt-4o-mini-2024-07-18", "openai:gpt-4o-mini-2024-07-18"),
    ],
)
def test_a_model_alone_is_told_with_its_provider(
    here: Path, typed: Typed, target: str, meant: str
) -> None:
    assert typed(f"check chat.jsonl --target {target}") == 2
    assert f"'{target}' is a model, and its provider is not said" in typed.err
    assert meant in typed.err
    assert typed(f"check chat.jsonl --target {meant}") in (0, 1)


@pytest.mark.parametrize("flags", ["--select C001", "--ignore T", "--select S --ignore C"])
def test_what_is_selected_changes_no_count_of_tokens(here: Path, typed: Typed, flags: str) -> None:
    assert typed("check chat.jsonl --tokens") == 0
    whole = re.findall(r"[\d,]+ tokens", typed.out)
    assert whole and whole != ["0 tokens"]
    assert typed(f"check chat.jsonl --tokens {flags}") == 0
    assert re.findall(r"[\d,]+ tokens", typed.out) == whole


def test_a_file_that_is_not_there_comes_before_a_target_that_is_not_said(
    here: Path, typed: Typed
) -> None:
    assert typed("convert nowhere.jsonl") == 2
    assert "nowhere.jsonl: no such file" in typed.err
    assert typed("convert chat.jsonl") == 2
    assert "There is no target" in typed.err


@pytest.mark.parametrize("provider", ["openai", "nebius", "together"])
def test_a_file_in_the_place_of_a_folder_is_told_with_the_command_that_makes_one(
    here: Path, typed: Typed, provider: str
) -> None:
    model = "" if provider == "openai" else " --model meta-llama/Llama-3.1-8B-Instruct"
    assert typed(f"train {provider} chat.jsonl --dry-run{model}") == 2
    assert "chat.jsonl is a file" in typed.err
    assert "dataprep convert chat.jsonl --to openai-chat --out out" in typed.err


@pytest.mark.parametrize("mark", [";", "|", "\t", ","])
def test_what_divides_the_cells_is_told_from_the_table(here: Path, typed: Typed, mark: str) -> None:
    rows = [
        ("question", "answer"),
        *((f'What, or "who"; is {n} | x?', f"It is {n * 7}, sir.") for n in range(9)),
    ]
    quoted = [
        "\t".join(row)
        if mark == "\t"
        else mark.join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in row)
        for row in rows
    ]
    (here / "table.csv").write_text("\r\n".join(quoted) + "\r\n")
    flags = "--prompt {{question}} --completion {{answer}} --to prompt-completion -o out -q"
    assert typed(f"convert table.csv {flags}") == 0
    lines = [
        json.loads(x)
        for f in sorted((here / "out").glob("prompt-*/*"))
        for x in f.read_text().splitlines()
    ]
    assert {line["prompt"] for line in lines} == {row[0] for row in rows[1:]}
    assert typed("check table.csv") in (0, 1)


@pytest.mark.parametrize(
    ("command", "takes"),
    [("convert", "SOURCES"), ("check", "FILES"), ("init", "SOURCES"), ("push", "SOURCES")],
)
def test_the_usage_names_what_a_command_takes(typed: Typed, command: str, takes: str) -> None:
    assert typed(f"{command} --help") == 0
    assert typed.out.startswith(f"Usage: dataprep {command} [OPTIONS] [{takes}...]")


@pytest.mark.parametrize("line", ["train t5", "check", "convert", "predict run"])
def test_an_argument_that_is_empty_is_not_this_folder(
    here: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    """A variable of the shell that is not set; as a path it would be `.`, with all in it."""
    assert run([*line.split(), ""]) == 2
    assert "An argument is empty" in capsys.readouterr().err
    assert not (here / "runs").exists()
