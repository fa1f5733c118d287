"""A row of no format: what was seen, the nearest format, and the flags that would make it work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dataprep.finding import Fault, excerpt
from dataprep.formats.catalogue import known_elsewhere, nearest, recognise
from dataprep.formats.columns import PAIR_NAMES
from dataprep.formats.flags import variable
from dataprep.formats.format import Row, RowFormat
from dataprep.formats.meanings import Meaning, folded, meaning_of


def unknown_fault(row: Any, wanted: RowFormat | None = None) -> Fault:
    """S001 for a row of no format, or of another than the one that was asked for."""
    if not isinstance(row, dict):
        return Fault("J005", "", "the row is not a JSON object")
    form = recognise(row)
    if form is not None and wanted is not None:
        return Fault("S001", "", f"the row is {form.name}, not {wanted.name}")
    if (elsewhere := known_elsewhere(row)) is not None:
        return Fault("S001", "", elsewhere.why, elsewhere.remedy)
    keys = ", ".join(excerpt(key) for key in list(row)[:10]) or "no keys"
    name, why = nearest(row)
    words = f"the row has {excerpt(keys, 120)}, and is no row of a known format"
    if wanted is None and row:
        words += f": the nearest is {name}, but it {why}"
    return Fault("S001", "", words, guessed_remedy([row]))


def guessed_remedy(rows: Sequence[Row]) -> str:
    """The flags that would make rows readable, with the columns that look like the two sides."""
    sides = likely_sides(rows)
    if sides is None:
        return "Name the columns: --prompt '{{ ... }}' --completion '{{ ... }}'."
    asked, answered = map(variable, sides)
    return f"If those are the two sides: --prompt '{asked}' --completion '{answered}'."


_QUESTION = re.compile(
    r"\?\s*$|^(?:what|who|when|where|why|how|which|is|are|do|does|can|write|give|list|explain)\b",
    re.IGNORECASE,
)


def likely_sides(rows: Sequence[Row]) -> tuple[str, str] | None:
    """The columns of text that look most like a question and its answer; None for under two."""
    texts: dict[str, list[str]] = {}
    for row in rows:
        for key, value in row.items():
            aside = meaning_of(key) in (Meaning.METADATA, Meaning.INDEX, Meaning.SPLIT)
            if isinstance(value, str) and value.strip() and not aside:
                texts.setdefault(key, []).append(value)
    if len(texts) < 2:
        return None
    names = list(texts)
    asks = {
        name: sum(bool(_QUESTION.search(text.strip())) for text in said) / len(said)
        for name, said in texts.items()
    }
    known = [n for n in names if folded(n) in PAIR_NAMES]
    asked = max(names, key=lambda n: (asks[n] > 0.3, n in known, -names.index(n)))
    rest = [n for n in names if n != asked]
    length = {n: sum(map(len, texts[n])) / len(texts[n]) for n in rest}
    answered = max(
        rest, key=lambda n: (n in known, length[n] > 1, names.index(n) > names.index(asked))
    )
    return asked, answered
