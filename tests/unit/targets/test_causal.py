"""The tokenised dataset for LLaMA and Mistral: what stands in it, and who can read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import datasets
import polars as pl
import pytest

from dataprep.contracts import contract
from dataprep.example import Batch, Example, Turn
from dataprep.recipe import Target
from dataprep.targets import causal
from dataprep.targets.written import Written
from dataprep.tokens import IGNORED, load_chat_tokenizer


def example(number: int, split: str = "train", output: str = "a dog", **more: Any) -> Example:
    return Example(
        id=f"{split}-{number}",
        file="animals.jsonl",
        line=number + 1,
        shape=more.pop("shape", "classification"),
        input=f"Which animal is number {number}?",
        output=output,
        split=split,
        **more,
    )


TRAIN = [example(n) for n in range(30)]
TEST = [example(n, "test") for n in range(30, 34)]


def write(folder: Path, rows: list[Example], size: int = 12, **target: Any) -> Written:
    def batches(split: str | None) -> Iterable[Batch]:
        wanted = [row for row in rows if split in (None, row.split)]
        return (Batch.of(wanted[at : at + size]) for at in range(0, len(wanted), size))

    wanted = Target(**{"name": "causal", "vocabulary": 320, **target})
    return causal.write(folder / "causal", batches, wanted, base=folder, not_for=("chunk",))


def test_rows_keep_the_schema_the_order_and_nothing_but_three_columns(tmp_path: Path) -> None:
    written = write(tmp_path, [*TRAIN, *TEST])
    assert written.rows == 34
    for split, rows in {"train": TRAIN, "test": TEST}.items():
        frame = pl.read_parquet(tmp_path / "causal" / f"{split}.parquet")
        assert frame.columns == ["input_ids", "attention_mask", "labels"]
        assert all(contract("causal").accepts(row) for row in frame.iter_rows(named=True))
        ids = (tmp_path / "causal" / f"{split}.ids").read_text().split()
        assert ids == [row.id for row in rows]
    assert not (tmp_path / "causal" / "validation.ids").exists()


def test_answers_alone_are_labelled_and_datasets_reads_the_file(tmp_path: Path) -> None:
    write(tmp_path, TRAIN)
    file = str(tmp_path / "causal" / "train.parquet")
    rows = datasets.load_dataset("parquet", data_files=file, split="train")
    tokenizer = load_chat_tokenizer(str(tmp_path / "causal"))
    row = rows[0]
    assert len(row["labels"]) == len(row["input_ids"]) == len(row["attention_mask"])
    assert tokenizer.decode([i for i in row["labels"] if i != IGNORED]) == "a dog<|end|>"
    assert tokenizer.decode(row["input_ids"]) == (
        "<|user|>Which animal is number 0?<|end|><|assistant|>a dog<|end|>"
    )


def test_the_entry_says_what_was_written_with_which_tokenizer(tmp_path: Path) -> None:
    entry = write(tmp_path, TRAIN).entry
    assert entry["splits"] == {"train": 30}
    assert entry["tokenizer"]["kind"] == "trained"
    assert entry["tokenizer"]["sha256"] == load_chat_tokenizer(str(tmp_path / "causal")).sha256
    assert entry["max_length"] == 2048
    counts = entry["tokens"]["train"]
    frame = pl.read_parquet(tmp_path / "causal" / "train.parquet")
    assert counts["input"] == frame["input_ids"].list.len().sum()
    assert counts["target"] == (frame["labels"].explode() != IGNORED).sum()


def test_the_batches_change_no_row(tmp_path: Path) -> None:
    one = write(tmp_path / "one", TRAIN, size=7).entry
    other = write(tmp_path / "other", TRAIN, size=30).entry
    assert one == other


def test_a_cut_answer_is_found_and_one_that_is_cut_away_is_dropped(tmp_path: Path) -> None:
    write(tmp_path / "first", TRAIN)
    tokenizer = load_chat_tokenizer(str(tmp_path / "first" / "causal"))
    short = len(tokenizer.encode([{"role": "user", "content": TRAIN[0].input}]).input_ids) + 3
    rows = [example(0, output="a dog and a cat"), example(1)]
    turns = (Turn(role="system", content="long " * 50), Turn(role="user", content="Which?"))
    far = example(2, turns=(*turns, Turn(role="assistant", content="a dog")), shape="talk")
    written = write(tmp_path, [*rows, far], tokenizer="first/causal/tokenizer", max_length=short)
    said = {f.example: (f.code, f.message) for f in written.findings}
    assert said["train-0"][0] == "T001"
    assert "answer tokens are lost" in said["train-0"][1]
    assert said["train-2"] == (
        "T003",
        f"the answer begins behind token {short}, where the row is cut",
    )
    assert [d.reason for d in written.drops] == ["T003"]
    assert written.rows + len(written.drops) == 3


def test_a_cut_that_costs_no_answer_is_found_too(tmp_path: Path) -> None:
    write(tmp_path / "first", TRAIN)
    turns = (Turn(role="user", content="Rain?"), Turn(role="assistant", content="No."))
    talk = example(1, turns=(*turns, Turn(role="user", content="Why? " * 30)), shape="talk")
    written = write(tmp_path, [talk], tokenizer="first/causal/tokenizer", max_length=40)
    assert [f.code for f in written.findings] == ["T006"]
    assert written.findings[0].message.endswith("tokens, and is cut at 40")
    told = written.entry["tokens"]["train"]
    assert (told["inputs_cut"], told["targets_cut"], told["nothing_to_learn"]) == (1, 0, 0)
    assert told["input_lengths"]["max"] == told["longest"] > 40


def test_labels_that_are_all_masked_are_dropped_and_counted(tmp_path: Path) -> None:
    write(tmp_path / "first", TRAIN)
    turns = (Turn(role="user", content="Hi"), Turn(role="assistant", content="No.", weight=0.0))
    talk = example(1, turns=turns, shape="conversation")
    written = write(tmp_path, [TRAIN[0], talk], tokenizer="first/causal/tokenizer")
    assert [(f.code, f.example) for f in written.findings] == [("T003", "train-1")]
    assert written.entry["tokens"]["train"]["nothing_to_learn"] == 1
    assert (tmp_path / "causal" / "train.ids").read_text() == "train-0\n"


def test_the_entry_holds_the_template_that_was_used(tmp_path: Path) -> None:
    told = write(tmp_path, TRAIN).entry["chat_template"]
    assert "<|end|>" in told["text"]
    assert told["sha256"] == hashlib.sha256(told["text"].encode()).hexdigest()


def test_a_conversation_that_the_template_refuses_is_dropped_with_the_reason(
    tmp_path: Path,
) -> None:
    write(tmp_path / "first", TRAIN)
    strict = "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools') }}"
    strict += "{% endif %}{{ m.content }}{{ eos_token }}{% endfor %}"
    (tmp_path / "strict.jinja").write_text(strict)
    turns = (Turn(role="user", content="Rain?"), Turn(role="tool", content="12 mm"))
    talk = example(1, turns=(*turns, Turn(role="assistant", content="Yes.")), shape="conversation")
    written = write(
        tmp_path,
        [TRAIN[0], talk],
        tokenizer="first/causal/tokenizer",
        chat_template="strict.jinja",
    )
    assert [(f.code, f.example) for f in written.findings] == [("T020", "train-1")]
    assert written.findings[0].message == "the chat template refuses the conversation: no tools"
    assert [d.reason for d in written.drops] == ["T020"]


def test_running_text_is_learned_whole_and_chunks_are_not_for_it(tmp_path: Path) -> None:
    text = Example(
        id="t", file="a.txt", shape="plain", input="", output="The river.", split="train"
    )
    written = write(tmp_path, [TRAIN[0], text, example(5, shape="chunk")])
    frame = pl.read_parquet(tmp_path / "causal" / "train.parquet")
    row = frame.row(1, named=True)
    assert row["labels"] == row["input_ids"]
    assert [d.reason for d in written.drops] == ["not-for-this-target"]


@pytest.mark.parametrize("vocabulary", [320])
def test_ids_take_sixteen_bits_where_they_fit(tmp_path: Path, vocabulary: int) -> None:
    write(tmp_path, TRAIN, vocabulary=vocabulary)
    frame = pl.read_parquet(tmp_path / "causal" / "train.parquet")
    assert frame.schema["input_ids"] == pl.List(pl.UInt16)
