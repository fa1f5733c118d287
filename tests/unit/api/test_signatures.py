"""From Python as from the shell: every option of a command is one of its function, and arrives."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dataprep
from dataprep.api import checking, converting
from dataprep.cli import converting as convert_command
from dataprep.cli import validating as check_command

SCREEN = {
    "convert": {"quiet", "then"},
    "check": {"quiet", "output_format"},
}
"""Options that say what is printed."""
MENDING = ("fix", "diff", "output")
"""Options of check that write a mended copy; they are not asked before it reads."""
OURS = {"progress"}


class Arrived(Exception):
    """What came to the function that both doors call."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__()
        self.given = {**named}
        for part in given:
            self.given |= part if isinstance(part, dict) else {}


def arriving(*given: Any, **named: Any) -> None:
    raise Arrived(*given, **named)


def options(function: Callable[..., Any]) -> dict[str, Any]:
    """The keywords of a function and their defaults; paths as texts."""
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is not parameter.VAR_POSITIONAL:
            value = parameter.default
            found[name.removesuffix("_")] = str(value) if isinstance(value, Path) else value
    return found


COMMANDS = [
    ("convert", convert_command.convert, dataprep.convert),
    ("check", check_command.check, dataprep.check),
]


@pytest.mark.parametrize(("name", "command", "function"), COMMANDS)
def test_the_options_of_a_command_and_of_its_function_are_the_same(
    name: str, command: Callable[..., int], function: Callable[..., Any]
) -> None:
    shell, python = options(command), options(function)
    assert len(shell) > 10
    assert {k: v for k, v in shell.items() if k not in SCREEN[name]} == {
        k: v for k, v in python.items() if k not in OURS
    }


def test_a_type_checker_knows_every_option_of_check() -> None:
    named = {*inspect.signature(dataprep.check).parameters} - {"files", *MENDING}
    assert checking.CheckChoices.__annotations__.keys() == named


@pytest.mark.parametrize("function", [dataprep.convert, convert_command.convert])
def test_every_option_of_convert_arrives_where_it_is_used(
    function: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converting, "run_conversion", arriving)
    own = ("sources", *SCREEN["convert"])
    names = [name for name in inspect.signature(function).parameters if name not in own]
    named = {name: f"the {name}" for name in names}
    with pytest.raises(Arrived) as caught:
        inspect.unwrap(function)("source", **named)
    came = caught.value.given
    wanted = {name.removesuffix("_"): value for name, value in named.items()}
    passed = {"recipe", "to", "out", "progress"}  # by their places, or as paths
    assert {k: v for k, v in wanted.items() if k not in passed}.items() <= came.items()
    assert str(came["out"]) == "the out"


@pytest.mark.parametrize("function", [dataprep.check, check_command.check])
def test_every_option_of_check_arrives_where_it_is_used(
    function: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "prepared_check", arriving)
    screen = (*SCREEN["check"], *MENDING)
    names = [n for n in inspect.signature(function).parameters if n not in (*screen, "files")]
    with pytest.raises(Arrived) as caught:
        inspect.unwrap(function)("file", **{name: f"the {name}" for name in names})
    came = {name: _text(value) for name, value in caught.value.given.items()}
    assert came == {name: f"the {name}" for name in names}


def _text(value: Any) -> str:
    return str(value[0] if isinstance(value, tuple) else value)
