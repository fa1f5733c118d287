"""Exact token counts of chat rows against the bare tokenizer, side by side in one run.

    python benchmarks/counting.py --ranks FOLDER [--megabytes 20] [--rounds 5]

FOLDER holds o200k_base's rank file (litellm's wheel carries it). All rounds are interleaved.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

EXPECTED = 0.8
"""Share of the bare tokenizer's throughput that is aimed at."""

ROW = dict[str, Any]
TEXT = """
the report that we wrote in the morning was sent back without any comment by them
Dieses Paket enthält die Dokumentation und Beispiele für alle Bibliotheken
документация содержит примеры for index in range(count): total += values[index]
"""


def rows_of(megabytes: float, seed: int = 0) -> list[ROW]:
    """Conversations of two to six turns, of words in English, German and Russian, and code."""
    rng = random.Random(seed)
    words = TEXT.split()
    rows: list[ROW] = []
    size = 0
    while size < megabytes * 1e6:
        messages = [{"role": "system", "content": "You answer in one sentence."}]
        for turn in range(rng.randrange(1, 4) * 2):
            content = " ".join(rng.choices(words, k=rng.randrange(10, 120)))
            size += len(content.encode())
            messages.append({"role": ("user", "assistant")[turn % 2], "content": content})
        rows.append({"messages": messages})
    return rows


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this table."""
    parser.add_argument("--ranks", type=Path)
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=5)


def main(options: argparse.Namespace) -> None:
    """Measure and print; `options` has ranks (a folder), megabytes and rounds."""
    if options.ranks is None:
        print("left out: --ranks names the folder with the tokenizer's ranks")
        return
    from dataprep import tokens

    counter = tokens.counter("o200k_base", str(options.ranks))
    encode = _bare(options.ranks)
    rows = rows_of(options.megabytes)
    texts = [message["content"] for row in rows for message in row["messages"]]
    size = sum(len(text.encode()) for text in texts) / 1e6
    cores = len(os.sched_getaffinity(0))
    ways: dict[str, Callable[[], int]] = {
        f"bare tiktoken, {cores} threads": lambda: _in_threads(encode, texts, cores),
        "bare tiktoken, 1 thread": lambda: sum(len(encode(text)) for text in texts),
        "dataprep, rows to counts": lambda: _counted(counter, rows),
        "dataprep, whole account": lambda: _account(counter, rows),
    }
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    totals: dict[str, int] = {}
    for _ in range(options.rounds):
        for name, work in ways.items():
            wall, cpu = time.perf_counter(), time.process_time()
            totals[name] = work()
            seconds[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    _print(seconds, totals, size, len(rows))


def _bare(folder: Path) -> Callable[[str], list[int]]:
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    import tiktoken

    encode: Callable[[str], list[int]] = tiktoken.get_encoding("o200k_base").encode_ordinary
    return encode


def _in_threads(encode: Callable[[str], list[int]], texts: list[str], cores: int) -> int:
    """The fastest way found to use tiktoken; its own encode_ordinary_batch is slower."""
    slices = [texts[k::cores] for k in range(cores)]
    with ThreadPoolExecutor(cores) as pool:
        return sum(pool.map(lambda part: sum(len(encode(text)) for text in part), slices))


def _counted(counter: Any, rows: list[ROW]) -> int:
    from dataprep.formats.counted_texts import measure

    batches = (rows[at : at + 5_000] for at in range(0, len(rows), 5_000))
    return sum(count.tokens for batch in batches for count in measure(batch, counter))


def _account(counter: Any, rows: list[ROW]) -> int:
    from dataprep.checks import Context
    from dataprep.checks.per_file.lengths import LengthWatch
    from dataprep.finding import Place
    from dataprep.formats.catalogue import BY_NAME
    from dataprep.tokens import TokenAccount

    account = TokenAccount(counter, 65_536)
    watch = LengthWatch(Context(account=account))
    place = Place(file="train.jsonl", line=1)
    for row in rows:
        watch.add(row, BY_NAME["openai-chat"], place, "train")
    list(watch.findings())
    return account.tokens


def _print(
    seconds: dict[str, list[tuple[float, float]]], totals: dict[str, int], size: float, rows: int
) -> None:
    bare = next(iter(seconds))
    print(f"{rows:,} chat rows, {size:.0f} MB of text, medians of {len(seconds[bare])} rounds\n")
    print(f"{'':34}{'MB/s':>8}{'cpu MB/s':>10}{'of bare':>9}{'tokens':>13}")
    for name, found in seconds.items():
        wall = statistics.median(wall for wall, _ in found)
        cpu = statistics.median(cpu for _, cpu in found)
        share = statistics.median(b[1] / f[1] for b, f in zip(seconds[bare], found, strict=True))
        print(f"{name:34}{size / wall:8.1f}{size / cpu:10.1f}{share:9.2f}{totals[name]:13,}")
    print(
        f"\n'of bare' is by processor time, the median of the rounds' ratios; aimed at: {EXPECTED}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    main(parser.parse_args())
