"""Help is as wide as the terminal: its lines end where the next word does not fit."""

from __future__ import annotations

from itertools import pairwise

import pytest
from rich.cells import cell_len
from rich.console import Console

from dataprep.cli import app, run
from tests.command_tree import commands

SIDES = "│ "


def help_of(
    words: tuple[str, ...], width: int, patch: pytest.MonkeyPatch, said: pytest.CaptureFixture[str]
) -> list[str]:
    """The lines of a page of help, as wide as a terminal."""
    patch.setattr(app, "_console", Console(width=width))
    assert run([*words, "--help"]) == 0
    return said.readouterr().out.splitlines()


def in_cells(line: str) -> str:
    """A line of which each character takes one cell."""
    return "".join(sign if cell_len(sign) == 1 else "x" * cell_len(sign) for sign in line)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_a_line_of_help_ends_where_the_next_word_does_not_fit(
    words: tuple[str, ...],
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = help_of(words, width, monkeypatch, capsys)
    table = [in_cells(line) for line in shown if line.startswith("│")]
    for above, line in pairwise(table):
        start = len(line) - len(line.lstrip(SIDES))
        if start < 8 or above[start - 2 : start] != "  ":
            continue  # the names of a flag, or the head of another cell
        room = len(line.rstrip("│")) - 1 - start
        taken = len(above[start:].rstrip(SIDES))
        word = line[start:].split()[0]
        assert taken + 1 + len(word) > room, f"{above}\n{line}"


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_examples_stand_on_lines_of_their_own_and_defaults_that_say_nothing_nowhere(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = help_of(words, 80, monkeypatch, capsys)
    assert any(line.startswith("Example:") for line in lines)
    assert all(line.startswith("Example:") for line in lines if "Example:" in line)
    for empty in ("[default: ()]", "[default: []]", "[default: False]"):
        assert not any(empty in line for line in lines)
