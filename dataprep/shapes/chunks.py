"""Text in pieces: `chunk` to be annotated, `plain` for continued pretraining."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding
from dataprep.formats.example_of import example
from dataprep.recipe import Source
from dataprep.shapes.cutting import pieces
from dataprep.shapes.running_text import no_templates, running


def shape(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """Pieces of at most `source.chunk` code points to be annotated: `input`, and no `output`.

    Together they are the text; `data` says where each stands, in code points.
    """
    no_templates(source, "chunks")
    yield from _pieces(record, source, "chunk")


def plain(record: Record, source: Source, *, seed: int = 0) -> Iterator[Example | Drop | Finding]:
    """Pieces of at most `source.chunk` code points to be read: `output`, and no `input`."""
    no_templates(source, "plain")
    yield from _pieces(record, source, "plain")


def _pieces(record: Record, source: Source, shape: str) -> Iterator[Example | Drop]:
    """An example a piece; a piece of white space alone is a drop."""
    inside = running(record, source)
    if isinstance(inside, Drop):
        yield inside
        return
    for start, end in pieces(inside.text, source.chunk):
        piece = inside.text[start:end]
        if not piece.strip():
            yield inside.unmatched(start, end, "blank")
            continue
        data: dict[str, str | int] = {"file": record.place.file, "start": start, "end": end}
        pair = (piece, "") if shape == "chunk" else ("", piece)
        if shape == "chunk":
            data["text"] = piece
        yield example(record, source, shape, pair, data=data, place=inside.place(start))
