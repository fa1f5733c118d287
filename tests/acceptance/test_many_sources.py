"""Four hundred sources print a summary, and no note for each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.cli import run
from tests.building import BAD, GOOD, annotated, of_task


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


def tables() -> list[str]:
    names = [f"t{n:03}.csv" for n in range(400)]
    for name in names:
        Path(name).write_text(f"question;answer;id\nWhat is in {name}?;It is so.;1\n")
    return names


def test_a_conversion_of_many_tables_says_once_what_is_true_of_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["convert", *tables(), "--to", "alpaca", "-o", "out"]) == 0
    said = capsys.readouterr().err
    assert "t000.csv, t001.csv, t002.csv and 397 more: columns\n" in said
    assert "t000.csv, t001.csv, t002.csv and 397 more: cells are divided by ';'\n" in said
    assert "and 397 more: question → prompt, answer → completion; carried along: id\n" in said
    assert len(said.splitlines()) < 30
    held = json.loads(Path("out/manifest.json").read_text())["notes"]
    assert "t399.csv: columns" in held


@pytest.mark.parametrize("command", ["check", "init"])
def test_other_commands_say_it_once_too(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, *tables()]) == 0
    screen = "".join(capsys.readouterr())
    assert len(screen.splitlines()) < 30


def test_of_many_exports_the_least_agreement_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"e{n:02}.json" for n in range(20)]
    for n, name in enumerate(names):
        second = BAD if n == 17 else GOOD
        more = of_task(f"More {n}", annotated(BAD), annotated(BAD, by=2), id=2)
        tasks = [of_task(f"Text {n}", annotated(GOOD), annotated(second, by=2), id=1), more]
        Path(name).write_text(json.dumps(tasks))
    assert run(["convert", *names, "--to", "alpaca", "-o", "out"]) == 0
    said = capsys.readouterr().err
    assert "Agreement was measured 20 times, for each file and control. Here are the 3" in said
    first, *others = said.split("Agreement on ")[1:]
    assert len(others) == 2
    assert "observed agreement     0.500" in first
    assert all("observed agreement    1.000" in other for other in others)
    assert len(said.splitlines()) < 120
