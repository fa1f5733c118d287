"""The tokenised dataset: what stands in it, who can read it, and that it is always the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import datasets
import polars as pl
import pytest
from transformers import (
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    T5Config,
    T5ForConditionalGeneration,
)

from dataprep.contracts import contract
from dataprep.example import Batch, Example
from dataprep.finding import NothingToDo
from dataprep.recipe import Target
from dataprep.targets import t5
from dataprep.targets.written import Written
from dataprep.tokens import load_tokenizer

ANIMALS = ["dog", "cat", "horse", "sparrow", "trout", "adder", "newt", "hare"]


def example(number: int, split: str, output: str | None = None, **fields: Any) -> Example:
    animal = ANIMALS[number % len(ANIMALS)]
    said = f"Which animal is it?\n\nIt is number {number}, a {animal}."
    return Example(
        id=f"{split}-{number}",
        file="animals.jsonl",
        line=number + 1,
        shape=fields.pop("shape", "classification"),
        input=said,
        output=animal if output is None else output,
        split=split,
        **fields,
    )


EXAMPLES = {
    "train": [example(n, "train") for n in range(60)],
    "validation": [example(n, "validation") for n in range(60, 66)],
    "test": [example(n, "test") for n in range(66, 74)],
}


def write(
    folder: Path, examples: dict[str, list[Example]] = EXAMPLES, batch: int = 25, **target: Any
) -> Written:
    """Write these examples in batches of some rows."""

    def batches(split: str | None) -> Iterable[Batch]:
        everything = [row for rows in examples.values() for row in rows]
        rows = everything if split is None else examples.get(split, [])
        return (Batch.of(rows[at : at + batch]) for at in range(0, len(rows), batch))

    wanted = Target(**{"name": "t5", "vocabulary": 320, **target})
    return t5.write(folder / "t5", batches, wanted, base=folder, seed=0, not_for=("chunk",))


def test_every_row_keeps_the_schema_and_the_order(tmp_path: Path) -> None:
    written = write(tmp_path)
    assert written.rows == 74
    for split, rows in EXAMPLES.items():
        frame = pl.read_parquet(tmp_path / "t5" / f"{split}.parquet")
        assert frame["id"].to_list() == [e.id for e in rows]
        for row in frame.iter_rows(named=True):
            assert contract("t5").accepts(row)
            assert row["input_ids"][-1] == row["labels"][-1] == 1
            assert row["length"] == len(row["input_ids"]) == sum(row["attention_mask"])
    assert not [p for p in (tmp_path / "t5").iterdir() if p.name.startswith(".")]


def test_the_entry_says_what_was_written_with_which_tokenizer(tmp_path: Path) -> None:
    entry = write(tmp_path, max_input=64, max_target=8).entry
    assert entry["tokenizer"]["kind"] == "trained"
    assert len(entry["tokenizer"]["sha256"]) == 64
    assert entry["splits"] == {"train": 60, "validation": 6, "test": 8}
    assert (entry["max_input"], entry["max_target"]) == (64, 8)
    frame = pl.read_parquet(tmp_path / "t5" / "test.parquet")
    counts = entry["tokens"]["test"]
    assert counts["input"] == frame["length"].sum()
    assert counts["target"] == frame["labels"].list.len().sum()
    assert (counts["inputs_cut"], counts["targets_cut"]) == (0, 0)


def test_two_runs_write_the_same_bytes_and_digests(tmp_path: Path) -> None:
    first, again = write(tmp_path / "a"), write(tmp_path / "b")
    assert first.entry == again.entry
    assert _hashes(tmp_path / "a") == _hashes(tmp_path / "b")
    assert len(_hashes(tmp_path / "a")) == 6


def test_the_batches_change_no_row(tmp_path: Path) -> None:
    assert write(tmp_path / "a").entry == write(tmp_path / "b", batch=7).entry


def _hashes(folder: Path) -> dict[str, str]:
    files = [p for p in folder.rglob("*") if p.is_file()]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_ids_take_sixteen_bits_and_datasets_loads_them(tmp_path: Path) -> None:
    write(tmp_path)
    files = {s: str(tmp_path / "t5" / f"{s}.parquet") for s in EXAMPLES}
    loaded = datasets.load_dataset("parquet", data_files=files, cache_dir=str(tmp_path / "cache"))
    assert loaded["train"].num_rows == 60
    assert loaded["train"].features["input_ids"].feature.dtype == "uint16"
    assert loaded["test"].with_format("torch")[0]["labels"].tolist()[-1] == 1


def test_seq2seqtrainer_takes_a_step_on_it(tmp_path: Path) -> None:
    write(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "t5" / "tokenizer")
    train = datasets.load_dataset(
        "parquet",
        data_files=str(tmp_path / "t5" / "train.parquet"),
        split="train",
        cache_dir=str(tmp_path / "cache"),
    )
    sizes: dict[str, Any] = {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2}
    sizes |= {"vocab_size": len(tokenizer), "decoder_start_token_id": 0}
    config = T5Config(**sizes)
    model = T5ForConditionalGeneration(config)
    arguments = Seq2SeqTrainingArguments(
        output_dir=str(tmp_path / "run"),
        max_steps=1,
        use_cpu=True,
        report_to="none",
        disable_tqdm=True,
        save_strategy="no",
        dataloader_pin_memory=False,
    )
    trainer = Seq2SeqTrainer(
        model=model,
        args=arguments,
        train_dataset=train,
        data_collator=DataCollatorForSeq2Seq(tokenizer, model=model),
    )
    assert 0 < trainer.train().training_loss < 20


def test_an_answer_of_nothing_is_dropped_and_found(tmp_path: Path) -> None:
    rows = [*EXAMPLES["train"], example(90, "train", output=" ")]
    written = write(tmp_path, {"train": rows})
    assert written.rows == 60
    assert [f.code for f in written.findings] == ["T003"]
    assert [(d.unit, d.reason, str(d.place)) for d in written.drops] == [
        ("example", "T003", "animals.jsonl:91")
    ]


def test_cut_answers_and_inputs_are_counted(tmp_path: Path) -> None:
    rows = [*EXAMPLES["train"], example(90, "train", output="a dog and a cat")]
    written = write(tmp_path, {"train": rows}, max_input=8, max_target=3)
    counts = written.entry["tokens"]["train"]
    assert (counts["inputs_cut"], counts["input"]) == (61, 61 * 8)
    assert counts["targets_cut"] == 1
    assert [f.example for f in written.findings if f.code == "T001"] == ["train-90"]
    assert sum(f.code == "T006" for f in written.findings) == 61
    assert written.findings[0].message == "the input has 34 tokens, and is cut at 8"
    assert written.rows == 61


def test_the_entry_tells_the_lengths_before_anything_is_cut(tmp_path: Path) -> None:
    rows = [example(n, "train", output="dog " * n, shape="pair") for n in range(1, 21)]
    told = write(tmp_path, {"train": rows}, max_target=4).entry["tokens"]["train"]
    tokenizer = load_tokenizer(str(tmp_path / "t5" / "tokenizer"))
    counted = sorted(len(ids) + 1 for ids in tokenizer.encode_batch([r.output for r in rows]))
    assert told["target_lengths"]["min"] == counted[0]
    assert told["target_lengths"]["p95"] == counted[18]
    assert told["target_lengths"]["max"] == counted[19]
    assert told["target_lengths"]["median"] == counted[9]
    assert told["input_lengths"]["min"] <= told["input_lengths"]["median"]
    assert told["target"] <= 20 * 4


def test_without_a_limit_no_answer_is_cut_that_the_model_can_hold(tmp_path: Path) -> None:
    rows = [*EXAMPLES["train"], example(90, "train", output="dog " * 300)]
    entry = write(tmp_path, {"train": rows}).entry
    told = entry["tokens"]["train"]
    longest = told["target_lengths"]["max"]
    assert 300 < longest <= 2048
    assert (told["targets_cut"], told["inputs_cut"]) == (0, 0)
    assert (entry["max_input"], entry["max_target"]) == (2048, longest)
    frame = pl.read_parquet(tmp_path / "t5" / "train.parquet")
    assert frame["labels"].list.len().max() == longest


def test_without_a_limit_an_answer_of_more_than_2048_tokens_is_cut_and_found(
    tmp_path: Path,
) -> None:
    rows = [*EXAMPLES["train"], example(90, "train", output="dog cat " * 2048)]
    written = write(tmp_path, {"train": rows})
    assert written.entry["max_target"] == 2048
    assert [f.code for f in written.findings] == ["T001"]
    told = written.entry["tokens"]["train"]
    asked, longest = told["input_lengths"]["max"], told["target_lengths"]["max"]
    assert longest > 2048
    assert t5.limits_in_words(written.entry) == (
        f"the longest input has {asked} tokens; the longest answer has "
        f"{longest:,} tokens (1 cut at 2,048; --max-target {longest} keeps all)"
    )


def test_the_entry_counts_every_truth_that_is_found(tmp_path: Path, gaps_model: Path) -> None:
    rows = [
        example(1, "train", output="the river"),
        example(2, "train", output="{}~"),
        example(3, "train", output="river {the}"),
        example(4, "train", output="the river " * 9),
        example(5, "train", output=" \n"),
    ]
    written = write(
        tmp_path, {"train": rows}, tokenizer=str(gaps_model), codec="never", max_target=20
    )
    assert sorted({(f.code, f.example) for f in written.findings if f.code != "T006"}) == [
        ("T001", "train-4"),
        ("T002", "train-3"),
        ("T003", "train-2"),
        ("T003", "train-5"),
    ]
    told = written.entry["tokens"]["train"]
    assert told["nothing_to_learn"] == 2
    assert told["targets_unknown"] == told["targets_changed"] == told["targets_cut"] == 1
    assert written.entry["truncation"] == "the end is cut, and </s> put behind"
    assert sorted(d.place.line or 0 for d in written.drops) == [3, 6]


def test_a_given_tokenizer_is_used_and_named(tmp_path: Path) -> None:
    first = write(tmp_path / "first").entry["tokenizer"]
    second = write(tmp_path, tokenizer="first/t5/tokenizer").entry["tokenizer"]
    assert second == {**first, "kind": "given", "name": "first/t5/tokenizer"}
    assert (tmp_path / "t5" / "tokenizer" / "spiece.model").is_file()


def test_shapes_that_are_not_for_t5_are_dropped(tmp_path: Path) -> None:
    rows = [*EXAMPLES["train"], example(90, "train", shape="chunk")]
    written = write(tmp_path, {"train": rows})
    assert [d.reason for d in written.drops] == ["not-for-this-target"]
    assert written.rows + len(written.drops) == 61


def test_a_split_without_rows_has_no_file(tmp_path: Path) -> None:
    written = write(tmp_path, {"train": EXAMPLES["train"]})
    assert written.entry["splits"] == {"train": 60}
    assert not (tmp_path / "t5" / "test.parquet").exists()


def test_no_train_split_means_no_tokenizer_to_train(tmp_path: Path) -> None:
    with pytest.raises(NothingToDo, match="no text in the train split"):
        write(tmp_path, {"test": EXAMPLES["test"]})


JSON_ANSWERS = {"train": [*EXAMPLES["train"], example(90, "train", output='{"animal": "cat"}')]}


def test_an_answer_that_the_vocabulary_cannot_hold_is_spelled_by_the_codec(
    tmp_path: Path, gaps_model: Path
) -> None:
    written = write(tmp_path, JSON_ANSWERS, tokenizer=str(gaps_model))
    assert written.entry["codec"] == {"name": "escape-1", "lead": "|"}
    assert written.findings == []
    tokenizer = load_tokenizer(str(gaps_model))
    last = pl.read_parquet(tmp_path / "t5" / "train.parquet")["labels"].to_list()[-1]
    assert tokenizer.decode(last) == '|("animal": "cat"|)'


def test_without_the_codec_such_an_answer_is_found_and_with_no_need_there_is_none(
    tmp_path: Path, gaps_model: Path
) -> None:
    never = write(tmp_path / "a", JSON_ANSWERS, tokenizer=str(gaps_model), codec="never")
    assert [(f.code, f.example) for f in never.findings] == [("T002", "train-90")]
    assert never.entry["codec"] is None
    idle = write(tmp_path / "b", tokenizer=str(gaps_model))
    assert idle.entry["codec"] is None
    always = write(tmp_path / "c", tokenizer=str(gaps_model), codec="always")
    assert always.entry["codec"] == {"name": "escape-1", "lead": "|"}


def test_a_tokenizer_trained_here_needs_no_codec(tmp_path: Path) -> None:
    assert write(tmp_path, JSON_ANSWERS).entry["codec"] is None
