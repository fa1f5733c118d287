"""Every command line that the source makes is read by the parser of the command line."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from dataprep.cli import app
from dataprep.shell import command_line
from tests.messages import ROOT, messages

MADE_OF = "command_line"
FILLED = {"to": "openai-chat", "model": "MODEL", "attach": "ftjob-7", "url": "http://localhost"}
"""What stands for a value that only a run knows, by the flag it is given to."""

SWITCHES = ("unencrypted",)

OTHERWISE = ("show", "verify")
"""What `next_steps.for_dataset` is given to name where nothing is to train."""


class MadeLine(NamedTuple):
    """A command line of the source, as a run would print it, and where it is made."""

    where: str
    line: str


def made_lines() -> Iterator[MadeLine]:
    """Those that `command_line` makes, with fitting words where a run puts its own."""
    for room in ("dataprep", "trainers"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == MADE_OF:
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield from (MadeLine(where, line) for line in _lines(node))


def _lines(call: ast.Call) -> Iterator[str]:
    first, *rest = call.args
    flags = {
        each.arg: True if _is_switch(each.value) else FILLED.get(each.arg, "7")
        for each in call.keywords
        if each.arg
    }
    words = [_word(word) for word in rest if not isinstance(word, ast.Starred)]
    for begun in [first.value] if isinstance(first, ast.Constant) else OTHERWISE:
        yield command_line(begun, *words, **flags)


def _is_switch(value: ast.expr) -> bool:
    return (isinstance(value, ast.Constant) and value.value is True) or _name(value) in SWITCHES


def _name(value: ast.expr) -> str:
    return value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")


def _word(word: ast.expr) -> str:
    if isinstance(word, ast.Constant):
        return str(word.value)
    return "openai" if ast.unparse(word) == "name" else "7"


def written_lines() -> Iterator[MadeLine]:
    """Those that stand in a message and name what to fill in, as FILE or MODEL.

    A mere mention, as `dataprep check --fix`, is proved by test_advice.
    """
    for message in messages():
        for found in re.finditer(
            r"\bdataprep ([a-z]+(?: [^\s`;,)|']+)*(?: '[^']*')?)", message.text
        ):
            words = _typed(found[1])
            if any(word.isupper() for word in words):
                yield MadeLine(f"{message.file}:{message.line}", shlex.join(["dataprep", *words]))


GOES_ON = re.compile(r"(?:\. | (?:does|says|names) ).*$|\.$")
"""Where a sentence goes on behind the command that it names."""


def _typed(words: str) -> list[str]:
    plain = GOES_ON.sub("", words.replace("....", "openai-chat")).replace("...", "FILE")
    return shlex.split(plain.replace("{}", "openai-chat"))


MADE = [*made_lines()]
WRITTEN = [*{made.line: made for made in written_lines()}.values()]


@pytest.mark.parametrize("made", [*MADE, *WRITTEN], ids=lambda made: f"{made.where} {made.line}")
def test_a_line_that_is_said_is_one_of_the_command_line(made: MadeLine) -> None:
    words = ["--fix=safe" if word == "--fix" else word for word in shlex.split(made.line)[1:]]
    app.parse_args(words, exit_on_error=False, print_error=False)


def test_the_lines_are_all_there() -> None:
    assert len(MADE) > 30
    assert len(WRITTEN) > 10
