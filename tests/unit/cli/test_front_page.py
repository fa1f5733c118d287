"""The page of all commands is the one that cyclopts prints, and loads nothing to parse with."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dataprep.cli import COMMANDS, app
from dataprep.cli.front_page import show, shown, summary

ROOT = Path(__file__).parents[3]
SCREENS: list[dict[str, Any]] = [
    {},
    {"force_terminal": True, "color_system": "truecolor"},
    {"force_terminal": True, "color_system": "standard"},
    {"force_terminal": True, "no_color": True},
]
FLAGS = {
    "--help (-h)": "Display this message and exit.",
    "--version": "Display application version.",
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dataprep", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("screen", SCREENS, ids=["pipe", "true colour", "16 colours", "no colour"])
def test_the_page_is_that_of_cyclopts_at_any_width(screen: dict[str, Any]) -> None:
    for name in COMMANDS:
        assert app[name]  # loaded, as the application does for this page
    said = {**{name: summary(name) for name in sorted(COMMANDS)}, **FLAGS}
    for width in (32, 33, 40, 59, 80, 101, 200):
        own, its = io.StringIO(), io.StringIO()
        show(Console(file=own, width=width, **screen), said)
        app.help_print([], console=Console(file=its, width=width, **screen))
        assert own.getvalue() == its.getvalue(), width


def test_all_who_ask_for_the_page_get_it() -> None:
    pages = [run(*asked) for asked in ([], ["--help"], ["-h"])]
    assert {(page.returncode, page.stderr) for page in pages} == {(0, "")}
    assert len({page.stdout for page in pages}) == 1
    assert "Judge training files before they are uploaded" in pages[0].stdout


def test_a_page_too_narrow_for_a_name_is_left_to_cyclopts() -> None:
    for name in COMMANDS:
        assert app[name]
    its = io.StringIO()
    app.help_print([], console=Console(file=its, width=24))
    page = run("--help", COLUMNS="24")
    assert (page.returncode, page.stderr, page.stdout) == (0, "", its.getvalue())


def test_a_command_without_a_docstring_leaves_the_page_to_cyclopts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dataprep.cli.front_page.summary", lambda _: "")  # as by python -OO
    assert shown(["--help"]) is None
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_page_that_cannot_be_written_says_so() -> None:
    with Path("/dev/full").open("w") as full:
        page = subprocess.run(
            [sys.executable, "-m", "dataprep", "--help"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (page.returncode, page.stderr) == (4, "dataprep: output: No space left on device.\n")
