"""The template of the user that says of each row whether its answer was approved."""

from __future__ import annotations

import re
from typing import Any

from dataprep.finding import UsageError, excerpt
from dataprep.formats.flags import DROP, KEEP, OURS
from dataprep.formats.format import Row, Unreadable
from dataprep.formats.templating import columns_read, named_columns
from dataprep.formats.verdict_words import number_of, truth_of
from dataprep.patterns import LatePattern
from dataprep.templates import codes, compile_template, optional_names


class Approval:
    """The template of the user that says of each row whether its answer was approved.

    `names` are the columns that it reads; raises UsageError where no row has one of them. A text
    that is a number is one in it, and one that is true or false too: so tables of texts compare as
    JSON does. What is compared with a bound must be a number.
    """

    def __init__(self, template: str, columns: frozenset[str], *, asks: bool = True) -> None:
        self._asks = asks
        self._render = compile_template(template, "approved")
        self._optional = optional_names(template)
        self._bounded = frozenset(
            found[1] or found[2] for code in codes(template) for found in _BOUNDED.finditer(code)
        )
        self._paths = frozenset(
            found[0] for code in codes(template) for found in _WHOLE_PATH.finditer(code)
        )
        self._named, reads_all = columns_read(template, columns)
        self.names = columns if reads_all else self._named
        for name in sorted(self._named - columns):
            raise UsageError(
                f"approved names the column {excerpt(name)!r}, and there is none.",
                named_columns(columns),
            )

    def of(self, row: Row) -> bool | None:
        """Whether the answer was approved; raises Unreadable where the template does not say.

        None where the row has nothing of what it reads, and the user says what becomes of that.
        """
        for name in sorted(self._named - self._optional):
            if not _is_nothing(row.get(name)) and not self._lacks_inside(name, row):
                continue
            if not self._asks:
                return None
            words = f"approved reads {excerpt(name)!r}, which is missing or empty in this row"
            remedy = f"Learn what nobody judged: {KEEP}; drop it: {DROP}."
            raise Unreadable("S001", excerpt(name) if name in row else "", words, remedy)
        known = {key: _as_json(value) for key, value in row.items() if not _is_nothing(value)}
        self._check_bounds(known)
        try:
            said = self._render({**dict.fromkeys(OURS, known), **known})
        except UsageError as error:
            raise Unreadable("S001", "", f"{error.message} {error.remedy}".strip()) from None
        if (truth := truth_of(said)) is None:
            words = f"approved makes {excerpt(said)!r} of this row, which is no true or false"
            raise Unreadable(
                "S001",
                "",
                words,
                'Compare in it, as in {{ rating >= 4 }}, or {{ verdict == "good" }}.',
            )
        return truth

    def _lacks_inside(self, name: str, row: Row) -> bool:
        """Whether a column lacks what the template reads inside it."""
        return any(
            _is_nothing(_at(path, row)[1])
            for path in self._paths
            if path != name and _root_of(path) == name and _is_held(path, row)
        )

    def _check_bounds(self, row: Row) -> None:
        """Raise Unreadable where what is compared with a bound is no number: text is above all."""
        for path in sorted(self._bounded):
            there, value = _at(path, row)
            if there and (isinstance(value, bool) or not isinstance(value, int | float)):
                words = f"approved compares {excerpt(path)} with a bound, and it is no number here"
                raise Unreadable("S001", "", words, "Compare a word with == in it.")


_PATH = (
    r"""(?<!\w)(?<!\w\.)(?<!\]\.)[A-Za-z_]\w*+(?:\.\w++|\[\s*+(?:\d++|"[^"]*"|'[^']*')\s*+\])*+"""
)
_NUMBERS = r"(?:float|int|abs|round|default|d)\b"
_BOUNDED = LatePattern(
    rf"({_PATH})(?:\s*+\|\s*+{_NUMBERS}(?:\([^()]*\))?)*+\s*+(?:\)++\s*+)?[<>]"
    rf"|[<>]=?\s*\(*({_PATH})(?![\w.\[])(?!\s*\|(?!\s*{_NUMBERS}))"
)
"""What stands before or behind < and >, but for what a filter makes another thing of."""

_WHOLE_PATH = LatePattern(_PATH)

_STEP = LatePattern(r"""\.(\w+)|\[\s*(?:(\d+)|"([^"]*)"|'([^']*)')\s*\]""")


def _root_of(path: str) -> str:
    """The column that a path begins with."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _is_held(path: str, row: Row) -> bool:
    """Whether what a path names would stand in an object or a list, and is no method of a text."""
    *_, last = _STEP.finditer(path, len(_root_of(path)))
    there, holder = _at(path[: last.start()], row)
    return not there or isinstance(holder, dict | list)


def _is_nothing(value: Any) -> bool:
    """Whether a cell is null, or empty, as a table of texts has it."""
    return value is None or (isinstance(value, str) and not value.strip())


def _at(path: str, row: Row) -> tuple[bool, Any]:
    """Whether there is a value at a path of a template, and the value."""
    name = _root_of(path)
    value: Any = row if name in OURS and name not in row else row.get(name)
    if value is None:
        return False, None
    for found in _STEP.finditer(path, len(name)):
        word, number = found[1] or found[3] or found[4], found[2]
        if number is not None and isinstance(value, list) and int(number) < len(value):
            value = value[int(number)]
        elif number is None and isinstance(value, dict) and word in value:
            value = value[word]
        else:
            return False, None
    return True, value


def _as_json(value: Any) -> Any:
    """A value as JSON would have it: a text that is a number, or true or false, is one."""
    if isinstance(value, dict):
        return {key: _as_json(inner) for key, inner in value.items() if not _is_nothing(inner)}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    if not isinstance(value, str):
        return value
    if value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    number = number_of(value)
    return value if number is None else int(number) if number.is_integer() else number
