"""What is known of a format stands in its own module: no second list of its keys anywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MODULES = [
    path
    for folder in ("dataprep", "trainers")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not path.is_relative_to(ROOT / "dataprep/formats")
]
SENTINELS = frozenset(
    [
        "messages",
        "completion",
        "chosen",
        "rejected",
        "preferred_output",
        "non_preferred_output",
        "conversations",
        "conversation",
        "instruction",
        "instructions",
        "contents",
        "systemInstruction",
        "mapping",
        "reference_answer",
        "tool_calls",
        "function_call",
        "functions",
        "parallel_tool_calls",
        "reasoning_content",
        "thinking",
        "human",
        "gpt",
        "kto_tag",
        "completions",
        "custom_id",
        "history",
        "query",
        "response",
        "refusal",
        "tool_call_id",
    ]
)
"""Names that mean a format of rows wherever they stand; common ones (text, name, id) do not."""

ELSEWHERE = {
    "example.py": "the columns of our own turns",
    "sensitive/fields.py": "keys under which a question and its answer stand, whatever the format",
    "sources/given_templates.py": "what templates may read of a task that compares two answers",
    "shapes/preference.py": "the data of a pairwise control of Label Studio",
    "targets/answers.py": "the fields of a labeling config that we write",
}
"""Literals that name two of them and are no format's: what they are."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_other_module_lists_the_keys_of_a_format(path: Path) -> None:
    found = [(line, sorted(keys)) for line, keys in _lists(path)]
    name = str(Path(*path.relative_to(ROOT).parts[1:]))
    if name in ELSEWHERE:
        assert found, f"{name} lists no keys any more: take it from ELSEWHERE"
    else:
        assert found == []


def _lists(path: Path) -> Iterator[tuple[int, set[str]]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            held: list[ast.expr | None] = list(node.elts)
        elif isinstance(node, ast.Dict):
            held = list(node.keys)
        else:
            continue
        texts = {e.value for e in held if isinstance(e, ast.Constant) and isinstance(e.value, str)}
        named = texts & SENTINELS
        if len(named) >= 2:
            yield node.lineno, named


def test_the_sentinels_are_the_keys_of_formats() -> None:
    held = "".join(path.read_text("utf-8") for path in (ROOT / "dataprep/formats").glob("*.py"))
    held += "".join(path.read_text("utf-8") for path in (ROOT / "schemas").glob("*.json"))
    assert {
        name for name in SENTINELS if f'"{name}"' not in held and f" {name}" not in held
    } == set()


def test_no_two_public_types_share_a_name() -> None:
    homes: dict[str, list[str]] = {}
    for path in [*MODULES, *sorted((ROOT / "dataprep/formats").glob("*.py"))]:
        for name in _types(ast.parse(path.read_text("utf-8"))):
            homes.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def _types(module: ast.Module) -> Iterator[str]:
    """The classes of a module, and the names that it gives to types."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name):
            name = target.id
            if name[0].isupper() and not name.isupper() and "_" not in name:
                yield name
