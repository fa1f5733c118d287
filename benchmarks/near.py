"""Near-duplicate search over short examples: time and peak memory, in a process of its own.

    python benchmarks/near.py [--rows 1000000]

One row in fifty is a near copy of an earlier one (a word changed), one in fifty an exact copy.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator

from dataprep.checks import Context
from dataprep.checks.per_file.near_duplicates import Near
from dataprep.formats import FORMATS, Plain

Row = dict[str, str]
WORDS = 40
"""Words of an example: a short question and its answer."""


def rows(number: int, seed: int = 4) -> Iterator[tuple[Row, bool]]:
    """Rows of made-up words, and whether each is a near copy of one of the last thousand."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("aeiounrstlm", k=rng.randint(3, 9))) for _ in range(20_000)]
    recent: list[list[str]] = []
    for count in range(number):
        near = count % 50 == 49
        said = rng.choices(words, k=WORDS)
        if near:
            said = [*rng.choice(recent)]
            said[0] = said[-1] = rng.choice(words)
        elif count % 50 == 24:
            said = rng.choice(recent)
        else:
            recent = [*recent[-999:], said]
        yield {"prompt": " ".join(said[:15]), "completion": " ".join(said[15:])}, near


def main(options: argparse.Namespace) -> None:
    """Search, and print the time a row, the peak of memory and the share that was found."""
    form = FORMATS["prompt-completion"]
    near, planted = Near(Context()), set()
    made = 0.0
    began = time.process_time()
    clock = time.perf_counter()
    for line, (row, copied) in enumerate(_timed(rows(options.rows)), 1):
        if copied:
            planted.add(line)
        asked, answer = row["prompt"], row["completion"]
        near.add_plain(
            Plain([line], [asked], [answer], [(asked, answer)]), form, "train.jsonl", "train.jsonl"
        )
    signed = time.process_time()
    found = {finding.place.line for finding in near.findings()}
    done = time.process_time()
    made = _made[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{options.rows:,} examples of {WORDS} words, {len(planted):,} near copies among them")
    print(f"  signing          {signed - began - made:7.1f} s of CPU")
    print(f"  searching        {done - signed:7.1f} s of CPU")
    print(f"  (making the rows {made:7.1f} s, in {time.perf_counter() - clock:.0f} s in all)")
    print(f"  peak memory      {peak:7.0f} MB (expected: under 2,000 for a million)")
    print(f"  found            {len(found & planted) / len(planted):7.1%} of the near copies")
    print(f"  others reported  {len(found - planted):7,}")


_made = [0.0]


def _timed(made: Iterator[tuple[Row, bool]]) -> Iterator[tuple[Row, bool]]:
    """The same, while the time that the making takes is added up."""
    while True:
        began = time.process_time()
        one = next(made, None)
        _made[0] += time.process_time() - began
        if one is None:
            return
        yield one


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this table."""
    parser.add_argument("--rows", type=int, default=1_000_000)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    main(parser.parse_args())
