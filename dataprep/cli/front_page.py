"""The page of all commands, without what parses a command line: most who start ask for it.

It is what cyclopts prints of the application: tests/unit/cli/test_front_page.py holds the two
together. What a command does is the first paragraph of its docstring, which stands in its compiled
module: none is run for it.
"""

from __future__ import annotations

import inspect
import math
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from types import CodeType
from typing import TYPE_CHECKING

from dataprep.cli.commands import ABOUT, COMMANDS

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

ASKED: tuple[list[str], ...] = ([], ["--help"], ["-h"])
"""The command lines that ask for it."""

_FLAGS = {
    "--help (-h)": "Display this message and exit.",
    "--version": "Display application version.",
}
_NAMES = 0.35
"""The share of the width that names of commands may take."""


def shown(arguments: Sequence[str]) -> int | None:
    """Print the page where it is asked for; its exit code, None where the application must tell."""
    if list(arguments) not in ASKED or "HF_ENDPOINT" in os.environ:  # an address that is looked at
        return None
    said = {**{name: summary(name) for name in sorted(COMMANDS)}, **_FLAGS}
    from rich.console import Console

    console = Console()
    if not all(said.values()) or _room(console) < max(map(len, said)):
        return None  # python -OO leaves out what is said, and cyclopts breaks names
    from dataprep.cli.unbroken import outlive_readers

    outlive_readers()
    try:
        show(console, said)
        sys.stdout.flush()
    except OSError as error:
        from dataprep.cli.application import unwritten

        return unwritten(error)
    return 0


def _room(console: Console) -> int:
    """The columns that names of commands may take."""
    return math.ceil(console.width * _NAMES)


def summary(name: str) -> str:
    """The first paragraph of what a command says of itself; empty where that is not there."""
    command = COMMANDS[name]
    if command.about:
        return command.about
    spec = find_spec(f"dataprep.cli.{command.module}")
    get_code = getattr(spec and spec.loader, "get_code", None)
    module = get_code(spec.name) if spec and get_code else None
    for code in module.co_consts if module else ():
        if isinstance(code, CodeType) and code.co_name == name:
            said = code.co_consts[0] if code.co_consts else None
            text = inspect.cleandoc(said) if isinstance(said, str) else ""
            return text.split("\n\n")[0].replace("\n", " ")
    return ""


class _Description:
    """What a command does; it is given the room that its name leaves, and claims no width."""

    def __init__(self, said: str) -> None:
        self._said = said

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        yield Text(self._said)


def show(console: Console, said: dict[str, str]) -> None:
    """Print the page: how it is used, what it is for, and what each command does."""
    from rich.box import ROUNDED
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    console.print(Text("Usage: ", style="bold") + Text("dataprep COMMAND\n", style="bold"))
    console.print(Text(inspect.cleandoc(ABOUT) + "\n"))
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan", max_width=_room(console))
    table.add_column(overflow="fold")
    for name, line in said.items():
        table.add_row(name, _Description(line))
    console.print(Panel(table, box=ROUNDED, title="Commands", title_align="left", padding=(0, 1)))
