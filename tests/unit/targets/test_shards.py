"""Tokenised shards: a killed run goes on with them, and nothing but their content names them."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Batch, Example
from dataprep.recipe import Target
from dataprep.targets import kept, shards, t5
from dataprep.tokens import render

CONVERT = """
import os, signal, sys
from functools import partial
from pathlib import Path
from dataprep import batching
from dataprep.conversion import convert
from dataprep.conversion import worker
from dataprep.recipe import Recipe, Source, Target
from dataprep.tokens import render

kind, tokenizer, limit, last, out = sys.argv[1:]
worker.batches = partial(batching.batches, limit=2_000)
calls = 0
if kind == "t5":
    module, name = sys.modules["dataprep.tokens"], "encode_pairs"
else:
    from dataprep.tokens import ChatTokenizer as module
    name = "encode_batch"
true = getattr(module, name)

def counting(*args):
    global calls
    calls += 1
    if calls > int(last):
        os.kill(os.getpid(), signal.SIGKILL)
    return true(*args)

setattr(module, name, counting)
target = Target(name=kind, tokenizer=tokenizer, max_input=int(limit), max_length=int(limit))
recipe = Recipe(sources=[Source(path="animals.jsonl")], targets=[target])
convert(recipe, Path(), Path(out))
sys.stdout.write(str(calls))
"""


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One trained tokenizer of each kind, and a second for T5."""
    from dataprep.tokens import save_chat_tokenizer, train_chat_tokenizer, train_tokenizer

    folder = tmp_path_factory.mktemp("tokenizers")
    texts = [f"Which animal is number {n}? a dog or a cat" for n in range(50)]
    train_tokenizer(texts, 320, folder / "t5")
    train_tokenizer([*texts, "the sparrow and the trout"], 330, folder / "other")
    save_chat_tokenizer(train_chat_tokenizer(texts, 320), folder / "causal")
    return {name: str(folder / name) for name in ("t5", "other", "causal")}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a file of examples, for about ten batches."""
    rows = [
        {"prompt": f"Which animal is number {n}?", "completion": ("a dog", "a cat")[n % 2] * 9}
        for n in range(240)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "animals.jsonl").write_text(text)
    return tmp_path


def convert(
    place: Path,
    kind: str,
    tokenizer: str,
    *,
    limit: int = 64,
    last: int = 999,
    other: dict[str, str] | None = None,
) -> int | None:
    """How often was something tokenised; None where the run was killed behind the last call."""
    command = [sys.executable, "-c", CONVERT, kind, tokenizer, str(limit), str(last), "out"]
    house = str(Path(__file__).parents[3])
    env = {**os.environ, "PYTHONPATH": house, **(other or {})}
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def finished(place: Path) -> int:
    return len(list((place / ".out.tokens").glob("*.json")))


def published(place: Path) -> dict[str, str]:
    files = [p for p in (place / "out").rglob("*") if p.is_file()]
    return {str(p.relative_to(place)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on this system")
@pytest.mark.parametrize("kind", ["t5", "causal"])
def test_a_killed_run_goes_on_where_it_was_and_ends_with_the_same_bytes(
    place: Path, tokenizers: dict[str, str], kind: str
) -> None:
    whole = convert(place, kind, tokenizers[kind])
    assert whole is not None
    assert whole > 8
    wanted = published(place)
    assert not (place / ".out.tokens").exists()
    assert convert(place, kind, tokenizers[kind], last=5) is None
    done = finished(place)
    assert 3 <= done <= 5  # of those that were begun, two at a time for t5
    assert published(place) == wanted
    for path in place.glob(".out.tokens/*"):
        os.utime(path, (1, 1))
    os.utime(place / "animals.jsonl", (1, 1))
    other = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    assert convert(place, kind, tokenizers[kind], other=other) == whole - done
    assert published(place) == wanted
    assert not (place / ".out.tokens").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on this system")
def test_another_limit_or_tokenizer_uses_no_shard_again(
    place: Path, tokenizers: dict[str, str]
) -> None:
    whole = convert(place, "t5", tokenizers["t5"])
    assert convert(place, "t5", tokenizers["t5"], last=5) is None
    first = finished(place)
    assert first >= 3
    assert convert(place, "t5", tokenizers["t5"], limit=65, last=5) is None
    assert finished(place) >= first + 3
    assert convert(place, "t5", tokenizers["other"]) == whole


def example(number: int, **fields: Any) -> Example:
    fields = {"file": "a.jsonl", "input": "Which?", "output": f"a dog {number}", **fields}
    return Example(id=f"e{number}", line=number, shape="pair", split="train", **fields)


def write(folder: Path, rows: list[Example], tokenizer: str) -> Any:
    def batches(split: str | None) -> Iterable[Batch]:
        return [Batch.of(rows)] if split in (None, "train") else []

    target = Target(name="t5", tokenizer=tokenizer)
    return t5.write(
        folder, batches, target, base=Path(), seed=0, not_for=(), shards=folder.parent / "shards"
    )


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    true = render.encode_pairs

    def counting(tokenizer: Any, pairs: Any, *more: Any) -> Any:
        calls.append(len(pairs))
        return true(tokenizer, pairs, *more)

    monkeypatch.setattr("dataprep.tokens.encode_pairs", counting)
    return calls


def test_where_a_row_stood_is_told_anew_for_a_shard_that_is_used_again(
    tmp_path: Path, tokenizers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted(monkeypatch)
    write(tmp_path / "a", [example(1), example(2, output=" ")], tokenizers["t5"])
    moved = [example(1, file="b.jsonl"), example(2, output=" ", file="b.jsonl")]
    written = write(tmp_path / "b", moved, tokenizers["t5"])
    assert calls == [2]
    assert [(f.code, str(f.place)) for f in written.findings] == [("T003", "b.jsonl:2")]
    assert [str(d.place) for d in written.drops] == ["b.jsonl:2"]
    assert written.rows == 1


@pytest.mark.parametrize("field", ["input", "output", "system"])
def test_a_changed_text_is_tokenised_again(
    tmp_path: Path, tokenizers: dict[str, str], monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    calls = counted(monkeypatch)
    write(tmp_path / "a", [example(1)], tokenizers["t5"])
    write(tmp_path / "b", [example(1, **{field: "a cat"})], tokenizers["t5"])
    assert calls == [1, 1]


@pytest.mark.parametrize("suffix", [".parquet", ".json"])
def test_a_shard_that_was_damaged_is_made_again(
    tmp_path: Path, tokenizers: dict[str, str], monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    calls = counted(monkeypatch)
    write(tmp_path / "a", [example(1)], tokenizers["t5"])
    (shard,) = (tmp_path / "shards").glob(f"*{suffix}")
    shard.write_bytes(shard.read_bytes()[:-9])
    write(tmp_path / "b", [example(1)], tokenizers["t5"])
    assert calls == [1, 1]
    files = [(tmp_path / name / "train.parquet").read_bytes() for name in ("a", "b")]
    assert files[0] == files[1]


def test_code_of_another_version_uses_no_shard_again(
    tmp_path: Path, tokenizers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted(monkeypatch)
    write(tmp_path / "a", [example(1)], tokenizers["t5"])
    monkeypatch.setattr(shards, "code_version", lambda: "another")
    write(tmp_path / "b", [example(1)], tokenizers["t5"])
    assert calls == [1, 1]


def test_the_folder_goes_but_for_a_run_that_is_interrupted(tmp_path: Path) -> None:
    out, wanted = tmp_path / "out", [Target(name="t5")]
    with kept(out, wanted) as folder:
        assert folder is not None
    assert not folder.exists()
    with pytest.raises(ValueError, match="a fault"), kept(out, wanted):
        raise ValueError("a fault")
    assert not folder.exists()
    with pytest.raises(KeyboardInterrupt), kept(out, wanted):
        raise KeyboardInterrupt
    assert folder.exists()


def test_two_runs_at_once_do_not_share_and_other_targets_need_none(tmp_path: Path) -> None:
    wanted = [Target(name="causal")]
    with kept(tmp_path / "out", wanted) as first, kept(tmp_path / "out", wanted) as second:
        assert first is not None
        assert second is None
    with kept(tmp_path / "out", [Target(name="openai-chat")]) as none:
        assert none is None


def test_lengths_are_told_by_rank() -> None:
    told = shards.lengths(range(1, 101))
    assert told == {"min": 1, "median": 50, "p95": 95, "max": 100}
    assert shards.lengths([7]) == {"min": 7, "median": 7, "p95": 7, "max": 7}
    assert shards.lengths([]) == {}
