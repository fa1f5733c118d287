"""What stands in rescued training files, and what of it each target cannot hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import msgspec

from dataprep import shapes, sources, targets
from dataprep.example import Example, Record
from dataprep.finding import DataprepError
from dataprep.recipe import Source

LOOKED_AT = 100


class RescuedRows(msgspec.Struct, frozen=True, kw_only=True):
    """Counted over all files of rows: `unread` are broken, or of a shape that is not read.

    `lost` counts, for each target, the examples that lose something, by what it is.
    """

    examples: int = 0
    unread: int = 0
    lost: dict[str, dict[str, int]] = {}
    why: str = ""


def read_rows(folder: Path) -> RescuedRows:
    """Read the files as `convert` would, and count; never raises for what stands in them."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in targets.CATALOGUE}
    examples = unread = 0
    why = ""
    for path in sorted(folder.glob("*.jsonl")):
        try:
            for example in _examples(path):
                if example is None:
                    unread += 1
                    continue
                examples += 1
                for target, counted in counts.items():
                    counted.update(targets.lost(example, target))
        except DataprepError as error:
            why = why or error.message
    found = {target: dict(sorted(c.items())) for target, c in counts.items()}
    return RescuedRows(examples=examples, unread=unread, lost=found, why=why)


def _examples(path: Path) -> Iterator[Example | None]:
    """Each example; None for a row that gives none."""
    source = Source(path=path.name)
    for given in sources.gathered(sources.files(source, path.parent)):
        read = iter(sources.read(given))
        first = list(islice(read, LOOKED_AT))
        records = [r for r in first if isinstance(r, Record)]
        if not records:
            yield from (None for _ in first)
            continue
        shape, _ = shapes.shape_for(records, source, path.parent, 0)
        for record in chain(first, read):
            if not isinstance(record, Record):
                yield None
                continue
            made = shape(record).examples
            yield from made or (None,)
