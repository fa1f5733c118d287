"""The instruction for rows of a table, guessed from the names of its columns and their values.

A column that asks by itself (a question, a prompt) gets none, and so does a pair of which nothing
is known: a made-up order is worse than no order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any

from dataprep import sources
from dataprep.annotation import language_in, spoken, text_asked_for, words_of
from dataprep.example import Record
from dataprep.patterns import LatePattern


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CLASSES = _set(
    "label labels class category intent sentiment emotion stance polarity topic genre tone mood "
    "verdict entailment"
)
_RATINGS = _set("rating ratings rate score scores stars star")
_LABEL = _set("label labels class category")
_ASKS = _set(
    "q question query problem instruction prompt ask request user human puzzle riddle exercise "
    "task goal"
)
"""Words in the name of a column that asks by itself."""
_REPLIES = _set("answer answers response responses reply replies")
_OF_PAIRS = _set("src tgt source target text sentence lang language translation")
"""Words beside a language in the name of a column."""
_INSIDE = LatePattern(
    r"\{\{ (?P<column>\w+|row\[[^{}\]]+\])"
    r"(?:\.(?P<dotted>\w+)|\[(?P<mark>[\"'])(?P<quoted>[\w-]+)(?P=mark)\]) \}\}"
)
"""A template of what stands under a name in a column."""
_SEEN = 20_000
"""Rows whose labels are looked at."""
_MOST = 20
_LONGEST = 40
"""Labels that an instruction lists, and characters of one."""


def instruction_for(
    asked: Sequence[str],
    answered: str,
    rows: Sequence[dict[str, Any]],
    file: sources.Input,
    *,
    is_class: bool = False,
) -> tuple[str, str]:
    """An instruction for the columns of a table, and what to say of it; "" where there is none.

    `is_class` says that somebody named the answer as a label.
    """
    if not asked or any(_asks(name, rows) for name in asked):
        return "", ""
    if len(asked) == 1 and (said := _translation(asked[0], answered, rows)):
        return said, ""
    about = " and ".join(_called(name) for name in asked)
    words = set(words_of(answered))
    is_class = is_class or bool(words & _CLASSES)
    if not is_class and not words & _REPLIES and (known := text_asked_for(answered, about)):
        return known, ""
    rates = bool(words & _RATINGS)
    labels, partly = _labels(answered, file, named=is_class or rates)
    if not labels:
        return "", ""
    more = f"the labels of the first {_SEEN:,} rows" if partly else ""
    if rates and all(label.isdecimal() for label in labels):
        numbers = sorted(map(int, labels))
        return f"Rate {about} from {numbers[0]} to {numbers[-1]}.", more
    noun = spoken(answered)
    which = f"Choose the {noun} of" if noun and noun not in _LABEL else "Choose one label for"
    return f"{which} {about}: {('; ' if _comma_in(labels) else ', ').join(labels)}.", more


def _comma_in(labels: Sequence[str]) -> bool:
    return any("," in label for label in labels)


def _asks(name: str, rows: Sequence[dict[str, Any]]) -> bool:
    """Whether a column asks by itself: by its name, or since most of its texts are questions."""
    if _ASKS.intersection(words_of(name)):
        return True
    texts = [text for row in rows if isinstance(text := row.get(name), str)]
    return 2 * sum(text.rstrip().endswith("?") for text in texts) > len(texts)


def _translation(asked: str, answered: str, rows: Sequence[dict[str, Any]]) -> str:
    """The order to translate, where both names are of languages (`en`, `de_text`)."""
    if not all(isinstance(row.get(name), str) for row in rows for name in (asked, answered)):
        return ""
    both = [language_in(name) for name in (asked, answered)]
    others = [
        word
        for name in (asked, answered)
        for word in words_of(name)
        if language_in(word) is None and word not in _OF_PAIRS
    ]
    if None in both or both[0] == both[1] or others:
        return ""
    return f"Translate the text from {both[0]} into {both[1]}."


def translation_inside(asked: str, answered: str) -> str:
    """The order to translate, for templates of two languages in one column; "" for others.

    As `{{ translation.en }}` and `{{ translation.de }}`.
    """
    both = [_INSIDE.fullmatch(template) for template in (asked, answered)]
    if both[0] is None or both[1] is None or both[0]["column"] != both[1]["column"]:
        return ""
    languages = [language_in(found["dotted"] or found["quoted"]) for found in both if found]
    if None in languages or languages[0] == languages[1]:
        return ""
    return f"Translate the text from {languages[0]} into {languages[1]}."


def _called(name: str) -> str:
    """What a column is called within a sentence."""
    said = spoken(name)
    return "the text" if not said or said in _PLAIN else f"the {said}"


_PLAIN = ("source", "body", "content", "document text", "source text", "input text")


def _labels(name: str, file: sources.Input, *, named: bool) -> tuple[list[str], bool]:
    """The labels in a column, and whether there are rows that were not looked at.

    None where it holds other values than a few short ones, each again and again; a column that is
    `named` a label may hold each of them once.
    """
    seen: Counter[str] = Counter()
    rows = (item.value for item in sources.read(file) if isinstance(item, Record))
    values = (row.get(name) for row in islice(rows, _SEEN) if isinstance(row, dict))
    for value in values:
        if value in (None, ""):
            continue
        label = str(value).lower() if isinstance(value, bool) else str(value)
        if not isinstance(value, str | int) or not _is_label(label):
            return [], False
        seen[label] += 1
        if len(seen) > _MOST:
            return [], False
    repeated = seen.total() >= 3 * len(seen) and not any(one.isdigit() for one in seen)
    if len(seen) < 2 or not (named or repeated):
        return [], False
    return sorted(seen), next(rows, None) is not None


def _is_label(text: str) -> bool:
    """Whether a text can stand among others in a list, and in a template as it is."""
    return len(text) <= _LONGEST and text.isprintable() and not {"{", "}"}.intersection(text)
