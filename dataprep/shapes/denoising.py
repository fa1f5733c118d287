"""T5 span corruption as text: some words are masked, and the model learns to fill them in.

Sentinels are ids, and user text never becomes a special token: a tokeniser that has sentinels
puts them in by itself, from `data["text"]` and `data["spans"]` (start and end in code points).
`input` and `output` show the same to people and to targets without sentinels, with marks `[1]`,
`[2]`, or `[_1]` where the text itself holds such a mark. As in T5, the text never begins with a
masked span, and the target ends with the words of the last one.

Source: Raffel et al. 2020, section 3.1.4; seqio's random_spans_noise_mask.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats.example_of import dropped, example
from dataprep.patterns import LatePattern
from dataprep.recipe import Source
from dataprep.shapes.cutting import pieces
from dataprep.shapes.running_text import no_templates, running

MEAN_SPAN = 3
FEWEST_WORDS = 5

_WORD = LatePattern(r"\S+")

Spans = list[tuple[int, int]]


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """One example a piece of at most `source.chunk` code points, `source.noise` of it masked."""
    no_templates(source, "denoising")
    inside = running(record, source)
    if isinstance(inside, Drop):
        yield inside
        return
    made = 0
    for start, end in pieces(inside.text, source.chunk):
        piece = inside.text[start:end]
        chosen = spans(piece, source.noise, seed)
        if not chosen:
            if piece.strip():
                yield inside.unmatched(start, end, "too-short")
            continue
        made += 1
        data = {"text": piece, "spans": chosen}
        pair = marked(piece, chosen)
        yield example(record, source, "denoising", pair, data=data, place=inside.place(start))
    if not made:
        yield dropped(record, "too-short")


def spans(text: str, noise: float, seed: int) -> Spans:
    """The masked ranges in order, chosen by a hash of the text and the seed alone.

    Empty for fewer than FEWEST_WORDS words.
    """
    words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
    if len(words) < FEWEST_WORDS:
        return []
    masked = min(max(round(len(words) * noise), 1), len(words) - 1)
    count = max(round(masked / MEAN_SPAN), 1)
    count = min(count, len(words) - masked)
    dice = random.Random(_seed(text, seed))  # noqa: S311 -- no secret, and repeatable
    made: Spans = []
    at = 0
    kept = _parts(len(words) - masked, count, dice)
    for plain, hidden in zip(kept, _parts(masked, count, dice), strict=True):
        at += plain
        made.append((words[at][0], words[at + hidden - 1][1]))
        at += hidden
    return made


def _seed(text: str, seed: int) -> int:
    digest = blake2b(f"{seed}\n{text}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "big")


def _parts(total: int, count: int, dice: random.Random) -> list[int]:
    """`total` as `count` numbers of at least 1, every way of it equally likely."""
    drawn = sorted((dice.random(), place) for place in range(1, total))
    cuts = [0, *sorted(place for _, place in drawn[: count - 1]), total]
    return [after - before for before, after in itertools.pairwise(cuts)]


def marked(text: str, chosen: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """The text with a mark for each span, and the spans each behind its mark."""
    mark = _mark(text)
    kept: list[str] = []
    hidden: list[str] = []
    at = 0
    for number, (start, end) in enumerate(chosen, 1):
        kept += [text[at:start], mark.format(number)]
        hidden.append(f"{mark.format(number)} {text[start:end]}")
        at = end
    return "".join([*kept, text[at:]]), " ".join(hidden)


def _mark(text: str) -> str:
    """A mark that the text does not hold."""
    line = ""
    while re.search(rf"\[{line}\d+\]", text):
        line += "_"
    return f"[{line}{{}}]"
