"""Unpaired feedback (TRL's KTO): an answer, and whether somebody approved it.

Only what was approved teaches by example: an answer that was not is dropped from every supervised
target, with that reason, and stands in `rejected`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dataprep.example import Example
from dataprep.finding import Fault
from dataprep.formats import chat, pair, sharegpt
from dataprep.formats.format import (
    BuildRows,
    Reading,
    Row,
    RowFormat,
)
from dataprep.formats.sharegpt_turns import role_of
from dataprep.formats.spellings import tools_as_list

if TYPE_CHECKING:
    from dataprep.recipe import Target

NAME = "kto"
NOT_APPROVED = "disapproved"
"""The shape of an example whose answer was not approved: it stands in `rejected`."""
VERDICTS = ("label", "kto_tag")
"""Keys that say whether the answer beside them was approved."""

MOST_UNEVEN = 4 / 3
"""How far the weighted counts of KTO's approved answers may be above those of the others.

Eq. 8 of Ethayarajh et al., KTO, 2024: the quotient lies in [1, 4/3].
"""

APPROVED = frozenset((True, 1, 1.0, "true", "True", "TRUE", "1", "1.0"))
DISAPPROVED = frozenset((False, 0, 0.0, "false", "False", "FALSE", "0", "0.0"))


def verdict(value: Any) -> bool | None:
    """What a verdict says; None for one that says something else (a class, a score)."""
    if not isinstance(value, bool | int | float | str):
        return None
    if value in APPROVED:
        return True
    return False if value in DISAPPROVED else None


def evening_weight(good: int, bad: int, of_good: float = 1.0, of_bad: float = 1.0) -> float | None:
    """The weight of the other answers by which they count as much as the approved ones.

    None where the weights that there are do it well enough; both counts are above 0.
    """
    if 1 <= good * of_good / (bad * of_bad) <= MOST_UNEVEN:
        return None
    return good * of_good / bad


def _key(row: Row) -> str | None:
    return next((k for k in VERDICTS if verdict(row.get(k)) is not None), None)


def recognise(row: Row) -> bool:
    """Whether a verdict stands beside an answer."""
    if _key(row) is None:
        return False
    return (pair.recognise(row) and len({type(row[s]) for s in pair.SIDES}) == 1) or (
        _ends_with_answer(row)
    )


def _ends_with_answer(row: Row) -> bool:
    for key in ("messages", *sharegpt.LISTS):
        turns = row.get(key)
        if isinstance(turns, list) and turns and isinstance(turns[-1], dict):
            speaker = turns[-1].get("role", turns[-1].get("from"))
            return role_of(speaker) == "assistant"
    return False


def tidy(row: Row) -> tuple[Row, list[Fault]]:
    """The row in the spelling of the pair or the conversation that it holds."""
    if pair.recognise(row):
        return pair.tidy(row)
    if "messages" in row and chat.recognise(row):
        return chat.tidy(row)
    row, faults = sharegpt.tidy(row)
    told = {**row}
    faults += tools_as_list(told)
    return (told if told != row else row), faults


def read(row: Row) -> Reading:
    """What is asked and what was answered, with the verdict on it."""
    if pair.recognise(row):
        reading = pair.read(row)
    elif "messages" in row and chat.recognise(row):
        reading = chat.read(row)
    else:
        reading = sharegpt.read(row)
    key = _key(row)
    assert key is not None  # noqa: S101  recognised by it
    reading.kind = "feedback"
    reading.verdict = verdict(row[key]) is True
    reading.uses[key] = "verdict"
    return reading


def kto_rows(target: Target) -> BuildRows:
    """TRL's unpaired preferences: prompt and completion as messages, label true or false.

    Of a preference both answers are written, each with its verdict.
    """
    write = chat.chat_row(target)

    def build(example: Example) -> list[Row]:
        row = write(example)
        messages = row.pop("messages")
        bad = example.shape == NOT_APPROVED
        answer = messages.pop() if not (bad and example.turns) else None
        for message in messages:
            message.pop("weight", None)
        rows = []
        if not bad and answer is not None:
            answer.pop("weight", None)
            rows.append({"prompt": messages, "completion": [answer], "label": True, **row})
        if example.rejected is not None:
            worse = {"role": "assistant", "content": example.rejected}
            rows.append({"prompt": messages, "completion": [worse], "label": False, **row})
        return rows

    return build


FORMAT = RowFormat(
    NAME, "unpaired feedback (KTO: an answer with a verdict)", recognise, read, tidy, writes=True
)
