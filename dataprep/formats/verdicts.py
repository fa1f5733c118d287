"""What a column that judges the answers says: by a truth, a word or a number, and by its name.

A column is taken as a whole: where its first values go beyond 0, 1 and -1 it is a scale, of which
nobody but the user knows what is good; where some of its words judge, all of them must. Words were
gathered from public data sets and annotation tools, 2026-11.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Mapping
from typing import Any

from dataprep.finding import UsageError, excerpt
from dataprep.formats.format import Reading, Row, Unreadable
from dataprep.formats.meanings import Meaning, folded, meaning_of, several, words_of
from dataprep.templates import compile_template, names_read, optional_names


class Saying(enum.Enum):
    """What a value says of the answer beside it."""

    GOOD = "approved"
    BAD = "not approved"
    NOTHING = "no verdict"
    UNCLEAR = "a verdict that nobody explained"


def _words(text: str) -> frozenset[str]:
    return frozenset(map(folded, text.split()))


_TRUE = _words("true t yes y 1 1.0")
_FALSE = _words("false f no n nope 0 0.0")
_GOOD = _words(
    "accept accepted acceptable approve approved good up like liked correct right valid "
    "pass passed success successful succeeded solved safe helpful harmless desirable "
    "preferred better chosen excellent great ok okay verified validated thumbs_up 👍 "
    "complete completed submitted done"
)
_BAD = _words(
    "reject rejected bad down dislike disliked fail failed failure error ignore ignored deleted "
    "removed incorrect wrong invalid false_answer unsafe unhelpful harmful toxic undesirable "
    "dispreferred worse worst poor terrible awful unacceptable discard discarded declined denied "
    "skip skipped excluded incomplete hallucinated hallucination tie bad_answer thumbs_down 👎"
)
_FEELINGS = {"positive": Saying.GOOD, "negative": Saying.BAD}
"""Words that judge, unless the column may hold classes."""

_OF_CLASSES = _words("label labels status state quality tag")
"""Names of columns that hold classes as often as verdicts."""

_OF_SCALES = several(
    "rating ratings rated score scores stars reward rewards helpfulness grade votes vote "
    "upvotes downvotes likes quality"
)
_IF_TRUE_BAD = several(
    "deleted removed toxic harmful unsafe rejected reject discard discarded exclude "
    "excluded skip skipped flag flagged spam bad wrong incorrect invalid fail failed "
    "hallucination hallucinated hallucinations disliked error downvoted undesirable"
)
_IF_TRUE_GONE = several(
    "deleted removed discard discarded exclude excluded skip skipped ignore ignored"
)
_NOT = several("not non no without never un")
_NUMBERS = (0, 1, -1)

_SAYS_UNANSWERABLE = _words("is_impossible impossible unanswerable is_unanswerable")


class VerdictColumns:
    """The columns of one file that judge answers, by their values in the first rows."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._scales: set[str] = set()
        self._judging: set[str] = set()
        self._same: dict[str, str | None] = {}
        for row in rows:
            for name, value in row.items():
                if meaning_of(name) in (Meaning.VERDICT, Meaning.REJECTED):
                    self._look(name, value)

    def _look(self, name: str, value: Any) -> None:
        for one in value if isinstance(value, list) else [value]:
            number = number_of(one)
            if number is not None and number not in _NUMBERS:
                self._scales.add(name)
            if isinstance(one, str) and one.strip():
                shown = _plain(one)
                if _of_word(shown, name) is not None:
                    self._judging.add(name)
                first = self._same.setdefault(name, shown)
                if first != shown:
                    self._same[name] = None

    def saying(self, name: str, value: Any, reading: Reading) -> Saying:
        """What one value says of the answer of its row."""
        if folded(name) in _SAYS_UNANSWERABLE:
            known = truth_of(value) is False or "unanswerable" in reading.uses.values()
            return Saying.NOTHING if known else Saying.UNCLEAR
        if isinstance(value, list):
            said = {self.saying(name, one, reading) for one in value}
            if reading.kind == "preference" and all(number_of(v) is not None for v in value):
                return Saying.NOTHING  # the ratings of both answers
            return said.pop() if len(said) == 1 else Saying.UNCLEAR
        judged = self._judged(name, value)
        if judged in (Saying.GOOD, Saying.BAD) and _is_truth(value) and words_of(name) & _NOT:
            return Saying.UNCLEAR
        return judged

    def is_scale(self, name: str, value: Any) -> bool:
        """Whether the column has, by its first rows or by this one, more than two numbers."""
        number = number_of(value)
        return name in self._scales or (number is not None and number not in _NUMBERS)

    def _judged(self, name: str, value: Any) -> Saying:
        number = number_of(value)
        if number is not None:
            is_scale = name in self._scales or bool(words_of(name) & _OF_SCALES)
            if is_scale or number not in _NUMBERS:
                return Saying.UNCLEAR
            if number < 0:
                return Saying.BAD
        if (truth := truth_of(value)) is not None:
            is_bad = truth is bool(words_of(name) & _IF_TRUE_BAD)
            return Saying.BAD if is_bad else Saying.GOOD
        if not isinstance(value, str):
            return Saying.UNCLEAR
        said = _plain(value)
        if (told := _of_word(said, name)) is not None:
            return told
        is_class = name not in self._judging and (
            folded(name) in _OF_CLASSES or self._same.get(name) == said
        )
        return Saying.NOTHING if is_class else Saying.UNCLEAR


def is_removal(name: str) -> bool:
    """Whether a column says of the whole row that it is gone, and not of its answer."""
    return bool(words_of(name) & _IF_TRUE_GONE) or folded(name) in ("status", "state")


def truth_of(value: Any) -> bool | None:
    """True or false, as a truth, as 1 or 0, or as words; None for what is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    if not isinstance(value, str):
        return None
    said = _plain(value)
    return True if said in _TRUE else False if said in _FALSE else None


def number_of(value: Any) -> float | None:
    """A number, or a text that is one; None for another value, and for a truth."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _is_truth(value: Any) -> bool:
    return truth_of(value) is not None


def _plain(text: str) -> str:
    return folded(text.strip().strip("!.?\"'"))


def _of_word(said: str, name: str) -> Saying | None:
    """What one word says wherever it stands; None for truths and for words that do not judge."""
    if said in _GOOD:
        return Saying.GOOD
    if said in _BAD:
        return Saying.BAD
    return None if folded(name) in _OF_CLASSES else _FEELINGS.get(said)


class Approval:
    """The template of the user that says of each row whether its answer was approved."""

    def __init__(self, template: str) -> None:
        self._render = compile_template(template, "approved")
        self.names = names_read(template)
        self._optional = optional_names(template)

    def check(self, columns: Iterable[str]) -> None:
        """Raise UsageError for a column that no row has."""
        known = {*columns, "row", "columns"}
        for name in sorted(self.names - known):
            raise UsageError(
                f"approved names the column {excerpt(name)!r}, and there is none.",
                f"The columns are: {', '.join(map(excerpt, sorted(columns)[:12])) or 'none'}.",
            )

    def of(self, row: Row) -> bool:
        """Whether the answer was approved; raises Unreadable where the template does not say."""
        for name in sorted(self.names - self._optional - {"row", "columns"}):
            if row.get(name) is None:
                words = f"approved reads {excerpt(name)!r}, which this row has not or is null"
                raise Unreadable("S001", excerpt(name) if name in row else "", words)
        fields: Mapping[str, Any] = {"row": row, "columns": row, **row}
        try:
            said = self._render(fields)
        except UsageError as error:
            raise Unreadable("S001", "", f"{error.message} {error.remedy}".strip()) from None
        if (truth := truth_of(said)) is None:
            words = f"approved makes {excerpt(said)!r} of this row, which is no true or false"
            raise Unreadable("S001", "", words, "Compare in it: --approved '{{ rating >= 4 }}'.")
        return truth
