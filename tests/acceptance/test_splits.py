"""What convert divides holds no leak that check knows, and none comes when the data grows."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.acceptance.conftest import Run
from tests.near_copies import clusters, near, splits_of, straddling, text, write_rows

TASK = "Read the ticket below and answer it as the desk of the town hall would answer it."


def chats(prompts: list[str]) -> list[dict[str, Any]]:
    """A conversation for each prompt, two in three with an earlier turn."""
    rows = []
    for number, prompt in enumerate(prompts):
        messages = [
            {"role": "user", "content": f"{TASK}\n\n{prompt}"},
            {"role": "assistant", "content": f"Answer {number}."},
        ]
        if number % 3:
            messages[:0] = [
                {"role": "user", "content": f"Hello, this is {number}."},
                {"role": "assistant", "content": "How can I help you?"},
            ]
        rows.append({"messages": messages})
    return rows


def pairs(prompts: list[str]) -> list[dict[str, Any]]:
    """A pair for each prompt; the near copies stand in the answers of every second."""
    dice = Random(8)  # noqa: S311
    rows = []
    for number, prompt in enumerate(prompts):
        other = " ".join(text(dice, 9))
        asked, answer = (prompt, other) if number % 2 else (other, prompt)
        rows.append({"prompt": f"{TASK} {asked}", "completion": answer})
    return rows


def preferences(prompts: list[str]) -> list[dict[str, Any]]:
    """Two answers to each prompt."""
    return [
        {"prompt": prompt, "chosen": f"good answer {n}", "rejected": f"bad answer {n}"}
        for n, prompt in enumerate(prompts)
    ]


@pytest.mark.parametrize(
    ("rows", "target"),
    [(chats, "openai-chat"), (pairs, "prompt-completion"), (preferences, "trl-preference")],
)
def test_check_finds_no_leak_in_what_convert_divided(
    dataprep: Run, tmp_path: Path, rows: Any, target: str
) -> None:
    prompts = [prompt for cluster in clusters(70, 4, seed=9) for prompt in cluster]
    Random(9).shuffle(prompts)  # noqa: S311
    write_rows(tmp_path / "rows.jsonl", [*rows(prompts), *rows(prompts[:40])])
    for flag, leaks in (("off", True), ("on", False)):
        done = dataprep(
            "convert", "rows.jsonl", "--to", target, "-o", flag, "--near-duplicates", flag
        )
        assert done.returncode == 0, done.stderr
        found = dataprep("check", flag, "--output-format", "json")
        codes = {finding["code"] for finding in json.loads(found.stdout)}
        assert ("D006" in codes, "D003" in codes) == (leaks, False)
        assert codes & {"D004", "D001"}, "near copies and copies are there to be told apart"


def test_a_dataset_that_grows_three_times_moves_no_row_and_leaks_nothing(
    dataprep: Run, tmp_path: Path
) -> None:
    dice = Random(10)  # noqa: S311
    base = [text(dice) for _ in range(60)]
    held = [" ".join(words) for words in base]
    before: dict[str, str] = {}
    for _ in range(3):
        write_rows(
            tmp_path / "rows.jsonl",
            [{"prompt": prompt, "completion": f"answer {prompt[:9]}"} for prompt in held],
        )
        done = dataprep("convert", "rows.jsonl", "--to", "prompt-completion")
        assert done.returncode == 0, done.stderr
        after = splits_of(tmp_path / "out")
        assert {prompt: after[prompt] for prompt in before} == before
        found = dataprep("check", "out", "--output-format", "json")
        codes = {finding["code"] for finding in json.loads(found.stdout)}
        assert not codes & {"D003", "D006"}
        before = after
        held = [*(" ".join(near(dice, words)) for words in base), *held]
    assert straddling([[" ".join(words)] for words in base], before) == 0
    assert set(before.values()) == {"train", "validation", "test"}


def test_a_template_that_becomes_seldom_loses_no_row_and_names_no_leak(
    dataprep: Run, tmp_path: Path
) -> None:
    dice = Random(11)  # noqa: S311
    task = " ".join(text(dice, 40))
    held = [f"{task} {' '.join(text(dice, 8))}" for _ in range(30)]
    before: dict[str, str] = {}
    for _ in range(3):
        rows = [{"prompt": prompt, "completion": f"answer {prompt[-9:]}"} for prompt in held]
        write_rows(tmp_path / "rows.jsonl", rows)
        done = dataprep("convert", "rows.jsonl", "--to", "prompt-completion")
        assert done.returncode == 0, done.stderr
        after = splits_of(tmp_path / "out")
        assert {prompt: after[prompt] for prompt in before} == before
        assert len(after) == len(held)
        found = dataprep("check", "out", "--output-format", "json")
        assert "D006" not in {finding["code"] for finding in json.loads(found.stdout)}
        before = after
        held += [" ".join(text(dice, 40)) for _ in range(600)]
        held += [f"{task} {' '.join(text(dice, 8))}" for _ in range(5)]
    assert set(before.values()) == {"train", "validation", "test"}
