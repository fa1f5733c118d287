"""The options of a question: in columns, in a list, or in lists of texts and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataprep.formats.cells import kind_of, scalar, text_of
from dataprep.formats.format import Row, Unreadable
from dataprep.formats.meanings import folded, several

_INDEX_OF_ANSWER = several(
    "label correct correctanswerid correctanswer correctindex correctoption correctidx answeridx "
    "answerindex answerid answerkey goldindex goldlabel gold cop rightanswer"
)
"""What an index among several answers is called, folded."""


def options_of(row: Row, names: tuple[str, ...]) -> list[str]:
    """The options in order: of a column each, of a list, or of ARC's lists of texts and labels."""
    if len(names) > 1:
        return [text_of(row, name) for name in names if row.get(name) is not None]
    if not names or names[0] not in row:
        return []
    value = row[names[0]]
    if isinstance(value, dict) and isinstance(value.get("text"), list):
        value = value["text"]
    elif isinstance(value, dict) and all(isinstance(v, str) for v in value.values()):
        value = list(value.values())
    if not isinstance(value, list) or not all(isinstance(v, str | int | float) for v in value):
        raise Unreadable("S004", names[0], f"{names[0]} is {kind_of(value)} of no plain options")
    return [v if isinstance(v, str) else scalar(v) for v in value]


def option_named(value: Any, options: Sequence[str], labels: Any, answered: str, first: int) -> str:
    """The option that an index, a letter or its own text names.

    `labels` is what stands in the column of the options, `first` what an index calls the first.
    """
    if isinstance(labels, dict) and isinstance(labels.get("label"), list):  # ARC
        named = [str(label) for label in labels["label"]]
        if str(value) in named:
            return options[named.index(str(value))]
    text = str(value).strip()
    if isinstance(value, str) and value in options:
        return value
    if len(text) == 1 and text.upper() in "ABCDEFGHIJ" and ord(text.upper()) - 65 < len(options):
        return options[ord(text.upper()) - 65]
    number = int(text) - first if text.isdecimal() else -1
    if 0 <= number < len(options):
        return options[number]
    words = f"{answered} names none of the {len(options)} options"
    raise Unreadable("S005", answered, words)


def index_of_several(row: Row, answered: str) -> str | None:
    """The column that says which of several answers is meant; None where there are not several."""
    given = row.get(answered)
    if not isinstance(given, list) or len({v for v in given if isinstance(v, str)}) < 2:
        return None
    name = next((name for name in row if folded(name) in _INDEX_OF_ANSWER), None)
    return name if name is not None and name != answered and _is_index(row[name]) else None


def _is_index(value: Any) -> bool:
    """Whether a value names one of several: by a number, or by a letter."""
    if isinstance(value, str):
        return value.isdecimal() or (len(value) == 1 and value.isalpha())
    return isinstance(value, int) and not isinstance(value, bool)
