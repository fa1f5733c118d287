"""Which columns of a table are asked and answered, and what stands with the question: by name."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from dataclasses import dataclass

from dataprep.formats.format import Row
from dataprep.formats.meanings import Meaning, folded, lettered, meaning_of
from dataprep.formats.named_option import UNKNOWN, Naming
from dataprep.formats.options import INDEXES, index_of_several

PAIRS = (
    ("prompt", "completion"),
    ("prompt", "response"),
    ("question", "answer"),
    ("question", "answers"),
    ("question", "response"),
    ("question", "final_answer"),
    ("question", "sql"),
    ("question", "query"),
    ("query", "response"),
    ("query", "answer"),
    ("query", "answers"),
    ("instruction", "output"),
    ("instruction", "response"),
    ("instruction", "answer"),
    ("instruction", "completion"),
    ("input", "output"),
    ("input", "response"),
    ("input", "answer"),
    ("input", "target"),
    ("inputs", "targets"),
    ("source", "target"),
    ("src", "tgt"),
    ("input_text", "output_text"),
    ("input_text", "target_text"),
    ("text_input", "output"),
    ("problem", "solution"),
    ("problem", "answer"),
    ("document", "summary"),
    ("article", "highlights"),
    ("article", "summary"),
    ("article", "abstract"),
    ("dialogue", "summary"),
    ("post", "summary"),
    ("post", "tldr"),
    ("content", "summary"),
    ("text", "summary"),
    ("text", "label"),
    ("text", "intent"),
    ("sentence", "label"),
    ("content", "label"),
    ("review", "label"),
    ("comment", "label"),
    ("tweet", "label"),
    ("headline", "label"),
    ("text", "sentiment"),
    ("review", "sentiment"),
    ("tweet", "sentiment"),
    ("utterance", "intent"),
    ("user", "assistant"),
    ("user", "bot"),
    ("human", "assistant"),
    ("human", "gpt"),
    ("human", "bot"),
    ("message_1", "message_2"),
    ("prompt", "output"),
    ("prompt", "answer"),
    ("prompt", "generation"),
    ("question", "output"),
    ("question", "correct_answer"),
    ("question", "best_answer"),
    ("ctx", "label"),
    ("nl", "code"),
    ("description", "code"),
    ("docstring", "code"),
    ("context", "response"),
)
"""What is asked and what is answered; the first pair of which both are there is taken."""

TWO_TEXTS = (
    ("premise", "hypothesis"),
    ("sentence1", "sentence2"),
    ("sentence_a", "sentence_b"),
    ("question1", "question2"),
    ("text1", "text2"),
    ("question", "sentence"),
    ("title", "content"),
)
"""Two texts whose class is answered, as in GLUE, SNLI, MNLI, PAWS, SICK and DBpedia."""

_CLASSES = ("label", "gold_label", "is_duplicate")
"""What the class of two texts is called."""

PAIR_NAMES = frozenset(folded(name) for pair in PAIRS for name in pair)

ONLY_ASKED = frozenset(folded(name) for name in ("prompt", "question", "instruction", "query"))
"""Names of what is asked whatever stands beside it."""

_CONTEXT_LAST = frozenset({"input"})
"""Names of a context that Alpaca puts below the instruction."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The columns of a table by what they are: names as the table has them."""

    asked: str
    answered: str
    second: str | None = None
    """The second of two texts: both are shown below one another, each behind its name."""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    system: str | None = None
    history: str | None = None
    naming: Naming = UNKNOWN
    """How the answers of the file name their options."""

    def __str__(self) -> str:
        return f"{self.asked} → prompt, {self.answered} → answer"


def sides_of(row: Row, chosen: tuple[str, str] | None = None) -> Sides | None:
    """The sides of a row by the names of its columns; None where no pair is known.

    `chosen` are the columns that the user names as asked and answered. Several answers beside an
    index are the options of a question (QuAIL, ReClor), of which the index names one.
    """
    sides = by_name(tuple(row), chosen)
    if sides is None or chosen is not None or sides.options:
        return sides
    if (index := index_of_several(row, sides.answered)) is not None:
        return dataclasses.replace(sides, answered=index, options=(sides.answered,))
    return sides


@functools.lru_cache(maxsize=1024)
def by_name(names: tuple[str, ...], chosen: tuple[str, str] | None) -> Sides | None:
    known = {folded(name): name for name in reversed(names)}
    options = tuple(lettered(name for name in names if name not in (chosen or ())))
    with_options = bool(options) or _has_options(names)
    pair = chosen or _pair(known, with_options=with_options)
    if pair is None:
        return None
    asked, answered = pair
    second = None if chosen or with_options else _second(asked, answered, known)
    rest = [name for name in names if name not in (*pair, second, *options)]
    by = {name: meaning_of(name) for name in rest}
    contexts = [name for name in rest if by[name] is Meaning.CONTEXT]
    alpaca = folded(asked) == "instruction"
    below = tuple(n for n in rest if alpaca and folded(n) in _CONTEXT_LAST)
    return Sides(
        asked=asked,
        answered=answered,
        second=second,
        above=tuple(contexts),
        below=below,
        options=options or tuple(n for n in rest if by[n] is Meaning.OPTIONS)[:1],
        system=next((n for n in rest if by[n] is Meaning.SYSTEM), None),
        history=next((n for n in rest if by[n] is Meaning.HISTORY), None),
    )


def _has_options(names: Iterable[str]) -> bool:
    return any(meaning_of(name) is Meaning.OPTIONS for name in names)


_WITH_OPTIONS = (
    "question",
    "ctx",
    "prompt",
    "query",
    "questionstem",
    "sentence",
    "goal",
    "problem",
)
"""What a question is called that has options."""


def _pair(known: dict[str, str], *, with_options: bool) -> tuple[str, str] | None:
    if with_options:
        asked = next((known[n] for n in _WITH_OPTIONS if n in known), None)
        answered = next((known[n] for n in INDEXES if n in known), None)
        if asked and answered:
            return asked, answered
    classes = [known[folded(name)] for name in _CLASSES if folded(name) in known]
    for first, second in TWO_TEXTS if classes and not with_options else ():
        if folded(first) in known and folded(second) in known:
            return known[folded(first)], classes[0]
    for question, answer in PAIRS:
        if folded(question) in known and folded(answer) in known:
            return known[folded(question)], known[folded(answer)]
    return None


def _second(asked: str, answered: str, known: dict[str, str]) -> str | None:
    """The text beside the one that is asked, where the answer is the class of both."""
    if folded(answered) not in map(folded, _CLASSES):
        return None
    second = next((folded(b) for a, b in TWO_TEXTS if folded(a) == folded(asked)), None)
    return known.get(second) if second else None


def half_of(row: Row) -> str | None:
    """The column that a row lacks of the first pair of which it has one; None for none."""
    known = {folded(name) for name in row}
    for question, answer in PAIRS:
        if folded(question) in known:
            return answer
    return next((question for question, answer in PAIRS if folded(answer) in known), None)
