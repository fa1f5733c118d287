"""The texts that the project says to people, each with where it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent


class Message(NamedTuple):
    """A text in the source; an insertion of an f-string stands in it as {}."""

    file: str
    line: int
    text: str


@cache
def messages() -> tuple[Message, ...]:
    """Every text of the source but docstrings; patterns of secrets are left out."""
    return tuple(
        Message(str(path.relative_to(ROOT)), line, text)
        for room in ("dataprep", "trainers")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "sensitive" not in path.parts
        for line, text in sorted(_texts(ast.parse(path.read_text("utf-8"))))
    )


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(value) for value in node.values}
            yield node.lineno, "".join(map(_piece, node.values))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and id(node) not in passed
            and isinstance(node.value, str)
        ):
            yield node.lineno, node.value


def _piece(value: ast.expr) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else "{}"


def named_commands(text: str) -> Iterator[list[str]]:
    """The words that follow `dataprep` where a text names one of its commands."""
    for found in re.finditer(r"\bdataprep((?: [a-z][a-z0-9]*)+)", text):
        yield found[1].split()
