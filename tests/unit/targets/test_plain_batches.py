"""A batch of plain examples is written from its columns as its examples are one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dataprep import targets
from dataprep.example import Batch, Example, Turn
from dataprep.recipe import Recipe
from dataprep.targets import RowWriter, Written

TEXTS = (
    "plain",
    'a "quoted" \\ word / and <b>',
    "".join(map(chr, range(0x20))),
    "\x7f\x80\u00a0\u2028\u2029\ufeff🙂日本語",
    "",
    " \n",
    "2026-11-30",
    '"4f1d2a"',
    "a,b;c\r\n'd'",
)
ROW_TARGETS = ("prompt-completion", "openai-chat", "azure", "together", "fireworks", "nebius")


def writer(name: str, **more: Any) -> RowWriter:
    recipe = Recipe.model_validate({"targets": [{"name": name, **more}]})
    (found,) = targets.writers(recipe.wanted, Path()).values()
    return found


def example(number: int, asked: str, answer: str, **more: Any) -> Example:
    given = {"id": f"{number:016x}", "file": "a.json", "task": str(number), **more}
    return Example(**{"shape": "classification", "input": asked, "output": answer, **given})


def batch(*examples: Example) -> Batch:
    return Batch.of(examples)


def both(folder: Path, made: Batch, name: str, **more: Any) -> tuple[bool, Any, Any]:
    """Whether the columns were taken, and by both ways the files and what is counted."""
    found = []
    for way in ("columns", "rows"):
        written, one = Written(), writer(name, **more)
        if way == "rows":
            one.append(folder / way, made.rows(), written)
        else:
            taken = one.append_plain(folder / way, made, written)
        files = {path.name: path.read_bytes() for path in sorted((folder / way).glob("*"))}
        found.append((files, written))
    return taken, *found


@pytest.mark.parametrize("name", ROW_TARGETS)
@pytest.mark.parametrize("system", [None, 'Say "it"\n in input 4f1d2a.'])
def test_every_text_is_spelled_as_by_single_rows(
    name: str, system: str | None, tmp_path: Path
) -> None:
    splits = ("train", "validation", None, "test")
    made = batch(
        *(
            example(n * 100 + m, asked, answer, split=splits[(n + m) % 4])
            for n, asked in enumerate(TEXTS)
            for m, answer in enumerate(TEXTS)
        )
    )
    more = {} if system is None or name == "prompt-completion" else {"system": system}
    taken, columns, rows = both(tmp_path, made, name, **more)
    assert taken
    assert columns == rows
    assert len(rows[0]) == 3


@pytest.mark.parametrize(
    "more",
    [
        {"system": "Say it."},
        {"rejected": "no"},
        {"weight": 0.5},
        {"turns": (Turn(role="user", content="a"), Turn(role="assistant", content="b"))},
        {"shape": "reinforcement"},
    ],
)
def test_what_is_not_plain_is_written_by_rows(more: dict[str, Any], tmp_path: Path) -> None:
    made = batch(example(1, "a", "b"), example(2, "a", "b", **more))
    taken, columns, _ = both(tmp_path, made, "openai-chat")
    assert not taken
    assert columns == ({}, Written())


@pytest.mark.parametrize("name", ["preference", "trl-preference", "kto", "alpaca", "sharegpt"])
def test_a_target_with_other_rows_writes_them_as_ever(name: str, tmp_path: Path) -> None:
    taken, columns, rows = both(tmp_path, batch(example(1, "a", "b")), name)
    assert columns == rows if taken else columns == ({}, Written())


def test_rows_that_look_like_dates_are_noted_each(tmp_path: Path) -> None:
    days = [example(n, f"2026-11-{n + 1:02}", "2026-11-30") for n in range(5)]
    taken, columns, rows = both(tmp_path, batch(*days, example(9, "no", "date")), "openai-chat")
    assert taken
    assert columns == rows
