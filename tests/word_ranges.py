"""What the compiled library knows of code points: dataprep/scan/source/word_ranges.c.

`python -m tests.word_ranges > dataprep/scan/source/word_ranges.c` writes it anew, as is needed
where Polars comes to know more characters; tests/unit/scan/test_texts.py says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from dataprep.near import words


def _kinds() -> Iterator[tuple[int, int]]:
    """The code points at which the kind of character changes, and the kind from there on."""
    points = [*range(0x80, 0xD800), *range(0xE000, sys.maxunicode + 1)]
    characters = pl.Series([chr(point) for point in points])
    alone, letter = (characters.str.contains(pattern) for pattern in (words.ALONE, words.LETTER))
    kinds = (letter.cast(pl.UInt8) + 2 * alone.cast(pl.UInt8)).to_list()
    before = 0
    for point, kind in zip(points, kinds, strict=True):
        if kind != before:
            yield point, kind
        before = kind
    yield sys.maxunicode + 1, 0


def word_ranges() -> str:
    """The code points beyond ASCII that words are made of, as the compiled library reads them."""
    ranges = [
        f"{{0x{first:x}, 0x{end - 1:x}, {kind}}},"
        for (first, kind), (end, _) in pairwise(_kinds())
        if kind
    ]
    lines = [" ".join(ranges[at : at + 4]) for at in range(0, len(ranges), 4)]
    return "\n".join(
        (
            "/* Made by `python -m tests.word_ranges`, of the character classes of Polars. */",
            '#include "words.h"',
            "",
            "const word_range WORD_RANGES[] = {",
            *(f"    {line}" for line in lines),
            "};",
            "",
            "const int WORD_RANGE_COUNT = sizeof WORD_RANGES / sizeof *WORD_RANGES;",
        )
    )


if __name__ == "__main__":
    sys.stdout.write(word_ranges() + "\n")
