"""The cells of a table that hold a list or an object as text: options, a history, several answers.

They are read as JSON, or as Python and numpy write them. A column of one answer keeps its JSON: it
may be what a model shall write.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dataprep.formats.format import Row
from dataprep.formats.literals import from_cell, is_literal
from dataprep.formats.meanings import Meaning, folded, lettered, meaning_of, several, words_of

_OF_SEVERAL = several("answers possibleanswers correctanswers acceptedanswers goldanswers")
"""Columns that hold the list of all right answers, folded."""

_MARKS = ("[", "{")


def without_cells(row: Row, answered: str | None) -> Row:
    """The row with its lists and objects in the place of their text, and without nulls.

    A null among the options stays, so that the others keep their letters. `answered` is the column
    of the answers.
    """
    options = _options(tuple(row))
    changed = {
        key: _read(key, value, key == answered)
        for key, value in row.items()
        if value is not None or key in options
    }
    is_same = len(changed) == len(row) and all(changed[key] is row[key] for key in row)
    return row if is_same else changed


def is_written_structure(name: str, text: str) -> bool:
    """Whether an answer is a list or an object that Python or numpy wrote, and nobody said."""
    told = text.strip()
    if told[:1] not in _MARKS:
        return False
    if "answer_start" in told:
        return _of_squad(told) is not None or is_literal(told)
    return bool(words_of(name) & _OF_ANSWERS) and is_literal(told)


_OF_ANSWERS = several("answer answers targets")


@lru_cache(maxsize=1024)
def _options(names: tuple[str, ...]) -> frozenset[str]:
    """The columns of options."""
    return frozenset((*lettered(names), *(n for n in names if meaning_of(n) is Meaning.OPTIONS)))


def _read(name: str, value: Any, is_answered: bool) -> Any:
    """A value, or what it holds as text where such a column holds a list or an object."""
    if not isinstance(value, str) or value.lstrip()[:1] not in _MARKS:
        return value
    told = None
    if folded(name) in _OF_SEVERAL or meaning_of(name) in (Meaning.OPTIONS, Meaning.HISTORY):
        told = from_cell(value.strip())
    elif is_answered and "answer_start" in value:
        told = _of_squad(value.strip())
    return value if told is None else told


def _of_squad(text: str) -> Any:
    """SQuAD's answers with their texts and where they start, as a text; None for anything else."""
    told = from_cell(text)
    return told if isinstance(told, dict) and isinstance(told.get("text"), list) else None
