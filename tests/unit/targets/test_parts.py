"""Files that are too large for a provider lie in parts, cut at rows; Azure's begin with a mark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataprep.example import Batch
from dataprep.recipe import Target
from dataprep.targets import Written, finish, write
from dataprep.targets.parts import BOM, cut
from tests.building import example


def finished(folder: Path, target: str, *numbers: int) -> tuple[Written, list[str]]:
    def batches(split: str | None) -> Iterator[Batch]:
        yield Batch.of([example(n, split="train") for n in numbers])

    written = write(Target(name=target), folder, batches, base=folder, seed=0)
    return written, finish(Target(name=target), folder, batches, written)


def limits_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, provider: str, **limits: int | None
) -> None:
    own = folder / "providers.json"
    own.write_text(json.dumps({"providers": [{"name": provider, "limits": limits}]}))
    monkeypatch.setenv("DATAPREP_PROVIDERS", str(own))


def test_a_file_within_the_limits_stays_whole(tmp_path: Path) -> None:
    written, notes = finished(tmp_path, "openai-chat", *range(20))
    assert [p.name for p in (tmp_path / "openai-chat").iterdir()] == ["train.jsonl"]
    assert written.entry == {
        "splits": {"train": 20},
        "provider": "openai",
        "most_bytes_a_file": 8_000_000_000,
        "most_rows_a_file": None,
    }
    assert notes == []


def test_a_file_for_azure_begins_with_a_byte_order_mark_and_no_other_does(tmp_path: Path) -> None:
    finished(tmp_path, "azure", 1, 2)
    finished(tmp_path, "openai-chat", 1, 2)
    azure = (tmp_path / "azure/train.jsonl").read_bytes()
    assert azure == BOM + (tmp_path / "openai-chat/train.jsonl").read_bytes()
    assert [p.name for p in (tmp_path / "azure").iterdir()] == ["train.jsonl"]


def test_a_larger_file_lies_in_parts_that_hold_all_rows_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits_of(tmp_path, monkeypatch, "azure", file_bytes=1000)
    written, (note,) = finished(tmp_path, "azure", *range(30))
    names = written.entry["parts"]["train"]
    folder = tmp_path / "azure"
    assert names == sorted(p.name for p in folder.iterdir())
    assert names[:2] == ["train-00001.jsonl", "train-00002.jsonl"]
    held = [(folder / name).read_bytes() for name in names]
    assert all(part.startswith(BOM) and len(part) <= 1000 for part in held)
    rows = [json.loads(line) for part in held for line in part.removeprefix(BOM).splitlines()]
    assert [row["messages"][0]["content"] for row in rows] == [f"question {n}" for n in range(30)]
    assert note == (
        f"azure: train is more than Azure OpenAI takes in one file; it lies in {len(names)} parts. "
        "A job trains on one file: take one part, or give each its job"
    )


def test_a_limit_of_examples_cuts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits_of(tmp_path, monkeypatch, "fireworks", max_examples=4)
    written, _ = finished(tmp_path, "fireworks", *range(10))
    names = written.entry["parts"]["train"]
    rows = [(tmp_path / "fireworks" / name).read_bytes().count(b"\n") for name in names]
    assert rows == [4, 4, 2]


def test_a_target_that_nobody_sets_limits_for_is_left_alone(tmp_path: Path) -> None:
    written, _ = finished(tmp_path, "alpaca", 1)
    assert written.entry == {"splits": {"train": 1}}


@given(
    rows=st.lists(st.binary(max_size=30).map(lambda b: b.replace(b"\n", b" ")), min_size=1),
    most=st.none() | st.integers(8, 100),
    most_rows=st.none() | st.integers(1, 5),
    mark=st.sampled_from([b"", BOM]),
)
def test_parts_put_together_are_the_file(
    tmp_path_factory: pytest.TempPathFactory, rows: list[bytes], **limits: Any
) -> None:
    path = tmp_path_factory.mktemp("parts") / "train.jsonl"
    path.write_bytes(b"".join(row + b"\n" for row in rows))
    most, most_rows, mark = limits["most"], limits["most_rows"], limits["mark"]
    names = cut(path, most, most_rows, mark)
    held = [path.with_name(name).read_bytes() for name in names]
    assert not path.exists()
    assert names == sorted(set(names))
    assert all(part.startswith(mark) and part.endswith(b"\n") for part in held)
    bodies = [part.removeprefix(mark) for part in held]
    assert b"".join(bodies).split(b"\n")[:-1] == rows
    for body in bodies:
        count = body.count(b"\n")
        assert most_rows is None or count <= most_rows
        assert most is None or len(body) + len(mark) <= most or count == 1
