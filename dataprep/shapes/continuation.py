"""Continuation: a text is cut at a sentence boundary, and the model learns to go on."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats.example_of import dropped, example
from dataprep.recipe import Source
from dataprep.shapes.cutting import pieces, sentence_ends
from dataprep.shapes.running_text import running, title_of

SHORTEST = 40


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """One example a piece of at most `source.chunk` code points.

    `input`, `data["between"]` and `output` together are the piece; `between` is white space.
    Pieces of one sentence, or shorter than SHORTEST code points, are dropped.
    """
    inside = running(record, source)
    if isinstance(inside, Drop):
        yield inside
        return
    about = {"title": title_of(record), "file": record.place.file}
    made = 0
    for start, end in pieces(inside.text, source.chunk):
        parts = split(inside.text[start:end], source.share)
        if parts is None:
            if inside.text[start:end].strip():
                yield inside.unmatched(start, end, "too-short")
            continue
        made += 1
        first, between, rest = parts
        data = {"between": between, "start": start, "end": end}
        yield example(
            record,
            source,
            "continuation",
            (first, rest),
            fields={"first": first, "rest": rest, **about},
            data=data,
            place=inside.place(start),
        )
    if not made:
        yield dropped(record, "too-short")


def split(text: str, share: float) -> tuple[str, str, str] | None:
    """The text before the sentence boundary nearest to the share, the white space, the text after.

    None for a text that is too short or has no boundary inside.
    """
    if len(text.strip()) < SHORTEST:
        return None
    last = len(text.rstrip())
    ends = [end for end in sentence_ends(text) if text[:end].strip() and end < last]
    if not ends:
        return None
    wanted = share * len(text)
    cut = min(ends, key=lambda end: (abs(end - wanted), end))
    first = text[:cut].rstrip()
    return first, text[len(first) : cut], text[cut:]
