"""What it costs to keep near copies in one split: `convert` with and without, side by side.

    python benchmarks/run.py splits [--rows 100000] [--rounds 3]

Each is measured in a process of its own, on one core (on two with two workers), in interleaved
rounds. One row in fifty is a near copy of an earlier one, one in fifty an exact one; a task of the
export has a text, spans, relations and a note.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import exports
from measured import measured, pin
from near import rows
from rounds import Figures, measure, medians

ROOT = Path(__file__).resolve().parent.parent
WAYS = {"off": ("off", 1), "on": ("on", 1), "on, two workers": ("on", 2)}
BYTES = 600
"""Bytes of the export for each row of the other table."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The flags of this table."""
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)


def main(options: argparse.Namespace) -> None:
    """Generate, measure, print."""
    with tempfile.TemporaryDirectory(prefix="dataprep-bench-") as name:
        folder = Path(name)
        with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row, _ in rows(options.rows))
        (folder / "config.xml").write_text(exports.CONFIG)
        tasks = exports.write(folder / "export.json", options.rows * BYTES).tasks
        said = {"rows.jsonl": f"{options.rows:,} pairs", "export.json": f"{tasks:,} tasks"}
        for source, words in said.items():
            measures = {
                way: partial(_measure, folder, source, *asked) for way, asked in WAYS.items()
            }
            _print(words, medians(measures, options.rounds))


def _measure(folder: Path, source: str, near: str, workers: int) -> Figures | str:
    command = (sys.executable, __file__, near, str(workers), folder / source, folder / "out")
    return measure(command, ROOT, patience=3600)


def _print(words: str, found: dict[str, Figures | str]) -> None:
    titles = ("cpu s", "clock s", "times off", "anon MB")
    print(f"{words:24}" + "".join(f"{title:>11}" for title in titles))
    off = found["off"]
    for way, figures in found.items():
        if isinstance(figures, str) or isinstance(off, str):
            print(f"{way:24}{figures}")
            continue
        ratio = figures["cpu_s"] / off["cpu_s"]
        print(
            f"{way:24}{figures['cpu_s']:11.2f}{figures['work_s']:11.2f}{ratio:10.2f}x"
            f"{figures['anonymous_mb']:11.0f}"
        )
    digests = {f["digest"] for way, f in found.items() if way != "off" and isinstance(f, dict)}
    print(f"{'one and two workers':24}{'the same bytes' if len(digests) == 1 else 'DIFFERENT'}\n")


def _one(arguments: Iterable[str]) -> None:
    """Convert once, and print the figures."""
    from dataprep.conversion import convert
    from dataprep.conversion.recipe_flags import assembled

    near, workers, source, out = arguments
    file, folder = Path(source), Path(out)
    flags = {"near_duplicates": near == "on"}
    if file.suffix == ".json":
        flags["label_config"] = str(file.with_name("config.xml"))
    pin(int(workers))
    recipe, base = assembled([file], None, ["openai-chat"], flags)
    measured(lambda: convert(recipe, base, folder, workers=int(workers)), folder)


if __name__ == "__main__":
    _one(sys.argv[1:])
