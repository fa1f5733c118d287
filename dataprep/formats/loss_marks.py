"""What a turn says of whether it is learned, under whichever key: weight, train, masked, ...

What is understood becomes the weight of the message, 0 or 1. A key whose name says it, and whose
value is none of these, stops the run: an answer that is masked is never learned in silence.
Source: OpenAI's supervised fine-tuning guide (weight); Vertex AI, tuning (weight of a content);
Axolotl, docs/dataset-formats/conversation (message_field_training and
message_field_training_detail); ms-swift, docs/Customization (loss, loss_scale); LLaMA-Factory v1
(loss_weight); slime and verl (loss_mask); 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dataprep.finding import Fault, excerpt
from dataprep.formats.flags import column_flag
from dataprep.formats.meanings import REMEMBERED, Meaning, folded, meaning_of, several, words_of

if TYPE_CHECKING:
    from dataprep.example import Message
    from dataprep.formats.choices import ColumnChoices
    from dataprep.formats.format import Reading, RowRead

WEIGHT = "weight"
"""The key that says it in OpenAI's words, and the use of every other key that says it."""

_LEARNED = several(
    "weight train training trainable trained train_on_turn train_on is_train is_trained "
    "is_trainable do_train should_train learn learned is_learned loss compute_loss calculate_loss "
    "calc_loss has_loss use_loss with_loss loss_mask loss_scale loss_weight"
)
_MASKED = several(
    "masked mask is_masked mask_loss loss_masked ignore ignored is_ignored ignore_loss skip_loss "
    "no_loss no_train"
)
_POLARITY = {folded(name): name in _LEARNED for name in _LEARNED | _MASKED}
"""By the folded name of a mark, the truth that says that its turn is learned."""

_WORDS = several(
    "weight weights loss losses train trains training trained trainable untrained mask masks "
    "masked masking unmasked learn learned learnable ignore ignored supervised"
)
"""Words in the name of a key that tell of learning, though nobody here knows how."""

_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
_NUMBERS = {"1": True, "1.0": True, "0": False, "0.0": False}
_OF_TRUTHS_ALONE = ("mask",)
"""Marks whose 1 says "masked" to one trainer and "learned" to another."""


@lru_cache(maxsize=REMEMBERED)
def _polarity(name: str) -> bool | None:
    return _POLARITY.get(folded(name))


@lru_cache(maxsize=REMEMBERED)
def is_mark(name: str) -> bool:
    """Whether a key of a turn tells of learning by its name, whatever it says."""
    if _polarity(name) is not None:
        return True
    return bool(words_of(name) & _WORDS) and meaning_of(name) is not Meaning.METADATA


def learned(mark: str, value: Any) -> bool | None:
    """Whether a mark says that its turn is learned; None for another key, or another value."""
    yes = _polarity(mark)
    if yes is None:
        return None
    truths = _TRUTHS if folded(mark) in _OF_TRUTHS_ALONE else _TRUTHS | _NUMBERS
    says = truths.get(str(value).strip().lower()) if isinstance(value, _SCALARS) else None
    return None if says is None else says is yes


_SCALARS = (bool, int, float, str)


def marks_of(turn: Mapping[str, Any]) -> dict[str, bool]:
    """The keys of a turn that say whether it is learned, and what they say."""
    said = ((key, learned(key, value)) for key, value in turn.items())
    return {key: says for key, says in said if says is not None}


def weight_of(turn: Mapping[str, Any], role: str) -> dict[str, int]:
    """The weight that a turn gives the message that comes of it, as a key of that message.

    Nothing where it says that it is learned like any other, or is no answer.
    """
    marks = marks_of(turn)
    if role != "assistant" or not marks:
        return {}
    if not all(marks.values()):
        return {WEIGHT: 0}
    return {WEIGHT: 1} if WEIGHT in marks else {}


def settle_preference(read: RowRead, reading: Reading) -> None:
    """Take the weights out of a preference, which has none: a better answer of 0 drops the row.

    What stands before the answers is not learned anyway. A worse answer of 0 is asked for: it may
    be one that nobody imitates, or one that nobody learns from.
    """
    *asked, better = reading.messages
    weight = better.get(WEIGHT)
    reading.messages = [_without(message) for message in (*asked, better)]
    if weight == 0:
        read.reason = read.reason or "weight-0"
    worse = reading.rejected or ()
    if any(message.get(WEIGHT) == 0 for message in worse):
        place = reading.places.get("rejected", "rejected").partition(".")[0].partition("[")[0]
        path = next((p for p in reading.uses if p.startswith(f"{place}[].")), f"{place}[].{WEIGHT}")
        words = f"{excerpt(path)} masks the worse answer, and a preference learns from both"
        remedy = (
            f"Learn from both: {column_flag('carry', path)}, or {column_flag('leave-out', path)}."
        )
        read.faults.append(Fault("S004", path, words, remedy))
    reading.rejected = [_without(message) for message in worse]


def _without(message: Message) -> Message:
    return {k: v for k, v in message.items() if k != WEIGHT} if WEIGHT in message else message


def unread_marks(reading: Reading, choices: ColumnChoices) -> Iterator[Fault]:
    """S004 for marks in messages that are not read, unless the user says what becomes of them."""
    for path, values in [*reading.carried.items()]:
        if "[]" not in path or path in choices.carry or not is_mark(path.rpartition("].")[2]):
            continue
        if path in choices.leave_out:
            del reading.carried[path]
            reading.uses[path] = "left out"
            continue
        words = (
            f"{excerpt(path)}{_shown(values)} says which part of a message is learned, or how much "
            "of it, and is not read"
        )
        remedy = (
            "Say it of whole messages, with a weight of 0 or 1; "
            f"or learn all: {column_flag('carry', path)}; or: {column_flag('leave-out', path)}."
        )
        yield Fault("S004", path, words, remedy)


def _shown(values: Any) -> str:
    """The first value that is not understood, where it is short."""
    for value in values if isinstance(values, list) else ():
        if isinstance(value, _SCALARS):
            return f" ({excerpt(json.dumps(value, ensure_ascii=False))})"
    return ""
