"""The formats of fine-tuning rows, in the order in which a row is held against them.

A new one is a module, a line here, a schema of its name in schemas/, and its cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from dataprep.contracts import is_closed, keys_of, load
from dataprep.finding import UsageError, excerpt
from dataprep.formats import (
    alpaca,
    anthropic,
    batch,
    bedrock,
    chat,
    chatgpt,
    columns,
    feedback,
    gemini,
    pair,
    preference,
    reinforcement,
    responses,
    sharegpt,
    text,
    trl_preference,
)
from dataprep.formats.foreign import Foreign, foreign
from dataprep.formats.format import Row, RowFormat
from dataprep.formats.sides import half_of

CONVERSATIONS = (
    chatgpt.FORMAT,
    gemini.FORMAT,
    batch.FORMAT,
    responses.FORMAT,
    preference.FORMAT,
    trl_preference.FORMAT,
    feedback.FORMAT,
    bedrock.FORMAT,
    anthropic.FORMAT,
    reinforcement.FORMAT,
    chat.FORMAT,
    sharegpt.FORMAT,
)
"""Those that are told by a key that nothing else has; they are tried first."""

TABLES = (alpaca.FORMAT, pair.FORMAT, columns.FORMAT, text.FORMAT)
"""Those that are told by the names of columns; what another tool wrote so is told apart first."""

FORMATS = {form.name: form for form in (*CONVERSATIONS, *TABLES)}
CHAT, PAIR, COLUMNS = FORMATS[chat.NAME], FORMATS[pair.NAME], FORMATS[columns.NAME]
ITEMS, FEEDBACK = FORMATS[reinforcement.NAME], FORMATS[feedback.NAME]
SHAREGPT = FORMATS[sharegpt.NAME]

_ONE_FAMILY = (
    frozenset((pair.NAME, columns.NAME, alpaca.NAME)),
    frozenset((chat.NAME, anthropic.NAME)),
)
"""Formats of which a file may hold several, since a row of one is a row of the other and more."""


def recognise(row: Any, file: RowFormat | None = None) -> RowFormat | None:
    """The format of a row: that of its file where it can be read so, else the first that fits."""
    if not isinstance(row, dict):
        return None
    bare = {key: value for key, value in row.items() if value is not None}
    if file is not None and (file.recognise(bare) or _is_too(bare, file)):
        return file
    if file is not None and len(bare) < len(row) and file.recognise(row):
        return file  # what a row needs and holds null for, its schema says
    for form in CONVERSATIONS:
        if form.recognise(bare):
            return form
    if foreign(bare) is not None:
        return None
    return next((form for form in TABLES if form.recognise(bare)), None)


def _is_too(row: Row, file: RowFormat) -> bool:
    """Whether a row is of the format of its file, which it would not be told by alone.

    A conversation among items for a grader is one; instructions with an output that is no text
    are Alpaca's among others of them, and their schema says what is wrong.
    """
    if file.name == reinforcement.NAME:
        return chat.recognise(row)
    return file.name == alpaca.NAME and alpaca.has_sides(row)


def known_elsewhere(row: Any) -> Foreign | None:
    """What another tool wrote and nobody reads here; None for a row of a format, or of none."""
    return foreign(row) if isinstance(row, dict) else None


def same_family(one: RowFormat, other: RowFormat) -> bool:
    """Whether rows of both may stand in one file."""
    return one is other or any({one.name, other.name} <= family for family in _ONE_FAMILY)


def format_of(rows: Iterable[Any]) -> RowFormat | None:
    """The format that most of some rows have; of equals, the first's."""
    found = Counter(form.name for row in rows if (form := recognise(row)) is not None)
    return FORMATS[found.most_common(1)[0][0]] if found else None


def format_named(name: str) -> RowFormat:
    """The format of that name; raises UsageError with the nearest one."""
    import difflib

    if name in FORMATS:
        return FORMATS[name]
    near = difflib.get_close_matches(name, FORMATS, n=1)
    remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(FORMATS)}."
    raise UsageError(f"{excerpt(name)!r} is not a format that can be checked.", remedy)


@cache
def _closed(form: RowFormat) -> tuple[str, ...] | None:
    """The keys of a format whose schema allows no others; None for one that does."""
    return keys_of(form.name) if is_closed(form.name) else None


def strict(row: Row, form: RowFormat) -> Row:
    """What the schema of a format judges of a tidy row: all but what stands beside it."""
    if form is CHAT:
        return chat.own(row)[0]
    keys = _closed(form)
    if keys is None or row.keys() <= set(keys):
        return row
    return {key: row[key] for key in keys if key in row}


_TELLING = (chat.NAME, preference.NAME, gemini.NAME, pair.NAME, alpaca.NAME)


def nearest(row: Row) -> tuple[str, str]:
    """The format whose keys are most like a row's, and what the row lacks or has otherwise."""
    best, most = chat.NAME, 0.0
    for name in (*_TELLING, trl_preference.NAME, sharegpt.NAME):
        wanted = _required(name)
        share = sum(key in row for key in wanted) / len(wanted)
        if share > most:
            best, most = name, share
    if not most and (half := half_of(row)) is not None:
        return columns.NAME, f"lacks {half!r}"
    lacks = [key for key in _required(best) if key not in row]
    if lacks:
        return best, f"lacks {' and '.join(map(repr, lacks))}"
    return best, f"has {', '.join(map(repr, _required(best)))} of another kind"


def _required(name: str) -> Sequence[str]:
    """The keys without which a row is not of a format."""
    if name == trl_preference.NAME:
        return trl_preference.BETTER, trl_preference.WORSE
    required: Sequence[str] = load(name).get("required") or keys_of(name)[:1]
    return required
