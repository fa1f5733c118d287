"""No regular expression of the house grows faster than the text that it reads."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.unit.regex_attacks import slow

ROOT = Path(__file__).parents[2]
ROOMS = ("dataprep", "trainers")

ELSEWHERE = "sensitive"
"""The folder whose patterns have a test of their own: checks/test_worst_cases.py."""

TABLES = frozenset({"_MESSAGES", "_ADVICE"})
"""Tables of patterns as text, each with its meaning, which are compiled when they are needed."""

ANCHORED = frozenset({"match", "fullmatch"})
SEARCHING = frozenset({"search", "sub", "subn", "findall", "finditer", "split"})


class Use(NamedTuple):
    """A pattern, and whether it is searched for (`search`) or only tried at one place."""

    where: str
    pattern: re.Pattern[str]
    method: str


def sources() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if ELSEWHERE not in path.parts:
                yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def methods_by_name() -> dict[str, set[str]]:
    """The methods called on each name, wherever it is: NAME.search, module.NAME.sub."""
    found: dict[str, set[str]] = {}
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and node.attr in ANCHORED | SEARCHING:
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else ast.unparse(owner)
                for key in (name, f"{path}:{name}"):
                    found.setdefault(key, set()).add(node.attr)
    return found


def method(path: Path, name: str) -> str:
    used = methods_by_name()
    calls = used.get(f"{path}:{name}" if name.startswith("_") else name, set())
    return next(iter(sorted(calls))) if calls and calls <= ANCHORED else "search"


def patterns_in(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(owner := getattr(value, "__self__", None), re.Pattern):
        yield from patterns_in(owner)
    elif isinstance(getattr(value, "pattern", None), str):  # a kind of secret, compiled when needed
        yield re.compile(value.pattern)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from patterns_in(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from patterns_in(inner)


def named() -> Iterator[Use]:
    """The patterns that stand at the head of a module."""
    for path in sources():
        if not any(isinstance(n, ast.Import) and n.names[0].name == "re" for n in tree(path).body):
            continue
        parts = path.relative_to(ROOT).with_suffix("").parts
        module = importlib.import_module(".".join(p for p in parts if p != "__init__"))
        for name in TABLES & vars(module).keys():
            for text, _ in vars(module)[name]:
                yield Use(f"{'/'.join(parts)}.py {name}", re.compile(text), "search")
        for name, value in vars(module).items():
            for pattern in patterns_in(value):
                yield Use(f"{'/'.join(parts)}.py {name}", pattern, method(path, name))


def written() -> Iterator[Use]:
    """The patterns that are written where they are used: re.sub("...", ...)."""
    for path in sources():
        for node in ast.walk(tree(path)):
            if not (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
                and node.func.attr in ANCHORED | SEARCHING
            ):
                continue
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield Use(where, re.compile(node.args[0].value, re.DOTALL), node.func.attr)


@cache
def uses() -> list[Use]:
    """Each pattern once for each way in which it is used."""
    found: dict[tuple[str, int, str], Use] = {}
    for use in (*named(), *written()):
        found.setdefault((use.pattern.pattern, use.pattern.flags, use.method), use)
    return list(found.values())


PARTS = 8


def test_the_patterns_of_ours_are_found() -> None:
    assert len(uses()) > 100


@pytest.mark.parametrize("part", range(PARTS))
def test_no_pattern_of_ours_grows_faster_than_its_text(part: int) -> None:
    tried = uses()[part::PARTS]
    found = [(use.where, use.pattern.pattern, slow(use.pattern, use.method)) for use in tried]
    assert [(where, pattern, said) for where, pattern, said in found if said] == []


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"^(a+)+$", "match"),  # exponential: repeats within a repeat
        (r"(?:a|aa)+b", "match"),  # exponential: branches that overlap
        (r"\s+$", "search"),  # the square: a search from every blank
        (r"<!--.*?-->", "search"),  # the square: an opening that is never closed
        (r"key\s*\w*\s*\w*=", "match"),  # the cube: neighbours that overlap
    ],
)
def test_a_pattern_that_explodes_is_found(pattern: str, method: str) -> None:
    assert slow(re.compile(pattern, re.DOTALL), method)


@pytest.mark.parametrize(
    ("pattern", "method"),
    [(r"^(?:a++)++$", "match"), (r"(?<!\s)\s++$", "search"), (r"[a-z]{1,64}@", "search")],
)
def test_a_pattern_that_is_linear_is_let_through(pattern: str, method: str) -> None:
    assert slow(re.compile(pattern, re.DOTALL), method) == ""
