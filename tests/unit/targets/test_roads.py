"""One OpenAI file goes to every road: the same bytes by any number of workers, losses counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep import sources
from dataprep.conversion import convert
from dataprep.recipe_file import parse
from dataprep.targets import CATALOGUE
from tests.unit.formats.test_provider_demands import ANSWER, CALLS, RESULT, SYSTEM, URL, USER
from tests.unit.targets.test_lost import RICH, TOOL
from tests.unit.targets.test_parts import limits_of

CLOSED = ["openai-chat", "azure", "together", "fireworks", "nebius", "reinforcement"]
OTHERS = ["prompt-completion", "alpaca", "sharegpt"]


def openai_file(folder: Path, rows: int) -> None:
    kinds: list[dict[str, Any]] = [
        {"messages": [SYSTEM, USER, ANSWER]},
        {"messages": [USER, ANSWER, USER, {**ANSWER, "weight": 1}]},
        {"messages": [USER, CALLS, RESULT, ANSWER], "tools": [TOOL]},
        {"messages": [URL, ANSWER]},
    ]
    lines = []
    for number in range(rows):
        row = json.loads(json.dumps(kinds[number % len(kinds)]))
        row["messages"].insert(-1, {"role": "user", "content": f"Number {number}?"})
        if row["messages"][-3]["role"] == "user":
            del row["messages"][-3]
        lines.append(json.dumps(row) + "\n")
    (folder / "train.jsonl").write_text("".join(lines))


def converted(folder: Path, out: str, targets: list[str], workers: int = 1) -> dict[str, Any]:
    recipe = parse(f"sources: [{{path: train.jsonl}}]\ntargets: {json.dumps(targets)}")
    outcome = convert(recipe, folder, folder / out, workers=workers)
    assert not outcome.refused, outcome.journal
    manifest: dict[str, Any] = json.loads((folder / out / "manifest.json").read_text())
    return manifest


def test_every_target_has_the_same_bytes_by_one_worker_and_by_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits_of(tmp_path, monkeypatch, "azure", file_bytes=5000)
    monkeypatch.setattr(sources, "PART_SIZE", 8000)
    openai_file(tmp_path, 300)
    one = converted(tmp_path, "one", CLOSED + OTHERS)
    two = converted(tmp_path, "two", CLOSED + OTHERS, workers=2)
    assert one == two
    parts = [name for name in one["files"] if name.startswith("azure/train-0")]
    assert len(parts) > 2
    assert one["targets"]["azure"]["parts"]["train"] == [p.split("/")[1] for p in sorted(parts)]


def test_each_road_takes_drops_and_loses_what_it_must_and_says_so(tmp_path: Path) -> None:
    openai_file(tmp_path, 80)
    manifest = converted(tmp_path, "out", [*CLOSED, *OTHERS, "t5", "causal"])
    ledger = {stage["stage"]: stage for stage in manifest["ledger"]}
    written = {name: ledger[f"write {name}"] for name in (*CLOSED, *OTHERS, "t5")}
    assert {n: (s["out"], s["dropped"]) for n, s in written.items()} == {
        "openai-chat": (80, {}),
        "azure": (80, {}),
        "together": (80, {}),
        "fireworks": (80, {}),
        "nebius": (80, {}),
        "reinforcement": (80, {}),
        "prompt-completion": (80, {}),
        "alpaca": (80, {}),
        "sharegpt": (80, {}),
        "t5": (80, {}),
    }
    lost = {name: manifest["targets"][name].get("lost") for name in written}
    talk = {"several turns": 40, "tool calls": 20, "tools": 20, "weights": 20}
    assert lost["t5"] == talk
    assert lost["prompt-completion"] == talk
    assert lost["alpaca"] == {**talk, "several turns": 20}
    assert lost["sharegpt"] == {"weights": 20}
    assert lost["reinforcement"] == {"system roles": 20, "weights": 20}
    assert lost["openai-chat"] is None
    assert (
        "t5 loses what it has no place for: several turns (40 examples), tool calls (20 examples),"
        " tools (20 examples), weights (20 examples)"
    ) in manifest["notes"]


def test_every_closed_target_is_read_back_by_convert(tmp_path: Path) -> None:
    openai_file(tmp_path, 40)
    converted(tmp_path, "out", CLOSED)
    for target in CLOSED:
        folder = tmp_path / target
        folder.mkdir()
        held = b"".join(
            (tmp_path / "out" / target / f"{split}.jsonl")
            .read_bytes()
            .removeprefix(b"\xef\xbb\xbf")
            for split in ("train", "validation", "test")
            if (tmp_path / "out" / target / f"{split}.jsonl").exists()
        )
        (folder / "train.jsonl").write_bytes(held)
        again = converted(folder, "out", [target])
        assert sum(again["splits"].values()) == 40
        assert sorted(_lines(folder / "out" / target)) == sorted(_lines(tmp_path / "out" / target))


def _lines(folder: Path) -> list[bytes]:
    whole = b"".join(p.read_bytes().removeprefix(b"\xef\xbb\xbf") for p in folder.glob("*.jsonl"))
    return whole.splitlines()


def test_the_table_lists_every_closed_target() -> None:
    assert {n for n, row in CATALOGUE.items() if row.road == "closed"} == {
        *CLOSED,
        "prompt-completion",
        "preference",
    }
    assert RICH.turns
