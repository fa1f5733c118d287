"""Writing every closed target from a million examples, beside msgspec encoding the same rows.

    python benchmarks/run.py targets [--rows 1000000]

Each target is written in a process of its own, from examples as a stage gets them. The base is
`msgspec.json.Encoder.encode_lines` over the rows of the same batch, made before the clock starts,
into the same files. CPU time; memory is what the process grew by while it wrote.
"""

from __future__ import annotations

import argparse
import filecmp
import gc
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

TIMES = 0.5
"""The least share of msgspec's speed that is asked for."""

MEGABYTES = 100
"""The most that memory may grow by, whatever the number of rows."""

BATCH = 4_000
"""Examples at once, about 4 MB of text, as in `convert`."""

KINDS = ("pairs", "talks", "tools")
_CALL = '[{"function":{"arguments":"{}","name":"price"},"id":"c1","type":"function"}]'
_TOOLS = '{"tools":[{"type":"function","function":{"name":"price","parameters":{}}}]}'


def add_options(parser: argparse.ArgumentParser) -> None:
    """The flags of this table."""
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--one", nargs=2, metavar=("TARGET", "KIND"), help=argparse.SUPPRESS)


def main(options: argparse.Namespace) -> None:
    """Measure each closed target, and print the table."""
    if options.one:
        name, kind = options.one
        print(json.dumps(measure(name, kind, options.rows)))
        return
    from dataprep.targets import CATALOGUE

    print(f"{options.rows:,} examples a target, every second pair with a system message;")
    print("a tenth as many conversations: talks of four turns, and of five with a tool call")
    print(f"{'target':20}{'of':8}{'rows/s':>10}{'MB/s':>7}{'msgspec':>9}{'asked':>7}{'memory':>9}")
    for name, form in CATALOGUE.items():
        if form.road != "closed":
            continue
        for kind in ("preferences",) if name == "preference" else KINDS:
            rows = options.rows if kind in ("pairs", "preferences") else options.rows // 10
            _print(name, kind, _apart(name, kind, rows))
    print()


def _apart(name: str, kind: str, rows: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--rows", str(rows), "--one", name, kind]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _print(name: str, kind: str, found: dict[str, Any]) -> None:
    share, grown = found["base_s"] / found["ours_s"], found["grown_mb"]
    met = "met" if share >= TIMES and grown <= MEGABYTES else "missed"
    speed = f"{found['rows'] / found['ours_s']:>10,.0f}{found['mb'] / found['ours_s']:>7.0f}"
    asked = f"{share:>9.0%}{TIMES:>7.0%}{grown:>6.0f} MB"
    print(f"{name:20}{kind:8.8}{speed}{asked}  {met}")


def measure(name: str, kind: str, rows: int) -> dict[str, Any]:
    """CPU seconds of our writer and of msgspec over the same rows, and what memory grew by."""
    from dataprep.recipe import Target
    from dataprep.targets import CATALOGUE, Written, writers

    form, target = CATALOGUE[name], Target(name=name)
    (writer,) = writers([target], Path()).values()
    assert form.row  # noqa: S101  every closed target is written row by row
    build, encode = form.row(target), msgspec.json.Encoder().encode_lines
    ours = base = 0.0
    written = Written()
    gc.disable()  # as while `convert` works on a share
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        with _Memory() as memory:
            for batch in _batches(kind, rows):
                began = time.process_time()
                writer.append(out / "ours", batch, written)
                ours += time.process_time() - began
                made = [(example.split, build(example)) for example in batch]
                began = time.process_time()
                for split in ("train", "validation", "test"):
                    some = [row for of, row in made if of == split]
                    with (out / f"{split}.jsonl").open("ab") as file:
                        file.write(encode(some))
                base += time.process_time() - began
                memory.mark()
        files = sorted((out / "ours").iterdir())
        same = all(filecmp.cmp(file, out / file.name, shallow=False) for file in files)
        if not same or written.rows != rows:
            raise SystemExit(f"{name}, {kind}: the rows differ, {written.drops[:1]}")
        size = sum(file.stat().st_size for file in files) / 1e6
    return {
        "rows": rows,
        "ours_s": ours,
        "base_s": base,
        "mb": size,
        "grown_mb": memory.grown,
    }


class _Memory(threading.Thread):
    """How far anonymous memory grows over what the first batches needed."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.base = self.most = self.seen = 0
        self._done = threading.Event()

    def __enter__(self) -> _Memory:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()

    def mark(self) -> None:
        """A batch is done; the first eight are what is needed anyway."""
        self.seen += 1
        if self.seen == 8:
            self.base = self.most

    @property
    def grown(self) -> float:
        """In MB."""
        return (self.most - self.base) / 1024

    def run(self) -> None:
        """Look every twenty milliseconds."""
        from measured import anonymous

        while not self._done.wait(0.02):
            self.most = max(self.most, anonymous("self"))  # type: ignore[arg-type]


def _batches(kind: str, rows: int) -> Iterator[list[Any]]:
    random_ = random.Random(6)
    words = ["".join(random_.choices("aeiounrstlm", k=random_.randint(3, 9))) for _ in range(9_999)]
    words += ["naïve", '"so"', "日本", "🙂"]
    texts = [" ".join(random_.choices(words, k=k)) for k in (60, 25) * 5_000]
    for start in range(0, rows, BATCH):
        yield [_example(n, kind, texts) for n in range(start, min(start + BATCH, rows))]


def _example(number: int, kind: str, texts: list[str]) -> Any:
    from dataprep.example import Example, Turn

    asked, said = texts[number * 2 % len(texts)], texts[number * 2 % len(texts) + 1]
    split = "test" if number % 10 == 0 else "validation" if number % 10 == 1 else "train"
    known: dict[str, Any] = {
        "id": f"{number:016x}",
        "file": "a.jsonl",
        "line": number + 1,
        "shape": "pairs",
        "input": asked,
        "output": said,
        "system": "Answer as a clerk would." if number % 2 else None,
        "split": split,
    }
    if kind == "preferences":
        known |= {"shape": "preference", "rejected": texts[(number * 2 + 3) % len(texts)]}
    if kind in ("talks", "tools"):
        turns = [Turn(role="user", content=asked)]
        if kind == "talks":
            turns += [Turn(role="assistant", content=said), Turn(role="user", content=asked)]
        else:
            turns += [Turn(role="assistant", tool_calls=_CALL)]
            turns += [Turn(role="tool", tool_call_id="c1", content="7")]
            turns += [Turn(role="user", content=asked)]
            known["data"] = _TOOLS
        turns.append(Turn(role="assistant", content=said, weight=1.0))
        known |= {"turns": turns, "shape": "messages", "system": None}
    return Example(**known)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    main(parser.parse_args())
