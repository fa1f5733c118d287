"""What words, truths and numbers say of an answer, and what the name of a column makes of them.

Words were gathered from public data sets and annotation tools, 2026-11.
"""

from __future__ import annotations

import enum
import math
from typing import Any

from dataprep.formats.meanings import folded, several, words_of
from dataprep.patterns import LatePattern


class Saying(enum.Enum):
    """What a value says of the answer beside it."""

    GOOD = "approved"
    BAD = "not approved"
    NOTHING = "no verdict"
    UNCLEAR = "a verdict that nobody explained"


def folded_words(text: str) -> frozenset[str]:
    """The words of a text, folded, as a set."""
    return frozenset(map(folded, text.split()))


_TRUE = folded_words("true t yes y")
_FALSE = folded_words("false f no n nope")
GOOD = folded_words(
    "accept accepted acceptable approve approved good up like liked correct right valid "
    "pass passed success successful succeeded solved safe helpful harmless desirable "
    "preferred better chosen excellent great ok okay verified validated thumbs_up 👍 "
    "complete completed submitted done"
)
BAD = folded_words(
    "reject rejected bad down dislike disliked fail failed failure error ignore ignored deleted "
    "removed incorrect wrong invalid false_answer unsafe unhelpful harmful toxic undesirable "
    "dispreferred worse worst poor terrible awful unacceptable discard discarded declined denied "
    "skip skipped excluded incomplete disapproved refused deny low wrong_answer runtime_error "
    "hallucinated hallucination tie bad_answer thumbs_down 👎"
)
_FEELINGS = {"positive": Saying.GOOD, "negative": Saying.BAD}
"""Words that judge, unless the column may hold classes."""

_STRICT = folded_words(
    "reject rejected disapproved declined discarded fail failed incorrect wrong_answer unsafe "
    "harmful thumbs_down 👎 dispreferred undesirable"
)
OF_CLASSES = folded_words("label labels status state tag")
"""Names of columns that hold classes as often as verdicts."""

OF_SCALES = several(
    "rating ratings rated score scores stars reward rewards helpfulness grade votes vote "
    "upvotes downvotes likes quality"
)
_GOOD_IF_TRUE = several(
    "good correct accepted accept acceptable approved approve valid verified verify pass passed "
    "passes safe helpful harmless factual faithful solved resolved success successful usable keep "
    "liked like desirable preferred won win upvote better label feedback verdict review quality "
    "rating score reward grade outcome decision eval correctness thumb thumbs vote tag"
)
_BAD_IF_TRUE = several(
    "deleted removed toxic harmful unsafe rejected reject discard discarded exclude excluded skip "
    "skipped flagged spam bad wrong incorrect invalid fail failed hallucination hallucinated "
    "hallucinations disliked dislike downvote unacceptable unhelpful unverified disapproved worse "
    "undesirable ignore ignored"
)
_IF_TRUE_GONE = several(
    "deleted removed discard discarded exclude excluded skip skipped ignore ignored"
)
PLAIN_WORDS = several(
    "is was be has answer response completion output human solution problem math user ai my row "
    "flag kto example item record sample result up"
)
"""Words that stand beside the one that judges, and turn nothing round."""

NUMBERS = (0, 1, -1)
"""Numbers that say yes and no; what goes beyond them is on a scale."""


def bound_of(number: float | None, *, of_scale: bool = False) -> str:
    """A bound of what is good on a scale that goes so far."""
    if number in NUMBERS and not of_scale:
        return "== 1"
    return ">= 0.5" if number is not None and abs(number) <= 1 else ">= 4"


def good_if_true(name: str) -> bool | None:
    """Whether true, under such a name, approves; None for a name of which it is not known."""
    said = words_of(name)
    if "thumbs" in said and "down" in said:
        return False
    if len(said) > 1:
        said -= PLAIN_WORDS
    if len(said) > 1 and said <= _GOOD_IF_TRUE:
        return True
    if len(said) != 1:
        return None
    return True if said <= _GOOD_IF_TRUE else False if said <= _BAD_IF_TRUE else None


_TURNING = _BAD_IF_TRUE | several(
    "low poor issue issues violation negative down below needs error errors complaint tie archived "
    "not non no without never impossible downvotes dislikes toxicity harm hacking duplicate "
    "duplicated duplicates refusal refusals refuses contaminated leaked nsfw offensive abusive "
    "hate biased bias profanity trash junk noisy garbage superseded invalidated buggy broken "
    "problematic corrupt corrupted violations downvoted fails blocked"
)


def sounds_bad(name: str) -> bool:
    """Whether something in a name says that true, or much, is nothing good."""
    return good_if_true(name) is False or bool(words_of(name) & _TURNING)


def true_is_bad(name: str) -> bool:
    """Whether true, under such a name, rejects, as far as its words tell: no_errors approves."""
    said = words_of(name)
    return bool(said & (_TURNING - _NEGATING)) != bool(said & _NEGATING)


def is_understood(name: str) -> bool:
    """Whether a word of a name tells what true says of an answer."""
    said = words_of(name)
    return bool(said & (_GOOD_IF_TRUE | (_TURNING - _NEGATING) | _CHECKED))


_CHECKED = several("verification correctness accuracy quality passes tests")


def says_bad(name: str) -> bool:
    """Whether true says something bad of an answer, and is no note that something was done."""
    said = words_of(name)
    return bool(said & _TURNING - _IF_TRUE_GONE) and not said & _NEGATING


def says_good(name: str) -> bool:
    """Whether false says something bad of an answer: its name approves, and nothing turns it."""
    said = words_of(name)
    return bool(said & _GOOD_IF_TRUE) and not said & _TURNING


_NEGATING = several(
    "free not non no without never zero lacks hasnt didnt doesnt isnt wasnt cant cannot wont un"
)


def is_removal(name: str) -> bool:
    """Whether a column says of the whole row that it is gone, and not of its answer."""
    return is_of_row(name) or folded(name) in ("status", "state")


def is_of_row(name: str) -> bool:
    """Whether a name says that a row is gone, so that its being there approves nothing."""
    return bool(words_of(name) & _IF_TRUE_GONE)


def is_strict(value: Any, *, of_state: bool = False) -> bool:
    """Whether a value is a word that rejects an answer, whatever its column is called.

    Of a state also one that says that the row is gone.
    """
    if isinstance(value, list):
        return any(is_strict(one, of_state=of_state) for one in value)
    words = _STRICT | _IF_TRUE_GONE if of_state else _STRICT
    return isinstance(value, str) and plain(value) in words


def truth_of(value: Any) -> bool | None:
    """True or false, as a truth, as 1 or 0, or as words; None for what is neither."""
    if isinstance(value, bool):
        return value
    if (number := number_of(value)) is not None:
        return bool(number) if number in (0, 1) else None
    if not isinstance(value, str):
        return None
    said = plain(value)
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


def is_of_numbers(value: Any) -> bool:
    """Whether a value is a number that is no index, or a list of numbers."""
    if isinstance(value, list):
        return all(number_of(one) is not None for one in value)
    number = number_of(value)
    return number is not None and number not in (0, 1)


def plain(text: str) -> str:
    return folded(text.strip().strip("!.?\"'"))


_LOOKS = LatePattern("[\ufe0f\U0001f3fb-\U0001f3ff]")
"""What an emoji is shown in: as a picture, and in a colour of skin."""


def verdict_of_choice(choice: str, name: str) -> bool | None:
    """Whether one of the choices of a control called so approves; None where no word tells.

    Every word of it must, but for those that stand beside the one that judges. What yes and no
    mean, the name says.
    """
    if (truth := truth_of(choice)) is not None:
        good = good_if_true(name)
        return None if good is None else truth is good
    choice = _LOOKS.sub("", choice)
    words = {plain(word) for word in choice.split()} - PLAIN_WORDS
    for said in ({plain(choice)}, words):
        if said and said <= GOOD:
            return True
        if said and said <= BAD - _NO_JUDGEMENT:
            return False
    return None


_NO_JUDGEMENT = _IF_TRUE_GONE | several("tie")
"""Words that say of a row that it is gone, or of two answers that neither is better."""


def of_word(said: str, name: str) -> Saying | None:
    """What one word says wherever it stands; None for truths and for words that do not judge."""
    if said in GOOD:
        return Saying.GOOD
    if said in BAD:
        return Saying.BAD
    return None if folded(name) in OF_CLASSES else _FEELINGS.get(said)
