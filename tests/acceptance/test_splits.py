"""What convert divides holds no leak that check knows, and none comes when the data grows."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
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
    for flag, leaks in (("off", True), ("on", False), ("whole", False)):
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


def same_end(n: int) -> dict[str, Any]:
    """A conversation of its own, whose last question is that of all others."""
    dice = Random(n)  # noqa: S311
    said = [" ".join(text(dice, 9)) for _ in range(3)]
    return {
        "messages": [
            {"role": "system", "content": "You know rivers."},
            {"role": "user", "content": said[0]},
            {"role": "assistant", "content": said[1]},
            {"role": "user", "content": "And then?"},
            {"role": "assistant", "content": said[2]},
        ]
    }


@pytest.mark.parametrize("near_copies", ["on", "off"])
def test_conversations_that_end_in_one_question_are_divided_and_no_leaks(
    dataprep: Run, tmp_path: Path, near_copies: str
) -> None:
    """The last question decided: all of them stood in one split, or were dropped as leaks."""
    rows = [same_end(n) for n in range(60)]
    out, flags = tmp_path / "out", ("--near-duplicates", near_copies, "-o")
    write_rows(tmp_path / "all.jsonl", rows)
    dataprep("convert", tmp_path / "all.jsonl", "--to", "openai-chat", *flags, out)
    splits = json.loads((out / "manifest.json").read_text())["splits"]
    assert 35 <= splits["train"] <= 58
    for name, part in (("train", rows[:40]), ("test", rows[40:])):
        write_rows(tmp_path / f"{name}.jsonl", part)
    given = (tmp_path / "train.jsonl", tmp_path / "test.jsonl", "--split-by", "file")
    dataprep("convert", *given, "--to", "openai-chat", *flags, tmp_path / "given")
    kept = json.loads((tmp_path / "given" / "manifest.json").read_text())["splits"]
    assert kept == {"train": 40, "validation": 0, "test": 20}


def test_the_same_conversation_with_two_answers_stays_on_one_side(
    dataprep: Run, tmp_path: Path
) -> None:
    rows = [same_end(n) for n in range(30)]
    again = [
        {"messages": [*r["messages"][1:-1], {"role": "assistant", "content": "No."}]} for r in rows
    ]
    write_rows(tmp_path / "all.jsonl", [*rows, *again])
    flags = ("--to", "openai-chat", "--near-duplicates", "off", "-o", tmp_path / "out")
    dataprep("convert", tmp_path / "all.jsonl", *flags)
    frame = pl.read_parquet(tmp_path / "out" / "examples" / "part-00000.parquet")
    sides = dict(frame.group_by("line").agg("split").iter_rows())
    assert all(sides[n] == sides[n + 30] for n in range(1, 31))
    assert frame["split"].n_unique() > 1
